"""What is kept of deliberations."""

from essaim.commons.deliberation.models.debate import Comment, Follow, FormerText, Moderation
from essaim.commons.deliberation.models.proposals import (
    Proposal,
    RuleWanted,
    Scheduling,
    Support,
    Version,
)
from essaim.commons.deliberation.models.rounds import Round, RoundSeat, Statement

__all__ = [
    "Comment",
    "Follow",
    "FormerText",
    "Moderation",
    "Proposal",
    "Round",
    "RoundSeat",
    "RuleWanted",
    "Scheduling",
    "Statement",
    "Support",
    "Version",
]
