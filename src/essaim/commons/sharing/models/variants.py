"""Proposals to share a year, and what the adopted one gives to each. See 0004 and 0008."""

from django.db import models
from django.db.models import Q

from essaim.commons.sharing.models.years import Year
from essaim.commons.sharing.rules.surplus import TO_PEOPLE
from essaim.kernel.identifiers import uuid7

PROTECT = models.PROTECT


class Variant(models.Model):
    """A way to share the surplus of a closed year, kept with its whole computation."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    year = models.ForeignKey(Year, on_delete=PROTECT, related_name="variants")
    title = models.CharField(max_length=160)
    assembly_date = models.DateField()
    """The day whose law and statutes were applied."""
    wish = models.JSONField()
    computation = models.JSONField()
    """Its steps in order; rates are exact fractions as text."""
    people_cents = models.BigIntegerField()
    """What reaches people: interest, part of the work, refunds."""
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        "members.Member", null=True, on_delete=PROTECT, related_name="+", db_index=False
    )
    adopted_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=200, blank=True)
    """As members read it: « AG du 12 mai 2027, procès-verbal n° 4, point 3 »."""
    carried_by = models.OneToOneField(
        "sharing.VariantMotion", null=True, blank=True, on_delete=PROTECT, related_name="+"
    )
    transfer = models.OneToOneField(
        "ledger.Transfer", null=True, blank=True, on_delete=PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["year"],
                condition=Q(adopted_at__isnull=False),
                name="sharing_one_variant_adopted",
            ),
            models.CheckConstraint(
                condition=Q(adopted_at=None, transfer=None, decision="", carried_by=None)
                | (
                    Q(
                        adopted_at__isnull=False,
                        transfer__isnull=False,
                        carried_by__isnull=False,
                    )
                    & ~Q(decision="")
                ),
                name="sharing_adopted_whole",
            ),
            models.CheckConstraint(
                condition=Q(people_cents__gte=0), name="sharing_people_owe_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"


class VariantMotion(models.Model):
    """A variant on the agenda of an assembly; of a later one when the first did not decide."""

    variant = models.ForeignKey(Variant, on_delete=PROTECT, related_name="motions")
    motion = models.OneToOneField("assembly.Motion", on_delete=PROTECT, related_name="shares")
    put_at = models.DateTimeField()
    put_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )

    def __str__(self) -> str:
        return f"#{self.pk} motion {self.motion_id}"


class Allotment(models.Model):
    """What somebody is owed of a surplus: an associate for their shares, a member for the rest."""

    variant = models.ForeignKey(
        Variant, on_delete=PROTECT, related_name="allotments", db_index=False
    )
    use = models.CharField(max_length=20, choices=[(use.value, use.value) for use in TO_PEOPLE])
    associate = models.ForeignKey(
        "cooperative.Associate", null=True, blank=True, on_delete=PROTECT, related_name="allotments"
    )
    member = models.ForeignKey(
        "members.Member", null=True, blank=True, on_delete=PROTECT, related_name="allotments"
    )
    cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(use="interest", associate__isnull=False, member=None)
                | (~Q(use="interest") & Q(associate=None, member__isnull=False)),
                name="sharing_allotment_of_somebody",
            ),
            models.CheckConstraint(condition=Q(cents__gt=0), name="sharing_allotment_positive"),
            models.UniqueConstraint(
                fields=["variant", "associate"],
                condition=Q(associate__isnull=False),
                name="sharing_interest_once",
            ),
            models.UniqueConstraint(
                fields=["variant", "use", "member"],
                condition=Q(member__isnull=False),
                name="sharing_part_once",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.use} {self.cents}"
