"""A question, the roll of those who may answer it, and their ballots.

A sealed poll keeps two tables that nothing joins: the roll says who voted, the slots of the urn
hold sealed slips. Neither has a date or a number that follows the order of voting. What this
protects, and what it does not, is told in `docs/explanation/secret-ballot.md`.
"""

from uuid import uuid4

from django.db import models
from django.db.models import Q

from essaim.commons.urn.rules.choices import Paper, PaperKind
from essaim.kernel.identifiers import uuid7


class Poll(models.Model):
    """One question put to a roll of voters."""

    class Secrecy(models.TextChoices):
        NAMED = "named"
        SEALED = "sealed"
        OUTSIDE = "outside"
        """Held on another server: only the roll and the digest of its results are here."""

    class State(models.TextChoices):
        PREPARING = "preparing"
        OPEN = "open"
        CLOSED = "closed"
        COUNTED = "counted"
        SPOILT = "spoilt"
        ANNULLED = "annulled"
        """Never counted: its ballots were destroyed unread."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    question = models.CharField(max_length=300)
    paper_kind = models.CharField(
        max_length=10, choices=[(kind.value, kind.value) for kind in PaperKind]
    )
    options = models.JSONField(default=list)
    """What can be chosen, in the order of the paper: `[{"code": "a", "label": "Amina"}, …]`."""
    grade_max = models.PositiveSmallIntegerField(default=0)
    counting = models.JSONField(default=dict)
    """How it is counted: the method and what it needs, as whoever asks the question wrote it."""
    colleges = models.JSONField(default=list)
    """`[{"code": "users", "label": "Usagers", "weight": "2/5"}, …]`; one alone: heads count."""
    secrecy = models.CharField(max_length=8, choices=Secrecy)
    state = models.CharField(max_length=10, choices=State, default=State.PREPARING)
    threshold = models.PositiveSmallIntegerField(default=0)
    """How many scrutineers together open the urn."""
    public_key = models.BinaryField(max_length=32, null=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    counted_in = models.BigIntegerField(null=True, blank=True)
    """The transaction that emptied the urn: until no other remembers the time before, no sweep."""
    swept_at = models.DateTimeField(null=True, blank=True)
    """When what lay in the files of the database before the count was overwritten."""
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of the published list of ballots."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(secrecy="sealed", state="open") | Q(public_key__isnull=False),
                name="urn_sealed_has_its_key",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.question[:40]}"

    @property
    def is_sealed(self) -> bool:
        return self.secrecy == self.Secrecy.SEALED

    @property
    def paper(self) -> Paper:
        codes = tuple(option["code"] for option in self.options)
        return Paper(PaperKind(self.paper_kind), codes, self.grade_max)

    @property
    def purpose(self) -> str:
        """What its sealed slips open for."""
        return f"essaim urn {self.public_id}"


class Scrutineer(models.Model):
    """Somebody who keeps a part of the key of an urn, on paper."""

    poll = models.ForeignKey(
        Poll, on_delete=models.CASCADE, related_name="scrutineers", db_index=False
    )
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    public_key = models.BinaryField(max_length=32, null=True)
    sealed_share = models.BinaryField(max_length=200, null=True)
    """Their share of the urn's key, sealed to them; overwritten by nothing once it was counted."""
    opened_share = models.BinaryField(max_length=80, null=True)
    """Their share once they gave their key, until there are enough."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "member"], name="urn_scrutineer_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} scrutineer"


class RollEntry(models.Model):
    """One line of the roll, as it stood at the record date; whether it voted, never when."""

    class Channel(models.TextChoices):
        OWN = "own"
        PROXY = "proxy"
        ASSISTED = "assisted"
        POST = "post"

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="roll", db_index=False)
    number = models.PositiveIntegerField()
    """The voter's number in the register they come from."""
    name = models.CharField(max_length=120)
    college = models.CharField(max_length=30)
    member = models.ForeignKey(
        "members.Member", null=True, on_delete=models.PROTECT, related_name="+"
    )
    """Who votes on this line, in their own name or for an organisation."""
    has_voted = models.BooleanField(default=False)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    cast_by = models.ForeignKey(
        "members.Member", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    """Who put the ballot in: the member, the holder of their proxy, a scrutineer."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "number"], name="urn_one_line_each"),
            models.CheckConstraint(
                condition=Q(has_voted=False, channel="") | (Q(has_voted=True) & ~Q(channel="")),
                name="urn_voted_by_a_channel",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.number}"


class UrnSlot(models.Model):
    """A place in the urn, one per line of the roll of a college, filled with noise until used.

    Which one a ballot takes is drawn; the key is random (version 4), never of a time.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="slots", db_index=False)
    college = models.CharField(max_length=30)
    is_used = models.BooleanField(default=False)
    handle = models.BinaryField(max_length=32)
    """SHA-256 of the code by which the voter, alone, may replace this ballot before the close."""
    sealed = models.BinaryField(max_length=8000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handle"], name="urn_one_slot_per_handle"),
        ]
        indexes = [
            models.Index(fields=["poll", "college", "is_used", "id"], name="urn_slots_at_random"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class NamedBallot(models.Model):
    """A ballot of a named poll: who chose what is part of the minutes."""

    entry = models.OneToOneField(
        RollEntry, on_delete=models.CASCADE, primary_key=True, related_name="ballot"
    )
    choice = models.TextField()
    cast_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.pk}"


class PublishedBallot(models.Model):
    """A ballot of a sealed poll once the urn was opened, in the order of its commitment."""

    poll = models.ForeignKey(
        Poll, on_delete=models.CASCADE, related_name="published", db_index=False
    )
    rank = models.PositiveIntegerField()
    college = models.CharField(max_length=30)
    tracker = models.CharField(max_length=10)
    choice = models.TextField()
    nonce = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "rank"], name="urn_published_in_one_order"),
            models.CheckConstraint(condition=Q(rank__gt=0), name="urn_ranks_from_one"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.rank}"
