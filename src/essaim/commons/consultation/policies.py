"""Who declares subjects and asks questions: the board. Who answers: associates."""

from essaim.core.members.models import Member
from essaim.core.members.policies import may_sit_on_board


def may_ask(member: Member) -> bool:
    """The board of the cooperative (1 query)."""
    return may_sit_on_board(member)
