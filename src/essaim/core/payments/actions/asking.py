"""Asking for money: how much, by what means, as the price of the agreement changes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from essaim.core.agreements.models import Agreement
from essaim.core.agreements.rules import GIVEN_UP
from essaim.core.payments import sandbox
from essaim.core.payments.actions.money import OPEN, PROVIDER_OF_MEANS, left_to_refund, lock
from essaim.core.payments.actions.refunding import refund
from essaim.core.payments.models import PaymentIntent
from essaim.core.payments.rules import AlreadyPaid, IntentState
from essaim.kernel.identifiers import uuid7
from essaim.kernel.prepared import run_prepared

ASK = """
INSERT INTO payments_paymentintent (public_id, agreement_id, means, provider, provider_reference,
    amount_cents, refunded_cents, state, created_at, failure)
VALUES (%s, %s, %s, %s, %s, %s, 0, 'waiting', %s, '')
"""


@transaction.atomic(savepoint=False)
def ask_payment(*, agreement_id: int, amount_cents: int, means: str, now: datetime) -> UUID:
    """Write that a payment is expected for an agreement (1 statement); return its public id."""
    public_id = uuid7()
    provider = PROVIDER_OF_MEANS[means]
    run_prepared(ASK, [public_id, agreement_id, means, provider, str(public_id), amount_cents, now])
    return public_id


@transaction.atomic
def change_means(*, intent: PaymentIntent, means: str, now: datetime) -> PaymentIntent:
    """Let a buyer pay otherwise than first said, as long as nothing was paid.

    A payment that a provider knows of is cancelled and another one asked: should the provider take
    the money after all, it is recognised, recorded and given back.

    Returns:
        the payment now expected.

    Raises:
        AlreadyPaid: it is paid, or no longer expected.
    """
    intent, _agreement = lock(intent)
    if intent.state not in OPEN:
        raise AlreadyPaid
    if intent.provider == sandbox.CODE and means != intent.means:
        intent.state = IntentState.CANCELLED.value
        intent.save(update_fields=["state"])
        public_id = ask_payment(
            agreement_id=intent.agreement_id,
            amount_cents=intent.amount_cents,
            means=means,
            now=now,
        )
        return PaymentIntent.objects.get(public_id=public_id)
    intent.means, intent.provider = means, PROVIDER_OF_MEANS[means]
    if intent.state == IntentState.FAILED:
        intent.state, intent.failure = IntentState.WAITING.value, ""
    intent.save(update_fields=["means", "provider", "state", "failure"])
    return intent


@transaction.atomic
def follow_price(*, agreement: Agreement, reason: str, now: datetime) -> None:
    """Make what is paid and asked follow what an agreement costs now; nothing once it is given up.

    What was paid too much is refunded, by card first (it goes back without anybody coming), then
    what was paid last. What is missing is asked in one payment: the one that is still expected,
    else a new one at the counter.
    """
    state, total_cents = (
        Agreement.objects.select_for_update(of=("self",))
        .values_list("state", "total_cents")
        .get(pk=agreement.pk)
    )
    intents = list(
        PaymentIntent.objects.select_for_update(of=("self",))
        .filter(agreement=agreement)
        .order_by("pk")
    )
    paid_cents = sum(intent.amount_cents - intent.refunded_cents for intent in _paid(intents))
    missing_cents = (0 if state in GIVEN_UP else total_cents) - paid_cents
    _give_back(_paid(intents), max(0, -missing_cents), reason, now)
    expected = [intent for intent in intents if intent.state in OPEN]
    if missing_cents > 0 and not expected:
        ask_payment(agreement_id=agreement.pk, amount_cents=missing_cents, means="cash", now=now)
    for place, intent in enumerate(expected):
        _expect(intent, missing_cents if place == 0 else 0)


def _paid(intents: list[PaymentIntent]) -> list[PaymentIntent]:
    return [intent for intent in intents if intent.state == IntentState.PAID]


def _give_back(paid: list[PaymentIntent], cents: int, reason: str, now: datetime) -> None:
    for intent in sorted(
        paid, key=lambda one: (one.provider == sandbox.CODE, one.pk), reverse=True
    ):
        part = min(cents, left_to_refund(intent))
        if part:
            # What was refunded before makes the key: the same change may well happen twice.
            key = f"adjust:{intent.public_id}:{intent.refunded_cents}"
            refund(intent=intent, amount_cents=part, reason=reason, key=key, now=now)
            cents -= part


def _expect(intent: PaymentIntent, amount_cents: int) -> None:
    if amount_cents <= 0:
        intent.state = IntentState.CANCELLED.value
    elif amount_cents != intent.amount_cents:
        intent.amount_cents = amount_cents
    else:
        return
    intent.save(update_fields=["state", "amount_cents"])
