"""Who keeps the register of titles, and whose certificate it is."""

from essaim.commons.cooperative.models import Register
from essaim.commons.titles.models import Title
from essaim.core.members import queries
from essaim.core.members.models import Member, Membership

KEEPERS = frozenset({Membership.Role.CLERK, Membership.Role.BOARD})


def may_keep_titles(member: Member, register: Register) -> bool:
    """The board and the clerk keep the register of titles and post their interest (1 query)."""
    return bool(KEEPERS & queries.roles_in(member, register.organisation_id))


def may_see_title(member: Member, title: Title) -> bool:
    """Whoever holds it, and those who keep the register (0 or 1 query)."""
    return title.holder_id == member.pk or may_keep_titles(member, title.register)
