"""Subjects, voices given on them, questions and their answers. All of it is named."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from essaim.commons.assembly.rules.elections import Method
from essaim.kernel.identifiers import uuid7

PROTECT = models.PROTECT


class Subject(models.Model):
    """What voices are given on: prices, work, territory… The board declares it."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    register = models.ForeignKey(
        "cooperative.Register", on_delete=PROTECT, related_name="subjects", db_index=False
    )
    label = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("register"),
                Lower("label"),
                condition=Q(closed_at=None),
                name="consultation_subject_named_once",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
                name="consultation_subject_ends_after",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.label}"


class Delegation(models.Model):
    """An associate gives their voice on a subject to another, until they take it back."""

    subject = models.ForeignKey(
        Subject, on_delete=PROTECT, related_name="delegations", db_index=False
    )
    giver = models.ForeignKey(
        "cooperative.Associate", on_delete=PROTECT, related_name="delegations_given"
    )
    holder = models.ForeignKey(
        "cooperative.Associate", on_delete=PROTECT, related_name="delegations_held"
    )
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "giver"],
                condition=Q(revoked_at=None),
                name="consultation_one_delegation_each",
            ),
            models.CheckConstraint(
                condition=~Q(giver=F("holder")), name="consultation_voice_to_somebody_else"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("given_at")),
                name="consultation_delegation_ends_after",
            ),
        ]
        indexes = [models.Index(fields=["subject", "given_at"], name="consultation_delegations")]

    def __str__(self) -> str:
        return f"#{self.pk} delegation"


class Consultation(models.Model):
    """A question to all associates, with answers to choose from, until a day."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    subject = models.ForeignKey(
        Subject, on_delete=PROTECT, related_name="consultations", db_index=False
    )
    question = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    method = models.CharField(
        max_length=20, choices=[(method.value, method.value) for method in Method]
    )
    options = models.JSONField()
    """`[{"code": "c1", "label": "Le samedi"}, …]`."""
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )
    closes_at = models.DateTimeField()
    counted_at = models.DateTimeField(null=True, blank=True)
    outcome = models.JSONField(default=dict)
    """Both counts, how many were entitled, and who spoke for whom, by number."""

    class Meta:
        indexes = [models.Index(fields=["subject", "closes_at"], name="consultation_by_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opened_at")), name="consultation_has_its_time"
            ),
            models.CheckConstraint(
                condition=Q(counted_at=None) | Q(counted_at__gte=F("closes_at")),
                name="consultation_counted_after_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.question}"


class Answer(models.Model):
    """What an associate answers, in their own name; the last one counts."""

    consultation = models.ForeignKey(
        Consultation, on_delete=PROTECT, related_name="answers", db_index=False
    )
    associate = models.ForeignKey(
        "cooperative.Associate", on_delete=PROTECT, related_name="answers"
    )
    choice = models.JSONField()
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "associate"], name="consultation_one_answer_each"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} answer"
