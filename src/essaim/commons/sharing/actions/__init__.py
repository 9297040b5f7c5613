"""What a cooperative does with a year: enter, close, propose, adopt."""

from essaim.commons.sharing.actions.variants import Claims, adopt_variant, propose_variant
from essaim.commons.sharing.actions.years import (
    bring_forward,
    close_year,
    open_year,
    write_line,
)

__all__ = [
    "Claims",
    "adopt_variant",
    "bring_forward",
    "close_year",
    "open_year",
    "propose_variant",
    "write_line",
]
