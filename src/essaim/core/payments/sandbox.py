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
AMOUNT_CENTS_MAX = 10**12
TEXT_CHARS_MAX, KIND_CHARS_MAX = 80, 40
SCENARIOS = {
    "accept": N_("Accepted card"),
    "decline": N_("Declined card"),
    "timeout-after-debit": N_("Debited, but the answer is lost"),
    "duplicate-webhook": N_("Accepted, and announced five times"),
    "charge-back": N_("Accepted, then taken back by the bank"),
    "forged-signature": N_("A message with a forged signature"),
}


class Sandbox:
    """A payment provider that lives in one table and takes no money."""

    code = CODE

    def begin(self, *, key: str, amount_cents: int, return_url: str) -> ProviderAnswer:
        """Open a payment under `key`; the buyer then acts on our sandbox page."""
        SandboxPayment.objects.get_or_create(
            reference=key,
            defaults={
                "amount_cents": amount_cents,
                "state": "waiting",
                "created_at": clock.now(),
            },
        )
        with transaction.atomic():
            payment = SandboxPayment.objects.select_for_update().get(reference=key)
            if payment.state != "paid" and payment.amount_cents != amount_cents:
                payment.amount_cents = amount_cents
                payment.save(update_fields=["amount_cents"])
        return ProviderAnswer(payment.reference, payment.state, payment.amount_cents, return_url)

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
        return ProviderAnswer(reference, payment.state, payment.amount_cents, failure=failure)

    def look_up(self, *, key: str) -> ProviderAnswer | None:
        payment = SandboxPayment.objects.filter(reference=key).order_by().first()
        if payment is None:
            return None
        return ProviderAnswer(payment.reference, payment.state, payment.amount_cents)

    def refund(self, *, reference: str, amount_cents: int, key: str) -> None:
        """Give back part of a paid payment; a `key` heard before changes nothing."""
        with transaction.atomic():
            payment = SandboxPayment.objects.select_for_update().get(reference=reference)
            if key in payment.refund_keys:
                return
            payment.refund_keys = [*payment.refund_keys, key]
            payment.refunded_cents += amount_cents
            payment.save(update_fields=["refund_keys", "refunded_cents"])

    def read_webhook(self, *, body: bytes, signature: str) -> ProviderMessage:
        # As bytes: text that is not ASCII cannot be compared in constant time.
        if not hmac.compare_digest(sign(body).encode(), signature.encode()):
            raise ForgedWebhook
        try:
            message = json.loads(body)
            read = ProviderMessage(
                event_id=str(message["id"]),
                kind=str(message["kind"]),
                reference=str(message["reference"]),
                amount_cents=int(message["amount_cents"]),
            )
        except (ValueError, KeyError, TypeError) as problem:
            raise BadWebhook from problem
        texts = (read.event_id, read.kind, read.reference)
        if not 0 < read.amount_cents <= AMOUNT_CENTS_MAX or len(read.kind) > KIND_CHARS_MAX:
            raise BadWebhook
        if not all(map(_is_plain, texts)):
            raise BadWebhook
        return read


def _is_plain(text: str) -> bool:
    return 0 < len(text) <= TEXT_CHARS_MAX and text.isprintable()


def sign(body: bytes) -> str:
    """Sign a webhook as the sandbox does: HMAC-SHA-256 with a key derived from the secret key."""
    key = hashlib.sha256(f"sandbox-webhook:{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, body, hashlib.sha256).hexdigest()


def webhook_body(*, reference: str, kind: str, amount_cents: int, event_id: str) -> bytes:
    """Return the bytes of a webhook as the sandbox sends them."""
    return json.dumps(
        {"id": event_id, "kind": kind, "reference": reference, "amount_cents": amount_cents}
    ).encode()
