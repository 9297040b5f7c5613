"""A draw: frozen before its number is announced, never changed once done (migration 0002)."""

from django.db import models
from django.db.models import Q

from essaim.kernel.identifiers import uuid7

PROTECT = models.PROTECT


class Sortition(models.Model):
    """Who may be drawn, how many, with which quotas; then the number announced and who came out."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    register = models.ForeignKey(
        "cooperative.Register", on_delete=PROTECT, related_name="draws", db_index=False
    )
    title = models.CharField(max_length=160)
    content = models.JSONField()
    """`candidates`, `quotas`, `seats_count`, and the last `minutes` of the cooperative."""
    digest = models.CharField(max_length=64)
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )
    source = models.CharField(max_length=200)
    """Where the number will come from, said beforehand: « le Loto du 12 mars »."""
    announced = models.CharField(max_length=60, blank=True)
    drawn_at = models.DateTimeField(null=True, blank=True)
    panel = models.JSONField(default=list)
    """Numbers of the register, in the order of the draw."""
    attempt = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["register", "-id"], name="sortition_latest_first")]
        constraints = [
            models.CheckConstraint(
                condition=Q(announced="", drawn_at=None)
                | (~Q(announced="") & Q(drawn_at__isnull=False)),
                name="sortition_drawn_from_a_number",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"


class Declining(models.Model):
    """Somebody drawn who does not take part, and who takes their place."""

    sortition = models.ForeignKey(
        Sortition, on_delete=PROTECT, related_name="declinings", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    declined = models.PositiveIntegerField()
    drawn = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sortition", "position"], name="sortition_one_after_the_other"
            ),
            models.UniqueConstraint(
                fields=["sortition", "declined"], name="sortition_declines_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.declined} {self.drawn}"
