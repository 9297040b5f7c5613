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
from essaim.commons.deliberation.actions.rounds import (
    EVERYBODY,
    Asked,
    answer,
    cancel_round,
    conclude,
    conclude_silent,
    lift,
    open_round,
    speak,
)
from essaim.commons.deliberation.actions.scheduling import schedule

__all__ = [
    "EVERYBODY",
    "Asked",
    "Wish",
    "answer",
    "cancel_round",
    "comment",
    "conclude",
    "conclude_silent",
    "drop_support",
    "edit_comment",
    "edit_proposal",
    "expire_due",
    "follow",
    "lift",
    "moderate",
    "open_proposal",
    "open_round",
    "reply",
    "schedule",
    "send_digests",
    "speak",
    "support",
    "withdraw",
]
