"""Paying an order otherwise than first said."""

from datetime import datetime

from django.db import transaction

from essaim.core.agreements import actions as agreement_actions
from essaim.core.agreements.models import Agreement
from essaim.core.agreements.rules import State, WrongState
from essaim.core.members.models import Member
from essaim.core.payments import actions as payment_actions
from essaim.core.payments.models import PaymentIntent
from essaim.core.payments.rules import AlreadyPaid, IntentState
from essaim.trades.food_hub.actions.undoing import lock_order
from essaim.trades.food_hub.models import Order


@transaction.atomic
def pay_otherwise(*, order: Order, means: str, by: Member, now: datetime) -> Agreement:
    """Change how an unpaid order will be paid; what is paid at pick-up makes it firm at once.

    The payment service is asked first: money it already took is recorded, and nothing else changes.

    Raises:
        WrongState: the order is over. AlreadyPaid: nothing is left to pay.
        PaymentUncertain: the payment service does not answer.
    """
    order, agreement = lock_order(order)
    if agreement.state not in {State.PROPOSED, State.ACCEPTED}:
        raise WrongState(state=agreement.state)
    intent = payment_actions.expected_payment(agreement)
    if intent is None:
        raise AlreadyPaid
    if intent.means == PaymentIntent.Means.CARD:
        intent = payment_actions.reconcile(intent=intent, now=now)
        if intent.state == IntentState.PAID:
            agreement.refresh_from_db()
            return agreement
    payment_actions.change_means(intent=intent, means=means, now=now)
    if means != PaymentIntent.Means.CARD and agreement.state == State.PROPOSED:
        agreement = agreement_actions.move(
            agreement=agreement, to_state=State.ACCEPTED, by=by, now=now
        )
    return agreement
