"""Who reads minutes, who signs them, who keeps their register."""

from essaim.commons.assembly.models import Minutes
from essaim.commons.assembly.policies import is_associate, may_attend_assembly
from essaim.commons.cooperative.models import Register
from essaim.commons.minutes import queries
from essaim.core.members.models import Member
from essaim.core.members.policies import may_sit_on_board


def may_read_minutes(member: Member, minutes: Minutes) -> bool:
    """Whoever may follow the assembly, whoever is asked to sign (1 to 5 queries)."""
    return may_attend_assembly(member, minutes.assembly) or any(
        one == member for _role, one in queries.asked(minutes)
    )


def may_read_register_of_minutes(member: Member, register: Register) -> bool:
    """The associates of today and the board (1 or 2 queries)."""
    return is_associate(member, register) or may_sit_on_board(member)
