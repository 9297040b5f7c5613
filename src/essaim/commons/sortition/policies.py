"""Who prepares draws, and who sees them."""

from essaim.commons.assembly.policies import is_associate
from essaim.commons.cooperative.models import Register
from essaim.core.members.models import Member
from essaim.core.members.policies import may_sit_on_board


def may_see_draws(member: Member, register: Register) -> bool:
    """The associates of today and the board (1 or 2 queries)."""
    return is_associate(member, register) or may_sit_on_board(member)
