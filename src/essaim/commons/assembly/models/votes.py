"""What an assembly votes on: motions, the rules they change, their amendments."""

from django.db import models
from django.db.models import Q

from essaim.commons.assembly.models.meeting import AgendaItem
from essaim.commons.assembly.rules.amending import AmendmentKind
from essaim.commons.assembly.rules.elections import Method

PROTECT = models.PROTECT


class Votable(models.Model):
    """What may be put to the vote: its poll, and what came out of it."""

    poll = models.OneToOneField(
        "urn.Poll", null=True, blank=True, on_delete=PROTECT, related_name="%(class)s"
    )
    is_adopted = models.BooleanField(null=True, blank=True)
    outcome = models.JSONField(default=dict)
    """The count as declared: parts as exact fractions, by colleges and by heads."""
    declared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Motion(Votable):
    """What is put to the vote under a point of the agenda."""

    item = models.OneToOneField(
        AgendaItem, on_delete=models.CASCADE, primary_key=True, related_name="motion"
    )
    text = models.TextField()
    """As the notice said it."""
    amended_text = models.TextField(blank=True)
    """As it is put to the vote, once an amendment was carried."""
    method = models.CharField(
        max_length=20,
        choices=[(method.value, method.value) for method in Method],
        default=Method.MOTION.value,
    )
    options = models.JSONField(default=list)
    """Among whom or what an election chooses: `[{"code": "a", "label": "Amina"}, …]`."""
    seats_count = models.PositiveSmallIntegerField(default=1)
    is_secret = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_adopted=None, declared_at=None)
                | Q(is_adopted__isnull=False, declared_at__isnull=False, poll__isnull=False),
                name="assembly_declared_after_a_vote",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} motion"

    @property
    def final_text(self) -> str:
        return self.amended_text or self.text


class AnnulledVote(models.Model):
    """A vote prepared or held that came to nothing; what it was about may be voted again."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="annulled_votes")
    question = models.CharField(max_length=300)
    poll = models.OneToOneField("urn.Poll", on_delete=PROTECT, related_name="annulled_vote")
    reason = models.CharField(max_length=300)
    annulled_at = models.DateTimeField()
    annulled_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )

    def __str__(self) -> str:
        return f"#{self.pk} {self.question}"


class BylawChange(models.Model):
    """A rule of the platform that a motion changes, should it be adopted."""

    motion = models.ForeignKey(
        Motion, on_delete=models.CASCADE, related_name="changes", db_index=False
    )
    article_key = models.CharField(max_length=80)
    value = models.BigIntegerField()
    effective_at = models.DateTimeField()
    noticed_value = models.BigIntegerField(null=True, blank=True)
    noticed_at = models.DateTimeField(null=True, blank=True)
    """What the notice said of both, when an amendment changed them."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["motion", "article_key"], name="assembly_one_value_per_article"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.article_key}={self.value}"


class Amendment(Votable):
    """A change proposed to a motion, voted before it: a paragraph, or the rule that it sets."""

    motion = models.ForeignKey(
        Motion, on_delete=models.CASCADE, related_name="amendments", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(
        max_length=8, choices=[(kind.value, kind.value) for kind in AmendmentKind]
    )
    paragraph = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(blank=True)
    article_key = models.CharField(max_length=80, blank=True)
    value = models.BigIntegerField(default=0)
    effective_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    associate = models.ForeignKey(
        "cooperative.Associate", null=True, on_delete=PROTECT, related_name="+", db_index=False
    )
    """Whose amendment it is; nobody's when the board proposes it."""
    written_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )
    proposed_at = models.DateTimeField()
    fell_at = models.DateTimeField(null=True, blank=True)
    """When another one on the same paragraph was carried, or it was withdrawn."""
    is_withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["motion", "number"], name="assembly_amendment_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="strike", paragraph__gt=0, text="", article_key="")
                | (Q(kind="replace", paragraph__gt=0, article_key="") & ~Q(text=""))
                | (Q(kind="add", article_key="") & ~Q(text=""))
                | (Q(kind="rule", paragraph=0, text="", effective_at__isnull=False)
                   & ~Q(article_key="")),
                name="assembly_amendment_says_what_it_changes",
            ),
            models.CheckConstraint(
                condition=Q(is_adopted=None, declared_at=None)
                | Q(is_adopted__isnull=False, declared_at__isnull=False, poll__isnull=False),
                name="assembly_amendment_declared_after_a_vote",
            ),
            models.CheckConstraint(
                condition=Q(fell_at=None, is_withdrawn=False)
                | Q(fell_at__isnull=False, poll__isnull=True),
                name="assembly_amendment_fell_without_a_vote",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"#{self.pk} n{self.number}"

    @property
    def item(self) -> AgendaItem:
        return self.motion.item

    @property
    def method(self) -> str:
        return Method.MOTION.value

    @property
    def is_secret(self) -> bool:
        """Amendments are voted by name, as by a show of hands, also those of a secret motion."""
        return False

    @property
    def is_pending(self) -> bool:
        return self.is_adopted is None and self.fell_at is None
