"""What is kept of deliberations."""

from essaim.commons.deliberation.models.debate import Comment, Follow, FormerText, Moderation
from essaim.commons.deliberation.models.proposals import Proposal, RuleWanted, Support, Version

__all__ = [
    "Comment",
    "Follow",
    "FormerText",
    "Moderation",
    "Proposal",
    "RuleWanted",
    "Support",
    "Version",
]
