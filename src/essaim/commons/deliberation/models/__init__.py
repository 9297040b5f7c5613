"""What is kept of deliberations."""

from essaim.commons.deliberation.models.proposals import Proposal, RuleWanted, Support, Version

__all__ = ["Proposal", "RuleWanted", "Support", "Version"]
