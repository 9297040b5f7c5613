"""What a cooperative does with a year, and with its commons fund."""

from essaim.commons.sharing.actions.funds import open_quarter, pay_projects, propose_project
from essaim.commons.sharing.actions.polls import close_vote, open_vote, vote
from essaim.commons.sharing.actions.variants import (
    Claims,
    adopt_variant,
    propose_variant,
    put_to_the_vote,
)
from essaim.commons.sharing.actions.years import (
    bring_forward,
    close_year,
    correct_line,
    open_year,
    write_line,
)

__all__ = [
    "Claims",
    "adopt_variant",
    "bring_forward",
    "close_vote",
    "close_year",
    "correct_line",
    "open_quarter",
    "open_vote",
    "open_year",
    "pay_projects",
    "propose_project",
    "propose_variant",
    "put_to_the_vote",
    "vote",
    "write_line",
]
