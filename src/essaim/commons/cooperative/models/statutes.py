"""The register of a cooperative, its statutes by version, its categories and colleges."""

from django.db import models

from essaim.commons.statutes.rules.statutes import Role

ROLES = [(role.value, role.value) for role in Role]
PROTECT = models.PROTECT


class Register(models.Model):
    """The register of one cooperative; its row is locked by each movement."""

    organisation = models.OneToOneField(
        "members.Organisation", on_delete=PROTECT, primary_key=True, related_name="register"
    )
    territory = models.ForeignKey("territories.Territory", on_delete=PROTECT, db_index=False)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.pk}"


class StatutesVersion(models.Model):
    """The statutes as adopted, whole, from a day on. Never rewritten: a change is a new version."""

    register = models.ForeignKey(
        Register, on_delete=PROTECT, related_name="statutes", db_index=False
    )
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    """TOML, read by `rules.reading`."""
    effective_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=200)
    """The decision, as members read it: « AGE du 12 mars 2026, à 87 % »."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        "members.Member", null=True, on_delete=PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "version"], name="cooperative_one_version_per_number"
            ),
            models.UniqueConstraint(
                fields=["register", "effective_at"], name="cooperative_one_version_per_date"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} v{self.version}"


class Category(models.Model):
    """A category of associates that some version of the statutes knows."""

    register = models.ForeignKey(
        Register, on_delete=PROTECT, related_name="categories", db_index=False
    )
    code = models.SlugField(max_length=40, db_index=False)
    label = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=ROLES)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "code"], name="cooperative_category_code_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.code}"


class College(models.Model):
    """A college that some version of the statutes knows; its weight is in the statutes."""

    register = models.ForeignKey(
        Register, on_delete=PROTECT, related_name="colleges", db_index=False
    )
    code = models.SlugField(max_length=40, db_index=False)
    label = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "code"], name="cooperative_college_code_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.code}"
