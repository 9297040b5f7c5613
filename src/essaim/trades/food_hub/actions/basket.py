"""Putting packs in a basket, which keeps scarce goods for a while."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from essaim.core.agreements.models import Basket
from essaim.core.members.models import Member
from essaim.core.messages.actions import write_email
from essaim.trades.food_hub.actions.locks import share_cycles
from essaim.trades.food_hub.models import (
    BasketLine,
    CycleOffer,
    OrderCycle,
    StockPool,
    WaitingBuyer,
)
from essaim.trades.food_hub.rules.naming import pack_name
from essaim.trades.food_hub.rules.refusals import BadQuantity, CycleNotOpen, NotInCycle, SoldOut

QUANTITY_MAX = 999


@transaction.atomic
def put_in_basket(
    *, basket: Basket, offer: CycleOffer, quantity: int, now: datetime
) -> BasketLine | None:
    """Set how many packs of an offer the basket holds; 0 takes it out.

    Goods in limited stock are reserved until `kept_until`; putting anything in the basket renews
    the time of all its lines. Taking out is always possible, even once orders are closed.

    Returns:
        the line, or None when it was taken out.

    Raises:
        BadQuantity: negative or above 999. NotInCycle: it was withdrawn meanwhile.
        CycleNotOpen: the cycle is not taking orders at `now`.
        SoldOut: not that many left; `details` has `product` and `left_count`. Nothing changed.
    """
    if not 0 <= quantity <= QUANTITY_MAX:
        raise BadQuantity(quantity_max=QUANTITY_MAX)
    Basket.objects.select_for_update(of=("self",)).get(pk=basket.pk)
    share_cycles([offer.cycle_id])
    found = CycleOffer.objects.select_related("cycle", "variant__product").filter(pk=offer.pk)
    fresh = found.order_by().first()
    if fresh is None:
        raise NotInCycle
    offer = fresh
    if quantity:
        check_taking_orders(offer.cycle, now)
    line = BasketLine.objects.filter(basket=basket, offer=offer).order_by().first()
    kept_before = line.kept_units if line else 0
    kept_now = _reserve(offer, quantity, kept_before)
    if quantity == 0:
        if line:
            line.delete()
        return None
    kept_until = now + timedelta(minutes=offer.cycle.basket_minutes)
    line, _created = BasketLine.objects.update_or_create(
        basket=basket, offer=offer, defaults={"quantity": quantity, "kept_units": kept_now}
    )
    BasketLine.objects.filter(basket=basket, kept_units__gt=0).update(kept_until=kept_until)
    line.kept_until = kept_until if kept_now else None
    return line


@transaction.atomic
def ask_to_be_told(*, offer: CycleOffer, member: Member, now: datetime) -> WaitingBuyer:
    """Put a member on the waiting list of a sold-out pack; asking twice counts once."""
    waiting, _created = WaitingBuyer.objects.update_or_create(
        offer=offer, member=member, defaults={"asked_at": now, "told_at": None}
    )
    return waiting


@transaction.atomic
def release_expired(*, now: datetime, limit: int = 500) -> int:
    """Free the goods of baskets whose time is over, then tell who waits; return how many lines.

    The lines stay in the baskets, so that their owners can still order them if any are left.
    Whoever waits is told of any stock that came meanwhile, from a basket or from the producer.
    """
    due = list(
        BasketLine.objects.filter(kept_units__gt=0, kept_until__lte=now)
        .order_by("basket_id")
        .values_list("basket_id", flat=True)
        .distinct()[:limit]
    )
    locked = list(
        Basket.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk__in=due)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    lines = BasketLine.objects.filter(basket__in=locked, kept_units__gt=0, kept_until__lte=now)
    share_cycles(lines.values_list("offer__cycle_id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(RELEASE, {"baskets": locked, "now": now})
        (count,) = cursor.fetchone()
    tell_who_waits(now=now)
    return int(count)


RELEASE = """
WITH due AS (
    SELECT line.id, line.kept_units, variant.product_id
      FROM food_hub_basketline AS line
      JOIN food_hub_cycleoffer AS offer ON offer.id = line.offer_id
      JOIN food_hub_variant AS variant ON variant.id = offer.variant_id
     WHERE line.basket_id = ANY(%(baskets)s) AND line.kept_units > 0 AND line.kept_until <= %(now)s
), freed AS (
    UPDATE food_hub_basketline SET kept_units = 0, kept_until = NULL
     WHERE id IN (SELECT id FROM due)
), pool AS (
    SELECT product_id FROM food_hub_stockpool
     WHERE product_id IN (SELECT product_id FROM due) ORDER BY product_id FOR UPDATE
), stock AS (
    UPDATE food_hub_stockpool AS stock SET reserved_units = stock.reserved_units - total.units
      FROM (SELECT product_id, sum(kept_units) AS units FROM due GROUP BY product_id) AS total, pool
     WHERE stock.product_id = total.product_id AND pool.product_id = total.product_id
)
SELECT count(*) FROM due
"""


def check_taking_orders(cycle: OrderCycle, now: datetime) -> None:
    """Raise CycleNotOpen unless the cycle is open at `now`: [opens_at, closes_at)."""
    is_open = cycle.state == OrderCycle.State.OPEN and cycle.opens_at <= now < cycle.closes_at
    if not is_open:
        raise CycleNotOpen(closes_at=cycle.closes_at)


@transaction.atomic
def tell_who_waits(*, now: datetime, product_ids: Collection[int] | None = None) -> int:
    """Write to those who wait for packs that are available again, once; return how many were told.

    Args:
        product_ids: only those of these products; None means of all.
    """
    told = 0
    pool = "offer__variant__product__pool"
    waiting = (
        # Locked, so that two releases at the same instant do not both write to the same people.
        WaitingBuyer.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(
            told_at=None,
            offer__cycle__state=OrderCycle.State.OPEN,
            offer__cycle__closes_at__gt=now,
        )
        .filter(
            Q(**{f"{pool}__is_on_demand": True})
            | Q(
                **{
                    f"{pool}__on_hand_units__gte": F(f"{pool}__reserved_units")
                    + F("offer__variant__pool_units")
                }
            )
        )
        .select_related("member", "offer__variant__product", "offer__cycle")
        .order_by("asked_at")
    )
    if product_ids is not None:
        waiting = waiting.filter(offer__variant__product_id__in=product_ids)
    for row in waiting:
        name = pack_name(row.offer.variant.product.name, row.offer.variant.label)
        write_email(
            recipient=row.member.email,
            subject=_("Available again: {product}").format(product=name),
            body=_("“{product}” is available again in {cycle}. The first to order gets it.").format(
                product=name, cycle=row.offer.cycle.title
            ),
            now=now,
        )
        row.told_at = now
        row.save(update_fields=["told_at"])
        told += 1
    return told


def _reserve(offer: CycleOffer, quantity: int, kept_before: int) -> int:
    """Change what the pool keeps for this line to `quantity` packs; return the units kept."""
    pool = StockPool.objects.select_for_update(of=("self",)).get(pk=offer.variant.product_id)
    if pool.is_on_demand:
        wanted = 0
    else:
        wanted = offer.variant.pool_units * quantity
        free = pool.on_hand_units - pool.reserved_units + kept_before
        if wanted > free:
            raise SoldOut(
                product=offer.variant.product.name, left_count=free // offer.variant.pool_units
            )
    if wanted != kept_before:
        pool.reserved_units += wanted - kept_before
        pool.save(update_fields=["reserved_units"])
    return wanted
