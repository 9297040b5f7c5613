"""A buyer's orders: read, paid, changed, cancelled."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from essaim.core.agreements import news as agreement_news
from essaim.core.agreements import queries as agreement_queries
from essaim.core.agreements.models import Agreement
from essaim.core.agreements.rules import State
from essaim.core.members.actions import record_act
from essaim.core.members.models import Assistance, Member
from essaim.core.payments import actions as payment_actions
from essaim.core.payments.models import PaymentIntent
from essaim.core.payments.rules import IntentState
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub import actions, buying, policies
from essaim.trades.food_hub.actions.paying import pay_otherwise
from essaim.trades.food_hub.forms import MEANS, MeansForm, quantities
from essaim.trades.food_hub.models import Order
from essaim.trades.food_hub.views import money, order_words
from essaim.trades.food_hub.views.shop import basket_mark, is_taking_orders, member_of
from essaim.web import live
from essaim.web.access import by_policy, signed_in
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

ORDERS_A_PAGE = 20
DONE = {State.FULFILLED, State.SETTLED}


@signed_in
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """List the orders of the member, newest first."""
    page = Paginator(buying.orders_of(member_of(request)), ORDERS_A_PAGE).get_page(
        request.GET.get("page")
    )
    rows = [(order, order_words.state_words(order)) for order in page]
    return render(
        request, "food_hub/orders.html", {"page": page, "rows": rows, **basket_mark(request)}
    )


@by_policy("may_see_order")
@require_safe
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Show an order to those who may see it."""
    found = _seen_or_404(request, order_id)
    return render(request, "food_hub/order.html", _context(request, found))


@by_policy("may_change_order")
@require_POST
@idempotent
def change(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Set other quantities, until orders close."""
    found, member, now = _own_or_404(request, order_id), member_of(request), clock.now()
    try:
        with transaction.atomic():
            wanted = quantities(request.POST)
            actions.change_order(order=found, quantities=wanted, by=member, now=now)
            _log(member, found.agreement, _("Order {number} changed"))
    except RuleBroken as refused:
        return _refused(request, found, refused)
    messages.success(request, _("Your order is changed."))
    return redirect("food_hub:order", order_id)


@by_policy("may_change_order")
@require_POST
@idempotent
def cancel(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Cancel it, until orders close."""
    found, member, now = _own_or_404(request, order_id), member_of(request), clock.now()
    try:
        with transaction.atomic():
            actions.cancel_order(order=found, by=member, now=now)
            _log(member, found.agreement, _("Order {number} cancelled"))
    except RuleBroken as refused:
        return _refused(request, found, refused)
    messages.success(request, _("Your order is cancelled. What you paid is refunded."))
    return redirect("food_hub:order", order_id)


@by_policy("may_change_order")
@require_POST
@idempotent
def means(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Choose another way to pay."""
    found = _own_or_404(request, order_id)
    form = MeansForm(request.POST)
    if not form.is_valid():
        return render(
            request, "food_hub/order.html", _context(request, found, form=form), status=422
        )
    try:
        pay_otherwise(
            order=found, means=form.cleaned_data["means"], by=member_of(request), now=clock.now()
        )
    except RuleBroken as refused:
        return _refused(request, found, refused)
    messages.success(request, _("Noted: this is how you will pay."))
    return redirect("food_hub:order", order_id)


@by_policy("may_change_order")
@require_POST
@idempotent
def check_payment(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Ask the payment service what became of a payment whose answer was lost."""
    found = _own_or_404(request, order_id)
    intent = _due(buying.payments_of(found.agreement))
    if intent is None or intent.means != PaymentIntent.Means.CARD:
        messages.info(request, _("Nothing is waiting at the payment service."))
        return redirect("food_hub:order", order_id)
    intent = payment_actions.reconcile(intent=intent, now=clock.now())
    if intent.state == IntentState.PAID:
        messages.success(request, _("The payment service confirms: your order is paid."))
    else:
        messages.info(request, _("The payment service took nothing: you can pay now."))
    return redirect("food_hub:order", order_id)


def _seen_or_404(request: HttpRequest, order_id: UUID) -> Order:
    """A stranger who guesses an address learns nothing, not even that the order exists."""
    found = buying.order_named(order_id)
    if found is None or not policies.may_see_order(member_of(request), found, at=clock.now()):
        raise Http404
    return found


def _own_or_404(request: HttpRequest, order_id: UUID) -> Order:
    found = buying.order_named(order_id)
    if found is None or not policies.may_change_order(member_of(request), found, at=clock.now()):
        raise Http404
    return found


def _refused(request: HttpRequest, found: Order, refused: RuleBroken) -> HttpResponse:
    fresh = _own_or_404(request, found.agreement.public_id)
    context = _context(request, fresh, refusal=sentence_of(refused))
    return render(request, "food_hub/order.html", context, status=refused.status)


def _log(member: Member, agreement: Agreement, what: str) -> None:
    """Write in the log of the assistance what a helper did in somebody's name."""
    if member != agreement.receiver:
        record_act(
            helper=member,
            helped=agreement.receiver,
            scope=Assistance.Scope.ORDER,
            what=what.format(number=agreement.number),
            reference=agreement.public_id,
            now=clock.now(),
        )


def _due(intents: list[PaymentIntent]) -> PaymentIntent | None:
    waiting = {IntentState.WAITING.value, IntentState.FAILED.value}
    return next((intent for intent in intents if intent.state in waiting), None)


def _context(
    request: HttpRequest, found: Order, *, refusal: str = "", form: MeansForm | None = None
) -> dict[str, Any]:
    agreement = found.agreement
    state = State(agreement.state)
    intents = buying.payments_of(agreement)
    course, step = _course(state, intents)
    is_mine = policies.may_change_order(member_of(request), found, at=clock.now())
    is_going_on = state in {State.PROPOSED, State.ACCEPTED}
    due = _due(intents) if is_mine and is_going_on else None
    back = urlencode({"back": reverse("food_hub:order", args=[agreement.public_id])})
    return {
        "order": found,
        "agreement": agreement,
        "state": order_words.state_words(found),
        "course": course,
        "step": step,
        "rows": buying.ordered_rows(found),
        "solidarity_cents": agreement.total_cents - found.price_cents,
        "bar": money.bar_of(agreement_queries.split_of(agreement)),
        "payments": [(intent, order_words.payment_words(intent)) for intent in intents],
        "due": due,
        "news": live.address_of(agreement_news.topic_of(agreement.pk)),
        "is_uncertain": due is not None and due.failure == payment_actions.NO_ANSWER,
        "pay_url": f"{reverse('payments:pay', args=[due.public_id])}?{back}" if due else "",
        "means": MEANS,
        "form": form,
        "is_for_another": is_mine and agreement.receiver != request.user,
        "may_change": is_mine and is_going_on and is_taking_orders(found.cycle),
        "documents_url": _documents_url(agreement),
        "change_key": uuid7(),
        "refusal": refusal,
        **basket_mark(request),
    }


def _course(state: State, intents: list[PaymentIntent]) -> tuple[list[str], int]:
    """The steps of an order and the current one; what was given up has no steps left."""
    if state not in {State.PROPOSED, State.ACCEPTED, *DONE}:
        return [], 0
    is_paid_first = any(intent.means == PaymentIntent.Means.CARD for intent in intents)
    paying = [_("Payment")] if is_paid_first else []
    course = [_("Order placed"), *paying, _("Preparation"), _("Pick-up")]
    if state in DONE:
        return course, len(course) + 1
    return course, 2 if state == State.PROPOSED else len(course) - 1


def _documents_url(agreement: Agreement) -> str:
    """Where the receipts and invoices of an agreement are; the only place that knows the name."""
    try:
        return reverse("documents:of_agreement", args=[agreement.public_id])
    except NoReverseMatch:
        return ""
