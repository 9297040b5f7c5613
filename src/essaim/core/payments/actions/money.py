"""What every action on payments shares: providers, locks, the ledger.

Locks go agreement first, then its payments: a webhook and a cancellation never wait in a circle.
"""

from datetime import datetime

from essaim.core.agreements.models import Agreement
from essaim.core.ledger.actions import open_account, post
from essaim.core.ledger.rules import Draft
from essaim.core.payments import sandbox
from essaim.core.payments.models import PaymentIntent
from essaim.core.payments.port import Provider
from essaim.core.payments.rules import IntentState

PROVIDER_OF_MEANS = {"card": sandbox.CODE, "cash": "counter", "bank-transfer": "bank"}
ACCOUNT_OF_PROVIDER = {sandbox.CODE: "card", "counter": "cash", "bank": "bank"}
LABEL_OF_ACCOUNT = {"card": "Prestataire de paiement", "cash": "Caisse", "bank": "Banque"}

NO_ANSWER = "no answer"
"""The failure of a payment whose answer was lost: it may have been taken."""
OPEN = (IntentState.WAITING.value, IntentState.FAILED.value)
"""Payments that are still expected."""


def provider_named(code: str) -> Provider:
    """Return the adapter of a payment provider."""
    if code != sandbox.CODE:
        raise LookupError(code)
    return sandbox.Sandbox()


def left_to_refund(intent: PaymentIntent) -> int:
    """What can still be given back on a payment, in cents."""
    return intent.amount_cents - intent.refunded_cents if intent.state == IntentState.PAID else 0


def expected_payment(agreement: Agreement) -> PaymentIntent | None:
    """The payment still expected for an agreement, None when nothing is due (1 query)."""
    return agreement.payments.filter(state__in=OPEN).order_by("pk").first()


def lock(intent: PaymentIntent) -> tuple[PaymentIntent, Agreement]:
    """Lock the agreement of a payment, then the payment, and read both afresh."""
    agreement = (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("provider", "provider_member")
        .get(pk=intent.agreement_id)
    )
    locked = PaymentIntent.objects.select_for_update(of=("self",)).get(pk=intent.pk)
    locked.agreement = agreement
    return locked, agreement


def post_money(
    agreement: Agreement,
    intent: PaymentIntent,
    amount_cents: int,
    *,
    key: str,
    kind: str,
    now: datetime,
) -> None:
    """Money in (or out, when negative): what the buyer owes follows what the provider holds."""
    code, provider = _owner(agreement), agreement.provider_name
    name = ACCOUNT_OF_PROVIDER[intent.provider]
    held = open_account(
        code=f"{name}:{code}",
        label=f"{LABEL_OF_ACCOUNT[name]}, {provider}",
        organisation_id=agreement.provider_id,
        member_id=agreement.provider_member_id,
    )
    due = open_account(
        code=f"due:{code}",
        label=f"Dû à {provider}",
        organisation_id=agreement.provider_id,
        member_id=agreement.provider_member_id,
    )
    draft = Draft(
        key=key, kind=kind, lines=((held.pk, -amount_cents), (due.pk, amount_cents)),
        reference=agreement.public_id,
    )  # fmt: skip
    post(drafts=[draft], now=now)


def _owner(agreement: Agreement) -> str:
    """How the accounts of whoever provides are called."""
    if agreement.provider is not None:
        return agreement.provider.slug
    person = agreement.provider_member
    return f"member:{person.public_id}" if person else ""
