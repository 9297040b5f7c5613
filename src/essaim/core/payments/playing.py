"""Playing one's bank on the sandbox page: what each scenario brings about."""

from datetime import datetime

from essaim.core.payments import sandbox
from essaim.core.payments.actions import (
    left_to_refund,
    receive_webhook,
    record_failure,
    record_payment,
    record_silence,
)
from essaim.core.payments.models import PaymentIntent
from essaim.core.payments.port import ProviderTimeout
from essaim.core.payments.rules import PaymentDeclined, PaymentUncertain

REPEATED_WEBHOOKS = 5


def pay_in_sandbox(
    *, intent: PaymentIntent, scenario: str, return_url: str, now: datetime
) -> PaymentIntent:
    """Pay an intent as the buyer's bank would in `scenario`, and hear what the provider says of it.

    A payment that was taken before, its answer lost, is recorded and never taken again. What is
    recorded before a refusal stays: so this is not one transaction.

    Raises:
        PaymentDeclined: the bank said no. ForgedWebhook: somebody lied that it was paid.
        PaymentUncertain: no answer came; the provider must be asked before another try.
    """
    provider, reference = sandbox.Sandbox(), intent.provider_reference
    opened = provider.begin(key=reference, amount_cents=intent.amount_cents, return_url=return_url)
    if opened.state == "paid":
        return record_payment(intent=intent, amount_cents=opened.amount_cents, now=now)
    try:
        answer = provider.pay(reference=reference, scenario=scenario)
    except ProviderTimeout as silence:
        record_silence(intent=intent)
        raise PaymentUncertain from silence
    body = sandbox.webhook_body(
        reference=reference,
        kind="payment.paid",
        amount_cents=answer.amount_cents,
        event_id=f"evt-{reference}",
    )
    if scenario == "forged-signature":
        provider.read_webhook(body=body, signature="0" * 64)
    if answer.state != "paid":
        record_failure(intent=intent, failure="declined")
        raise PaymentDeclined
    if scenario == "duplicate-webhook":
        message = provider.read_webhook(body=body, signature=sandbox.sign(body))
        for _ in range(REPEATED_WEBHOOKS):
            receive_webhook(provider=provider, message=message, now=now)
    paid = record_payment(intent=intent, amount_cents=answer.amount_cents, now=now)
    if scenario == "charge-back" and left_to_refund(paid):
        _take_back(provider, paid, now)
    return paid


def _take_back(provider: sandbox.Sandbox, intent: PaymentIntent, now: datetime) -> None:
    """The bank gives the buyer their money back without asking anybody, and says so."""
    reference = intent.provider_reference
    body = sandbox.webhook_body(
        reference=reference,
        kind="payment.charged-back",
        amount_cents=left_to_refund(intent),
        event_id=f"evt-back-{reference}",
    )
    message = provider.read_webhook(body=body, signature=sandbox.sign(body))
    receive_webhook(provider=provider, message=message, now=now)
