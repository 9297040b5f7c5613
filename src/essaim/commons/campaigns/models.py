"""Campaigns, what they offer, what people bring; matching pools of local authorities. See 0002."""

from django.db import models
from django.db.models import Q

from essaim.commons.campaigns.rules.deliveries import Step
from essaim.commons.campaigns.rules.matching import Rule, Terms
from essaim.kernel.identifiers import uuid7

PROTECT = models.PROTECT


class MatchingPool(models.Model):
    """Money that a local authority adds to what people give, by a rule said before."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    register = models.ForeignKey(
        "cooperative.Register", on_delete=PROTECT, related_name="pools", db_index=False
    )
    funder = models.ForeignKey(
        "members.Organisation", on_delete=PROTECT, related_name="+", db_index=False
    )
    title = models.CharField(max_length=160)
    rule = models.CharField(max_length=20, choices=[(rule.value, rule.value) for rule in Rule])
    person_cap_cents = models.BigIntegerField(null=True, blank=True)
    campaign_cap_cents = models.BigIntegerField(null=True, blank=True)
    bound_cents = models.BigIntegerField(null=True, blank=True)
    """Only of the pairwise rule, which has no meaning without it."""
    salt = models.CharField(max_length=64)
    """What pseudonyms are made of: the same person has another one in another pool."""
    opened_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        "members.Member", null=True, on_delete=PROTECT, related_name="+", db_index=False
    )
    """Who had its campaigns paid: the worker computes what each receives."""
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        "members.Member", null=True, on_delete=PROTECT, related_name="+", db_index=False
    )
    outcome = models.JSONField(default=dict)
    """Cents by public id of campaign, as they were paid."""
    forecast = models.JSONField(default=list)
    """The table as the worker computed it last, where it is too long for a page."""
    forecast_at = models.DateTimeField(null=True, blank=True)
    transfer = models.OneToOneField(
        "ledger.Transfer", null=True, blank=True, on_delete=PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rule="pairwise", bound_cents__gt=0)
                | (~Q(rule="pairwise") & Q(bound_cents=None)),
                name="campaigns_bound_of_its_rule",
            ),
            models.CheckConstraint(
                condition=(Q(person_cap_cents=None) | Q(person_cap_cents__gt=0))
                & (Q(campaign_cap_cents=None) | Q(campaign_cap_cents__gt=0)),
                name="campaigns_caps_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"

    @property
    def is_open(self) -> bool:
        """Whether campaigns and money may still join it."""
        return self.asked_at is None and self.settled_at is None

    @property
    def topic(self) -> str:
        """What its open pages listen to."""
        return f"campaigns.pool.{self.public_id}"

    def terms(self, pool_cents: int) -> Terms:
        """Return what the authority promised, with what the pool holds."""
        return Terms(
            Rule(self.rule), pool_cents, self.person_cap_cents, self.campaign_cap_cents,
            self.bound_cents,
        )  # fmt: skip


class Campaign(models.Model):
    """Something to pay for together: a goal, a day, and what is offered."""

    class State(models.TextChoices):
        DRAFT = "draft"
        OPEN = "open"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    register = models.ForeignKey(
        "cooperative.Register", on_delete=PROTECT, related_name="campaigns", db_index=False
    )
    carrier = models.ForeignKey("members.Organisation", on_delete=PROTECT, related_name="campaigns")
    """Who receives the money and answers for it."""
    title = models.CharField(max_length=160)
    text = models.TextField()
    goal_cents = models.BigIntegerField()
    is_all_or_nothing = models.BooleanField(default=True)
    takes_shares = models.BooleanField(default=False)
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    pool = models.ForeignKey(
        MatchingPool, null=True, blank=True, on_delete=PROTECT, related_name="campaigns"
    )
    proposed_by = models.ForeignKey(
        "members.Member", on_delete=PROTECT, related_name="+", db_index=False
    )
    proposed_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    transfer = models.OneToOneField(
        "ledger.Transfer", null=True, blank=True, on_delete=PROTECT, related_name="+"
    )
    """What its carrier received, once it succeeded."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(goal_cents__gt=0), name="campaigns_goal_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "open"], closed_at=None, transfer=None)
                | Q(state="succeeded", closed_at__isnull=False)
                | Q(state="failed", closed_at__isnull=False, transfer=None),
                name="campaigns_closed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"


class Kind(models.TextChoices):
    GIFT = "gift"
    PRE_PURCHASE = "pre-purchase"
    SHARE = "share"
    TITLE = "title"


class Reward(models.Model):
    """A thing bought ahead at its price, or a participatory title at its nominal."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=PROTECT, related_name="rewards")
    kind = models.CharField(
        max_length=12, choices=[(one.value, one.value) for one in (Kind.PRE_PURCHASE, Kind.TITLE)]
    )
    title = models.CharField(max_length=160)
    price_cents = models.BigIntegerField()
    years = models.PositiveSmallIntegerField(default=0)
    fixed_bps = models.PositiveSmallIntegerField(default=0)
    variable_percent = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(price_cents__gt=0), name="campaigns_price_positive"),
            models.CheckConstraint(
                condition=Q(kind="title", years__gt=0)
                | Q(kind="pre-purchase", years=0, fixed_bps=0, variable_percent=0),
                name="campaigns_terms_of_a_title",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"


class Contribution(models.Model):
    """What somebody brings: asked, paid by an agreement, then kept or given back."""

    class State(models.TextChoices):
        ASKED = "asked"
        PAID = "paid"
        RETURNED = "returned"
        WITHDRAWN = "withdrawn"

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=PROTECT, related_name="contributions")
    member = models.ForeignKey("members.Member", on_delete=PROTECT, related_name="contributions")
    kind = models.CharField(max_length=12, choices=Kind)
    reward = models.ForeignKey(
        Reward, null=True, blank=True, on_delete=PROTECT, related_name="+", db_index=False
    )
    amount_cents = models.BigIntegerField()
    agreement = models.OneToOneField(
        "agreements.Agreement", on_delete=PROTECT, related_name="contribution"
    )
    share_request = models.OneToOneField(
        "cooperative.ShareRequest", null=True, blank=True, on_delete=PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="campaigns_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(kind="share", share_request__isnull=False, reward=None)
                | Q(kind="gift", share_request=None, reward=None)
                | Q(kind__in=["pre-purchase", "title"], share_request=None, reward__isnull=False),
                name="campaigns_contribution_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} {self.amount_cents}"


class DeliveryLine(models.Model):
    """A line of what became of a thing bought ahead: never changed, the last one counts."""

    contribution = models.ForeignKey(
        Contribution, on_delete=PROTECT, related_name="deliveries", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=12, choices=[(step.value, step.value) for step in Step])
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(
        "members.Member", null=True, on_delete=PROTECT, related_name="+", db_index=False
    )
    """Nobody when the bank took the money back."""
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contribution", "position"], name="campaigns_delivery_position"
            ),
            models.CheckConstraint(
                condition=~Q(step__in=[Step.TAKEN_BACK.value, Step.REFUNDED.value]) | ~Q(reason=""),
                name="campaigns_correction_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.step}"
