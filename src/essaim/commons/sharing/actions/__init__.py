"""What a cooperative does with a year: enter, close, propose, adopt."""

from essaim.commons.sharing.actions.years import (
    bring_forward,
    close_year,
    open_year,
    write_line,
)

__all__ = ["bring_forward", "close_year", "open_year", "write_line"]
