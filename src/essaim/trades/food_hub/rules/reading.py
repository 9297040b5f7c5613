"""Reading what people type: amounts in euros, percentages. Pure."""

import re
from decimal import Decimal

from essaim.kernel.money import NARROW_NO_BREAK, NO_BREAK

_SPACES = re.compile(rf"[ {NO_BREAK}{NARROW_NO_BREAK}]")
_EUROS = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,2}))?€?")
_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?%?")


def read_euros(text: str) -> int | None:
    """Return « 6,90 », "6.9", « 1 234,50 € » in cents; None when it is no amount."""
    return _hundredths(_EUROS, text)


def read_percent(text: str) -> int | None:
    """Return « 5,5 » or « 12 % » in basis points; None when it is no percentage up to 100."""
    bps = _hundredths(_PERCENT, text)
    return bps if bps is not None and bps <= 10_000 else None


def written(hundredths: int) -> str:
    """Return cents or basis points as people type them: 690 → « 6,90 », 1200 → « 12 »."""
    number = f"{Decimal(hundredths) / 100:.2f}".replace(".", ",")
    return number.removesuffix(",00")


def _hundredths(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.fullmatch(_SPACES.sub("", text))
    if found is None:
        return None
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
