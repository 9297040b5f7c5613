"""Reading campaigns: what came, from how many, and what a pool would add."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db.models import Case, Count, Prefetch, Q, QuerySet, Sum, When

from essaim.commons.campaigns.models import (
    Campaign,
    Contribution,
    DeliveryLine,
    Kind,
    MatchingPool,
)
from essaim.commons.campaigns.rules.deliveries import OWED, Standing, standing
from essaim.commons.campaigns.rules.matching import Gifts, Matched, Rule, is_light, matched
from essaim.commons.cooperative.models import Associate, Register
from essaim.core.agreements.rules import State as AgreementState
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Account
from essaim.core.members.models import Membership

MATCHED_KINDS = (Kind.GIFT, Kind.PRE_PURCHASE)
"""Shares and titles stay the property of those who bring them: no public money follows them."""
PSEUDONYM_LETTERS = 10
PAID = Contribution.State.PAID


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a campaign has gathered, in cents by kind, and from how many people."""

    by_kind: dict[str, int]
    people_count: int

    @property
    def total_cents(self) -> int:
        return sum(self.by_kind.values())


def shown(register: Register) -> "QuerySet[Campaign]":
    """Campaigns that are or were open, those that end first on top; lazy."""
    rows = register.campaigns.exclude(state=Campaign.State.DRAFT).select_related("carrier", "pool")
    paid = Q(contributions__state=PAID)
    return rows.annotate(
        gathered_cents=Sum("contributions__amount_cents", filter=paid, default=0),
        people_count=Count("contributions__member", filter=paid, distinct=True),
    ).order_by("-state", "closes_at")


def gathered(campaign: Campaign) -> Gathered:
    """What came for a campaign and stays (2 queries)."""
    rows = campaign.contributions.filter(state=PAID)
    by_kind = rows.values_list("kind").annotate(cents=Sum("amount_cents")).order_by("kind")
    return Gathered(dict(by_kind), rows.values("member").distinct().count())


def gifts(pool: MatchingPool) -> dict[str, dict[str, int]]:
    """What each verified person gave to each campaign of a pool, by pseudonym (4 queries).

    One person is one contributor, however many times they give. Those who manage the carrier of a
    campaign draw nothing for it; nor does a campaign that failed, whose gifts are given back.
    """
    campaigns = list(pool.campaigns.exclude(state__in=[Campaign.State.DRAFT]).order_by("pk"))
    found: dict[str, dict[str, int]] = {str(one.public_id): {} for one in campaigns}
    keys = {one.pk: str(one.public_id) for one in campaigns}
    rows = list(
        Contribution.objects.filter(campaign__in=campaigns, state=PAID, kind__in=MATCHED_KINDS)
        .values_list("campaign", "member")
        .annotate(cents=Sum("amount_cents"))
        .order_by("campaign", "member")
    )
    verified = _verified(pool, {member_id for _campaign, member_id, _cents in rows})
    managers = _managers(campaigns)
    for campaign_id, member_id, cents in rows:
        if member_id in verified and (campaign_id, member_id) not in managers:
            found[keys[campaign_id]][pseudonym(pool, member_id)] = cents
    return found


def pseudonym(pool: MatchingPool, member_id: int) -> str:
    """A name for somebody in the published figures of one pool, from which nobody finds them."""
    digest = hmac.new(pool.salt.encode(), str(member_id).encode(), hashlib.sha256)
    return digest.hexdigest()[:PSEUDONYM_LETTERS]


def pool_cents(pool: MatchingPool) -> int:
    """What a pool holds (2 queries)."""
    account = Account.objects.filter(code=f"pool:{pool.public_id}").order_by().first()
    return 0 if account is None else ledger.balance(account)


def dry_run(pool: MatchingPool, given: Gifts) -> list[Matched]:
    """What each campaign would receive if it all ended now (2 queries)."""
    return matched(pool.terms(pool_cents(pool)), given)


@dataclass(frozen=True, slots=True)
class Table:
    """What a pool adds or would add; `at` when the worker computed it, None when it is of now."""

    rows: list[Matched]
    at: datetime | None = None


def table(pool: MatchingPool) -> Table:
    """What each campaign receives, or would if it all ended now (0 to 7 queries).

    Once paid it is told as it was paid; what is too long for a page is as the worker left it.
    """
    given = gifts(pool)
    if pool.settled_at is not None:
        terms = pool.terms(0)
        rows = [
            replace(one, match_cents=pool.outcome.get(one.campaign, 0))
            for one in matched(replace(terms, rule=Rule.EURO_FOR_EURO, bound_cents=None), given)
        ]
        return Table(rows)
    if is_light(Rule(pool.rule), given):
        return Table(dry_run(pool, given))
    return Table([Matched(**row) for row in pool.forecast], pool.forecast_at)


def reconciles(campaign: Campaign) -> bool:
    """Whether the ledger holds for an open campaign what its contributions say (3 queries)."""
    rows = campaign.contributions.filter(state=PAID).exclude(kind=Kind.SHARE)
    said_cents = int(rows.aggregate(total=Sum("amount_cents", default=0))["total"])
    account = Account.objects.filter(code=f"campaign:{campaign.public_id}").order_by().first()
    return said_cents == (0 if account is None else ledger.balance(account))


TAKEN_BACK = Q(agreement__payments__refunds__key__startswith="chargeback:")


OWED_AGAIN = Q(state=PAID, agreement__state=AgreementState.DISPUTED.value)


def reversals(register: Register) -> "QuerySet[Contribution]":
    """Contributions whose bank took money back, those that are owed first; lazy.

    `taken_cents` is what was taken back; `is_owed` when the giver still owes it.
    """
    rows = Contribution.objects.filter(TAKEN_BACK, campaign__register=register)
    return (
        rows.exclude(kind=Kind.SHARE)
        .annotate(
            taken_cents=Sum("agreement__payments__refunds__amount_cents", filter=TAKEN_BACK),
            is_owed=Case(When(OWED_AGAIN, then=True), default=False),
        )
        .select_related("campaign", "member", "reward", "agreement")
        .order_by("-is_owed", "-pk")
    )


def owed_again_count(register: Register) -> int:
    """How many contributions their givers owe again (1 query)."""
    rows = Contribution.objects.filter(OWED_AGAIN, campaign__register=register)
    return rows.exclude(kind=Kind.SHARE).count()


def owed_by_carrier(campaign: Campaign) -> int:
    """What its carrier must give back to the cooperative and no longer has here (2 queries)."""
    code = f"recoverable:{campaign.carrier.slug}"
    account = Account.objects.filter(code=code).order_by().first()
    return 0 if account is None else -ledger.balance(account)


def _verified(pool: MatchingPool, member_ids: set[int]) -> set[int]:
    """Whose address was verified, or who is an associate in their own name (2 queries)."""
    by_address = EmailAddress.objects.filter(user__in=member_ids, verified=True)
    associates = Associate.objects.filter(
        register=pool.register_id, member__in=member_ids, left_at=None
    )
    return {
        *by_address.values_list("user_id", flat=True),
        *(pk for pk in associates.values_list("member_id", flat=True) if pk is not None),
    }


def _managers(campaigns: list[Campaign]) -> set[tuple[int, int]]:
    """Who manages the carrier of which campaign (1 query)."""
    rows = Membership.objects.filter(
        organisation__in=[one.carrier_id for one in campaigns], role=Membership.Role.MANAGER
    )
    carried: dict[int, list[int]] = {}
    for one in campaigns:
        carried.setdefault(one.carrier_id, []).append(one.pk)
    return {
        (campaign_id, member_id)
        for organisation_id, member_id in rows.values_list("organisation_id", "member_id")
        for campaign_id in carried[organisation_id]
    }


@dataclass(frozen=True, slots=True)
class Delivery:
    """Things of one kind that one person waits for or was given, at the same step."""

    key: str
    """Stable name of the line in a form."""
    who: str
    what: str
    standing: Standing
    since: datetime
    """When the first of them was paid."""
    price_cents: int
    contributions: list[Contribution]
    last: DeliveryLine | None

    @property
    def count(self) -> int:
        return len(self.contributions)


def deliveries(campaign: Campaign) -> list[Delivery]:
    """What was bought ahead in a campaign, what is owed first, then by name (2 queries)."""
    rows = Contribution.objects.filter(
        campaign=campaign, kind=Kind.PRE_PURCHASE, state=PAID
    ).select_related("member", "reward")
    lines = DeliveryLine.objects.order_by("position").select_related("noted_by")
    found: dict[tuple[object, ...], list[Contribution]] = {}
    for one in rows.order_by("pk").prefetch_related(Prefetch("deliveries", lines)):
        last = _last(one)
        stands = standing([line.step for line in one.deliveries.all()])
        at = last.noted_at if last and stands == Standing.HANDED_OVER else None
        found.setdefault((one.member_id, one.reward_id, stands, at), []).append(one)
    told = [_delivery(stands, at, group) for (_who, _what, stands, at), group in found.items()]
    return sorted(told, key=lambda one: (one.standing not in OWED, one.who, one.what))


def delivery_journal(campaign: Campaign) -> "QuerySet[DeliveryLine]":
    """Every line about what was bought ahead in a campaign, the newest first; lazy."""
    rows = DeliveryLine.objects.filter(contribution__campaign=campaign)
    return rows.select_related("contribution__member", "contribution__reward", "noted_by").order_by(
        "-noted_at", "-pk"
    )


def owed_cents(rows: Iterable[Delivery]) -> int:
    """The price of what is still to be handed over."""
    return sum(one.price_cents * one.count for one in rows if one.standing in OWED)


def _delivery(stands: object, at: object, group: list[Contribution]) -> Delivery:
    first = group[0]
    reward = first.reward
    if reward is None or first.paid_at is None:
        raise LookupError(first)
    moment = at.isoformat() if isinstance(at, datetime) else ""
    return Delivery(
        key=f"{first.member.public_id}.{reward.public_id}.{stands}.{moment}",
        who=first.member.display_name, what=reward.title, standing=Standing(str(stands)),
        since=first.paid_at, price_cents=reward.price_cents, contributions=group,
        last=_last(first),
    )  # fmt: skip


def _last(found: Contribution) -> DeliveryLine | None:
    lines = list(found.deliveries.all())
    return lines[-1] if lines else None
