"""The pages of deliberation beside one another; a room above adds its own when it is ready."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Page:
    code: str
    label: Promise
    url_name: str


_beside: dict[str, Page] = {}


def stand_beside(code: str, label: Promise, url_name: str) -> None:
    """Add a page to those that stand beside one another; the last added comes last."""
    _beside[code] = Page(code, label, url_name)


def tabs(current: str) -> list[tuple[str, str, bool]]:
    """Return (label, address, whether it is the one shown) of each page."""
    return [
        (str(one.label), reverse(one.url_name), one.code == current) for one in _beside.values()
    ]


stand_beside("proposals", _("Proposals"), "deliberation:proposals")
stand_beside("rounds", _("Rounds"), "deliberation:rounds")
