"""The results of Belenios as they were given, by college: the evidence of what was declared."""

from django.db import models

PROTECT = models.PROTECT


class CollegeResult(models.Model):
    """The file `result.json` of the election of one college, kept byte for byte."""

    motion = models.ForeignKey(
        "assembly.Motion", on_delete=PROTECT, related_name="belenios_results", db_index=False
    )
    college = models.CharField(max_length=30, blank=True)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    ballots_count = models.PositiveIntegerField()
    address = models.URLField(max_length=300, blank=True)
    """The page of the election, where its proofs are checked."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["motion", "college"], name="belenios_one_by_college"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.sha256[:8]}"
