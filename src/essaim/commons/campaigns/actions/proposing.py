"""Writing a campaign down, what it offers, and opening it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from essaim.commons.campaigns.models import Campaign, Kind, MatchingPool, Reward
from essaim.commons.campaigns.rules.refusals import (
    AlreadyOpened,
    CampaignNotOpen,
    NothingGiven,
    NotOffered,
    PoolSettled,
    WrongStep,
)
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Register
from essaim.commons.titles.rules.issuing import check_title
from essaim.core.members.models import Member, Organisation

State = Campaign.State


@dataclass(frozen=True, slots=True)
class TitleTerms:
    """A participatory title: not paid back before `years`; a fixed and a variable part."""

    years: int
    fixed_bps: int
    variable_percent: int


@transaction.atomic
def propose_campaign(
    *, register: Register, carrier: Organisation, title: str, text: str, goal_cents: int,
    closes_at: datetime, is_all_or_nothing: bool, takes_shares: bool, by: Member, now: datetime,
) -> Campaign:  # fmt: skip
    """Write a campaign down; the board opens it.

    Raises:
        NothingGiven: no title or no goal. CampaignNotOpen: it would be over already.
    """
    if not title.strip() or goal_cents <= 0:
        raise NothingGiven
    if closes_at <= now:
        raise CampaignNotOpen
    return Campaign.objects.create(
        register=register, carrier=carrier, title=title.strip()[:160], text=text,
        goal_cents=goal_cents, closes_at=closes_at, is_all_or_nothing=is_all_or_nothing,
        takes_shares=takes_shares, proposed_by=by, proposed_at=now,
    )  # fmt: skip


@transaction.atomic
def edit_campaign(
    *, campaign: Campaign, carrier: Organisation, title: str, text: str, goal_cents: int,
    closes_at: datetime, is_all_or_nothing: bool, takes_shares: bool,
    goods: Sequence[tuple[str, int]], now: datetime,
) -> Campaign:  # fmt: skip
    """Write a draft again, whole; participatory titles that it offers stay.

    Args:
        goods: what may be bought ahead, each with its price in cents.

    Raises:
        AlreadyOpened: people may have given. NothingGiven: no title or no goal, or a good without
        name or price. CampaignNotOpen: it would be over already.
        NotOffered: it offers a title of the cooperative, and somebody else would carry it.
    """
    campaign = _lock_draft(campaign)
    if not title.strip() or goal_cents <= 0:
        raise NothingGiven
    if closes_at <= now:
        raise CampaignNotOpen
    offers_titles = campaign.rewards.filter(kind=Kind.TITLE).exists()
    if offers_titles and carrier.pk != campaign.register.organisation_id:
        raise NotOffered
    campaign.carrier, campaign.title, campaign.text = carrier, title.strip()[:160], text
    campaign.goal_cents, campaign.closes_at = goal_cents, closes_at
    campaign.is_all_or_nothing, campaign.takes_shares = is_all_or_nothing, takes_shares
    campaign.save(
        update_fields=[
            "carrier", "title", "text", "goal_cents", "closes_at", "is_all_or_nothing",
            "takes_shares",
        ]
    )  # fmt: skip
    campaign.rewards.filter(kind=Kind.PRE_PURCHASE).delete()
    for name, price_cents in goods:
        _offer(campaign, name, price_cents, kind=Kind.PRE_PURCHASE)
    return campaign


@transaction.atomic
def offer_pre_purchase(*, campaign: Campaign, title: str, price_cents: int) -> Reward:
    """Offer something to buy ahead.

    Raises:
        WrongStep: the campaign is open or over. NothingGiven: no name or no price.
    """
    campaign = lock(campaign, State.DRAFT)
    return _offer(campaign, title, price_cents, kind=Kind.PRE_PURCHASE)


@transaction.atomic
def offer_title(
    *, campaign: Campaign, title: str, price_cents: int, terms: TitleTerms, now: datetime
) -> Reward:
    """Offer a participatory title of the cooperative itself, as the law lets its form.

    Raises:
        WrongStep: the campaign is open or over. NothingGiven: no name or no price.
        NotOffered: somebody else carries the campaign: a title is the cooperative's own debt.
        NotForThisForm, TooShort, TooVariable: as `issuing.check_title` says.
    """
    campaign = lock(campaign, State.DRAFT)
    if campaign.carrier_id != campaign.register.organisation_id:
        raise NotOffered
    statutes = cooperative_queries.statutes_at(campaign.register, now)
    check_title(
        statutes.form, years=terms.years, variable_percent=terms.variable_percent,
        day=localdate(now),
    )  # fmt: skip
    return _offer(
        campaign, title, price_cents, kind=Kind.TITLE, years=terms.years,
        fixed_bps=terms.fixed_bps, variable_percent=terms.variable_percent,
    )  # fmt: skip


@transaction.atomic
def open_campaign(
    *, campaign: Campaign, now: datetime, pool: MatchingPool | None = None
) -> Campaign:
    """Let people contribute until its day; what it offers no longer changes.

    Raises:
        WrongStep: it is open or over. CampaignNotOpen: its day has passed.
        PoolSettled: the matching was paid already.
    """
    campaign = lock(campaign, State.DRAFT)
    if campaign.closes_at <= now:
        raise CampaignNotOpen
    if pool is not None:
        pool = MatchingPool.objects.select_for_update(of=("self",)).get(pk=pool.pk)
        if not pool.is_open:
            raise PoolSettled
    campaign.state, campaign.opened_at, campaign.pool = State.OPEN, now, pool
    campaign.save(update_fields=["state", "opened_at", "pool"])
    return campaign


def _lock_draft(campaign: Campaign) -> Campaign:
    try:
        return lock(campaign, State.DRAFT)
    except WrongStep:
        raise AlreadyOpened from None


def lock(campaign: Campaign, *states: str) -> Campaign:
    """Lock a campaign, read it afresh and see that it is in one of these states (1 query).

    Raises:
        WrongStep: it is not.
    """
    rows = Campaign.objects.select_for_update(of=("self",))
    locked = rows.select_related("register__organisation", "carrier").get(pk=campaign.pk)
    if locked.state not in states:
        raise WrongStep(state=locked.state)
    return locked


def _offer(
    campaign: Campaign, title: str, price_cents: int, *, kind: Kind, years: int = 0,
    fixed_bps: int = 0, variable_percent: int = 0,
) -> Reward:  # fmt: skip
    if not title.strip() or price_cents <= 0:
        raise NothingGiven
    return Reward.objects.create(
        campaign=campaign, kind=kind, title=title.strip()[:160], price_cents=price_cents,
        years=years, fixed_bps=fixed_bps, variable_percent=variable_percent,
    )  # fmt: skip
