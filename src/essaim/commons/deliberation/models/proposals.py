"""Proposals of members: their versions, their supports, the point of the agenda they became."""

from django.db import models
from django.db.models import F, Q

from essaim.commons.deliberation.rules.proposals import State
from essaim.kernel.identifiers import uuid7

PROTECT = models.PROTECT


class Proposal(models.Model):
    """What an associate proposes to the others; its text is that of its last version."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    register = models.ForeignKey(
        "cooperative.Register", on_delete=PROTECT, related_name="proposals", db_index=False
    )
    author = models.ForeignKey("cooperative.Associate", on_delete=PROTECT, related_name="proposals")
    title = models.CharField(max_length=160)
    version_number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in State], default=State.OPEN.value
    )
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    """Until when it gathers supports."""
    needed_count = models.PositiveIntegerField()
    """Supports that bring it to the agenda, as counted when it was opened."""
    associates_count = models.PositiveIntegerField()
    """Of how many associates."""
    reached_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    """When it expired, was withdrawn or settled."""
    # The agenda it is on now; all of them, in order, are its `schedulings`.
    item = models.OneToOneField(
        "assembly.AgendaItem", null=True, blank=True, on_delete=PROTECT, related_name="proposal"
    )

    class Meta:
        indexes = [
            models.Index(fields=["register", "state", "-opened_at"], name="deliberation_proposals")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("opened_at")), name="deliberation_proposal_has_its_time"
            ),
            models.CheckConstraint(
                condition=Q(needed_count__gte=1), name="deliberation_proposal_needs_somebody"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reached", "scheduled"], reached_at__isnull=False)
                | Q(state__in=["open", "expired", "withdrawn"], reached_at=None)
                | Q(state="settled"),
                name="deliberation_reached_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="scheduled", item__isnull=False)
                | (~Q(state="scheduled") & Q(item=None)),
                name="deliberation_scheduled_is_a_point",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "reached", "scheduled"], closed_at=None)
                | Q(state__in=["expired", "withdrawn", "settled"], closed_at__isnull=False),
                name="deliberation_closed_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"


class Scheduling(models.Model):
    """A point of an agenda that a proposal became; left undecided, it becomes another one later."""

    proposal = models.ForeignKey(Proposal, on_delete=PROTECT, related_name="schedulings")
    item = models.OneToOneField("assembly.AgendaItem", on_delete=PROTECT, related_name="scheduling")

    def __str__(self) -> str:
        return f"#{self.pk} scheduling"


class Version(models.Model):
    """A proposal as it read from an instant on. Never rewritten: a change is a new version."""

    proposal = models.ForeignKey(
        Proposal, on_delete=PROTECT, related_name="versions", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=160)
    text = models.TextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "number"], name="deliberation_one_version_per_number"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} v{self.number}"


class RuleWanted(models.Model):
    """A rule of the platform that a version would change, from a day on at the earliest."""

    version = models.ForeignKey(
        Version, on_delete=PROTECT, related_name="rules_wanted", db_index=False
    )
    article_key = models.CharField(max_length=80)
    value = models.BigIntegerField()
    effective_date = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "article_key"], name="deliberation_one_value_per_article"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.article_key}={self.value}"


class Support(models.Model):
    """An associate wants a proposal on the agenda, until they take it back."""

    proposal = models.ForeignKey(
        Proposal, on_delete=PROTECT, related_name="supports", db_index=False
    )
    associate = models.ForeignKey(
        "cooperative.Associate", on_delete=PROTECT, related_name="supports_given"
    )
    version_number = models.PositiveSmallIntegerField()
    """The version they read."""
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "associate"],
                condition=Q(revoked_at=None),
                name="deliberation_one_support_each",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("given_at")),
                name="deliberation_support_ends_after",
            ),
        ]
        indexes = [models.Index(fields=["proposal", "given_at"], name="deliberation_supports")]

    def __str__(self) -> str:
        return f"#{self.pk} support"
