"""What associates do together between two assemblies."""

from essaim.commons.deliberation.actions.proposing import (
    Wish,
    drop_support,
    edit_proposal,
    expire_due,
    open_proposal,
    support,
    withdraw,
)
from essaim.commons.deliberation.actions.scheduling import schedule

__all__ = [
    "Wish",
    "drop_support",
    "edit_proposal",
    "expire_due",
    "open_proposal",
    "schedule",
    "support",
    "withdraw",
]
