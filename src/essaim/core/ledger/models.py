"""Append-only double entry in any unit: euro, barter-euro, hour, point.

The ledger records value that lies elsewhere (a bank, a payment provider); it is no wallet. Entries
are signed: plus is credit (what is owed to somebody), minus is debit (what is held, or owed to us);
a transfer's entries sum to zero, which the database itself checks at commit.
"""

from django.db import models
from django.db.models import F, Q

from essaim.kernel.identifiers import uuid7


class Unit(models.Model):
    """What is counted. `scale` is the number of minor units in one unit: 100 cents in a euro."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=40)
    scale = models.PositiveIntegerField(default=100)

    def __str__(self) -> str:
        return self.code


class Account(models.Model):
    """A place where value is counted, in one unit.

    With a bound, the row is locked by each posting and carries its `balance` (holds counted against
    it). Without bounds it is append-only: never locked, its balance is `balance` as of the entry
    `checkpoint_entry` plus the entries since. Bounds are chosen when it opens, once and for all.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    code = models.CharField(max_length=80, unique=True)
    """Stable name: `"escrow"`, `"producer:42"`; the chart of accounts maps its first word."""
    label = models.CharField(max_length=120)
    organisation = models.ForeignKey(
        "members.Organisation", null=True, blank=True, on_delete=models.PROTECT
    )
    member = models.ForeignKey("members.Member", null=True, blank=True, on_delete=models.PROTECT)
    minimum = models.BigIntegerField(null=True, blank=True)
    maximum = models.BigIntegerField(null=True, blank=True)
    balance = models.BigIntegerField(default=0)
    held_out = models.BigIntegerField(default=0)
    """Sum of open holds that would leave this bounded account; counted pessimistically."""
    held_in = models.BigIntegerField(default=0)
    checkpoint_entry = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "unit"], name="ledger_account_unit"),
            models.CheckConstraint(
                condition=Q(minimum=None) | Q(balance__gte=F("minimum") + F("held_out")),
                name="ledger_not_below_minimum",
            ),
            models.CheckConstraint(
                condition=Q(maximum=None) | Q(balance__lte=F("maximum") - F("held_in")),
                name="ledger_not_above_maximum",
            ),
            models.CheckConstraint(
                condition=Q(held_out__gte=0) & Q(held_in__gte=0), name="ledger_holds_are_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.code}"

    @property
    def is_bounded(self) -> bool:
        return self.minimum is not None or self.maximum is not None


class Transfer(models.Model):
    """Value moved at an instant. Immutable; a correction is a new transfer that `reverses` it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=120)
    """Idempotency key made by the caller: `"order:<uuid>:placed"`."""
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=40)
    reference = models.UUIDField(null=True, blank=True, db_index=True)
    """Public id of what it is about (an agreement, a payment)."""
    memo = models.CharField(max_length=200, blank=True)
    posted_at = models.DateTimeField(db_index=True)
    reverses = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="ledger_transfer_once"),
            models.UniqueConstraint(fields=["id", "unit"], name="ledger_transfer_unit"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class Entry(models.Model):
    """One signed line of a transfer. `running_balance` is kept for bounded accounts.

    The foreign keys of the database are composite (with the unit), see migration 0002.
    """

    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="entries", db_constraint=False
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="entries",
        db_constraint=False,
        db_index=False,
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    amount = models.BigIntegerField()
    running_balance = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_entry_moves_something"),
        ]
        indexes = [models.Index(fields=["account", "id"], name="ledger_entry_by_account")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount}"


class Hold(models.Model):
    """Value reserved between two accounts until it is posted (all or part), voided or expired."""

    class State(models.TextChoices):
        OPEN = "open"
        POSTED = "posted"
        VOIDED = "voided"
        EXPIRED = "expired"

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    key = models.CharField(max_length=120, unique=True)
    source = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds_out")
    target = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds_in")
    amount = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    transfer = models.OneToOneField(Transfer, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_hold_is_positive"),
            models.CheckConstraint(
                condition=~Q(source=F("target")), name="ledger_hold_between_two_accounts"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="ledger_open_holds", condition=Q(state="open"))
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount} {self.state}"
