"""Reading hubs, cycles, the shop, packing lists and statements."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet, Sum, TextField, Value
from django.db.models.functions import Concat

from essaim.core.agreements.rules import State
from essaim.core.members.models import Organisation
from essaim.trades.food_hub.models import (
    BasketLine,
    CycleOffer,
    Fee,
    OrderCycle,
    OrderLine,
    Product,
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
SMALL_WORDS = frozenset(
    ["au", "aux", "de", "des", "du", "en", "et", "la", "le", "les", "ou", "un", "une"]
)
FIRM = (State.ACCEPTED.value, State.FULFILLED.value, State.SETTLED.value)


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
    cycle: OrderCycle,
    *,
    words: str = "",
    family: str = "",
    producer_id: int | None = None,
    start: int = 0,
    count: int = 50,
) -> tuple[list[ShopRow], int]:
    """One page of a cycle's shelf and the total count of packs that match (4 queries)."""
    offers = shelf_of(cycle, words=words, family=family, producer_id=producer_id)
    rows = shelf_rows(cycle, offers, fees=fee_terms(cycle), start=start, count=count)
    return rows, offers.count()


def search_words(text: str) -> list[str]:
    """Return the words to look for, without accents, capitals, elisions and plural marks."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = [word for word in re.findall(r"[a-z0-9]{2,}", letters) if word not in SMALL_WORDS]
    return [re.sub(r"(?<=...)[sx]$", "", word) for word in words[:WORDS_MAX]]


def shelf_of(
    cycle: OrderCycle, *, words: str = "", family: str = "", producer_id: int | None = None
) -> QuerySet[CycleOffer]:
    """The packs of a cycle that fit all the words, of this family and producer; lazy."""
    offers = CycleOffer.objects.filter(
        cycle=cycle, variant__is_active=True, variant__product__is_active=True
    )
    if wanted := search_words(words):
        offers = offers.filter(variant__product__in=_products_saying(wanted))
    if family:
        offers = offers.filter(variant__product__family=family)
    if producer_id:
        offers = offers.filter(variant__product__producer_id=producer_id)
    return offers


def _products_saying(words: list[str]) -> QuerySet[Product]:
    """Products whose name, producer, family or labels hold every word; accents do not matter."""
    parts = ["name", "producer__name", "family", "labels"]
    spaced = [item for part in parts for item in (F(part), Value(" "))]
    products = Product.objects.annotate(said=Concat(*spaced, output_field=TextField()))
    for word in words:
        products = products.filter(said__unaccent__icontains=word)
    return products


def shelf_rows(
    cycle: OrderCycle,
    offers: QuerySet[CycleOffer],
    *,
    fees: list[FeeTerm],
    start: int = 0,
    count: int = 50,
) -> list[ShopRow]:
    """Some packs of the shelf in its order: by family, name, pack (2 queries).

    The page is cut first, on the sorted keys alone; only its packs are read in full.
    """
    order = ("variant__product__family", "variant__product__name", "variant_id")
    page = list(offers.order_by(*order).values_list("pk", flat=True)[start : start + count])
    rows = list(
        CycleOffer.objects.filter(pk__in=page)
        .order_by(*order)
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
        )
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
