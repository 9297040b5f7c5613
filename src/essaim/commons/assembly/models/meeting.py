"""The meeting itself: agenda, notice, presence, proxies, what is read before, minutes."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.kernel.identifiers import uuid7

PROTECT = models.PROTECT


class GeneralAssembly(models.Model):
    """One meeting of the associates, from its draft to its minutes."""

    class State(models.TextChoices):
        DRAFT = "draft"
        CONVENED = "convened"
        SITTING = "sitting"
        CLOSED = "closed"

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    register = models.ForeignKey(
        "cooperative.Register", on_delete=PROTECT, related_name="assemblies", db_index=False
    )
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in Kind])
    convening = models.PositiveSmallIntegerField(default=1)
    """1, or 2 when the first one did not reach its quorum."""
    title = models.CharField(max_length=160)
    place = models.CharField(max_length=200)
    meets_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    amendments_until = models.DateTimeField(null=True, blank=True)
    """Until when associates propose amendments in writing; None: in session alone."""
    record_at = models.DateTimeField(null=True, blank=True)
    """Who was an associate at this instant has a vote; the notice sets it."""
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["register", "-meets_at"], name="assembly_latest_first")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(record_at__isnull=False),
                name="assembly_convened_has_its_record_date",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"

    @property
    def last_amending_day(self) -> date | None:
        """The last day, to its end, on which amendments are proposed in writing."""
        until = self.amendments_until
        return until and timezone.localtime(until - timedelta(microseconds=1)).date()


class AgendaItem(models.Model):
    """A point of the agenda: to hear about, or with a motion to vote on."""

    assembly = models.ForeignKey(
        GeneralAssembly, on_delete=models.CASCADE, related_name="agenda", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assembly", "position"],
                name="assembly_one_point_per_position",
                deferrable=models.Deferrable.IMMEDIATE,  # two points change places at once
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"


class AgendaFile(models.Model):
    """A document to be read before a point: a PDF, kept as it came."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="files")
    title = models.CharField(max_length=120)
    size_bytes = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    """SHA-256 of the file, written in the minutes."""
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"

    @property
    def path(self) -> str:
        """Where the storage keeps it: made of a UUID, never of what somebody typed."""
        return f"assembly/{self.public_id}.pdf"


class Question(models.Model):
    """What an associate asks in writing before the meeting, and what is answered."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    assembly = models.ForeignKey(
        GeneralAssembly, on_delete=models.CASCADE, related_name="questions"
    )
    item = models.ForeignKey(
        AgendaItem, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    associate = models.ForeignKey(
        "cooperative.Associate", on_delete=PROTECT, related_name="+", db_index=False
    )
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        "members.Member", null=True, blank=True, on_delete=PROTECT, related_name="+",
        db_index=False,
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="assembly_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} question"


class Notice(models.Model):
    """The proof that an associate was convened: when, how, by which message."""

    class Channel(models.TextChoices):
        EMAIL = "email"
        POST = "post"

    assembly = models.ForeignKey(
        GeneralAssembly, on_delete=models.CASCADE, related_name="notices", db_index=False
    )
    associate = models.ForeignKey(
        "cooperative.Associate", on_delete=PROTECT, related_name="notices", db_index=False
    )
    channel = models.CharField(max_length=8, choices=Channel)
    sent_at = models.DateTimeField()
    email_id = models.UUIDField(null=True, blank=True)
    """Public id of the message in the outbox; none for a letter."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assembly", "associate"], name="assembly_convened_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.channel}"


class Attendance(models.Model):
    """Somebody was there, from an arrival to a departure."""

    class How(models.TextChoices):
        ROOM = "room"
        CODE = "code"
        """In the room too, as they said themselves by its code."""
        REMOTE = "remote"
        POST = "post"

    assembly = models.ForeignKey(
        GeneralAssembly, on_delete=models.CASCADE, related_name="attendances", db_index=False
    )
    associate = models.ForeignKey(
        "cooperative.Associate", on_delete=PROTECT, related_name="attendances", db_index=False
    )
    how = models.CharField(max_length=8, choices=How)
    arrived_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assembly", "associate"],
                condition=Q(left_at=None),
                name="assembly_there_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("arrived_at")),
                name="assembly_leaves_after_arriving",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.how}"


class Proxy(models.Model):
    """A vote that somebody else carries, until its giver comes or takes it back."""

    assembly = models.ForeignKey(
        GeneralAssembly, on_delete=models.CASCADE, related_name="proxies", db_index=False
    )
    principal = models.ForeignKey(
        "cooperative.Associate", on_delete=PROTECT, related_name="proxies_given", db_index=False
    )
    holder = models.ForeignKey(
        "cooperative.Associate", on_delete=PROTECT, related_name="proxies_held", db_index=False
    )
    given_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assembly", "principal"],
                condition=Q(revoked_at=None),
                name="assembly_one_proxy_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(principal=F("holder")), name="assembly_proxy_to_somebody_else"
            ),
        ]
        indexes = [
            models.Index(
                fields=["assembly", "holder"],
                name="assembly_proxies_carried",
                condition=Q(revoked_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} proxy"


class Minutes(models.Model):
    """What was decided, as it was written down: numbered, never rewritten."""

    assembly = models.OneToOneField(
        GeneralAssembly, on_delete=PROTECT, primary_key=True, related_name="minutes"
    )
    register = models.ForeignKey(
        "cooperative.Register", on_delete=PROTECT, related_name="minutes", db_index=False
    )
    number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    """SHA-256 of the content, keys in order."""
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "number"], name="assembly_minutes_numbered_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} n{self.number}"
