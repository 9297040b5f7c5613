"""Reading hubs, cycles, the shop, packing lists and statements."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Avg, Count, F, QuerySet, Sum, TextField, Value
from django.db.models.functions import Concat

from essaim.core.agreements.rules import State
from essaim.core.members.models import Organisation
from essaim.trades.food_hub.models import (
    BasketLine,
    CycleOffer,
    Fee,
    OrderCycle,
    OrderLine,
)
from essaim.trades.food_hub.rules import (
    FeeKind,
    FeeTerm,
    PlatformTerms,
    PricedLine,
    Role,
    displayed_unit_prices_cents,
    max_sellable,
)

WORDS_MAX = 6
KEPT_S = 60
SMALL_WORDS = frozenset(
    ["au", "aux", "de", "des", "du", "en", "et", "la", "le", "les", "ou", "un", "une"]
)
FIRM = (
    State.ACCEPTED.value,
    State.FULFILLED.value,
    State.SETTLED.value,
    State.DISPUTED.value,
)
"""Orders that stand: one that is disputed is prepared and counted until it is given up."""


@dataclass(frozen=True, slots=True)
class ProducerRow:
    """How many packs of a variant are ordered in a cycle."""

    product: str
    label: str
    quantity: int
    weight_g: int
    goods_cents: int


def producer_orders(cycle: OrderCycle) -> list[tuple[Organisation, list[ProducerRow]]]:
    """What each producer must bring for a cycle, by producer name (2 queries)."""
    rows = (
        OrderLine.objects.filter(order__cycle=cycle, order__agreement__state__in=FIRM)
        .values("producer_id", "variant__product__name", "variant__label", "variant__weight_g")
        .annotate(quantity=Sum("ordered_quantity"), goods=Sum("goods_cents"))
        .filter(quantity__gt=0)
        .order_by("variant__product__name", "variant__label")
    )
    by_producer: defaultdict[int, list[ProducerRow]] = defaultdict(list)
    for row in rows:
        by_producer[row["producer_id"]].append(
            ProducerRow(
                row["variant__product__name"],
                row["variant__label"],
                row["quantity"],
                row["quantity"] * row["variant__weight_g"],
                row["goods"],
            )
        )
    producers = Organisation.objects.filter(pk__in=by_producer).order_by("name")
    return [(producer, by_producer[producer.pk]) for producer in producers]


@dataclass(frozen=True, slots=True)
class ShopRow:
    """A pack on the shelf: its price with every proportional fee, and how many are left."""

    offer_id: int
    product: str
    label: str
    family: str
    labels: str
    producer: str
    producer_id: int
    measure: str
    weight_g: int
    volume_ml: int
    items_count: int
    is_weighed: bool
    price_cents: int
    shelf_price_cents: int
    left_count: int | None
    """None: on demand."""
    photo_id: int | None


def shop_page(
    cycle: OrderCycle, *, words: str = "", start: int = 0, count: int = 50
) -> tuple[list[ShopRow], int]:
    """One page of a cycle's shelf and the total count of packs that match (4 queries)."""
    products = shelf_products(cycle, words)
    rows = shelf_rows(cycle, products, fees=fee_terms(cycle), start=start, count=count)
    return rows, sum(product.pack_count for product in products)


def search_words(text: str) -> list[str]:
    """Return the words to look for, without accents, capitals, elisions and plural marks."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = [word for word in re.findall(r"[a-z0-9]{2,}", letters) if word not in SMALL_WORDS]
    return [re.sub(r"(?<=...)[sx]$", "", word) for word in words[:WORDS_MAX]]


def shelf_of(cycle: OrderCycle) -> QuerySet[CycleOffer]:
    """The packs of a cycle that can be sold; lazy."""
    return CycleOffer.objects.filter(
        cycle=cycle, variant__is_active=True, variant__product__is_active=True
    )


class ShelfProduct(NamedTuple):
    """A product of a shelf: how many packs of it, and the average one."""

    product_id: int
    family: str
    producer_id: int
    producer: str
    pack_count: int
    price_cents: float
    weight_g: float


def shelf_products(cycle: OrderCycle, words: str = "") -> list[ShelfProduct]:
    """Return the products of a shelf that say all the words, by family, name and id (1 query).

    Name, producer, family and labels are looked at, without accents. The answer is kept a minute
    in memory: it changes when a hub adds or withdraws packs, rarely. There are five times fewer
    products than packs: sorting them instead is what makes a page quick.
    """
    wanted = search_words(words)
    key = f"food_hub.shelf.{cycle.public_id}.{'+'.join(wanted)}"
    found: Any = cache.get_or_set(key, lambda: _read_products(cycle, wanted), KEPT_S)
    return [ShelfProduct._make(row) for row in found]


def _read_products(cycle: OrderCycle, words: list[str]) -> list[tuple[Any, ...]]:
    product = "variant__product__"
    parts = [f"{product}{part}" for part in ("name", "producer__name", "family", "labels")]
    spaced = [item for part in parts for item in (F(part), Value(" "))]
    offers: QuerySet[Any] = shelf_of(cycle)
    if words:
        offers = offers.annotate(said=Concat(*spaced, output_field=TextField()))
    for word in words:
        offers = offers.filter(said__unaccent__icontains=word)
    keys = ("variant__product_id", f"{product}family", f"{product}producer_id")
    rows = offers.values_list(*keys, f"{product}producer__name").annotate(
        packs=Count("pk"), price=Avg("price_cents"), weight=Avg("variant__weight_g")
    )
    return list(rows.order_by(f"{product}family", f"{product}name", "variant__product_id"))


def _cut(products: Sequence[ShelfProduct], start: int, count: int) -> tuple[list[int], int]:
    """Return the products that hold packs `start` to `start + count`, and the packs to pass over.

    The packs passed over are those of the first product that belong to the page before.
    """
    here: list[int] = []
    passed = before = 0
    for product in products:
        if before >= start + count:
            break
        if before + product.pack_count > start:
            if not here:
                passed = start - before
            here.append(product.product_id)
        before += product.pack_count
    return here, passed


def shelf_rows(
    cycle: OrderCycle,
    products: Sequence[ShelfProduct],
    *,
    fees: list[FeeTerm],
    start: int = 0,
    count: int = 50,
) -> list[ShopRow]:
    """Some packs of these products, in their order and by id within each (1 query)."""
    here, passed = _cut(products, start, count)
    rows = list(
        shelf_of(cycle)
        .filter(variant__product__in=here)
        .order_by(
            "variant__product__family",
            "variant__product__name",
            "variant__product_id",
            "variant_id",
        )
        .values(
            "id",
            "price_cents",
            name=F("variant__product__name"),
            label=F("variant__label"),
            family=F("variant__product__family"),
            labels=F("variant__product__labels"),
            producer=F("variant__product__producer__name"),
            producer_id=F("variant__product__producer_id"),
            measure=F("variant__product__measure"),
            tax_rate_bps=F("variant__product__tax_rate_bps"),
            weight_g=F("variant__weight_g"),
            volume_ml=F("variant__volume_ml"),
            items_count=F("variant__items_count"),
            is_weighed=F("variant__is_weighed"),
            pool_units=F("variant__pool_units"),
            on_demand=F("variant__product__pool__is_on_demand"),
            on_hand=F("variant__product__pool__on_hand_units"),
            reserved=F("variant__product__pool__reserved_units"),
            photo_id=F("variant__product__photo_id"),
        )[passed : passed + count]
    )
    return _shop_rows(cycle, rows, fees)


def _shop_rows(
    cycle: OrderCycle, rows: Sequence[Mapping[str, Any]], fees: list[FeeTerm]
) -> list[ShopRow]:
    lines = [
        PricedLine(
            line_key=str(row["id"]),
            producer=str(row["producer_id"]),
            unit_price_cents=row["price_cents"],
            quantity=1,
            weight_g_per_item=row["weight_g"],
            tax_rate_bps=row["tax_rate_bps"],
        )
        for row in rows
    ]
    shelf = displayed_unit_prices_cents(lines, fees, platform_terms(cycle)) if lines else []
    return [
        ShopRow(
            offer_id=row["id"],
            product=row["name"],
            label=row["label"],
            family=row["family"],
            labels=row["labels"],
            producer=row["producer"],
            producer_id=row["producer_id"],
            measure=row["measure"],
            weight_g=row["weight_g"],
            volume_ml=row["volume_ml"],
            items_count=row["items_count"],
            is_weighed=row["is_weighed"],
            price_cents=row["price_cents"],
            shelf_price_cents=price,
            left_count=None
            if row["on_demand"]
            else max_sellable(row["on_hand"] - row["reserved"], row["pool_units"]),
            photo_id=row["photo_id"],
        )
        for row, price in zip(rows, shelf, strict=True)
    ]


def fee_terms(cycle: OrderCycle) -> list[FeeTerm]:
    """The fees of a cycle as the pricing rules read them (2 queries)."""
    return [
        FeeTerm(
            code=fee.code,
            label=fee.label,
            kind=FeeKind(fee.kind),
            amount=fee.amount,
            role=Role(fee.role),
            beneficiary=str(fee.beneficiary_id),
            applies_to=frozenset(str(p.pk) for p in fee.producers.all()) or None,
            tax_rate_bps=fee.tax_rate_bps,
            inherits_tax=fee.inherits_tax,
        )
        for fee in Fee.objects.filter(cycle=cycle).prefetch_related("producers").order_by("code")
    ]


def platform_terms(cycle: OrderCycle) -> PlatformTerms:
    """The platform's part of a cycle's prices; needs `cycle.hub` loaded (0 queries)."""
    return PlatformTerms(
        platform_bps=cycle.platform_bps,
        commons_bps=cycle.commons_bps,
        sold_by=str(cycle.hub_id) if cycle.hub.is_seller else None,
    )


def basket_lines(basket_id: int) -> list[BasketLine]:
    """Lines of a basket with all that a page shows of them (1 query)."""
    return list(
        BasketLine.objects.filter(basket_id=basket_id)
        .select_related("offer__cycle__hub__organisation", "offer__variant__product__producer")
        .order_by("offer__cycle_id", "offer__variant__product__name", "pk")
    )
