"""Rounds of advice, consent or objection: who was asked, who said what, what was done with it."""

from django.db import models
from django.db.models import F, Q

from essaim.commons.deliberation.models.proposals import Proposal
from essaim.commons.deliberation.rules.rounds import Kind, Scope, State
from essaim.kernel.identifiers import uuid7

PROTECT = models.PROTECT


class Round(models.Model):
    """One question to some associates, with a deadline, led by somebody named."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    register = models.ForeignKey(
        "cooperative.Register", on_delete=PROTECT, related_name="rounds", db_index=False
    )
    proposal = models.ForeignKey(
        Proposal, null=True, blank=True, on_delete=PROTECT, related_name="rounds"
    )
    version_number = models.PositiveSmallIntegerField(null=True, blank=True)
    """The version of the proposal that is asked about."""
    kind = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Kind])
    scope = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Scope])
    college = models.ForeignKey(
        "cooperative.College", null=True, blank=True, on_delete=PROTECT, related_name="rounds"
    )
    title = models.CharField(max_length=160)
    text = models.TextField()
    author = models.ForeignKey("cooperative.Associate", on_delete=PROTECT, related_name="rounds")
    """Whose decision it is."""
    facilitator = models.ForeignKey("members.Member", on_delete=PROTECT, related_name="rounds_led")
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in State], default=State.OPEN.value
    )
    concluded_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(blank=True)
    """What was decided, in the words of who concluded."""

    class Meta:
        indexes = [
            models.Index(fields=["register", "state", "closes_at"], name="deliberation_rounds_due")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opened_at")), name="deliberation_round_has_its_time"
            ),
            models.CheckConstraint(
                condition=Q(scope="college", college__isnull=False)
                | (~Q(scope="college") & Q(college=None)),
                name="deliberation_round_of_a_college",
            ),
            models.CheckConstraint(
                condition=Q(proposal=None, version_number=None)
                | Q(proposal__isnull=False, version_number__isnull=False),
                name="deliberation_round_about_a_version",
            ),
            models.CheckConstraint(
                condition=Q(state="open", concluded_at=None)
                | (~Q(state="open") & Q(concluded_at__isnull=False)),
                name="deliberation_round_concluded_says_when",
            ),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(state="open"),
                name="deliberation_one_round_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}: {self.title}"


class RoundSeat(models.Model):
    """An associate of a working group who is asked."""

    round = models.ForeignKey(Round, on_delete=PROTECT, related_name="seats", db_index=False)
    associate = models.ForeignKey(
        "cooperative.Associate", on_delete=PROTECT, related_name="round_seats"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "associate"], name="deliberation_one_seat_each"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} seat"


class Statement(models.Model):
    """What an associate says in a round; said otherwise, the former words stay."""

    round = models.ForeignKey(Round, on_delete=PROTECT, related_name="statements", db_index=False)
    associate = models.ForeignKey(
        "cooperative.Associate", on_delete=PROTECT, related_name="statements"
    )
    stance = models.CharField(max_length=10)
    reason = models.TextField(blank=True)
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )
    replaced_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    """What was done with it."""
    answered_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    """When whoever objected said that the objection no longer stands."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "associate"],
                condition=Q(replaced_at=None),
                name="deliberation_one_statement_each",
            ),
            models.CheckConstraint(
                condition=~Q(stance__in=["objection", "advice"]) | ~Q(reason=""),
                name="deliberation_objection_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="deliberation_answer_says_when",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None) | Q(stance="objection"),
                name="deliberation_only_objections_are_lifted",
            ),
        ]
        indexes = [models.Index(fields=["round", "said_at"], name="deliberation_statements")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.stance}"
