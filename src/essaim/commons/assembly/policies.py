"""Who follows an assembly, and who prepares and runs it."""

from essaim.commons.assembly import queries
from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Register
from essaim.commons.urn.models import Poll, Scrutineer
from essaim.core.members.models import Member
from essaim.core.members.policies import may_sit_on_board


def is_associate(member: Member, register: Register) -> bool:
    """An associate of today, in their own name or for an organisation they manage (1 query)."""
    mine = cooperative_queries.associates_acted_for(register, member)
    return any(one.left_at is None for one in mine)


def may_attend_assembly(member: Member, assembly: GeneralAssembly) -> bool:
    """Whoever has a vote at it, the associates of today, the board (1 to 3 queries).

    Nobody reads a draft but the board, at its desk.
    """
    if assembly.state == GeneralAssembly.State.DRAFT:
        return False
    return (
        bool(queries.associates_of(assembly, member))
        or is_associate(member, assembly.register)
        or may_sit_on_board(member)
    )


def is_scrutineer(member: Member, poll: Poll) -> bool:
    """Who keeps a part of the key of this urn (1 query)."""
    return Scrutineer.objects.filter(poll=poll, member=member).exists()
