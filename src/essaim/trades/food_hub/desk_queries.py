"""What the desk of a hub reads: figures of cycles, offers, lines to prepare, orders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from essaim.core.agreements.models import Share
from essaim.core.agreements.rules import State
from essaim.core.bylaws import queries as bylaws
from essaim.core.members.models import Organisation
from essaim.core.payments.models import PaymentIntent
from essaim.core.payments.rules import IntentState
from essaim.trades.food_hub import articles
from essaim.trades.food_hub.models import (
    CycleOffer,
    Hub,
    Order,
    OrderCycle,
    OrderLine,
    Variant,
)
from essaim.trades.food_hub.queries import FIRM, fee_terms
from essaim.trades.food_hub.rules import (
    FeeTerm,
    PlatformTerms,
    PricedLine,
    PricedOrder,
    Role,
    price_order,
)

HANDED_OVER = (State.FULFILLED.value, State.SETTLED.value)
AWAITED = Q(agreement__state=State.ACCEPTED) | Q(
    agreement__state=State.DISPUTED, handed_over_at=None, never_fetched_at=None
)
"""Orders that somebody may still come for."""
TO_WEIGH = Q(is_weighed=True, real_weight_g=None, missing_count__lt=F("ordered_quantity")) & Q(
    order__agreement__state=State.ACCEPTED
)


@dataclass(frozen=True, slots=True)
class CycleFigures:
    """A cycle in numbers: firm orders, their total, who sells, what is left to do."""

    orders_count: int = 0
    total_cents: int = 0
    producers_count: int = 0
    to_weigh_count: int = 0
    to_hand_over_count: int = 0

    @property
    def handed_over_count(self) -> int:
        return self.orders_count - self.to_hand_over_count


@dataclass(frozen=True, slots=True)
class ProducerFigures:
    """What a producer sells in a cycle."""

    producer_id: int
    slug: str
    name: str
    packs_count: int
    goods_cents: int
    to_weigh_count: int


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who receives a part of a cycle, in one capacity, for one reason."""

    role: str
    organisation_id: int | None
    slug: str
    label: str
    amount_cents: int


def figures(cycles: Iterable[OrderCycle]) -> dict[int, CycleFigures]:
    """The numbers of some cycles, by cycle id (2 queries)."""
    ids = [cycle.pk for cycle in cycles]
    orders = (
        Order.objects.filter(cycle__in=ids, agreement__state__in=FIRM)
        .order_by()
        .values("cycle_id")
        .annotate(
            count=Count("pk"),
            total=Sum("agreement__total_cents"),
            waiting=Count("pk", filter=AWAITED),
        )
    )
    lines = (
        OrderLine.objects.filter(order__cycle__in=ids, order__agreement__state__in=FIRM)
        .order_by()
        .values("order__cycle_id")
        .annotate(
            producers=Count("producer_id", distinct=True), to_weigh=Count("pk", filter=TO_WEIGH)
        )
    )
    of_lines = {row["order__cycle_id"]: row for row in lines}
    found = {pk: CycleFigures() for pk in ids}
    for row in orders:
        about = of_lines.get(row["cycle_id"], {"producers": 0, "to_weigh": 0})
        found[row["cycle_id"]] = CycleFigures(
            row["count"], row["total"], about["producers"], about["to_weigh"], row["waiting"]
        )
    return found


def shared_states(cycle: OrderCycle) -> tuple[str, ...]:
    """States of the orders whose price is shared out, or will be when the cycle is settled.

    What was settled stays shared when a bank takes the payment back afterwards.
    """
    was_settled = cycle.state == OrderCycle.State.SETTLED
    return (*HANDED_OVER, State.DISPUTED.value) if was_settled else HANDED_OVER


def producers_of(cycle: OrderCycle) -> list[ProducerFigures]:
    """Who sells in a cycle and how much, by name (1 query)."""
    rows = (
        OrderLine.objects.filter(order__cycle=cycle, order__agreement__state__in=FIRM)
        .values("producer_id", "producer__slug", "producer__name")
        .annotate(
            packs=Sum(F("ordered_quantity") - F("missing_count")),
            goods=Sum("goods_cents"),
            to_weigh=Count("pk", filter=TO_WEIGH),
        )
        .order_by("producer__name")
    )
    return [
        ProducerFigures(
            row["producer_id"],
            row["producer__slug"],
            row["producer__name"],
            row["packs"],
            row["goods"],
            row["to_weigh"],
        )
        for row in rows
    ]


def receivers(cycle: OrderCycle, states: Sequence[str] = FIRM) -> list[Receiver]:
    """Who gets what of the orders of a cycle in these states, producers first (1 query)."""
    rows = (
        Share.objects.filter(agreement__food_order__cycle=cycle, agreement__state__in=states)
        .values("role", "organisation_id", "organisation__slug", "label")
        .annotate(amount=Sum("amount_cents"))
        .order_by("role", "label")
    )
    rank = {role.value: place for place, role in enumerate(Role)}
    found = [
        Receiver(
            row["role"],
            row["organisation_id"],
            row["organisation__slug"] or "",
            row["label"],
            row["amount"],
        )
        for row in rows
        if row["amount"]
    ]
    return sorted(found, key=lambda one: (rank[one.role], -one.amount_cents, one.label))


def preview_terms(cycle: OrderCycle, *, at: datetime) -> tuple[list[FeeTerm], PlatformTerms]:
    """The fees and rates a cycle has, or would open with at this instant (2 or 3 queries)."""
    rates = cycle.platform_bps, cycle.commons_bps
    if cycle.state == OrderCycle.State.DRAFT:
        voted = bylaws.values([articles.PLATFORM_RATE, articles.COMMONS_RATE], at=at)
        rates = voted[articles.PLATFORM_RATE.key], voted[articles.COMMONS_RATE.key]
    seller = str(cycle.hub_id) if cycle.hub.is_seller else None
    return fee_terms(cycle), PlatformTerms(
        platform_bps=rates[0], commons_bps=rates[1], sold_by=seller
    )


def sample_order(producer_id: int, fees: Sequence[FeeTerm], terms: PlatformTerms) -> PricedOrder:
    """Ten euros of vegetables of a producer: four items of 2.50 €, half a kilo each (0 queries)."""
    line = PricedLine(
        line_key="1",
        producer=str(producer_id),
        unit_price_cents=250,
        quantity=4,
        weight_g_per_item=500,
        tax_rate_bps=550,
    )
    return price_order([line], fees, terms)


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A pack that a producer sells, and whether the cycle offers it."""

    variant_id: int
    product: str
    label: str
    price_cents: int
    offered_cents: int | None


def offers_of(cycle: OrderCycle, producer: Organisation) -> list[OfferRow]:
    """The packs of a producer, with what the cycle offers of them, by product (2 queries)."""
    offered = dict(
        CycleOffer.objects.filter(cycle=cycle, variant__product__producer=producer).values_list(
            "variant_id", "price_cents"
        )
    )
    rows = (
        Variant.objects.filter(product__producer=producer, product__is_active=True, is_active=True)
        .order_by("product__name", "pool_units", "pk")
        .values_list("pk", "product__name", "label", "price_cents")
    )
    return [OfferRow(*row, offered.get(row[0])) for row in rows]


def sellable_ids(producer: Organisation) -> set[int]:
    """Ids of every pack that a producer sells today (1 query)."""
    rows = Variant.objects.filter(
        product__producer=producer, product__is_active=True, is_active=True
    )
    return set(rows.values_list("pk", flat=True))


def offered_counts(cycle: OrderCycle) -> dict[int, int]:
    """How many packs of each producer a cycle offers, by producer id (1 query)."""
    rows = (
        CycleOffer.objects.filter(cycle=cycle)
        .order_by()
        .values("variant__product__producer_id")
        .annotate(count=Count("pk"))
    )
    return {row["variant__product__producer_id"]: row["count"] for row in rows}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a firm order, as those who prepare it read it."""

    line_id: int
    agreement_pk: int
    order_id: UUID
    number: str
    state: str
    buyer: str
    buyer_id: int
    slot_starts_at: datetime
    slot_ends_at: datetime
    place: str
    note: str
    producer_id: int
    producer: str
    product: str
    label: str
    ordered_quantity: int
    missing_count: int
    weight_g_per_item: int
    is_weighed: bool
    real_weight_g: int | None
    goods_cents: int
    amount_cents: int
    unit_price_cents: int

    @property
    def quantity(self) -> int:
        return self.ordered_quantity - self.missing_count

    @property
    def nominal_weight_g(self) -> int:
        return self.quantity * self.weight_g_per_item

    @property
    def promised_cents(self) -> int:
        return self.ordered_quantity * self.unit_price_cents


def lines(**filters: object) -> list[Line]:
    """Lines of firm orders that match, by buyer, order, producer and product (1 query)."""
    rows = (
        OrderLine.objects.filter(order__agreement__state__in=FIRM, **filters)
        .order_by(
            "order__agreement__receiver__display_name",
            "order_id",
            "producer__name",
            "variant__product__name",
            "pk",
        )
        .values_list(
            "pk",
            "order_id",
            "order__agreement__public_id",
            "order__agreement__number",
            "order__agreement__state",
            "order__agreement__receiver__display_name",
            "order__agreement__receiver_id",
            "order__slot__starts_at",
            "order__slot__ends_at",
            "order__slot__place__name",
            "order__note",
            "producer_id",
            "producer__name",
            "variant__product__name",
            "variant__label",
            "ordered_quantity",
            "missing_count",
            "weight_g_per_item",
            "is_weighed",
            "real_weight_g",
            "goods_cents",
            "line__amount_cents",
            "line__unit_price_cents",
        )
    )
    return [Line(*row) for row in rows]


def orders_found(
    cycle: OrderCycle,
    *,
    words: str = "",
    slot_id: int | None = None,
    is_waiting: bool | None = None,
) -> QuerySet[Order, Any]:
    """Firm orders of a cycle whose buyer or number matches each word, without accents; lazy."""
    orders = Order.objects.filter(cycle=cycle, agreement__state__in=FIRM)
    for word in words.split()[:6]:
        orders = orders.filter(
            Q(agreement__receiver__display_name__unaccent__icontains=word)
            | Q(agreement__number__icontains=word)
        )
    if slot_id:
        orders = orders.filter(slot=slot_id)
    if is_waiting is not None:
        orders = orders.filter(AWAITED if is_waiting else ~AWAITED)
    counted = orders.annotate(lines_count=Count("order_lines"))
    return counted.order_by("agreement__receiver__display_name", "pk").values(
        "handed_over_at",
        "never_fetched_at",
        "lines_count",
        public_id=F("agreement__public_id"),
        number=F("agreement__number"),
        state=F("agreement__state"),
        buyer=F("agreement__receiver__display_name"),
        total_cents=F("agreement__total_cents"),
        agreement_pk=F("pk"),
    )


def disputed_orders(hub: Hub) -> list[Order]:
    """Orders of a hub about which something is being sorted out, the oldest first (1 query)."""
    return list(
        Order.objects.filter(cycle__hub=hub, agreement__state=State.DISPUTED)
        .select_related("agreement__receiver", "cycle")
        .order_by("pk")
    )


def left_to_pay(agreement_ids: Iterable[int]) -> dict[int, list[PaymentIntent]]:
    """Payments still expected, by agreement id (1 query)."""
    rows = PaymentIntent.objects.filter(
        agreement__in=list(agreement_ids),
        state__in=[IntentState.WAITING, IntentState.FAILED],
    ).order_by("agreement_id", "pk")
    return {pk: list(group) for pk, group in groupby(rows, key=lambda row: row.agreement_id)}


def handed_over_unpaid_cents(cycle: OrderCycle) -> int:
    """What buyers still owe on orders they have fetched (1 query)."""
    owed = PaymentIntent.objects.filter(
        agreement__food_order__cycle=cycle,
        agreement__state__in=shared_states(cycle),
        state__in=[IntentState.WAITING, IntentState.FAILED],
    ).aggregate(total=Sum("amount_cents"))["total"]
    return int(owed or 0)
