"""Reading what a buyer sees before ordering: the open cycles, the shelf, one pack."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count

from essaim.core.catalogue.models import Photo
from essaim.kernel.units import Kind, Measure, format_unit_price
from essaim.trades.food_hub import queries
from essaim.trades.food_hub.models import CycleOffer, OrderCycle, PickupSlot
from essaim.trades.food_hub.queries import ShelfProduct
from essaim.trades.food_hub.rules import (
    FeeTerm,
    PricedLine,
    Role,
    displayed_unit_price_cents,
    max_sellable,
    price_order,
)

PAGE_SIZE = 50
KEPT_S = 60
EXAMPLE_PACKS_MAX = 40
PHOTOS_OF_CYCLE_MAX = 4
KINDS = (Kind.WEIGHT, Kind.VOLUME, Kind.ITEMS)


@dataclass(frozen=True, slots=True)
class Slot:
    """When and where orders are fetched. `has_room` is False once its places are all taken."""

    slot_id: int
    place: str
    address: str
    town: str
    starts_at: datetime
    ends_at: datetime
    has_room: bool


@dataclass(frozen=True, slots=True)
class CycleCard:
    """An open cycle, as a card shows it."""

    public_id: UUID
    title: str
    hub: str
    closes_at: datetime
    producer_count: int
    pack_count: int
    slots: list[Slot] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a buyer looks for on the shelf; every part may be empty."""

    words: str = ""
    family: str = ""
    producer_id: int | None = None


class Group(NamedTuple):
    """The packs of one family by one producer: how many, and the average one."""

    family: str
    producer_id: int
    producer: str
    pack_count: int
    price_cents: int
    weight_g: int


@dataclass(frozen=True, slots=True)
class Facets:
    """What can be chosen among: families, producers by id, and how many packs are found."""

    families: list[str]
    producers: dict[int, str]
    total_count: int


def open_cycle_cards(*, at: datetime, territory_id: int | None = None) -> list[CycleCard]:
    """Return the cycles that take orders, the first to close first (3 queries)."""
    cycles = OrderCycle.objects.filter(
        state=OrderCycle.State.OPEN, opens_at__lte=at, closes_at__gt=at
    )
    if territory_id:
        cycles = cycles.filter(hub__territory_id=territory_id)
    rows = list(cycles.select_related("hub__organisation").order_by("closes_at", "pk")[:24])
    slots = slots_of([row.pk for row in rows])
    counts: dict[int, dict[str, Any]] = {
        row["cycle_id"]: dict(row)
        for row in CycleOffer.objects.filter(cycle__in=rows)
        .values("cycle_id")
        .annotate(
            packs=Count("pk"), producers=Count("variant__product__producer_id", distinct=True)
        )
        .order_by()
    }
    return [
        CycleCard(
            public_id=row.public_id,
            title=row.title,
            hub=row.hub.organisation.name,
            closes_at=row.closes_at,
            producer_count=counts.get(row.pk, {}).get("producers", 0),
            pack_count=counts.get(row.pk, {}).get("packs", 0),
            slots=slots[row.pk],
        )
        for row in rows
    ]


def photos_of(cycle_id: UUID) -> tuple[int, ...]:
    """Return a few photos of what a cycle offers, the latest first (1 query, kept a minute)."""

    def look() -> tuple[int, ...]:
        photos = CycleOffer.objects.filter(
            cycle__public_id=cycle_id, variant__product__photo__isnull=False
        ).order_by("-variant__product__photo_id")
        found = photos.values_list("variant__product__photo_id", flat=True).distinct()
        return tuple(photo_id for photo_id in found[:PHOTOS_OF_CYCLE_MAX] if photo_id)

    kept: Any = cache.get_or_set(f"food_hub.photos.{cycle_id}", look, KEPT_S)
    return tuple(kept)


def slots_of(cycle_ids: Sequence[int]) -> dict[int, list[Slot]]:
    """Return the pick-up slots of cycles, soonest first, with their place (1 query)."""
    found: defaultdict[int, list[Slot]] = defaultdict(list)
    rows = (
        PickupSlot.objects.filter(cycle__in=cycle_ids)
        .select_related("place__commune")
        .order_by("starts_at", "pk")
    )
    for row in rows:
        found[row.cycle_id].append(
            Slot(
                slot_id=row.pk,
                place=row.place.name,
                address=row.place.address,
                town=row.place.commune.name,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                has_room=row.capacity is None or row.taken_count < row.capacity,
            )
        )
    return found


def cycle_named(public_id: UUID) -> OrderCycle | None:
    """Return a cycle that buyers may see: any but a draft, its hub loaded (1 query)."""
    return (
        OrderCycle.objects.filter(public_id=public_id)
        .exclude(state=OrderCycle.State.DRAFT)
        .select_related("hub__organisation", "hub__territory")
        .order_by()
        .first()
    )


def groups(cycle: OrderCycle, products: Sequence[ShelfProduct], words: str) -> list[Group]:
    """Return how many packs each producer offers in each family, and the average one.

    Without words the answer is kept a minute in memory, as the products themselves.
    """
    if words:
        return _groups(products)
    key = f"food_hub.groups.{cycle.public_id}"
    found: Any = cache.get_or_set(key, lambda: _groups(products), KEPT_S)
    return list(found)


def _groups(products: Sequence[ShelfProduct]) -> list[Group]:
    found: defaultdict[tuple[str, str, int], list[ShelfProduct]] = defaultdict(list)
    for product in products:
        found[product.family, product.producer, product.producer_id].append(product)
    return [
        Group(family, producer_id, producer, *_average(found[family, producer, producer_id]))
        for family, producer, producer_id in sorted(found)
    ]


def _average(products: Sequence[ShelfProduct]) -> tuple[int, int, int]:
    """Return the count of packs, and the price and weight of the average one."""
    packs = sum(product.pack_count for product in products)
    price = sum(product.price_cents * product.pack_count for product in products)
    weight = sum(product.weight_g * product.pack_count for product in products)
    return packs, round(price / packs), round(weight / packs)


def fitting(products: Sequence[ShelfProduct], wanted: Wanted) -> list[ShelfProduct]:
    """Return the products of the family and the producer that a buyer looks for."""
    if not wanted.family and wanted.producer_id is None:
        return list(products)
    return [
        product
        for product in products
        if wanted.family in {"", product.family}
        and wanted.producer_id in {None, product.producer_id}
    ]


def facets(found: Sequence[Group], fitting: Sequence[ShelfProduct]) -> Facets:
    """Return the choices, which do not shrink when one is taken, and the count of what fits all."""
    producers = {group.producer_id: group.producer for group in found}
    return Facets(
        families=list(dict.fromkeys(group.family for group in found)),
        producers=dict(sorted(producers.items(), key=lambda item: item[1])),
        total_count=sum(product.pack_count for product in fitting),
    )


def example_shares(
    cycle: OrderCycle, found: Sequence[Group], fees: Sequence[FeeTerm]
) -> dict[Role, int]:
    """Return who receives what of a usual basket of a cycle: one average pack of each group.

    Cents by role, kept a minute in memory: the fees of an open cycle never change.
    """

    def price() -> dict[Role, int]:
        lines = [
            PricedLine(
                line_key=str(number),
                producer=str(group.producer_id),
                unit_price_cents=group.price_cents,
                quantity=1,
                weight_g_per_item=group.weight_g,
            )
            for number, group in enumerate(found[:EXAMPLE_PACKS_MAX])
        ]
        shares = price_order(lines, fees, queries.platform_terms(cycle)).shares
        return {role: sum(s.cents for s in shares if s.role == role) for role in Role}

    kept: Any = cache.get_or_set(f"food_hub.example.{cycle.public_id}", price, KEPT_S)
    return dict(kept)


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack in full, with what is left of it (None: on demand)."""

    offer_id: int
    product: str
    label: str
    family: str
    labels: list[str]
    description: str
    producer: str
    producer_town: str
    producer_presentation: str
    is_weighed: bool
    tax_rate_bps: int
    shelf_price_cents: int
    unit_price: str
    left_count: int | None
    line: PricedLine
    photo: Photo | None


def pack(
    cycle: OrderCycle, offer_id: int, *, fees: Sequence[FeeTerm], locale: str = "fr"
) -> Pack | None:
    """Return one pack of a cycle (1 query)."""
    offer = (
        CycleOffer.objects.filter(pk=offer_id, cycle=cycle, variant__product__is_active=True)
        .select_related(
            "variant__product__producer", "variant__product__pool", "variant__product__photo"
        )
        .order_by()
        .first()
    )
    if offer is None:
        return None
    variant, product = offer.variant, offer.variant.product
    free_units = product.pool.on_hand_units - product.pool.reserved_units
    line = PricedLine(
        line_key="1",
        producer=str(product.producer_id),
        unit_price_cents=offer.price_cents,
        quantity=1,
        weight_g_per_item=variant.weight_g,
        tax_rate_bps=product.tax_rate_bps,
    )
    shelf_cents = displayed_unit_price_cents(line, fees, queries.platform_terms(cycle))
    return Pack(
        offer_id=offer.pk,
        product=product.name,
        label=variant.label,
        family=product.family,
        labels=[label.strip() for label in product.labels.split(",") if label.strip()],
        description=product.description,
        producer=product.producer.name,
        producer_town=product.producer.town,
        producer_presentation=product.producer.presentation,
        is_weighed=variant.is_weighed,
        tax_rate_bps=product.tax_rate_bps,
        shelf_price_cents=shelf_cents,
        unit_price=unit_price(
            shelf_cents,
            product.measure,
            (variant.weight_g, variant.volume_ml, variant.items_count),
            locale,
        ),
        left_count=None
        if product.pool.is_on_demand
        else max_sellable(max(0, free_units), variant.pool_units),
        line=line,
        photo=product.photo,
    )


def unit_price(
    price_cents: int, measure: str, amounts: tuple[int, int, int], locale: str = "fr"
) -> str:
    """Return "12,35 €/kg", "2,40 €/L" or "0,35 €/pièce"; empty when it would say nothing.

    Args:
        amounts: grams, millilitres and items of the pack.
    """
    kind = Kind(measure)
    amount = amounts[KINDS.index(kind)]
    if amount == 0 or (kind is Kind.ITEMS and amount == 1):
        return ""
    return format_unit_price(price_cents, Measure(kind, amount), locale)
