"""The pick-up desk: find an order, tick its lines, take the money, hand it over."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from essaim.core.agreements.rules import State
from essaim.core.members import queries as member_queries
from essaim.core.members.rules import has_no_address
from essaim.core.payments.models import PaymentIntent
from essaim.core.payments.rules import IntentState
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub import actions, desk_policies, desk_queries, news
from essaim.trades.food_hub.actions import unfetched
from essaim.trades.food_hub.models import Order, OrderCycle
from essaim.trades.food_hub.rules.refusals import ReasonMissing
from essaim.trades.food_hub.views import loading
from essaim.trades.food_hub.views.desk_wording import weight_text
from essaim.web import live
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

PAGE_SIZE = 25
WORD_CHARS_MAX = 60
REASON_CHARS_MAX = 200


@by_policy("may_work_in_hub")
def pickup(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """Orders to hand over, by name; three letters of a name or a number are enough to find one."""
    cycle = loading.work_in_cycle(request, cycle_id)
    words = request.GET.get("q", "")[:WORD_CHARS_MAX].strip()
    slots = list(cycle.slots.select_related("place").order_by("starts_at"))
    slot = next((row for row in slots if str(row.pk) == request.GET.get("slot")), None)
    show = request.GET.get("show", "waiting")
    # Whoever searches wants to find, also what was handed over already.
    is_waiting = None if words else {"waiting": True, "done": False}.get(show)
    found = desk_queries.orders_found(
        cycle, words=words, slot_id=slot.pk if slot else None, is_waiting=is_waiting
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    due = desk_queries.left_to_pay(row["agreement_pk"] for row in page)
    context = {
        "hub": cycle.hub,
        "cycle": cycle,
        "page": page,
        "due": {pk: sum(row.amount_cents for row in rows) for pk, rows in due.items()},
        "words": words,
        "slots": slots,
        "slot": slot,
        "show": show,
        "query": _query(q=words, slot=str(slot.pk) if slot else "", show=show),
        "figures": desk_queries.figures([cycle])[cycle.pk],
        "news": live.address_of(news.desk_topic(cycle.pk)),
    }
    return render(request, "food_hub/desk/pickup.html", context)


@by_policy("may_work_in_hub")
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order: what to give, what to take."""
    found = loading.work_on_order(request, order_id)
    return _order_page(request, found)


@by_policy("may_work_in_hub")
@idempotent
def hand_over(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Tick an order as fetched; « paid » also records the money taken."""
    found = loading.work_on_order(request, order_id)
    if request.method == "POST":
        actions.hand_over(
            order=found,
            by=loading.member_of(request),
            now=clock.now(),
            is_paid_here=request.POST.get("paid") == "yes",
        )
        messages.success(
            request,
            _("{number} handed over to {name}.").format(
                number=found.agreement.number, name=found.agreement.receiver.display_name
            ),
        )
        return redirect("food_hub:desk_pickup", found.cycle.public_id)
    return redirect("food_hub:desk_order", order_id)


@by_policy("may_work_in_hub")
@idempotent
def money(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Record the money of an order without handing anything over: it came later, or before."""
    found = loading.work_on_order(request, order_id)
    means = request.POST.get("means")
    if means in {"cash", "bank-transfer"}:
        by = loading.member_of(request)
        actions.take_payment(order=found, means=means, by=by, now=clock.now())
        messages.success(request, _("The payment is recorded."))
    return redirect("food_hub:desk_order", order_id)


@by_policy("may_work_in_hub")
@idempotent
def fetching(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Say that nobody came for an order, let it go, or wait for the buyer again."""
    found = loading.work_on_order(request, order_id)
    by, now, reason = loading.member_of(request), clock.now(), request.POST.get("reason", "")
    what = request.POST.get("what")
    try:
        if what == "never":
            actions.declare_never_fetched(order=found, by=by, reason=reason, now=now)
        elif what == "let-go":
            actions.let_go(order=found, by=by, reason=reason, now=now)
        elif what == "again":
            actions.take_back_never_fetched(order=found, by=by, now=now)
    except RuleBroken as refusal:
        return _order_page(request, found, refusal)
    if what:
        messages.success(request, _("It is recorded, and the buyer is told."))
    return redirect("food_hub:desk_order", order_id)


@by_policy("may_run_hub")
@idempotent
def dispute(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """End the dispute about an order, with what was agreed."""
    found = loading.run_order(request, order_id)
    reason = " ".join(request.POST.get("reason", "").split())[:REASON_CHARS_MAX]
    if request.method != "POST":
        return redirect("food_hub:desk_order", order_id)
    try:
        if not reason:
            raise ReasonMissing
        actions.end_dispute(
            order=found, by=loading.member_of(request), now=clock.now(), reason=reason
        )
    except RuleBroken as refusal:
        return _order_page(request, found, refusal)
    messages.success(request, _("The dispute is over."))
    return redirect("food_hub:desk_order", order_id)


def _order_page(
    request: HttpRequest, order: Order, refusal: RuleBroken | None = None
) -> HttpResponse:
    context = _order_context(order) | {
        "may_run": desk_policies.may_run_hub(loading.member_of(request), order.cycle.hub),
        "refusal": sentence_of(refusal) if refusal else "",
        "reason": request.POST.get("reason", "")[:REASON_CHARS_MAX],
    }
    status = refusal.status if refusal else 200
    return render(request, "food_hub/desk/order.html", context, status=status)


def _order_context(order: Order) -> dict[str, Any]:
    now = clock.now()
    payments = list(PaymentIntent.objects.filter(agreement=order.pk).order_by("pk"))
    waiting = [row for row in payments if row.state in {IntentState.WAITING, IntentState.FAILED}]
    state = order.agreement.state
    is_awaited = order.handed_over_at is None and order.never_fetched_at is None
    may_hand_over = (
        state in unfetched.AWAITED and is_awaited and order.cycle.state == OrderCycle.State.CLOSED
    )
    return {
        "order": order,
        "agreement": order.agreement,
        "cycle": order.cycle,
        "hub": order.cycle.hub,
        "lines": desk_queries.lines(order=order.pk),
        "due_cents": sum(row.amount_cents for row in waiting),
        "is_transfer": any(row.means == "bank-transfer" for row in waiting),
        "refunded_cents": sum(row.refunded_cents for row in payments),
        "may_hand_over": may_hand_over,
        "may_prepare": may_hand_over and state == State.ACCEPTED,
        "may_take_money": bool(waiting) and not is_awaited,
        "may_give_up": may_hand_over and now >= unfetched.awaited_until(order, at=now),
        "may_wait_again": order.never_fetched_at is not None and state == State.FULFILLED,
        "is_done": order.handed_over_at is not None,
        "is_disputed": state == State.DISPUTED,
        "has_no_address": has_no_address(order.agreement.receiver.email),
        "helpers": _helpers_of(order, now),
        "reason_chars_max": REASON_CHARS_MAX,
        "weight": weight_text,
        "form_key": uuid7(),
    }


def _helpers_of(order: Order, now: datetime) -> list[str]:
    """Who reads what is written to a buyer without e-mail (1 query, 0 for most people)."""
    email = order.agreement.receiver.email
    if not has_no_address(email):
        return []
    return [
        row.helper.display_name
        for row in member_queries.helpers_of_address(email, now)
        if not has_no_address(row.helper.email)
    ]


def _query(**values: str) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in values.items() if value})
    return f"?{query.urlencode()}&page=" if query else "?page="
