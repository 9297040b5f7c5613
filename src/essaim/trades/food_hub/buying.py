"""Reading what a buyer is about to order, and what they ordered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from essaim.core.agreements.models import Agreement, Basket
from essaim.core.agreements.rules import State
from essaim.core.members.models import Member
from essaim.core.payments.models import PaymentIntent
from essaim.kernel.prepared import run_prepared
from essaim.trades.food_hub.models import BasketLine, Order, OrderLine
from essaim.trades.food_hub.rules import (
    FeeTerm,
    PlatformTerms,
    PricedLine,
    PricedOrder,
    max_sellable,
    price_order,
)


@dataclass(frozen=True, slots=True)
class BasketRow:
    """A line of a member's basket.

    `available_count` is how many packs this basket could still order, those it keeps included;
    None when the goods are made on demand.
    """

    offer_id: int
    cycle_id: int
    variant_id: int
    product: str
    label: str
    producer: str
    producer_id: int
    quantity: int
    price_cents: int
    weight_g: int
    tax_rate_bps: int
    is_weighed: bool
    kept_until: datetime | None
    available_count: int | None

    def is_kept(self, at: datetime) -> bool:
        """Whether scarce goods are kept for this basket at an instant."""
        return self.kept_until is not None and self.kept_until > at

    @property
    def is_short(self) -> bool:
        """Whether fewer are left than the basket holds: others were faster."""
        return self.available_count is not None and self.available_count < self.quantity


def basket_rows(member_id: int, cycle_id: int | None = None) -> list[BasketRow]:
    """Return the open basket of a member in the order in which an order is recorded (1 query)."""
    lines = BasketLine.objects.filter(
        basket__receiver_id=member_id, basket__state=Basket.State.OPEN
    )
    if cycle_id:
        lines = lines.filter(offer__cycle_id=cycle_id)
    rows = lines.order_by(
        "offer__cycle__closes_at",
        "offer__cycle_id",
        "offer__variant__product__producer__name",
        "offer__variant__product__name",
        "offer__variant_id",
    ).values(
        "offer_id",
        "quantity",
        "kept_units",
        "kept_until",
        cycle_id=F("offer__cycle_id"),
        variant_id=F("offer__variant_id"),
        product=F("offer__variant__product__name"),
        label=F("offer__variant__label"),
        producer=F("offer__variant__product__producer__name"),
        producer_id=F("offer__variant__product__producer_id"),
        price_cents=F("offer__price_cents"),
        weight_g=F("offer__variant__weight_g"),
        tax_rate_bps=F("offer__variant__product__tax_rate_bps"),
        is_weighed=F("offer__variant__is_weighed"),
        pool_units=F("offer__variant__pool_units"),
        on_demand=F("offer__variant__product__pool__is_on_demand"),
        on_hand=F("offer__variant__product__pool__on_hand_units"),
        reserved=F("offer__variant__product__pool__reserved_units"),
    )
    return [_basket_row(row) for row in rows]


def _basket_row(values: Mapping[str, Any]) -> BasketRow:
    row = dict(values)
    on_demand, kept = row.pop("on_demand"), row.pop("kept_units")
    free_units = row.pop("on_hand") - row.pop("reserved") + kept
    pool_units = row.pop("pool_units")
    available = None if on_demand else max_sellable(max(0, free_units), pool_units)
    return BasketRow(**row, available_count=available)


CHECKOUT = """
SELECT coalesce((SELECT id FROM agreements_basket WHERE receiver_id = %(member)s
                    AND state = 'open'), 0),
       coalesce((SELECT id FROM food_hub_ordercycle WHERE public_id = %(cycle)s), 0)
"""


def checkout_of(member_id: int, cycle: UUID) -> tuple[int, int]:
    """Return the ids of a member's open basket and of a cycle, 0 where there is none (1 query)."""
    found = run_prepared(CHECKOUT, {"member": member_id, "cycle": cycle}).one() or (0, 0)
    return found[0], found[1]


def basket_count(member_id: int) -> int:
    """Return how many products wait in a member's basket, for the header (1 query)."""
    return BasketLine.objects.filter(
        basket__receiver_id=member_id, basket__state=Basket.State.OPEN
    ).count()


def price_basket(
    rows: Sequence[BasketRow],
    fees: Sequence[FeeTerm],
    terms: PlatformTerms,
    solidarity_bps: int = 0,
) -> PricedOrder:
    """Price basket lines of one cycle exactly as the order will be."""
    lines = [
        PricedLine(
            line_key=str(number),
            producer=str(row.producer_id),
            unit_price_cents=row.price_cents,
            quantity=row.quantity,
            weight_g_per_item=row.weight_g,
            tax_rate_bps=row.tax_rate_bps,
        )
        for number, row in enumerate(rows)
    ]
    return price_order(lines, fees, terms, solidarity_bps)


def order_named(public_id: UUID) -> Order | None:
    """Return an order by the public id of its agreement, with what its page shows (1 query)."""
    return (
        Order.objects.filter(agreement__public_id=public_id)
        .select_related(
            "agreement__receiver",
            "agreement__placed_by",
            "agreement__provider",
            "cycle__hub__organisation",
            "slot__place__commune",
        )
        .order_by()
        .first()
    )


@dataclass(frozen=True, slots=True)
class OrderedRow:
    """A line of an order: what was ordered, what was given, what it costs."""

    line_id: int
    label: str
    ordered_quantity: int
    missing_count: int
    real_weight_g: int | None
    unit_price_cents: int
    amount_cents: int


def ordered_rows(order: Order) -> list[OrderedRow]:
    """Return the lines of an order, in their order (1 query)."""
    rows = (
        OrderLine.objects.filter(order=order)
        .order_by("line__position")
        .values_list(
            "pk",
            "line__label",
            "ordered_quantity",
            "missing_count",
            "real_weight_g",
            "line__unit_price_cents",
            "line__amount_cents",
        )
    )
    return [OrderedRow(*row) for row in rows]


def payments_of(agreement: Agreement) -> list[PaymentIntent]:
    """Return the payments asked for an agreement with their refunds, oldest first (2 queries)."""
    return list(agreement.payments.prefetch_related("refunds").order_by("pk"))


def next_pickups(member_id: int, *, at: datetime, count: int = 3) -> list[Order]:
    """Return the orders that a member still has to fetch, soonest first (1 query)."""
    return list(
        Order.objects.filter(
            agreement__receiver_id=member_id,
            agreement__state=State.ACCEPTED,
            slot__ends_at__gte=at,
        )
        .select_related("agreement", "slot__place")
        .order_by("slot__starts_at")[:count]
    )


def unpaid_orders(member_id: int, *, count: int = 2) -> list[Order]:
    """Return the orders that wait for a payment by card (1 query)."""
    return list(
        Order.objects.filter(agreement__receiver_id=member_id, agreement__state=State.PROPOSED)
        .select_related("agreement")
        .order_by("-agreement__proposed_at")[:count]
    )


def orders_of(member: Member) -> QuerySet[Order]:
    """Return the orders that a member received or placed for somebody, newest first; lazy."""
    return (
        Order.objects.filter(Q(agreement__receiver=member) | Q(agreement__placed_by=member))
        .select_related("agreement__receiver", "agreement__provider", "slot__place")
        .order_by("-agreement__proposed_at", "-pk")
    )
