"""Recording what providers and desks tell: paid, declined, silent, charged back."""

from datetime import datetime

from django.db import transaction

from essaim.core.agreements import actions as agreement_actions
from essaim.core.agreements.rules import TRANSITIONS, State
from essaim.core.members.models import Member
from essaim.core.payments import sandbox
from essaim.core.payments.actions.asking import follow_price
from essaim.core.payments.actions.money import NO_ANSWER, OPEN, lock, post_money, provider_named
from essaim.core.payments.actions.refunding import take_off
from essaim.core.payments.models import PaymentIntent, ReceivedWebhook, Refund
from essaim.core.payments.port import Provider, ProviderMessage, ProviderTimeout
from essaim.core.payments.rules import IntentState, PaymentUncertain, may_become


@transaction.atomic
def record_payment(
    *,
    intent: PaymentIntent,
    now: datetime,
    by: Member | None = None,
    amount_cents: int | None = None,
) -> PaymentIntent:
    """Record that the money of an intent came: ledger, state, and the agreement is accepted.

    A payment recorded twice (a webhook and a return page, five webhooks) is recorded once. Money
    that is more than the agreement costs now (it was given up, changed, or paid otherwise
    meanwhile) is recorded and refunded at once; what is missing is asked at the counter.

    Args:
        amount_cents: what was really taken, when the provider tells; else what was asked.
    """
    intent, agreement = lock(intent)
    if intent.state == IntentState.PAID:
        return intent
    intent.amount_cents = amount_cents or intent.amount_cents
    intent.state, intent.settled_at, intent.failure = IntentState.PAID.value, now, ""
    intent.save(update_fields=["amount_cents", "state", "settled_at", "failure"])
    post_money(
        agreement, intent, intent.amount_cents, key=f"payment:{intent.public_id}", kind="payment",
        now=now,
    )  # fmt: skip
    if agreement.state == State.PROPOSED:
        agreement = agreement_actions.move(
            agreement=agreement, to_state=State.ACCEPTED, by=by, now=now
        )
    follow_price(agreement=agreement, reason="more was paid than is due", now=now)
    intent.refresh_from_db()
    return intent


@transaction.atomic
def record_failure(*, intent: PaymentIntent, failure: str) -> PaymentIntent:
    """Record that a payment was declined; the agreement waits for another try."""
    intent, _agreement = lock(intent)
    if may_become(intent.state, IntentState.FAILED):
        intent.state, intent.failure = IntentState.FAILED.value, failure[:120]
        intent.save(update_fields=["state", "failure"])
    return intent


@transaction.atomic
def record_silence(*, intent: PaymentIntent) -> PaymentIntent:
    """Record that the provider did not answer: ask it (`reconcile`) before anybody pays again."""
    intent, _agreement = lock(intent)
    if intent.state in OPEN:
        intent.state, intent.failure = IntentState.WAITING.value, NO_ANSWER
        intent.save(update_fields=["state", "failure"])
    return intent


@transaction.atomic
def charge_back(*, intent: PaymentIntent, amount_cents: int, key: str, now: datetime) -> Refund:
    """Record that the provider took money back after the fact: the buyer owes it again.

    The agreement is disputed until somebody settles the matter; what is due is asked at the
    counter. Once per `key`, the provider's name for the event.

    Raises:
        RefundTooLarge: more than what is left of the payment; `details` has `left_cents`.
    """
    intent, agreement = lock(intent)
    known = Refund.objects.filter(key=f"chargeback:{key}").order_by().first()
    if known is not None:
        return known
    reason = "charged back by the provider"
    row = take_off(
        intent, amount_cents, reason=reason, key=f"chargeback:{key}", now=now, done_at=now
    )
    post_money(
        agreement, intent, -amount_cents, key=f"chargeback:{key}", kind="chargeback", now=now
    )
    if State.DISPUTED in TRANSITIONS[State(agreement.state)]:
        agreement_actions.move(
            agreement=agreement, to_state=State.DISPUTED, by=None, now=now, reason=reason
        )
    follow_price(agreement=agreement, reason=reason, now=now)
    return row


@transaction.atomic
def receive_webhook(*, provider: Provider, message: ProviderMessage, now: datetime) -> bool:
    """Handle a checked webhook exactly once, however often and in whatever order it comes.

    Returns:
        whether it was new.
    """
    row, is_new = ReceivedWebhook.objects.get_or_create(
        provider=provider.code,
        event_id=message.event_id,
        defaults={
            "kind": message.kind,
            "body": {"reference": message.reference, "amount_cents": message.amount_cents},
            "received_at": now,
        },
    )
    if is_new and _heed(provider, message, now):
        row.handled_at = now
        row.save(update_fields=["handled_at"])
    return is_new


def reconcile(*, intent: PaymentIntent, now: datetime) -> PaymentIntent:
    """Ask the provider what became of a payment whose answer was lost, and record it.

    Raises:
        PaymentUncertain: it does not answer this time either.
    """
    try:
        answer = provider_named(intent.provider).look_up(key=intent.provider_reference)
    except ProviderTimeout as silence:
        raise PaymentUncertain from silence
    if answer is not None and answer.state == "paid":
        return record_payment(intent=intent, amount_cents=answer.amount_cents, now=now)
    if intent.failure == NO_ANSWER:
        PaymentIntent.objects.filter(pk=intent.pk, failure=NO_ANSWER).update(failure="")
        intent.failure = ""
    if answer is not None and answer.state == "failed":
        return record_failure(intent=intent, failure="declined")
    return intent


def ask_after_silence(*, now: datetime, limit: int = 20) -> int:
    """Ask the provider about every payment whose answer was lost, even of an agreement given up.

    Money that was taken is then recorded, and refunded if nobody owes it (worker).

    Returns:
        how many payments turned out to be paid.
    """
    silent = PaymentIntent.objects.filter(provider=sandbox.CODE, failure=NO_ANSWER)
    paid_count = 0
    for intent in list(silent.exclude(state=IntentState.PAID).order_by("pk")[:limit]):
        try:
            paid_count += reconcile(intent=intent, now=now).state == IntentState.PAID
        except PaymentUncertain:
            continue
    return paid_count


def _heed(provider: Provider, message: ProviderMessage, now: datetime) -> bool:
    """Do what a new message asks for; False when it is about nothing we know."""
    intent = (
        PaymentIntent.objects.filter(provider=provider.code, provider_reference=message.reference)
        .order_by()
        .first()
    )
    if intent is None:
        return False
    if message.kind == "payment.paid":
        record_payment(intent=intent, amount_cents=message.amount_cents, now=now)
    elif message.kind == "payment.failed":
        record_failure(intent=intent, failure="declined")
    elif message.kind == "payment.charged-back":
        charge_back(intent=intent, amount_cents=message.amount_cents, key=message.event_id, now=now)
    else:
        return False
    return True
