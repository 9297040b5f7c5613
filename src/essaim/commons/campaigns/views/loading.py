"""Finding the campaign, the pool or the contribution that a page is about, for those who may."""

from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest

from essaim.commons.campaigns import policies, queries
from essaim.commons.campaigns.models import Campaign, Contribution, Kind, MatchingPool
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Register
from essaim.commons.cooperative.views.loading import first, member_of, register
from essaim.core.members.models import Member, Organisation

__all__ = [
    "campaign",
    "carried_campaign",
    "carriers",
    "delivers",
    "edited_campaign",
    "first",
    "keeps",
    "kept_campaign",
    "kept_pool",
    "kept_register",
    "member_of",
    "own_contribution",
    "pool",
    "register",
    "reversed_contribution",
    "the_register",
]
the_register = cooperative_queries.the_register


def campaign(campaign_id: UUID) -> Campaign:
    """A campaign that is or was open: a draft is read at the desk (1 query)."""
    rows = Campaign.objects.filter(public_id=campaign_id).exclude(state=Campaign.State.DRAFT)
    return first(rows.select_related("register__organisation", "carrier", "pool__funder"))


def edited_campaign(request: HttpRequest, campaign_id: UUID) -> Campaign:
    """A campaign at whatever step, for those who write its draft (2 or 3 queries)."""
    rows = Campaign.objects.filter(public_id=campaign_id)
    found = first(rows.select_related("register__organisation", "carrier"))
    if not policies.may_edit(member_of(request), found):
        raise Http404
    return found


def carried_campaign(request: HttpRequest, campaign_id: UUID) -> Campaign:
    """A campaign that is or was open, for those who deliver what it sold (2 or 3 queries)."""
    found = campaign(campaign_id)
    if not policies.may_deliver(member_of(request), found):
        raise Http404
    return found


def reversed_contribution(found: Register, contribution_id: str) -> Contribution:
    """A contribution whose bank took the money back, by its public id (1 query)."""
    try:
        key = UUID(contribution_id)
    except ValueError:
        raise Http404 from None
    return first(queries.reversals(found).filter(public_id=key))


def pool(pool_id: UUID) -> MatchingPool:
    """A pool of matching (1 query)."""
    rows = MatchingPool.objects.filter(public_id=pool_id)
    return first(rows.select_related("register__organisation", "funder"))


def own_contribution(request: HttpRequest, contribution_id: UUID) -> Contribution:
    """A contribution of the member (1 query)."""
    rows = Contribution.objects.filter(public_id=contribution_id).select_related(
        "campaign__register__organisation", "campaign__carrier", "reward", "agreement"
    )
    found = first(rows)
    if not policies.may_see_contribution(member_of(request), found):
        raise Http404
    return found


def keeps(request: HttpRequest, found: Register) -> bool:
    """Whether the reader runs campaigns (0 or 1 query)."""
    member = request.user
    return isinstance(member, Member) and policies.may_run_campaigns(member, found)


def delivers(request: HttpRequest, found: Campaign) -> bool:
    """Whether the reader hands over what a campaign sold (0 to 3 queries)."""
    member = request.user
    return (
        found.state == Campaign.State.SUCCEEDED
        and isinstance(member, Member)
        and found.rewards.filter(kind=Kind.PRE_PURCHASE).exists()
        and policies.may_deliver(member, found)
    )


def kept_register(request: HttpRequest) -> Register:
    """The register, for those who run campaigns (2 queries)."""
    found = register()
    if not policies.may_run_campaigns(member_of(request), found):
        raise Http404
    return found


def kept_campaign(request: HttpRequest, campaign_id: UUID) -> Campaign:
    """A campaign at whatever step, for those who run it (3 queries)."""
    rows = kept_register(request).campaigns.filter(public_id=campaign_id)
    return first(rows.select_related("register__organisation", "carrier", "pool"))


def kept_pool(request: HttpRequest, pool_id: UUID) -> MatchingPool:
    """A pool, for those who keep it (3 queries)."""
    rows = kept_register(request).pools.filter(public_id=pool_id)
    return first(rows.select_related("register__organisation", "funder", "asked_by"))


def carriers(found: Register, member: Member) -> list[Organisation]:
    """Organisations that a member manages; the cooperative, for its board (1 or 2 queries)."""
    mine = Q(memberships__member=member, memberships__role="manager")
    if policies.may_run_campaigns(member, found):
        mine |= Q(pk=found.organisation_id)
    return list(Organisation.objects.filter(mine).distinct().order_by("name", "pk"))
