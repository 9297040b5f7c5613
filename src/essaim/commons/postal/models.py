"""Forms for voting by post, and what two people read on each of them."""

from django.db import models
from django.db.models import Q

PROTECT = models.PROTECT


class Form(models.Model):
    """The form of one associate for one assembly, under a number of its own."""

    class State(models.TextChoices):
        PRINTED = "printed"
        READ_ONCE = "read-once"
        DISPUTED = "disputed"
        ACCEPTED = "accepted"

    assembly = models.ForeignKey(
        "assembly.GeneralAssembly", on_delete=PROTECT, related_name="forms", db_index=False
    )
    number = models.PositiveIntegerField()
    associate = models.ForeignKey(
        "cooperative.Associate", on_delete=PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=State, default=State.PRINTED)
    reading_round = models.PositiveSmallIntegerField(default=1)
    """Readings that differ are both set aside; the next round starts afresh."""
    disputed = models.JSONField(default=list)
    """The lines on which the last two readings differed."""
    printed_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)
    choices = models.JSONField(default=dict)
    """What both read: a choice by point of the agenda, as the urn writes it; empty before."""
    spoilt = models.JSONField(default=dict)
    """By point whose vote is void, the lines that both found impossible to read."""
    holds_if_amended = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assembly", "number"], name="postal_form_numbered_once"
            ),
            models.UniqueConstraint(fields=["assembly", "associate"], name="postal_one_form_each"),
            models.CheckConstraint(
                condition=Q(state="printed", received_at=None)
                | (~Q(state="printed") & Q(received_at__isnull=False)),
                name="postal_read_once_received",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted") | Q(choices={}, spoilt={}),
                name="postal_choices_once_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} n{self.number}"


class Reading(models.Model):
    """What one person read on a form, without seeing what another did."""

    form = models.ForeignKey(
        Form, on_delete=models.CASCADE, related_name="readings", db_index=False
    )
    reading_round = models.PositiveSmallIntegerField()
    read_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )
    lines = models.JSONField()
    """What stands on each line, and on `amended`: whether a choice holds for an amended text."""
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["form", "reading_round", "read_by"], name="postal_two_different_readers"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} reading"
