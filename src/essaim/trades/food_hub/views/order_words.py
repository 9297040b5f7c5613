"""States of orders and payments, in words that buyers use."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from essaim.core.agreements.rules import State
from essaim.core.payments.models import PaymentIntent
from essaim.core.payments.rules import IntentState
from essaim.trades.food_hub.models import Order


@dataclass(frozen=True, slots=True)
class StateWords:
    """How a state is called, what it means, and its tone."""

    short: Promise
    sentence: Promise
    tone: str


STATES = {
    State.PROPOSED: StateWords(_("to be paid"), _("Your order waits for your payment."), "honey"),
    State.ACCEPTED: StateWords(
        _("confirmed"), _("Your order is confirmed. We are looking forward to you."), "clover"
    ),
    State.FULFILLED: StateWords(
        _("fetched"), _("You have fetched your order. Enjoy your meal!"), "clover"
    ),
    State.SETTLED: StateWords(
        _("settled"), _("Everybody has received their share of this order."), "clover"
    ),
    State.DECLINED: StateWords(
        pgettext_lazy("order", "declined"), _("The hub declined this order."), "poppy"
    ),
    State.WITHDRAWN: StateWords(
        pgettext_lazy("order", "cancelled"),
        _("This order is cancelled. Nothing was charged."),
        "poppy",
    ),
    State.CANCELLED: StateWords(
        pgettext_lazy("order", "cancelled"),
        _("This order is cancelled. What you paid is refunded."),
        "poppy",
    ),
    State.EXPIRED: StateWords(
        _("not paid in time"),
        _("This order was not paid in time: its goods are free again. Nothing was charged."),
        "poppy",
    ),
    State.DISPUTED: StateWords(
        _("being discussed"), _("Something is being sorted out with the hub."), "poppy"
    ),
}


NEVER_FETCHED = StateWords(
    _("never fetched"),
    _("Nobody came for this order. It was made for you, so it stays due."),
    "poppy",
)
MEANS = {
    PaymentIntent.Means.CARD.value: _("By card"),
    PaymentIntent.Means.CASH.value: _("In cash, at pick-up"),
    PaymentIntent.Means.BANK_TRANSFER.value: _("By bank transfer"),
}
PAYMENT_STATES = {
    IntentState.WAITING.value: _("waiting"),
    IntentState.PAID.value: _("paid"),
    IntentState.FAILED.value: _("declined"),
    IntentState.CANCELLED.value: _("cancelled"),
}


def state_words(order: Order) -> StateWords:
    """Say where an order stands; needs its agreement."""
    state = State(order.agreement.state)
    is_over = state in {State.FULFILLED, State.SETTLED}
    return NEVER_FETCHED if is_over and order.never_fetched_at else STATES[state]


def payment_words(intent: PaymentIntent) -> tuple[Promise, Promise]:
    """Say how and whether a payment was made."""
    return MEANS[intent.means], PAYMENT_STATES[intent.state]
