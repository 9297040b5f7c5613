"""Participatory titles: issued once, ended once, their interest by year. Never rewritten: 0002."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate

from essaim.commons.titles.rules.interest import Held, repayable_on
from essaim.kernel.identifiers import uuid7

PROTECT = models.PROTECT


class Title(models.Model):
    """A debt of the cooperative without a vote, numbered without gap in its register."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    register = models.ForeignKey(
        "cooperative.Register", on_delete=PROTECT, related_name="titles", db_index=False
    )
    number = models.PositiveIntegerField()
    holder = models.ForeignKey("members.Member", on_delete=PROTECT, related_name="titles")
    label = models.CharField(max_length=160)
    nominal_cents = models.BigIntegerField()
    years = models.PositiveSmallIntegerField()
    fixed_bps = models.PositiveSmallIntegerField()
    variable_percent = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField()
    source = models.UUIDField(unique=True)
    """Public id of what paid for it: it is issued once."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="titles_number_once"),
            models.CheckConstraint(
                condition=Q(nominal_cents__gt=0, years__gt=0), name="titles_nominal_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} n° {self.number}"

    def held(self, end: "TitleEnd | None") -> Held:
        """Return this title as the interest sees it; a cancelled one never bore any."""
        issued = localdate(self.issued_at)
        ended = None
        if end is not None:
            ended = localdate(end.noted_at) if end.kind == TitleEnd.Kind.REPAID else issued
        return Held(
            self.number, self.nominal_cents, self.fixed_bps, self.variable_percent, issued, ended
        )

    @property
    def repayable_on(self) -> date:
        """The first day on which the cooperative may pay it back."""
        return repayable_on(localdate(self.issued_at), self.years)


class TitleEnd(models.Model):
    """The line that ends a title: paid back, or cancelled because it was never paid."""

    class Kind(models.TextChoices):
        REPAID = "repaid"
        CANCELLED = "cancelled"

    title = models.OneToOneField(Title, on_delete=PROTECT, primary_key=True, related_name="end")
    kind = models.CharField(max_length=10, choices=Kind)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(
        "members.Member", null=True, on_delete=PROTECT, related_name="+", db_index=False
    )
    """Nobody when a bank took the money back."""
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class InterestYear(models.Model):
    """The rate of the variable part for a year, and the figures that gave it; posted once."""

    register = models.ForeignKey(
        "cooperative.Register", on_delete=PROTECT, related_name="title_years", db_index=False
    )
    civil_year = models.PositiveSmallIntegerField()
    variable_bps = models.PositiveIntegerField()
    basis = models.CharField(max_length=200)
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "civil_year"], name="titles_year_posted_once"
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="titles_year_says_its_basis"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.civil_year}"


class Interest(models.Model):
    """What one title earned in one year, as it was posted."""

    title = models.ForeignKey(Title, on_delete=PROTECT, related_name="interest", db_index=False)
    civil_year = models.PositiveSmallIntegerField()
    year = models.ForeignKey(InterestYear, on_delete=PROTECT, related_name="rows")
    days = models.PositiveSmallIntegerField()
    cents = models.BigIntegerField()
    transfer = models.OneToOneField("ledger.Transfer", on_delete=PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["title", "civil_year"], name="titles_interest_once_a_year"
            ),
            models.CheckConstraint(condition=Q(cents__gt=0), name="titles_interest_positive"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.civil_year} {self.cents}"
