"""Answers already given to a write, so that a retry gets the same answer and does nothing twice."""

from django.db import models


class AnsweredRequest(models.Model):
    """One write with an idempotency key. `scope` is the member or the session that sent it."""

    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=80)
    body_digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    answered_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="web_one_answer_per_key"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.scope} {self.key}"
