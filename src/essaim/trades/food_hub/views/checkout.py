"""Ordering, on one page: when, for whom, at what price, paid how."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from essaim.core.agreements.models import Basket
from essaim.core.ledger import queries as ledger_queries
from essaim.core.members import queries as member_queries
from essaim.core.members.actions import record_act
from essaim.core.members.models import Assistance, Member
from essaim.core.payments.models import PaymentIntent
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.kernel.money import percent_of
from essaim.trades.food_hub import actions, buying, queries, shelf
from essaim.trades.food_hub.actions import PlacedOrder
from essaim.trades.food_hub.buying import BasketRow
from essaim.trades.food_hub.forms import MEANS, NOTE_CHARS_MAX, CheckoutForm
from essaim.trades.food_hub.models import Hub, OrderCycle
from essaim.trades.food_hub.rules.refusals import BasketEmpty
from essaim.trades.food_hub.views import money
from essaim.trades.food_hub.views.fragments import part, wants_part
from essaim.trades.food_hub.views.shop import cycle_or_404, is_taking_orders, member_of
from essaim.web.access import signed_in
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

CHECKOUT = "food_hub/checkout.html"


@dataclass(frozen=True, slots=True)
class Choice:
    """A solidarity price: how much more or less, and the total it makes."""

    bps: int
    total_cents: int


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def checkout(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """Show the order before it is placed, or place it."""
    cycle, member = cycle_or_404(cycle_id), member_of(request)
    if request.method != "POST":
        return _page(request, cycle, {})
    form = CheckoutForm(request.POST)
    if not form.is_valid():
        return _page(request, cycle, request.POST, form=form, status=422)
    answers = form.cleaned_data
    try:
        placed = _place(member, cycle, answers, clock.now())
    except RuleBroken as refused:
        refusal = sentence_of(refused)
        return _page(request, cycle, request.POST, refusal=refusal, status=refused.status)
    return _after(request, placed, answers["means"])


@signed_in
@require_POST
def price(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """Show the page again with the price of what is chosen; nothing is ordered."""
    cycle = cycle_or_404(cycle_id)
    return _page(request, cycle, request.POST)


def _place(
    member: Member, cycle: OrderCycle, answers: dict[str, Any], now: datetime
) -> PlacedOrder:
    """Place the order; for somebody else, write it in the log of the assistance too."""
    helped = _helped(member, answers["receiver"], now)
    basket = Basket.objects.filter(receiver=member, state=Basket.State.OPEN).order_by().first()
    with transaction.atomic():
        placed = actions.place_order(
            basket_id=basket.pk if basket else 0,
            cycle_id=cycle.pk,
            slot_id=answers["slot"],
            placed_by=member,
            receiver_id=helped.pk if helped else member.pk,
            means=answers["means"],
            order_key=answers["order_key"],
            solidarity_bps=answers["solidarity"],
            shown_total_cents=_shown_total_cents(answers),
            note=answers["note"],
            now=now,
        )
        if helped and placed.is_new:
            record_act(
                helper=member,
                helped=helped,
                scope=Assistance.Scope.ORDER,
                what=_("Ordered in their name: {number}").format(number=placed.number),
                reference=placed.public_id,
                now=now,
            )
    return placed


def _shown_total_cents(answers: dict[str, Any]) -> int:
    """The total that the chosen solidarity price showed, from the advised price that was shown."""
    shown_cents = int(answers["shown_total_cents"])
    return shown_cents + percent_of(shown_cents, answers["solidarity"])


def _helped(member: Member, receiver_id: UUID | None, now: datetime) -> Member | None:
    """The person ordered for, when it is not the member; only those they may order for."""
    if receiver_id in {None, member.public_id}:
        return None
    for helped in _people_helped(member, now):
        if helped.public_id == receiver_id:
            return helped
    raise Http404


def _people_helped(member: Member, now: datetime) -> list[Member]:
    return [
        row.helped
        for row in member_queries.people_helped_by(member, now)
        if row.scope == Assistance.Scope.ORDER
    ]


def _receivers(member: Member, now: datetime) -> list[tuple[str, str]]:
    """The answers to "for whom?", empty when the member helps nobody (1 query)."""
    people = [(str(one.public_id), one.display_name) for one in _people_helped(member, now)]
    return [(str(member.public_id), _("For me")), *people] if people else []


def _after(request: HttpRequest, placed: PlacedOrder, means: str) -> HttpResponse:
    order_url = reverse("food_hub:order", args=[placed.public_id])
    if means == PaymentIntent.Means.CARD and placed.payment_id:
        pay_url = reverse("payments:pay", args=[placed.payment_id])
        return redirect(f"{pay_url}?{urlencode({'back': order_url})}")
    messages.success(
        request, _("Your order {number} is recorded. Thank you!").format(number=placed.number)
    )
    return redirect(order_url)


def _page(
    request: HttpRequest,
    cycle: OrderCycle,
    chosen: Any,
    *,
    refusal: str = "",
    form: CheckoutForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = buying.basket_rows(member_of(request).pk, cycle.pk)
    if not rows:
        messages.info(request, refusal or sentence_of(BasketEmpty()))
        return redirect("food_hub:basket")
    context = {
        "cycle": cycle,
        "is_open": is_taking_orders(cycle),
        "slots": shelf.slots_of([cycle.pk])[cycle.pk],
        "means": MEANS,
        "people": _receivers(member_of(request), clock.now()),
        "chosen": chosen,
        "note_chars_max": NOTE_CHARS_MAX,
        "order_key": chosen.get("order_key") or uuid7(),
        "refusal": refusal,
        "form": form,
        "nav_basket_count": len(rows),
        **_prices(cycle, rows, chosen),
    }
    if wants_part(request):
        return part(request, CHECKOUT, "sums", context)
    return render(request, CHECKOUT, context, status=status)


def _prices(cycle: OrderCycle, rows: list[BasketRow], chosen: Any) -> dict[str, Any]:
    """What the order costs at the chosen solidarity price, and the other prices offered."""
    fees, terms = queries.fee_terms(cycle), queries.platform_terms(cycle)
    fund_cents = ledger_queries.balance(cycle.hub.solidarity_account)
    advised_cents = buying.price_basket(rows, fees, terms).price_cents
    choices = _choices(cycle.hub, advised_cents, fund_cents)
    solidarity = _chosen_bps(chosen, choices)
    priced = buying.price_basket(rows, fees, terms, solidarity)
    return {
        "rows": list(zip(rows, priced.lines, strict=True)),
        "priced": priced,
        "bar": money.bar_of(money.named_shares(cycle, priced, fees)),
        "choices": choices,
        "solidarity": solidarity,
        "fund_cents": fund_cents,
    }


def _choices(hub: Hub, price_cents: int, fund_cents: int) -> list[Choice]:
    """The prices to choose among, lowest first; reductions only as far as the fund can pay them."""
    low, high = hub.solidarity_min_bps, hub.solidarity_max_bps
    offered = sorted({low, low // 200 * 100, 0, high // 200 * 100, high})
    if len(offered) == 1:
        return []
    return [
        Choice(bps, price_cents + percent_of(price_cents, bps))
        for bps in offered
        if bps >= 0 or -percent_of(price_cents, bps) <= fund_cents
    ]


def _chosen_bps(chosen: Any, choices: list[Choice]) -> int:
    asked = str(chosen.get("solidarity", "0"))
    return next((choice.bps for choice in choices if str(choice.bps) == asked), 0)
