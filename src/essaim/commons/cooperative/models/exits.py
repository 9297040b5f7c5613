"""Departures: what is paid back, and when."""

from django.db import models
from django.db.models import F, Q

from essaim.commons.cooperative.models.associates import Associate
from essaim.commons.cooperative.models.shares import ShareMovement
from essaim.kernel.identifiers import uuid7

PROTECT = models.PROTECT


class Exit(models.Model):
    """An associate leaves or is excluded; once settled, what is paid back and why."""

    class Kind(models.TextChoices):
        LEAVING = "leaving"
        EXCLUSION = "exclusion"

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    associate = models.OneToOneField(Associate, on_delete=PROTECT, related_name="exit")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        "members.Member", null=True, on_delete=PROTECT, related_name="+", db_index=False
    )
    movement = models.OneToOneField(
        ShareMovement, null=True, blank=True, on_delete=PROTECT, related_name="exit"
    )
    nominal_cents = models.BigIntegerField(default=0)
    loss_cents = models.BigIntegerField(default=0)
    refund_cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, movement=None, settled_by=None)
                | Q(settled_at__isnull=False, movement__isnull=False, settled_by__isnull=False),
                name="cooperative_exit_settled_whole",
            ),
            models.CheckConstraint(
                condition=Q(nominal_cents=F("loss_cents") + F("refund_cents"))
                & Q(loss_cents__gte=0, refund_cents__gte=0),
                name="cooperative_exit_adds_up",
            ),
            models.CheckConstraint(
                condition=~Q(kind="exclusion") | ~Q(reason=""),
                name="cooperative_exclusion_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], name="cooperative_open_exits", condition=Q(settled_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class Instalment(models.Model):
    """One part of a refund: due on a day, paid once."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    exit = models.ForeignKey(Exit, on_delete=PROTECT, related_name="instalments", db_index=False)
    position = models.PositiveSmallIntegerField()
    due_date = models.DateField()
    amount_cents = models.BigIntegerField()
    paid_at = models.DateTimeField(null=True, blank=True)
    paid_by = models.ForeignKey(
        "members.Member", null=True, on_delete=PROTECT, related_name="+", db_index=False
    )
    transfer = models.OneToOneField(
        "ledger.Transfer", null=True, blank=True, on_delete=PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["exit", "position"], name="cooperative_instalment_position"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="cooperative_instalment_positive"
            ),
            models.CheckConstraint(
                condition=Q(paid_at=None, transfer=None)
                | Q(paid_at__isnull=False, transfer__isnull=False),
                name="cooperative_instalment_paid_in_the_books",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount_cents}"
