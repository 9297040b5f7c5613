"""Putting the products of a cycle in the catalogue, where everybody searches."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from essaim.core.catalogue.actions import Advert, publish_listing, revise_listing
from essaim.core.catalogue.models import Photo
from essaim.core.catalogue.rules.needs import Need
from essaim.trades.food_hub.models import CycleOffer, OrderCycle, PickupSlot, Product
from essaim.trades.food_hub.queries import fee_terms, platform_terms
from essaim.trades.food_hub.rules import PricedLine, displayed_unit_prices_cents

TRADE = "food"


@transaction.atomic
def publish_cycle(*, cycle: OrderCycle, now: datetime) -> int:
    """Publish or revise one listing for each product of an open cycle; return how many.

    A product is shown at its cheapest pack's shelf price, at the first pick-up place, until orders
    close.
    """
    slot = cycle.slots.select_related("place").order_by("starts_at").first()
    offers = list(
        cycle.offers.select_related("variant__product__producer", "variant__product__listing")
        .filter(variant__is_active=True, variant__product__is_active=True)
        .order_by("variant__product_id", "price_cents", "pk")
    )
    cheapest: dict[int, CycleOffer] = {}
    for offer in offers:
        cheapest.setdefault(offer.variant.product_id, offer)
    # Locked, so that a photo replaced at this moment is not shown again.
    products = Product.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=cheapest)
    photos = {row.pk: row.photo for row in products.select_related("photo").order_by("pk")}
    prices = _shelf_prices(cycle, list(cheapest.values()))
    for offer, price_cents in zip(cheapest.values(), prices, strict=True):
        photo = photos[offer.variant.product_id]
        _publish(cycle, offer, price_cents, slot=slot, photo=photo, now=now)
    return len(cheapest)


def publish_due(*, now: datetime, limit: int = 5) -> int:
    """Publish the open cycles whose shelf is not in the catalogue yet; return how many (worker)."""
    due = (
        OrderCycle.objects.filter(state=OrderCycle.State.OPEN, opens_at__lte=now, closes_at__gt=now)
        .filter(
            Q(offers__variant__product__listing=None)
            | ~Q(offers__variant__product__listing__available_until=F("closes_at"))
        )
        .filter(offers__variant__is_active=True, offers__variant__product__is_active=True)
        .select_related("hub__territory")
        .distinct()
        .order_by("pk")[:limit]
    )
    cycles = list(due)
    for cycle in cycles:
        publish_cycle(cycle=cycle, now=now)
    return len(cycles)


def _publish(
    cycle: OrderCycle,
    offer: CycleOffer,
    price_cents: int,
    *,
    slot: PickupSlot | None,
    photo: Photo | None,
    now: datetime,
) -> None:
    product = offer.variant.product
    words = [product.family, product.labels, product.description, product.producer.name]
    advert = Advert(
        territory=cycle.hub.territory,
        trade=TRADE,
        need=Need.EAT,
        kind="product",
        title=product.name,
        summary=". ".join(word for word in words if word)[:2000],
        path=reverse("food_hub:pack", args=[cycle.public_id, offer.pk]),
        provider=product.producer,
        place=slot.place if slot else None,
        price_cents=price_cents,
        price_label=offer.variant.label,
        available_from=min(now, cycle.opens_at),
        available_until=cycle.closes_at,
        photo=photo,
    )
    if product.listing is not None and product.listing.withdrawn_at is None:
        revise_listing(listing=product.listing, advert=advert)
        return
    product.listing = publish_listing(advert=advert, now=now)
    product.save(update_fields=["listing"])


def _shelf_prices(cycle: OrderCycle, offers: list[CycleOffer]) -> list[int]:
    lines = [
        PricedLine(
            line_key=str(offer.pk),
            producer=str(offer.variant.product.producer_id),
            unit_price_cents=offer.price_cents,
            quantity=1,
            weight_g_per_item=offer.variant.weight_g,
            tax_rate_bps=offer.variant.product.tax_rate_bps,
        )
        for offer in offers
    ]
    return displayed_unit_prices_cents(lines, fee_terms(cycle), platform_terms(cycle))
