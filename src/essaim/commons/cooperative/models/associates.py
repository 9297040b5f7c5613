"""Who owns the cooperative, and whether they accept electronic notices."""

from django.db import models
from django.db.models import F, Q

from essaim.commons.cooperative.models.statutes import Category, College, Register
from essaim.kernel.identifiers import uuid7

PROTECT = models.PROTECT


class Associate(models.Model):
    """A member or an organisation that owns a part of the cooperative.

    Its number is never reused: whoever comes back is given another one.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    register = models.ForeignKey(
        Register, on_delete=PROTECT, related_name="associates", db_index=False
    )
    number = models.PositiveIntegerField()
    member = models.ForeignKey(
        "members.Member", null=True, blank=True, on_delete=PROTECT, related_name="associates"
    )
    organisation = models.ForeignKey(
        "members.Organisation", null=True, blank=True, on_delete=PROTECT, related_name="associates"
    )
    category = models.ForeignKey(Category, on_delete=PROTECT, related_name="associates")
    college = models.ForeignKey(College, null=True, on_delete=PROTECT, related_name="associates")
    admitted_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "number"], name="cooperative_number_given_once"
            ),
            models.CheckConstraint(
                condition=Q(member=None, organisation__isnull=False)
                | Q(member__isnull=False, organisation=None),
                name="cooperative_one_holder",
            ),
            models.UniqueConstraint(
                fields=["register", "member"],
                condition=Q(left_at=None),
                name="cooperative_member_is_associate_once",
            ),
            models.UniqueConstraint(
                fields=["register", "organisation"],
                condition=Q(left_at=None),
                name="cooperative_organisation_is_associate_once",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("admitted_at")),
                name="cooperative_leaves_after_entering",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} n{self.number}"


class NoticeConsent(models.Model):
    """An associate accepts electronic notices, or no longer does, from an instant on."""

    associate = models.ForeignKey(
        Associate, on_delete=PROTECT, related_name="consents", db_index=False
    )
    is_given = models.BooleanField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["associate", "-id"], name="cooperative_last_consent")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.is_given}"
