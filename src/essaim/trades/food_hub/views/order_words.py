"""States of orders and payments, in words that buyers use."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from essaim.core.agreements.rules import State
from essaim.core.payments.models import PaymentIntent
from essaim.core.payments.rules import IntentState


@dataclass(frozen=True, slots=True)
class StateWords:
    """How a state is called, what it means, and its tone."""

    short: Promise
    sentence: Promise
    tone: str


STATES = {
    State.PROPOSED: StateWords(
        lazy("to be paid"), lazy("Your order waits for your payment."), "honey"
    ),
    State.ACCEPTED: StateWords(
        lazy("confirmed"), lazy("Your order is confirmed. We are looking forward to you."), "clover"
    ),
    State.FULFILLED: StateWords(
        lazy("fetched"), lazy("You have fetched your order. Enjoy your meal!"), "clover"
    ),
    State.SETTLED: StateWords(
        lazy("settled"), lazy("Everybody has received their share of this order."), "clover"
    ),
    State.DECLINED: StateWords(lazy("declined"), lazy("The hub declined this order."), "poppy"),
    State.WITHDRAWN: StateWords(
        lazy("cancelled"), lazy("This order is cancelled. Nothing was charged."), "poppy"
    ),
    State.CANCELLED: StateWords(
        lazy("cancelled"), lazy("This order is cancelled. What you paid is refunded."), "poppy"
    ),
    State.EXPIRED: StateWords(
        lazy("not paid in time"),
        lazy("This order was not paid in time: its goods are free again. Nothing was charged."),
        "poppy",
    ),
    State.DISPUTED: StateWords(
        lazy("being discussed"), lazy("Something is being sorted out with the hub."), "poppy"
    ),
}


def payment_words(intent: PaymentIntent) -> tuple[str, str]:
    """Say how and whether a payment was made."""
    means = {
        PaymentIntent.Means.CARD.value: _("By card"),
        PaymentIntent.Means.CASH.value: _("In cash, at pick-up"),
        PaymentIntent.Means.BANK_TRANSFER.value: _("By bank transfer"),
    }[intent.means]
    states = {
        IntentState.WAITING.value: _("waiting"),
        IntentState.PAID.value: _("paid"),
        IntentState.FAILED.value: _("declined"),
        IntentState.CANCELLED.value: _("cancelled"),
    }
    return means, states[intent.state]
