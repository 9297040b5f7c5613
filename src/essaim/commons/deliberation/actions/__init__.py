"""What associates do together between two assemblies."""

from essaim.commons.deliberation.actions.debating import (
    comment,
    edit_comment,
    moderate,
    reply,
)
from essaim.commons.deliberation.actions.following import follow, send_digests
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
    "comment",
    "drop_support",
    "edit_comment",
    "edit_proposal",
    "expire_due",
    "follow",
    "moderate",
    "open_proposal",
    "reply",
    "schedule",
    "send_digests",
    "support",
    "withdraw",
]
