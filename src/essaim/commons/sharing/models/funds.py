"""The commons fund: projects that members propose in a quarter, and what was paid. See 0006."""

from django.db import models
from django.db.models import F, Q

from essaim.kernel.identifiers import uuid7

PROTECT = models.PROTECT
QUARTERS = 4


class Quarter(models.Model):
    """A quarter of a civil year: projects are proposed, then the fund is shared once."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    register = models.ForeignKey(
        "cooperative.Register", on_delete=PROTECT, related_name="quarters", db_index=False
    )
    civil_year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    paid_by = models.ForeignKey(
        "members.Member", null=True, on_delete=PROTECT, related_name="+", db_index=False
    )
    voting_at = models.DateTimeField(null=True, blank=True)
    """From then on projects no longer change and members vote."""
    method = models.CharField(max_length=40, blank=True)
    """How members choose: the code of a method of `ballots`."""
    decision = models.CharField(max_length=200, blank=True)
    before_cents = models.BigIntegerField(default=0)
    paid_cents = models.BigIntegerField(default=0)
    transfer = models.OneToOneField(
        "ledger.Transfer", null=True, blank=True, on_delete=PROTECT, related_name="+"
    )
    """None while nothing was paid: before the decision, or when no project was chosen."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "civil_year", "number"], name="sharing_quarter_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=QUARTERS), name="sharing_quarter_of_four"
            ),
            models.CheckConstraint(
                condition=Q(paid_cents__gte=0) & Q(paid_cents__lte=F("before_cents"))
                | Q(paid_cents=0),
                name="sharing_fund_not_overdrawn",
            ),
            models.CheckConstraint(
                condition=Q(paid_at=None, transfer=None, paid_cents=0, decision="")
                | (Q(paid_at__isnull=False, transfer__isnull=False, paid_cents__gt=0))
                | Q(paid_at__isnull=False, transfer=None, paid_cents=0),
                name="sharing_quarter_paid_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.civil_year} T{self.number}"

    @property
    def after_cents(self) -> int:
        """What the fund still held once the projects were paid."""
        return self.before_cents - self.paid_cents


class Project(models.Model):
    """Something useful to all that a member proposes to pay from the commons fund."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    quarter = models.ForeignKey(Quarter, on_delete=PROTECT, related_name="projects")
    title = models.CharField(max_length=160)
    text = models.TextField(blank=True)
    asked_cents = models.BigIntegerField()
    payee = models.ForeignKey(
        "members.Organisation", on_delete=PROTECT, related_name="+", db_index=False
    )
    """Who receives what is granted and answers for it."""
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )
    granted_cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(granted_cents__gte=0, granted_cents__lte=F("asked_cents")),
                name="sharing_granted_what_was_asked",
            ),
            models.CheckConstraint(
                condition=Q(asked_cents__gt=0), name="sharing_project_asks_something"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"


class FundBallot(models.Model):
    """One ballot a person: the projects they support, changed until the close. See 0010."""

    quarter = models.ForeignKey(Quarter, on_delete=PROTECT, related_name="ballots", db_index=False)
    member = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="fund_ballots", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quarter", "member"], name="sharing_one_fund_ballot_each"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} ballot"


class FundSupport(models.Model):
    """A project on a ballot."""

    ballot = models.ForeignKey(
        FundBallot, on_delete=models.CASCADE, related_name="supports", db_index=False
    )
    project = models.ForeignKey(Project, on_delete=PROTECT, related_name="supports")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ballot", "project"], name="sharing_project_supported_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} support"
