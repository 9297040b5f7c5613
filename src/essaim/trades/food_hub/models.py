"""A hub, its producers and products, its order cycles, and what an order adds to an agreement."""

from django.db import models
from django.db.models import F, Q

from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub.rules import FeeKind, Role


class Hub(models.Model):
    """An organisation that gathers orders for producers. Money lands on its accounts."""

    organisation = models.OneToOneField(
        "members.Organisation", on_delete=models.PROTECT, primary_key=True, related_name="food_hub"
    )
    territory = models.ForeignKey("territories.Territory", on_delete=models.PROTECT)
    producers = models.ManyToManyField("members.Organisation", related_name="food_hubs_supplied")
    is_seller = models.BooleanField(default=True)
    """True: the hub buys and resells, and invoices everything. False: each producer invoices."""
    solidarity_min_bps = models.IntegerField(default=-2000)
    solidarity_max_bps = models.IntegerField(default=3000)
    due_account = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, related_name="+")
    orders_account = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, related_name="+")
    solidarity_account = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(solidarity_min_bps__gte=-9000)
                & Q(solidarity_min_bps__lte=0)
                & Q(solidarity_max_bps__gte=0)
                & Q(solidarity_max_bps__lte=10_000),
                name="food_hub_solidarity_bounds",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} hub"


class Product(models.Model):
    """What a producer makes, in one or several pack sizes."""

    class Measure(models.TextChoices):
        WEIGHT = "weight"
        VOLUME = "volume"
        ITEMS = "items"

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    producer = models.ForeignKey(
        "members.Organisation",
        on_delete=models.PROTECT,
        related_name="food_products",
        db_index=False,
    )
    name = models.CharField(max_length=120)
    family = models.CharField(max_length=40)
    """Shelf: légumes, fruits, fromages…"""
    description = models.TextField(max_length=2000, blank=True)
    labels = models.CharField(max_length=120, blank=True)
    """Comma-separated: « bio, Nature & Progrès »."""
    measure = models.CharField(max_length=8, choices=Measure)
    tax_rate_bps = models.PositiveIntegerField(default=550)
    is_active = models.BooleanField(default=True)
    listing = models.OneToOneField(
        "catalogue.Listing", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """How it stands in the catalogue since a cycle first offered it."""
    photo = models.ForeignKey(
        "catalogue.Photo", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["producer", "name"], name="food_hub_product_name"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"


class StockPool(models.Model):
    """Stock shared between the pack sizes of a product, in its smallest unit (jar, gram…).

    `on_hand_units` is what is there, `reserved_units` what baskets keep for a while. The database
    refuses to promise more than there is: this constraint is the last guard against overselling.
    """

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="pool"
    )
    is_on_demand = models.BooleanField(default=False)
    on_hand_units = models.BigIntegerField(default=0)
    reserved_units = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_on_demand=True) | Q(on_hand_units__gte=F("reserved_units")),
                name="food_hub_never_oversold",
            ),
            models.CheckConstraint(
                condition=Q(reserved_units__gte=0), name="food_hub_reserved_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.on_hand_units}−{self.reserved_units}"


class Variant(models.Model):
    """A pack size of a product and its price, tax included, as the producer asks it."""

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="variants", db_index=False
    )
    label = models.CharField(max_length=60)
    """« Le bocal de 350 g », « La caisse de 6 »."""
    pool_units = models.PositiveIntegerField(default=1)
    """How many units of the pool one pack takes."""
    weight_g = models.PositiveIntegerField(default=0)
    volume_ml = models.PositiveIntegerField(default=0)
    items_count = models.PositiveIntegerField(default=1)
    price_cents = models.PositiveIntegerField()
    is_weighed = models.BooleanField(default=False)
    """The real weight is known after the order; the price follows it within the tolerance."""
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pool_units__gte=1), name="food_hub_pack_holds_something"
            ),
            models.CheckConstraint(
                condition=Q(is_weighed=False) | Q(weight_g__gt=0),
                name="food_hub_weighed_has_a_weight",
            ),
            models.UniqueConstraint(fields=["product", "label"], name="food_hub_variant_label"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.label}"


class OrderCycle(models.Model):
    """A time during which people order from a hub, then fetch at a slot."""

    class State(models.TextChoices):
        DRAFT = "draft"
        OPEN = "open"
        CLOSED = "closed"
        SETTLED = "settled"

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="cycles")
    title = models.CharField(max_length=80)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    platform_bps = models.PositiveIntegerField(default=0)
    commons_bps = models.PositiveIntegerField(default=0)
    tolerance_bps = models.PositiveIntegerField(default=0)
    basket_minutes = models.PositiveIntegerField(default=30)
    """The four bylaws above are copied when the cycle opens: a vote changes the next one."""
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="food_hub_cycle_closes_after_opening"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"


class PickupSlot(models.Model):
    """Where and when the orders of a cycle are fetched."""

    cycle = models.ForeignKey(OrderCycle, on_delete=models.CASCADE, related_name="slots")
    place = models.ForeignKey("territories.Place", on_delete=models.PROTECT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveIntegerField(null=True, blank=True)
    taken_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="food_hub_slot_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(taken_count__lte=F("capacity")),
                name="food_hub_slot_within_capacity",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.starts_at:%Y-%m-%d %H:%M}"


class CycleOffer(models.Model):
    """A pack size that the hub offers in a cycle, at the producer's price of that cycle."""

    cycle = models.ForeignKey(
        OrderCycle, on_delete=models.CASCADE, related_name="offers", db_index=False
    )
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="offers")
    price_cents = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "variant"], name="food_hub_one_offer_each"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.price_cents}"


class Fee(models.Model):
    """What somebody receives on top of the goods in a cycle, and for what."""

    cycle = models.ForeignKey(
        OrderCycle, on_delete=models.CASCADE, related_name="fees", db_index=False
    )
    code = models.SlugField(max_length=30)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in FeeKind])
    amount = models.PositiveIntegerField()
    """Basis points for a percentage, else cents (per item, per kilogram, per order)."""
    role = models.CharField(max_length=12, choices=[(role.value, role.value) for role in Role])
    beneficiary = models.ForeignKey("members.Organisation", on_delete=models.PROTECT)
    producers = models.ManyToManyField("members.Organisation", blank=True, related_name="+")
    """Whose goods bear it; none means everybody's."""
    tax_rate_bps = models.PositiveIntegerField(default=0)
    inherits_tax = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "code"], name="food_hub_fee_code"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.code}"


class BasketLine(models.Model):
    """Packs in a member's basket. `kept_units` of the pool are reserved until `kept_until`."""

    basket = models.ForeignKey(
        "agreements.Basket", on_delete=models.CASCADE, related_name="food_lines", db_index=False
    )
    offer = models.ForeignKey(CycleOffer, on_delete=models.CASCADE)
    quantity = models.PositiveIntegerField()
    kept_units = models.BigIntegerField(default=0)
    kept_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["basket", "offer"], name="food_hub_basket_line"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="food_hub_basket_quantity"),
        ]
        indexes = [
            models.Index(
                fields=["kept_until"], name="food_hub_kept_lines", condition=Q(kept_units__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} ×{self.quantity}"


class WaitingBuyer(models.Model):
    """Somebody who wants to be told when a sold-out pack is available again."""

    offer = models.ForeignKey(
        CycleOffer, on_delete=models.CASCADE, related_name="waiting", db_index=False
    )
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "member"], name="food_hub_waits_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.member_id}"


class Order(models.Model):
    """What an order of food adds to its agreement."""

    agreement = models.OneToOneField(
        "agreements.Agreement",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="food_order",
    )
    cycle = models.ForeignKey(OrderCycle, on_delete=models.PROTECT, related_name="orders")
    slot = models.ForeignKey(PickupSlot, on_delete=models.PROTECT, related_name="orders")
    solidarity_bps = models.IntegerField(default=0)
    price_cents = models.BigIntegerField()
    """Goods and fees; the agreement's total adds or takes away the solidarity."""
    drawn_cents = models.BigIntegerField(default=0)
    """What the solidarity fund paid when the order was placed."""
    terms = models.JSONField(default=dict)
    """The fees and rates as they were agreed: prices are recomputed from these alone."""
    note = models.CharField(max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=0)
    """How many times it was re-priced; numbers its ledger transfers."""
    handed_over_at = models.DateTimeField(null=True, blank=True)
    never_fetched_at = models.DateTimeField(null=True, blank=True)
    """When the hub declared that nobody came; taken back until the cycle is settled."""
    never_fetched_reason = models.CharField(max_length=300, blank=True, db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(handed_over_at=None) | Q(never_fetched_at=None),
                name="food_hub_fetched_or_never",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} order"


class OrderLine(models.Model):
    """What a line of an order adds: the pack, its producer, what was really given."""

    line = models.OneToOneField(
        "agreements.Line", on_delete=models.CASCADE, primary_key=True, related_name="food_line"
    )
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="order_lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    producer = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    producer_price_cents = models.PositiveIntegerField()
    ordered_quantity = models.PositiveIntegerField()
    weight_g_per_item = models.PositiveIntegerField(default=0)
    is_weighed = models.BooleanField(default=False)
    real_weight_g = models.PositiveIntegerField(null=True, blank=True)
    missing_count = models.PositiveIntegerField(default=0)
    goods_cents = models.BigIntegerField()
    pool_units = models.BigIntegerField(default=0)
    """Units taken from the stock, given back if the order is cancelled."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(missing_count__lte=F("ordered_quantity")),
                name="food_hub_missing_within_order",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} ×{self.ordered_quantity}"
