"""Shapes that every part of the API shares."""

from typing import Any

from ninja import Schema
from pydantic import Field


class Refused(Schema):
    """A refusal: a stable code, a sentence in the reader's language, the facts behind it."""

    code: str
    message: str
    details: dict[str, Any] = Field(default_factory=dict)


REFUSALS: dict[int, type[Refused]] = {
    401: Refused,
    403: Refused,
    404: Refused,
    409: Refused,
    422: Refused,
}
