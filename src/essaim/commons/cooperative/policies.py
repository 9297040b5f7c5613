"""Who may ask for shares, see what is theirs, and keep the register."""

from essaim.commons.cooperative.models import Associate, Register, ShareMovement, ShareRequest
from essaim.core.members import policies, queries
from essaim.core.members.models import Member, Membership, Organisation


def may_keep_register(member: Member, register: Register) -> bool:
    """The board of the cooperative decides, and keeps its register (1 query)."""
    return Membership.Role.BOARD in queries.roles_in(member, register.organisation_id)


def may_ask_for(member: Member, organisation: Organisation) -> bool:
    """Managers of an organisation ask for shares in its name (1 query)."""
    return policies.may_manage(member, organisation)


def may_act_on_request(member: Member, request: ShareRequest) -> bool:
    """Whoever asked, while they still may in that name (0 or 1 query)."""
    if request.organisation is None:
        return request.member_id == member.pk
    return policies.may_manage(member, request.organisation)


def may_act_for_associate(member: Member, associate: Associate) -> bool:
    """The associate, or the managers of the organisation that is one (0 or 1 query)."""
    if associate.organisation is None:
        return associate.member_id == member.pk
    return policies.may_manage(member, associate.organisation)


def may_see_certificate(member: Member, movement: ShareMovement) -> bool:
    """Whoever received the shares, and the board (0 to 2 queries)."""
    holder = movement.to_associate
    if holder is not None and may_act_for_associate(member, holder):
        return True
    return may_keep_register(member, movement.register)
