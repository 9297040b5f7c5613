"""Campaigns as everybody reads them, and the table of a pool with all its inputs."""

import csv
import io
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from essaim.commons.campaigns import queries, wording
from essaim.commons.campaigns.models import Campaign, MatchingPool
from essaim.commons.campaigns.rules.matching import SAMPLE, Rule, matched
from essaim.commons.campaigns.views import loading
from essaim.kernel import clock
from essaim.web.access import public

LISTED_MAX = 20
SAMPLE_POOL_CENTS = 50_000
"""What the examples share as long as the authority has paid nothing."""


@public
def campaigns(request: HttpRequest) -> HttpResponse:
    """Every campaign, those that are open first (2 or 3 queries)."""
    register = loading.the_register()
    rows = list(queries.shown(register)[:LISTED_MAX]) if register else []
    context = {
        "register": register,
        "open": [one for one in rows if one.state == Campaign.State.OPEN],
        "over": [one for one in rows if one.state != Campaign.State.OPEN],
        "is_keeper": bool(register and loading.keeps(request, register)),
    }
    return render(request, "campaigns/campaigns.html", context)


@public
def campaign(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """One campaign: what came, what may be brought, what an authority adds."""
    found = loading.campaign(campaign_id)
    gathered = queries.gathered(found)
    context = {
        "campaign": found,
        "gathered": gathered,
        "bar": wording.bar(gathered, found.goal_cents),
        "percent": gathered.total_cents * 100 // found.goal_cents,
        "rewards": list(found.rewards.order_by("price_cents", "pk")),
        "is_open": found.state == Campaign.State.OPEN and clock.now() < found.closes_at,
        "match_cents": _match_cents(found),
        "may_deliver": loading.delivers(request, found),
    }
    return render(request, "campaigns/campaign.html", context)


def _match_cents(found: Campaign) -> int:
    """What its pool adds to it: as it was paid, or if it all ended now (0 to 7 queries)."""
    if found.pool is None:
        return 0
    rows = queries.table(found.pool).rows
    return sum(one.match_cents for one in rows if one.campaign == str(found.public_id))


@public
def matching(request: HttpRequest, pool_id: UUID) -> HttpResponse:
    """A pool: its rule, what it would do before anybody gives, what it would add now."""
    pool = loading.pool(pool_id)
    table = queries.table(pool)
    campaigns = list(pool.campaigns.order_by("pk"))
    held_cents = _held_cents(pool)
    sample_cents = held_cents or SAMPLE_POOL_CENTS
    context = {
        "pool": pool,
        "held_cents": held_cents,
        "rule": _(wording.RULES[Rule(pool.rule)]),
        "table": wording.table(table.rows, wording.names(campaigns)),
        "computed_at": table.at,
        "sample": wording.table(matched(pool.terms(sample_cents), SAMPLE), wording.sample_names()),
        "sample_cents": sample_cents,
    }
    return render(request, "campaigns/matching.html", context)


def _held_cents(pool: MatchingPool) -> int:
    """What it holds, or held when it was paid: the same table is told ever after."""
    if pool.settled_at is None or pool.transfer is None:
        return queries.pool_cents(pool)
    account = f"pool:{pool.public_id}"
    entries = pool.transfer.entries.filter(account__code=account)
    return -sum(entries.values_list("amount", flat=True))


@public
def matching_csv(request: HttpRequest, pool_id: UUID) -> HttpResponse:
    """All the inputs of a pool, people by pseudonym: enough to count again."""
    del request
    pool = loading.pool(pool_id)
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow(["campaign", "person", "cents"])
    for key, given in queries.gifts(pool).items():
        sheet.writerows([key, person, cents] for person, cents in sorted(given.items()))
    name = f'attachment; filename="abondement-{pool.public_id}.csv"'
    return HttpResponse(
        written.getvalue(), content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": name},
    )  # fmt: skip
