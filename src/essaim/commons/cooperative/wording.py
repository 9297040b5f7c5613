"""Certificates as people read them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from essaim.core.documents.rendering.sheet import written_siren
from essaim.kernel.money import NO_BREAK, format_euros


def certificate_sheet(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Return all texts of a certificate, amounts and days written out, in the host's language."""
    with override(settings.LANGUAGE_CODE):
        cooperative, shares = snapshot["cooperative"], snapshot["shares"]
        day = written_day(localtime(datetime.fromisoformat(snapshot["issued_at"])).date())
        town = NO_BREAK.join(filter(None, (cooperative["postcode"], cooperative["town"])))
        lines = [
            cooperative["legal_form"],
            ", ".join(filter(None, (cooperative["address"], town))),
            _("SIREN {siren}").format(siren=written_siren(cooperative["siren"]))
            if cooperative["siren"]
            else "",
        ]
        return {
            "language": settings.LANGUAGE_CODE,
            "title": _("Certificate of shares"),
            "number": _("No. {number}").format(number=snapshot["number"]),
            "cooperative": cooperative["name"],
            "initial": cooperative["name"][:1].upper(),
            "lines": [line for line in lines if line],
            "opening": _("{cooperative} certifies that").format(cooperative=cooperative["name"]),
            "holder": snapshot["holder"],
            "capacity": _("associate No. {number}, {category}").format(
                number=snapshot["associate_number"], category=snapshot["category"]
            ),
            "verb": ngettext(
                "owns {shares} share of its capital", "owns {shares} shares of its capital", shares
            ).format(shares=shares),
            "shares": str(shares),
            "unit": ngettext("share", "shares", shares),
            "facts": [
                [_("Value of a share"), _money(snapshot["nominal_cents"])],
                [_("Together"), _money(shares * snapshot["nominal_cents"])],
                [_("Entered in the register on"), day],
                [_("Shares held in all that day"), str(snapshot["held_shares"])],
                *(
                    [[_("Votes in the college"), snapshot["college"]]]
                    if snapshot["college"]
                    else []
                ),
            ],
            "mentions": [
                _("One person, one vote, whatever the number of shares."),
                _("Shares are registered by name; they are given with the approval of the board."),
            ],
        }


def written_day(day: date) -> str:
    """Return a day as certificates write it: « 24 novembre 2026 », the first of a month « 1er »."""
    text = format_date(day, "d MMMM y", locale=settings.LANGUAGE_CODE).replace(" ", NO_BREAK)
    return text.replace("1", "1er", 1) if day.day == 1 else text


def _money(cents: int) -> str:
    return format_euros(cents, settings.LANGUAGE_CODE)
