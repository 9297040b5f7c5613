"""Money in and out: what was asked of a provider, what it said, and what came of it."""

from django.db import models
from django.db.models import F, Q

from essaim.core.payments.rules import IntentState
from essaim.kernel.identifiers import uuid7

STATES = [(state.value, state.value) for state in IntentState]


class PaymentIntent(models.Model):
    """One payment asked of a buyer for one agreement, by one means."""

    State = IntentState

    class Means(models.TextChoices):
        CARD = "card"
        CASH = "cash"
        BANK_TRANSFER = "bank-transfer"

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    agreement = models.ForeignKey(
        "agreements.Agreement", on_delete=models.PROTECT, related_name="payments"
    )
    means = models.CharField(max_length=16, choices=Means)
    provider = models.CharField(max_length=20)
    """Code of the payment provider: "sandbox", "counter" for cash, "bank"."""
    provider_reference = models.CharField(max_length=80, blank=True)
    amount_cents = models.BigIntegerField()
    refunded_cents = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, choices=STATES, default=IntentState.WAITING.value)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="payments_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(refunded_cents__gte=0) & Q(refunded_cents__lte=F("amount_cents")),
                name="payments_refund_within_amount",
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_reference"],
                condition=~Q(provider_reference=""),
                name="payments_one_intent_per_reference",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount_cents} {self.state}"


class Refund(models.Model):
    """Money given back on a payment; the provider is told by the worker, once."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    intent = models.ForeignKey(PaymentIntent, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=120, unique=True)
    amount_cents = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="payments_refund_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount_cents}"


class ReceivedWebhook(models.Model):
    """A message of a provider, kept as received; handled once, however often it comes."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    body = models.JSONField()
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "event_id"], name="payments_each_webhook_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.provider} {self.kind}"


class SandboxPayment(models.Model):
    """The memory of the sandbox provider, which lives apart from ours as a real one's would."""

    reference = models.CharField(max_length=80, primary_key=True)
    amount_cents = models.BigIntegerField()
    refunded_cents = models.BigIntegerField(default=0)
    refund_keys = models.JSONField(default=list)
    """Refunds already heard: asked again with the same key, nothing more is given back."""
    state = models.CharField(max_length=12)
    scenario = models.CharField(max_length=24, default="accept")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class Payout(models.Model):
    """Money paid out to an organisation from what the ledger says it is owed."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organisation = models.ForeignKey(
        "members.Organisation", on_delete=models.PROTECT, related_name="payouts"
    )
    amount_cents = models.BigIntegerField()
    iban = models.CharField(max_length=34, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    transfer = models.ForeignKey(
        "ledger.Transfer", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="payments_payout_positive"
            ),
            models.UniqueConstraint(fields=["transfer"], name="payments_one_payout_per_transfer"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount_cents}"
