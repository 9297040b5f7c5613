"""Who is asked to sign minutes, and the signatures: written once, never changed nor removed.

The database itself refuses a signature of another digest than that of its minutes, one that is
changed or removed, and minutes that leave a gap in their register; see migration 0002.
"""

from django.db import models
from django.db.models import F, Q

from essaim.commons.minutes.rules.signing import Means, Role

PROTECT = models.PROTECT
ROLES = [(role.value, role.value) for role in Role]
MEANS = [(means.value, means.value) for means in Means]


class Signatory(models.Model):
    """Somebody whom the secretary asks to sign, besides who issued the minutes and scrutineers."""

    minutes = models.ForeignKey(
        "assembly.Minutes", on_delete=PROTECT, related_name="signatories", db_index=False
    )
    member = models.ForeignKey("members.Member", on_delete=PROTECT, related_name="+")
    role = models.CharField(max_length=12, choices=ROLES)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["minutes", "member", "role"], name="minutes_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.role}"


class Scan(models.Model):
    """The signed paper, in its own table, so that lists never read it."""

    minutes = models.ForeignKey(
        "assembly.Minutes", on_delete=PROTECT, related_name="scans", db_index=False
    )
    content = models.BinaryField()
    media_type = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["minutes", "sha256"], name="minutes_scanned_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.media_type}"


class Signature(models.Model):
    """Somebody signed exactly these minutes: who, in which quality, how, when, which digest."""

    minutes = models.ForeignKey(
        "assembly.Minutes", on_delete=PROTECT, related_name="signatures", db_index=False
    )
    role = models.CharField(max_length=12, choices=ROLES)
    member = models.ForeignKey(
        "members.Member", null=True, blank=True, on_delete=PROTECT, related_name="+"
    )
    name = models.CharField(max_length=120)
    """As it was that day."""
    means = models.CharField(max_length=16, choices=MEANS)
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )
    scan = models.ForeignKey(
        Scan, null=True, blank=True, on_delete=PROTECT, related_name="signatures"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["minutes", "role", "name"], name="minutes_signed_once_by_name"
            ),
            models.UniqueConstraint(
                fields=["minutes", "role", "member"], name="minutes_signed_once"
            ),
            models.CheckConstraint(
                condition=Q(means=Means.PAPER.value, scan__isnull=False)
                | (Q(scan=None, member=F("recorded_by")) & ~Q(means=Means.PAPER.value)),
                name="minutes_signed_by_oneself_or_on_paper",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="minutes_signed_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.role} {self.digest[:8]}"
