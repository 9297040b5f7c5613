"""What is said about a proposal: messages, what they said before, who masked them and why."""

from django.db import models
from django.db.models import Q

from essaim.commons.deliberation.models.proposals import Proposal
from essaim.kernel.identifiers import uuid7

PROTECT = models.PROTECT


class Comment(models.Model):
    """A message about a proposal or one of its paragraphs, or a reply to another."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    proposal = models.ForeignKey(
        Proposal, on_delete=PROTECT, related_name="comments", db_index=False
    )
    version_number = models.PositiveSmallIntegerField()
    """The version that was discussed."""
    paragraph = models.PositiveSmallIntegerField(null=True, blank=True)
    """Counted from 1; none about the whole."""
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=PROTECT, related_name="replies"
    )
    associate = models.ForeignKey(
        "cooperative.Associate", on_delete=PROTECT, related_name="comments"
    )
    text = models.TextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )
    edited_at = models.DateTimeField(null=True, blank=True)
    is_masked = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["proposal", "written_at"], name="deliberation_debate")]
        constraints = [
            models.CheckConstraint(
                condition=Q(paragraph=None) | Q(paragraph__gte=1),
                name="deliberation_paragraphs_count_from_1",
            ),
            models.CheckConstraint(
                condition=~Q(text=""), name="deliberation_comment_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.text[:40]}"


class FormerText(models.Model):
    """What a message said before it was edited. Never rewritten."""

    comment = models.ForeignKey(Comment, on_delete=PROTECT, related_name="former_texts")
    text = models.TextField()
    replaced_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.pk} {self.text[:40]}"


class Moderation(models.Model):
    """Somebody, named, masked a message or showed it again, and said why. Never rewritten."""

    comment = models.ForeignKey(Comment, on_delete=PROTECT, related_name="moderations")
    is_masked = models.BooleanField()
    reason = models.CharField(max_length=300)
    done_at = models.DateTimeField()
    done_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="deliberation_moderation_has_its_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.reason}"


class Follow(models.Model):
    """How a member hears of a debate: each message, one letter a day, or nothing."""

    class How(models.TextChoices):
        EACH = "each"
        DAILY = "daily"
        NOTHING = "nothing"

    proposal = models.ForeignKey(
        Proposal, on_delete=PROTECT, related_name="follows", db_index=False
    )
    member = models.ForeignKey("members.Member", on_delete=PROTECT, related_name="follows")
    how = models.CharField(max_length=8, choices=How, default=How.DAILY)
    told_until = models.DateTimeField()
    """Messages written before this instant are told, or need not be."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "member"], name="deliberation_one_follow_each"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.how}"
