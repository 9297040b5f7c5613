"""Who keeps the years of a cooperative, and who puts a way to share them to the vote."""

from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Register
from essaim.core.members import queries
from essaim.core.members.models import Member, Membership

Role = Membership.Role
KEEPERS = frozenset({Role.CLERK, Role.BOARD})


def may_keep_years(member: Member, register: Register) -> bool:
    """The clerk and the board enter lines, close a year and do what was decided (1 query)."""
    return bool(KEEPERS & queries.roles_in(member, register.organisation_id))


def may_propose_variant(member: Member, register: Register) -> bool:
    """The board writes proposals and puts them on the agenda of an assembly (1 query)."""
    return Role.BOARD in queries.roles_in(member, register.organisation_id)


def may_vote_on_fund(member: Member, register: Register) -> bool:
    """Associates in their own name: one person, one ballot (1 query)."""
    found = cooperative_queries.associate_of(register, member_id=member.pk, organisation_id=None)
    return found is not None
