"""The sandbox provider: the default, with its own memory, and able to fail in every known way.

Who pays on its page (or a test) picks the scenario.
"""

import hashlib
import hmac
import json

from django.conf import settings
from django.db import transaction

from essaim.core.payments.models import SandboxPayment
from essaim.core.payments.port import ProviderAnswer, ProviderMessage, ProviderTimeout
from essaim.core.payments.rules import BadWebhook, ForgedWebhook
from essaim.kernel import clock
from essaim.kernel.errors import N_

CODE = "sandbox"
SCENARIOS = {
    "accept": N_("Accepted card"),
    "decline": N_("Declined card"),
    "timeout-after-debit": N_("Debited, but the answer is lost"),
    "duplicate-webhook": N_("Accepted, and announced five times"),
    "forged-signature": N_("A message with a forged signature"),
}


class Sandbox:
    """A payment provider that lives in one table and takes no money."""

    code = CODE

    def begin(self, *, key: str, amount_cents: int, return_url: str) -> ProviderAnswer:
        """Open a payment under `key`; the buyer then acts on our sandbox page."""
        payment, _ = SandboxPayment.objects.get_or_create(
            reference=key,
            defaults={
                "amount_cents": amount_cents,
                "state": "waiting",
                "created_at": clock.now(),
            },
        )
        if payment.state != "paid" and payment.amount_cents != amount_cents:
            payment.amount_cents = amount_cents
            payment.save(update_fields=["amount_cents"])
        return ProviderAnswer(payment.reference, payment.state, return_url)

    def pay(self, *, reference: str, scenario: str) -> ProviderAnswer:
        """Act as the buyer's bank would in `scenario`.

        Raises:
            ProviderTimeout: the scenario debits and then loses the answer.
        """
        with transaction.atomic():
            payment = SandboxPayment.objects.select_for_update().get(reference=reference)
            payment.scenario = scenario
            if payment.state in {"waiting", "failed"}:
                payment.state = "failed" if scenario in {"decline", "forged-signature"} else "paid"
            payment.save(update_fields=["scenario", "state"])
        if scenario == "timeout-after-debit":
            raise ProviderTimeout(reference)
        failure = "declined" if payment.state == "failed" else ""
        return ProviderAnswer(reference, payment.state, failure=failure)

    def look_up(self, *, key: str) -> ProviderAnswer | None:
        payment = SandboxPayment.objects.filter(reference=key).order_by().first()
        return None if payment is None else ProviderAnswer(payment.reference, payment.state)

    def refund(self, *, reference: str, amount_cents: int, key: str) -> None:
        """Give back part of a paid payment; the same `key` is only counted once by our caller."""
        del key
        with transaction.atomic():
            payment = SandboxPayment.objects.select_for_update().get(reference=reference)
            payment.refunded_cents += amount_cents
            payment.save(update_fields=["refunded_cents"])

    def read_webhook(self, *, body: bytes, signature: str) -> ProviderMessage:
        # As bytes: text that is not ASCII cannot be compared in constant time.
        if not hmac.compare_digest(sign(body).encode(), signature.encode()):
            raise ForgedWebhook
        try:
            message = json.loads(body)
            return ProviderMessage(
                event_id=str(message["id"]),
                kind=str(message["kind"]),
                reference=str(message["reference"]),
                amount_cents=int(message["amount_cents"]),
            )
        except (ValueError, KeyError, TypeError) as problem:
            raise BadWebhook from problem


def sign(body: bytes) -> str:
    """Sign a webhook as the sandbox does: HMAC-SHA-256 with a key derived from the secret key."""
    key = hashlib.sha256(f"sandbox-webhook:{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, body, hashlib.sha256).hexdigest()


def webhook_body(*, reference: str, kind: str, amount_cents: int, event_id: str) -> bytes:
    """Return the bytes of a webhook as the sandbox sends them."""
    return json.dumps(
        {"id": event_id, "kind": kind, "reference": reference, "amount_cents": amount_cents}
    ).encode()
