"""Who people and organisations are, and who may act for whom."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from essaim.kernel.clock import now
from essaim.kernel.identifiers import uuid7


class MemberManager(BaseUserManager["Member"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Member":
        member = self.model(email=self.normalize_email(email).lower(), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member


class Member(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in by e-mail; may belong to organisations and act for other members."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    email = models.EmailField(unique=True)
    display_name = models.CharField(max_length=80)
    phone = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=5, default="fr")
    home_cell = models.BigIntegerField(null=True, blank=True)
    """H3 cell, resolution 9: a home is never known finer than this."""
    agenda_key = models.UUIDField(default=uuid7, unique=True, editable=False)
    """The secret of the private iCal feed; replaced when the member revokes it."""
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = MemberManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="members_email_is_lower"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.display_name or self.email}"


class Organisation(models.Model):
    """A producer, a hub, the cooperative itself, a town hall: whoever acts under its own name."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise"
        ASSOCIATION = "association"
        COOPERATIVE = "cooperative"
        LOCAL_AUTHORITY = "local-authority"

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.ENTERPRISE)
    legal_form = models.CharField(max_length=60, blank=True)
    """As written on documents: « SAS au capital de 10 000 € », « EI », « association loi 1901 »."""
    siren = models.CharField(max_length=9, blank=True)
    vat_number = models.CharField(max_length=14, blank=True)
    is_vat_liable = models.BooleanField(default=True)
    iban = models.CharField(max_length=34, blank=True)
    address = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    town = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    presentation = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(siren="") | Q(siren__regex=r"^[0-9]{9}$"),
                name="members_siren_has_9_digits",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"


class Membership(models.Model):
    """What a member does in an organisation. One row per role."""

    class Role(models.TextChoices):
        MANAGER = "manager"
        WORKER = "worker"
        CLERK = "clerk"
        BOARD = "board"
        OBSERVER = "observer"

    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="memberships", db_index=False
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role)
    since = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "organisation", "role"], name="members_one_row_per_role"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.member_id} {self.role} of {self.organisation_id}"


class Invitation(models.Model):
    """A role offered to whoever owns an e-mail address, until they accept it or it ends."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Membership.Role)
    invited_by = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    """When it was accepted or withdrawn: it then answers no more."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email", "role"],
                condition=Q(closed_at=None),
                name="members_one_open_invitation",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.role} of {self.organisation_id}"


class Assistance(models.Model):
    """The right of a helper to act for a member who asked for it: a scope, an end, a log."""

    class Scope(models.TextChoices):
        ORDER = "order"
        READ = "read"
        VOTE = "vote"

    helper = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="assistances_given")
    helped = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="assistances_received"
    )
    scope = models.CharField(max_length=20, choices=Scope)
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    consent_note = models.CharField(max_length=200)
    """How the helped person agreed: signed paper, telephone call of the day, in person."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(helper=F("helped")), name="members_nobody_assists_themselves"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("starts_at")),
                name="members_assistance_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.helper_id} for {self.helped_id}"


class AssistanceAct(models.Model):
    """One thing done by a helper in somebody's name; written in the transaction that did it."""

    assistance = models.ForeignKey(Assistance, on_delete=models.PROTECT, related_name="acts")
    done_at = models.DateTimeField()
    what = models.CharField(max_length=200)
    reference = models.UUIDField(null=True, blank=True)
    """Public id of what was done (an agreement, a basket), when there is one."""

    def __str__(self) -> str:
        return f"#{self.pk} {self.what}"


class AccessToken(models.Model):
    """A key that lets a program act as a member over the API; only its digest is kept."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="access_tokens")
    name = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    """When a program last used it, to the hour: finer would be a write at each request."""
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "name"],
                condition=Q(revoked_at=None),
                name="members_one_key_per_name",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"
