"""The pool of a local authority: its rule, its money, and what each campaign receives of it."""

import secrets
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from essaim.commons.campaigns import queries
from essaim.commons.campaigns.actions import books
from essaim.commons.campaigns.models import Campaign, MatchingPool
from essaim.commons.campaigns.rules.matching import Rule, Terms, is_light
from essaim.commons.campaigns.rules.refusals import (
    CampaignsStillOpen,
    NothingGiven,
    PoolSettled,
)
from essaim.commons.cooperative.models import Register
from essaim.core.members.models import Member, Organisation
from essaim.web.live import announce

SALT_BYTES = 16
State = Campaign.State


@transaction.atomic
def open_pool(
    *, register: Register, funder: Organisation, title: str, terms: Terms, now: datetime
) -> MatchingPool:
    """Write what an authority promises to add, before anybody gives; it no longer changes.

    Args:
        terms: its rule and caps; what the pool holds comes later, by `endow`.

    Raises:
        NothingGiven: no title.
    """
    if not title.strip():
        raise NothingGiven
    return MatchingPool.objects.create(
        register=register, funder=funder, title=title.strip()[:160], rule=terms.rule.value,
        person_cap_cents=terms.person_cap_cents, campaign_cap_cents=terms.campaign_cap_cents,
        bound_cents=terms.bound_cents, salt=secrets.token_hex(SALT_BYTES), opened_at=now,
    )  # fmt: skip


@transaction.atomic
def endow(*, pool: MatchingPool, cents: int, key: str, now: datetime) -> None:
    """Record what the authority paid into the pool at the bank, once per `key`.

    Raises:
        NothingGiven: no amount. PoolSettled: it was paid out.
    """
    pool = _lock(pool)
    if cents <= 0:
        raise NothingGiven
    if not pool.is_open:
        raise PoolSettled
    books.move(
        [(books.bank(pool.register.organisation), -cents), (books.of_pool(pool), cents)],
        key=f"pool-endowed:{key}", kind="pool-endowed", reference=pool.public_id, now=now,
    )  # fmt: skip


def forecast_heavy(*, now: datetime) -> int:
    """Compute the tables that are too long for a page (worker); return how many."""
    count = 0
    for pool in MatchingPool.objects.filter(settled_at=None, rule=Rule.PAIRWISE).order_by("pk"):
        given = queries.gifts(pool)
        if is_light(Rule(pool.rule), given):
            continue
        rows = [asdict(row) for row in queries.dry_run(pool, given)]
        still = MatchingPool.objects.filter(pk=pool.pk, settled_at=None)
        count += still.update(forecast=rows, forecast_at=now)
    return count


@transaction.atomic
def ask_settlement(*, pool: MatchingPool, by: Member, now: datetime) -> bool:
    """Have each campaign paid by the worker: the computation may be too long for a page.

    From then on no campaign joins the pool and no money either.

    Returns:
        whether it was asked now; False when it had been.

    Raises:
        CampaignsStillOpen: `details` has the title of one.
    """
    pool = _lock(pool)
    if not pool.is_open:
        return False
    _campaigns_over(pool)
    pool.asked_at, pool.asked_by = now, by
    pool.save(update_fields=["asked_at", "asked_by"])
    return True


def settle_asked(*, now: datetime) -> int:
    """Pay the campaigns of each pool for which it was asked (worker); return how many pools."""
    rows = MatchingPool.objects.filter(asked_at__isnull=False, settled_at=None)
    asked = list(rows.select_related("asked_by").order_by("asked_at", "pk"))
    for pool in asked:
        if pool.asked_by is None:
            raise LookupError(pool)
        settle_pool(pool=pool, by=pool.asked_by, now=now)
    return len(asked)


@transaction.atomic
def settle_pool(*, pool: MatchingPool, by: Member, now: datetime) -> MatchingPool:
    """Pay each campaign what the rule gives it; what is left is owed back to the authority.

    Settled again, nothing changes and nothing is paid. A campaign that failed draws nothing.

    Raises:
        CampaignsStillOpen: `details` has the title of one.
    """
    pool = _lock(pool)
    if pool.settled_at is not None:
        return pool
    campaigns = _campaigns_over(pool)
    held_cents = queries.pool_cents(pool)
    table = queries.dry_run(pool, queries.gifts(pool))
    outcome = {row.campaign: row.match_cents for row in table if row.match_cents}
    drawn: dict[Organisation, int] = {}
    for one in campaigns:
        share_cents = outcome.get(str(one.public_id), 0)
        drawn[one.carrier] = drawn.get(one.carrier, 0) + share_cents
    lines = [line for carrier in drawn for line in books.for_carrier(carrier, drawn[carrier])]
    lines += [
        (books.payable(pool.funder), held_cents - sum(outcome.values())),
        (books.of_pool(pool), -held_cents),
    ]
    pool.transfer_id = books.move(
        lines, key=f"pool:{pool.public_id}", kind="pool-paid", reference=pool.public_id, now=now
    )
    pool.outcome, pool.settled_at, pool.settled_by = outcome, now, by
    pool.save(update_fields=["outcome", "settled_at", "settled_by", "transfer"])
    announce(pool.topic)
    return pool


def _campaigns_over(pool: MatchingPool) -> list[Campaign]:
    """Its campaigns, all over (1 query).

    Raises:
        CampaignsStillOpen: `details` has the title of one.
    """
    campaigns = list(pool.campaigns.select_related("carrier").order_by("pk"))
    still_open = next((one for one in campaigns if one.state == State.OPEN), None)
    if still_open is not None:
        raise CampaignsStillOpen(title=still_open.title)
    return campaigns


def _lock(pool: MatchingPool) -> MatchingPool:
    rows = MatchingPool.objects.select_for_update(of=("self",))
    return rows.select_related("register__organisation", "funder").get(pk=pool.pk)
