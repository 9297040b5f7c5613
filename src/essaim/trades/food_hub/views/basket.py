"""The basket: what is kept, until when, and what it costs, hub by hub."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.trades.food_hub import buying, queries
from essaim.trades.food_hub.actions.filling import fill_basket
from essaim.trades.food_hub.buying import BasketRow
from essaim.trades.food_hub.forms import quantities
from essaim.trades.food_hub.models import OrderCycle
from essaim.trades.food_hub.rules import PricedOrder
from essaim.trades.food_hub.views.fragments import part, wants_part
from essaim.trades.food_hub.views.shop import is_taking_orders, member_of
from essaim.web.access import signed_in
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

BASKET = "food_hub/basket.html"


@dataclass(frozen=True, slots=True)
class Group:
    """What a basket holds of one cycle, priced; `seconds_left` until its goods are free again."""

    cycle: OrderCycle
    rows: list[BasketRow]
    priced: PricedOrder
    is_open: bool
    kept_until: datetime | None
    seconds_left: int
    over_rows: list[BasketRow]

    @property
    def has_short(self) -> bool:
        return any(row.is_short for row in self.rows)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def basket(request: HttpRequest) -> HttpResponse:
    """Show the basket, or set its quantities."""
    refusal, status = "", 200
    if request.method == "POST":
        try:
            fill_basket(
                receiver=member_of(request), quantities=_wanted_of(request), now=clock.now()
            )
        except RuleBroken as refused:
            refusal, status = sentence_of(refused), refused.status
        else:
            if not wants_part(request):
                return redirect("food_hub:basket")
    groups = _groups(member_of(request).pk, clock.now())
    count = sum(len(group.rows) for group in groups)
    context = {"groups": groups, "refusal": refusal, "nav_basket_count": count}
    if wants_part(request):
        return part(request, BASKET, "basket", context)
    return render(request, BASKET, context, status=status)


def _wanted_of(request: HttpRequest) -> dict[int, int]:
    """What changes: other quantities, what is taken out, and goods to be kept again."""
    typed = quantities(request.POST)
    removed = request.POST.get("remove", "")
    if removed.isascii() and removed.isdigit():
        typed[int(removed)] = 0
    now = clock.now()
    same = {
        row.offer_id
        for row in buying.basket_rows(member_of(request).pk)
        if typed.get(row.offer_id) == row.quantity
        and (row.available_count is None or row.is_kept(now))
    }
    return {key: count for key, count in typed.items() if key not in same}


def _groups(member_id: int, now: datetime) -> list[Group]:
    """The basket by cycle, the first to close first (2 queries, and 2 a cycle)."""
    rows = buying.basket_rows(member_id)
    cycles = (
        OrderCycle.objects.filter(pk__in={row.cycle_id for row in rows})
        .select_related("hub__organisation")
        .in_bulk()
    )
    return [
        _group(cycles[cycle_id], list(lines), now)
        for cycle_id, lines in groupby(rows, key=lambda row: row.cycle_id)
    ]


def _group(cycle: OrderCycle, rows: list[BasketRow], now: datetime) -> Group:
    kept = [row.kept_until for row in rows if row.kept_until and row.is_kept(now)]
    kept_until = min(kept) if kept else None
    facts: dict[str, Any] = {
        "is_open": is_taking_orders(cycle),
        "kept_until": kept_until,
        "seconds_left": int((kept_until - now).total_seconds()) if kept_until else 0,
        "over_rows": [
            row for row in rows if row.available_count is not None and not row.is_kept(now)
        ],
    }
    priced = buying.price_basket(rows, queries.fee_terms(cycle), queries.platform_terms(cycle))
    return Group(cycle=cycle, rows=rows, priced=priced, **facts)
