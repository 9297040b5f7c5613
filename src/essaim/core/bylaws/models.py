"""The dated values of the articles: who adopted what, from when."""

from django.db import models
from django.db.models import Q


class ArticleValue(models.Model):
    """The value of an article from a date on. Rows are added, never changed: the history."""

    article_key = models.CharField(max_length=80)
    value = models.BigIntegerField()
    effective_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=200)
    """What adopted it: « assemblée générale du 12 mars 2026 », « conseil du 3 mai »."""
    decision_path = models.CharField(max_length=200, blank=True, db_default="")
    """Where the decision is read on this installation; empty when it was taken elsewhere."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        "members.Member", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["article_key", "effective_at"], name="bylaws_one_value_per_instant"
            ),
            models.CheckConstraint(
                condition=Q(decision_path="") | Q(decision_path__regex="^/[^/]"),
                name="bylaws_decision_is_read_here",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.article_key}={self.value}"
