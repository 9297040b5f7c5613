"""Asking for money, recording that it came, giving it back, paying it out."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from essaim.core.agreements import actions as agreement_actions
from essaim.core.agreements.models import Agreement
from essaim.core.agreements.rules import State
from essaim.core.ledger import queries as ledger_queries
from essaim.core.ledger.actions import open_account, post
from essaim.core.ledger.models import Account
from essaim.core.ledger.rules import Draft
from essaim.core.members.models import Member, Organisation
from essaim.core.payments import sandbox
from essaim.core.payments.models import PaymentIntent, Payout, ReceivedWebhook, Refund
from essaim.core.payments.port import Provider, ProviderMessage
from essaim.core.payments.rules import (
    AlreadyPaid,
    IntentState,
    NothingToPay,
    RefundTooLarge,
    may_become,
)
from essaim.kernel.identifiers import uuid7
from essaim.kernel.prepared import prepared_cursor

PROVIDER_OF_MEANS = {"card": sandbox.CODE, "cash": "counter", "bank-transfer": "bank"}
ACCOUNT_OF_PROVIDER = {sandbox.CODE: "card", "counter": "cash", "bank": "bank"}
LABEL_OF_ACCOUNT = {"card": "Prestataire de paiement", "cash": "Caisse", "bank": "Banque"}

NO_ANSWER = "no answer"
"""The failure of a payment whose answer was lost: it may have been taken."""

ASK = """
INSERT INTO payments_paymentintent (public_id, agreement_id, means, provider, provider_reference,
    amount_cents, refunded_cents, state, created_at, failure)
VALUES (%s, %s, %s, %s, %s, %s, 0, 'waiting', %s, '')
"""


def provider_named(code: str) -> Provider:
    """Return the adapter of a payment provider."""
    if code != sandbox.CODE:
        raise LookupError(code)
    return sandbox.Sandbox()


@transaction.atomic(savepoint=False)
def ask_payment(*, agreement_id: int, amount_cents: int, means: str, now: datetime) -> UUID:
    """Write that a payment is expected for an agreement (1 statement); return its public id."""
    public_id = uuid7()
    with prepared_cursor() as cursor:
        cursor.execute(
            ASK,
            [public_id, agreement_id, means, PROVIDER_OF_MEANS[means], str(public_id), amount_cents,
             now],
        )  # fmt: skip
    return public_id


@transaction.atomic
def record_payment(
    *, intent: PaymentIntent, now: datetime, by: Member | None = None
) -> PaymentIntent:
    """Record that the money of an intent came: ledger, state, and the agreement is accepted.

    A payment recorded twice (a webhook and a return page, five webhooks) is recorded once.
    Money that comes for an agreement given up meanwhile is recorded and refunded at once.
    """
    intent = _lock(intent)
    if intent.state == IntentState.PAID:
        return intent
    intent.state, intent.settled_at, intent.failure = IntentState.PAID.value, now, ""
    intent.save(update_fields=["state", "settled_at", "failure"])
    agreement = intent.agreement
    _post_money(
        agreement, intent, intent.amount_cents, key=f"payment:{intent.public_id}", kind="payment",
        now=now,
    )  # fmt: skip
    if agreement.state == State.PROPOSED:
        agreement_actions.move(agreement=agreement, to_state=State.ACCEPTED, by=by, now=now)
    elif agreement.state in {State.EXPIRED, State.WITHDRAWN, State.CANCELLED, State.DECLINED}:
        refund(
            intent=intent, amount_cents=intent.amount_cents, reason="agreement given up",
            key=f"late:{intent.public_id}", now=now,
        )  # fmt: skip
    return intent


@transaction.atomic
def record_failure(*, intent: PaymentIntent, failure: str) -> PaymentIntent:
    """Record that a payment was declined; the agreement waits for another try."""
    intent = _lock(intent)
    if may_become(intent.state, IntentState.FAILED):
        intent.state, intent.failure = IntentState.FAILED.value, failure[:120]
        intent.save(update_fields=["state", "failure"])
    return intent


@transaction.atomic
def record_silence(*, intent: PaymentIntent) -> PaymentIntent:
    """Record that the provider did not answer: ask it (`reconcile`) before anybody pays again."""
    intent = _lock(intent)
    if intent.state in {IntentState.WAITING, IntentState.FAILED}:
        intent.state, intent.failure = IntentState.WAITING.value, NO_ANSWER
        intent.save(update_fields=["state", "failure"])
    return intent


@transaction.atomic
def change_means(*, intent: PaymentIntent, means: str) -> PaymentIntent:
    """Let a buyer pay otherwise than first said, as long as nothing was paid.

    Raises:
        AlreadyPaid: it is paid.
    """
    intent = _lock(intent)
    if intent.state == IntentState.PAID:
        raise AlreadyPaid
    intent.means, intent.provider = means, PROVIDER_OF_MEANS[means]
    if intent.state == IntentState.FAILED:
        intent.state, intent.failure = IntentState.WAITING.value, ""
    intent.save(update_fields=["means", "provider", "state", "failure"])
    return intent


@transaction.atomic
def adjust_amount(*, intent: PaymentIntent, amount_cents: int, now: datetime) -> PaymentIntent:
    """Follow the price of an agreement that changed.

    Not paid yet: the amount asked changes (nothing left to ask: the intent is cancelled). Paid: what
    was paid too much is refunded; what is missing is asked in a second intent at the counter.
    """
    intent = _lock(intent)
    if intent.state != IntentState.PAID:
        if amount_cents <= 0:
            intent.state = IntentState.CANCELLED.value
        else:
            intent.amount_cents = amount_cents
        intent.save(update_fields=["state", "amount_cents"])
        return intent
    paid = paid_cents(intent.agreement)
    if paid > amount_cents:
        refund(
            intent=intent, amount_cents=min(paid - amount_cents, left_to_refund(intent)),
            reason="price changed", key=f"adjust:{intent.public_id}:{paid}:{amount_cents}", now=now,
        )  # fmt: skip
    waiting = intent.agreement.payments.filter(state=IntentState.WAITING).order_by("pk").first()
    missing = amount_cents - paid
    if waiting is not None:
        return adjust_amount(intent=waiting, amount_cents=missing, now=now)
    if missing > 0:
        ask_payment(agreement_id=intent.agreement_id, amount_cents=missing, means="cash", now=now)
    return intent


@transaction.atomic
def refund(
    *, intent: PaymentIntent, amount_cents: int, reason: str, key: str, now: datetime
) -> Refund:
    """Give back part of a payment, once per `key`; the provider is told by the worker.

    Raises:
        RefundTooLarge: more than what is left of it; `details` has `left_cents`.
    """
    known = Refund.objects.filter(key=key).order_by().first()
    if known is not None:
        return known
    intent = _lock(intent)
    left = left_to_refund(intent)
    if not 0 < amount_cents <= left:
        raise RefundTooLarge(left_cents=left)
    intent.refunded_cents += amount_cents
    intent.save(update_fields=["refunded_cents"])
    row = Refund.objects.create(
        intent=intent, key=key, amount_cents=amount_cents, reason=reason[:200], asked_at=now,
        done_at=None if intent.provider == sandbox.CODE else now,
    )  # fmt: skip
    _post_money(
        intent.agreement, intent, -amount_cents, key=f"refund:{key}", kind="refund", now=now
    )
    return row


@transaction.atomic
def send_refunds(*, now: datetime, limit: int = 20) -> int:
    """Tell the provider about refunds it does not know yet; return how many (worker)."""
    rows = (
        Refund.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(done_at=None)
        .select_related("intent")
        .order_by("pk")[:limit]
    )
    count = 0
    for row in rows:
        provider = provider_named(row.intent.provider)
        provider.refund(
            reference=row.intent.provider_reference,
            amount_cents=row.amount_cents,
            key=str(row.public_id),
        )
        row.done_at = now
        row.save(update_fields=["done_at"])
        count += 1
    return count


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
    if not is_new:
        return False
    intent = (
        PaymentIntent.objects.filter(provider=provider.code, provider_reference=message.reference)
        .order_by()
        .first()
    )
    if intent is not None and message.amount_cents == intent.amount_cents:
        if message.kind == "payment.paid":
            record_payment(intent=intent, now=now)
        elif message.kind == "payment.failed":
            record_failure(intent=intent, failure="declined")
        row.handled_at = now
        row.save(update_fields=["handled_at"])
    return True


def reconcile(*, intent: PaymentIntent, now: datetime) -> PaymentIntent:
    """Ask the provider what became of a payment whose answer was lost, and record it."""
    answer = provider_named(intent.provider).look_up(key=intent.provider_reference)
    if answer is not None and answer.state == "paid":
        return record_payment(intent=intent, now=now)
    if answer is not None and answer.state == "failed":
        return record_failure(intent=intent, failure="declined")
    if intent.failure == NO_ANSWER:
        intent.failure = ""
        intent.save(update_fields=["failure"])
    return intent


@transaction.atomic
def pay_out(*, organisation: Organisation, by: Member, key: str, now: datetime) -> Payout:
    """Pay an organisation all that the ledger says it is owed (recorded; the bank file comes later).

    Raises:
        NothingToPay: it is owed nothing.
    """
    account = Account.objects.select_for_update(of=("self",)).get(code=payable_code(organisation))
    amount = ledger_queries.balance(account)
    if amount <= 0:
        raise NothingToPay
    bank = open_account(code="bank:cooperative", label="Banque de la coopérative")
    draft = Draft(
        key=f"payout:{key}", kind="payout", lines=((account.pk, -amount), (bank.pk, amount)),
        memo=organisation.name,
    )  # fmt: skip
    (transfer_id,) = post(drafts=[draft], now=now)
    try:
        with transaction.atomic():
            return Payout.objects.create(
                organisation=organisation, amount_cents=amount, iban=organisation.iban, made_at=now,
                made_by=by, transfer_id=transfer_id,
            )  # fmt: skip
    except IntegrityError as problem:
        raise NothingToPay from problem


def payable_code(organisation: Organisation) -> str:
    """Code of the account that holds what an organisation is owed."""
    return f"payable:{organisation.slug}"


def paid_cents(agreement: Agreement) -> int:
    """What was really paid for an agreement, refunds taken off (1 query)."""
    rows = agreement.payments.filter(state=IntentState.PAID).values_list(
        "amount_cents", "refunded_cents"
    )
    return sum(amount - refunded for amount, refunded in rows)


def left_to_refund(intent: PaymentIntent) -> int:
    """What can still be given back on a payment, in cents."""
    return intent.amount_cents - intent.refunded_cents if intent.state == IntentState.PAID else 0


def _lock(intent: PaymentIntent) -> PaymentIntent:
    return (
        PaymentIntent.objects.select_for_update(of=("self",))
        .select_related("agreement__provider")
        .get(pk=intent.pk)
    )


def _post_money(
    agreement: Agreement,
    intent: PaymentIntent,
    amount_cents: int,
    *,
    key: str,
    kind: str,
    now: datetime,
) -> None:
    """Money in (or out, when negative): what the buyer owes follows what the provider holds."""
    provider = agreement.provider
    name = ACCOUNT_OF_PROVIDER[intent.provider]
    held = open_account(
        code=f"{name}:{provider.slug}",
        label=f"{LABEL_OF_ACCOUNT[name]}, {provider.name}",
        organisation_id=provider.pk,
    )
    due = open_account(
        code=f"due:{provider.slug}", label=f"Dû à {provider.name}", organisation_id=provider.pk
    )
    draft = Draft(
        key=key, kind=kind, lines=((held.pk, -amount_cents), (due.pk, amount_cents)),
        reference=agreement.public_id,
    )  # fmt: skip
    post(drafts=[draft], now=now)
