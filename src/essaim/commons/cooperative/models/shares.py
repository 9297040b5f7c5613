"""The register of shares, and the certificates that prove them.

Who holds what is nowhere stored: it is the sum of the movements. The database itself refuses a
movement that is changed, that leaves a gap, that goes back in time or that takes what is not held;
see migration 0002.
"""

from django.db import models
from django.db.models import F, Q

from essaim.commons.cooperative.models.associates import Associate
from essaim.commons.cooperative.models.statutes import Register
from essaim.commons.cooperative.rules.register import Kind
from essaim.kernel.identifiers import uuid7

KINDS = [(kind.value, kind.value) for kind in Kind]
PROTECT = models.PROTECT


class ShareMovement(models.Model):
    """Shares that appear, change hands or go. Numbered without gap; never changed."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    register = models.ForeignKey(
        Register, on_delete=PROTECT, related_name="movements", db_index=False
    )
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=KINDS)
    from_associate = models.ForeignKey(
        Associate, null=True, blank=True, on_delete=PROTECT, related_name="movements_out"
    )
    to_associate = models.ForeignKey(
        Associate, null=True, blank=True, on_delete=PROTECT, related_name="movements_in"
    )
    shares = models.PositiveIntegerField()
    nominal_cents = models.PositiveIntegerField()
    """What one share was worth that day."""
    moved_at = models.DateTimeField()
    agreement = models.ForeignKey(
        "agreements.Agreement", null=True, blank=True, on_delete=PROTECT, related_name="+"
    )
    """What was agreed and paid, for a subscription and what cancels it."""
    reason = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        "members.Member", null=True, on_delete=PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "number"], name="cooperative_movement_number_once"
            ),
            models.CheckConstraint(
                condition=Q(shares__gt=0, nominal_cents__gt=0), name="cooperative_moves_something"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=Kind.SUBSCRIPTION.value,
                    from_associate=None,
                    to_associate__isnull=False,
                )
                | Q(
                    kind=Kind.TRANSFER.value,
                    from_associate__isnull=False,
                    to_associate__isnull=False,
                )
                | Q(
                    kind__in=[
                        Kind.REFUND.value,
                        Kind.CANCELLATION.value,
                        Kind.LOSS_REDUCTION.value,
                    ],
                    from_associate__isnull=False,
                    to_associate=None,
                ),
                name="cooperative_movement_has_its_ends",
            ),
            models.CheckConstraint(
                condition=~Q(from_associate=F("to_associate")),
                name="cooperative_between_two_associates",
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(kind=Kind.SUBSCRIPTION.value),
                name="cooperative_agreement_subscribed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} {self.shares}"


class Certificate(models.Model):
    """What proves shares: frozen the day they are given; all that is printed is in `snapshot`."""

    movement = models.OneToOneField(
        ShareMovement, on_delete=PROTECT, primary_key=True, related_name="certificate"
    )
    issued_at = models.DateTimeField()
    snapshot = models.JSONField()
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"#{self.pk} {self.sha256[:12]}"


class CertificateFile(models.Model):
    """The printed form as first made, in its own table, so that lists never read it."""

    certificate = models.OneToOneField(
        Certificate, on_delete=PROTECT, primary_key=True, related_name="file"
    )
    pdf = models.BinaryField()
    rendered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.pk}"
