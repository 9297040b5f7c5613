"""A civil year of a cooperative, and what its ledger does not know. See migration 0002."""

from django.db import models
from django.db.models import Q

from essaim.commons.sharing.rules.books import Kind
from essaim.kernel.identifiers import uuid7

PROTECT = models.PROTECT


class Year(models.Model):
    """A civil year: open while lines are entered, then closed once and for all."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    register = models.ForeignKey(
        "cooperative.Register", on_delete=PROTECT, related_name="years", db_index=False
    )
    civil_year = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "members.Member", null=True, on_delete=PROTECT, related_name="+", db_index=False
    )
    books = models.JSONField(null=True, blank=True)
    """What the ledger and the clerk said when it was closed, in cents."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "civil_year"], name="sharing_year_once"),
            models.CheckConstraint(
                condition=Q(closed_at=None, books=None)
                | Q(closed_at__isnull=False, books__isnull=False),
                name="sharing_closed_with_its_books",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.civil_year}"


class YearLine(models.Model):
    """An income, a charge or a subsidy that the ledger does not know. A correction is its opposite.

    `cents` are what the label says: a charge of 10.00 € is 1000; a negative amount corrects.
    """

    year = models.ForeignKey(Year, on_delete=PROTECT, related_name="lines")
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in Kind])
    label = models.CharField(max_length=200)
    cents = models.BigIntegerField()
    line_date = models.DateField()
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=PROTECT, related_name="correction"
    )
    """The line that this one takes back whole; a line is corrected once."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        "members.Member", null=True, on_delete=PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(cents=0), name="sharing_line_is_something"),
            models.CheckConstraint(condition=~Q(label=""), name="sharing_line_says_what"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} {self.cents}"
