"""The pick-up desk: find an order, tick its lines, take the money, hand it over."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from essaim.core.agreements.rules import State
from essaim.core.payments.models import PaymentIntent
from essaim.core.payments.rules import IntentState
from essaim.kernel import clock
from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub import actions, desk_queries
from essaim.trades.food_hub.models import Order
from essaim.trades.food_hub.views import loading
from essaim.trades.food_hub.views.desk_wording import weight_text
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent

PAGE_SIZE = 25
WORD_CHARS_MAX = 60


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
    }
    return render(request, "food_hub/desk/pickup.html", context)


@by_policy("may_work_in_hub")
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order: what to give, what to take."""
    found = loading.work_on_order(request, order_id)
    context = _order_context(found)
    return render(request, "food_hub/desk/order.html", context)


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


def _order_context(order: Order) -> dict[str, Any]:
    payments = list(PaymentIntent.objects.filter(agreement=order.pk).order_by("pk"))
    waiting = [row for row in payments if row.state in {IntentState.WAITING, IntentState.FAILED}]
    state = order.agreement.state
    return {
        "order": order,
        "agreement": order.agreement,
        "cycle": order.cycle,
        "hub": order.cycle.hub,
        "lines": desk_queries.lines(order=order.pk),
        "due_cents": sum(row.amount_cents for row in waiting),
        "is_transfer": any(row.means == "bank-transfer" for row in waiting),
        "refunded_cents": sum(row.refunded_cents for row in payments),
        "may_hand_over": state == State.ACCEPTED and order.cycle.state == "closed",
        "is_done": state in desk_queries.HANDED_OVER,
        "weight": weight_text,
        "form_key": uuid7(),
    }


def _query(**values: str) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in values.items() if value})
    return f"?{query.urlencode()}&page=" if query else "?page="
