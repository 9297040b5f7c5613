"""Who proposes a campaign, who opens it, whose contribution it is."""

from essaim.commons.campaigns.models import Campaign, Contribution
from essaim.commons.cooperative.models import Register
from essaim.core.members import queries
from essaim.core.members.models import Member, Membership

Role = Membership.Role
KEEPERS = frozenset({Role.CLERK, Role.BOARD})


def may_run_campaigns(member: Member, register: Register) -> bool:
    """The board and the clerk open campaigns, close them and keep the pools (1 query)."""
    return bool(KEEPERS & queries.roles_in(member, register.organisation_id))


def may_deliver(member: Member, campaign: Campaign) -> bool:
    """Who manages its carrier hands over what it sold; the board and clerk too (2 queries)."""
    if Role.MANAGER in queries.roles_in(member, campaign.carrier_id):
        return True
    return bool(KEEPERS & queries.roles_in(member, campaign.register.organisation_id))


def may_edit(member: Member, campaign: Campaign) -> bool:
    """The same people write a draft again; once it is open nobody does (2 queries)."""
    return may_deliver(member, campaign)


def may_see_contribution(member: Member, contribution: Contribution) -> bool:
    """Whoever made it, and nobody else (0 queries)."""
    return contribution.member_id == member.pk
