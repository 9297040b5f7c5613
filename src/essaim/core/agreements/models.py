"""Every deal between a provider and a receiver, whatever the trade: its life, lines and split."""

from django.db import models
from django.db.models import Q

from essaim.core.agreements.rules import State
from essaim.core.members.models import Member, Organisation
from essaim.kernel.identifiers import uuid7

STATES = [(state.value, state.value) for state in State]


class Basket(models.Model):
    """What a member is about to agree to, across trades; at most one is open per member."""

    class State(models.TextChoices):
        OPEN = "open"
        PLACED = "placed"
        ABANDONED = "abandoned"

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    territory = models.ForeignKey("territories.Territory", on_delete=models.PROTECT)
    receiver = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="baskets")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()
    placed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["receiver"], condition=Q(state="open"), name="agreements_one_open_basket"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"


class Agreement(models.Model):
    """A deal. The header is the same for all trades; what one adds is in its own table."""

    State = State

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(max_length=16)
    """Short reference that people say aloud: « K7-4821 »."""
    territory = models.ForeignKey("territories.Territory", on_delete=models.PROTECT, db_index=False)
    trade = models.CharField(max_length=40)
    basket = models.ForeignKey(
        Basket, null=True, blank=True, on_delete=models.PROTECT, related_name="agreements"
    )
    provider = models.ForeignKey(
        "members.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreements",
        db_index=False,
    )
    """The organisation that provides; None when a person does."""
    provider_member = models.ForeignKey(
        "members.Member",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreements_provided",
        db_index=False,
    )
    """The person who provides in their own name: who drives, lends, helps."""
    receiver = models.ForeignKey(
        "members.Member", on_delete=models.PROTECT, related_name="agreements", db_index=False
    )
    placed_by = models.ForeignKey(
        "members.Member", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    """Who acted: the receiver, or a helper under an assistance."""
    unit = models.CharField(max_length=12, default="EUR")
    total_cents = models.BigIntegerField()
    tax_cents = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=STATES, default=State.PROPOSED.value)
    proposed_at = models.DateTimeField()
    title = models.CharField(max_length=160)
    takes_place_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    place = models.ForeignKey(
        "territories.Place", null=True, blank=True, on_delete=models.PROTECT, db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="agreements_number_once"),
            models.CheckConstraint(
                condition=Q(provider__isnull=False) ^ Q(provider_member__isnull=False),
                name="agreements_one_provider",
            ),
        ]
        indexes = [
            models.Index(fields=["receiver", "-proposed_at"], name="agreements_of_receiver"),
            models.Index(fields=["provider", "state"], name="agreements_of_provider"),
            models.Index(
                fields=["provider_member", "-proposed_at"],
                name="agreements_of_person",
                condition=Q(provider_member__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.number}"

    @property
    def seller(self) -> Organisation:
        """The organisation that provides; whoever asks has seen that it is no person."""
        if self.provider is None:
            raise ValueError(f"{self} is provided by a person")
        return self.provider

    def is_provided_by(self, member: Member) -> bool:
        return self.provider_member_id == member.pk

    def other_side(self, member: Member) -> str:
        """The name of the other one, for whoever provides or receives."""
        is_mine = self.is_provided_by(member)
        return self.receiver.display_name if is_mine else self.provider_name

    @property
    def provider_name(self) -> str:
        """Who provides, as others read it."""
        if self.provider is not None:
            return self.provider.name
        return self.provider_member.display_name if self.provider_member else ""


class Line(models.Model):
    """One thing agreed, as it was shown: label and price never change with the catalogue."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    item = models.BigIntegerField(null=True, blank=True)
    """The trade's own row for what was agreed (a variant, a trip…); meaningful inside the trade."""
    label = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField()
    unit_price_cents = models.BigIntegerField()
    amount_cents = models.BigIntegerField()
    tax_rate_bps = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "position"], name="agreements_line_position"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.quantity} × {self.label}"


class Share(models.Model):
    """A part of the price: who receives it and why. The shares of an agreement sum to its total."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.CASCADE, related_name="shares", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=20)
    """producer, hub, coordinator, platform, commons, solidarity…"""
    organisation = models.ForeignKey(
        "members.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    """Who receives it; None for the funds of the cooperative."""
    label = models.CharField(max_length=120)
    amount_cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "position"], name="agreements_share_position"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.role} {self.amount_cents}"


class Transition(models.Model):
    """One step in the life of an agreement: who, when, why."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="transitions")
    from_state = models.CharField(max_length=10, choices=STATES, blank=True)
    to_state = models.CharField(max_length=10, choices=STATES)
    done_by = models.ForeignKey(
        "members.Member", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    done_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"#{self.pk} {self.from_state}→{self.to_state}"


class JournalEvent(models.Model):
    """The thin REA history: what was intended, promised, then happened. It decides nothing."""

    class Phase(models.TextChoices):
        INTENT = "intent"
        COMMITMENT = "commitment"
        EVENT = "event"

    class Action(models.TextChoices):
        TRANSFER = "transfer"
        TRANSFER_CUSTODY = "transfer_custody"
        USE = "use"
        WORK = "work"
        DELIVER_SERVICE = "deliver_service"
        CONSUME = "consume"
        MODIFY = "modify"
        RAISE = "raise"
        LOWER = "lower"

    agreement = models.ForeignKey(
        Agreement, null=True, blank=True, on_delete=models.PROTECT, related_name="journal"
    )
    trade = models.CharField(max_length=40)
    phase = models.CharField(max_length=10, choices=Phase)
    action = models.CharField(max_length=20, choices=Action)
    provider = models.ForeignKey(
        "members.Organisation",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    provider_member = models.ForeignKey(
        "members.Member", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    receiver = models.ForeignKey(
        "members.Member", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    resource = models.CharField(max_length=200)
    quantity = models.BigIntegerField()
    quantity_unit = models.CharField(max_length=12)
    happened_at = models.DateTimeField()
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, db_index=False
    )

    def __str__(self) -> str:
        return f"#{self.pk} {self.phase} {self.action}"
