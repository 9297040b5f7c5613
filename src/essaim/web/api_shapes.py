"""Shapes that every part of the API shares."""

import re
from typing import Annotated, Any

from ninja import Path, Schema
from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints

from essaim.web.idempotency import KEY_CHARS_MAX

WHOLE = re.compile(r"-?(0|[1-9][0-9]*)", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d.*", re.ASCII)
BIGINT_MAX = 2**63 - 1


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
"""What a member's request may be answered."""

PUBLIC_REFUSALS: dict[int, type[Refused]] = {404: Refused, 422: Refused}
"""What a request to read what everybody may read may be answered."""

IDEMPOTENCY_KEY: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": False,
            "description": (
                "Any text of your own: the same key and the same request give the same answer,"
                " done once; another request with that key is refused."
            ),
            "schema": {"type": "string", "maxLength": KEY_CHARS_MAX, "pattern": r"^[ -~]*$"},
        }
    ]
}
"""`openapi_extra` of every operation that writes."""


def _as_written(value: Any) -> Any:
    """Let a whole number of an address through only as people write it: not `1.0`, not ` 1`."""
    if isinstance(value, str) and not WHOLE.fullmatch(value):
        raise ValueError("a whole number is expected")
    return value


def _a_number(value: Any) -> Any:
    """Let a number of JSON through, where `3.0` is whole as `3` is."""
    if isinstance(value, str | bool):
        raise ValueError("a whole number is expected")  # noqa: TRY004 - pydantic reads this one
    return value


def _no_number(value: Any) -> Any:
    """Let a moment through only as ISO 8601 writes it, never as a count of seconds."""
    if isinstance(value, str) and not MOMENT.fullmatch(value):
        raise ValueError("a date and a time are expected")
    return value


PlainText = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""Text that the database can hold: any character but NUL."""

AS_WRITTEN = BeforeValidator(_as_written)
A_NUMBER = BeforeValidator(_a_number)
"""For numbers that may be missing: bounds come before them, or the schema does not tell them."""

Whole = Annotated[int, AS_WRITTEN]
"""A whole number of a path or of a query."""

Count = Annotated[int, A_NUMBER]
"""A whole number of a body: neither a text nor a truth."""

Moment = Annotated[AwareDatetime, BeforeValidator(_no_number)]
"""A date and a time with their distance from UTC, ISO 8601."""

RowId = Annotated[Whole, Path(ge=1, le=BIGINT_MAX)]
"""The number of a row in a path."""
