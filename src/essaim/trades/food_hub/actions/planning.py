"""Preparing a cycle: its dates, its places, its fees, its products, the last one again."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from essaim.core.members.models import Organisation
from essaim.core.territories.models import Place
from essaim.kernel.errors import N_, RuleBroken
from essaim.trades.food_hub.actions.cycles import (
    BadCycleDates,
    CycleAlreadyOpen,
    add_slot,
    offer,
    plan_cycle,
    withdraw_offer,
)
from essaim.trades.food_hub.models import (
    CycleOffer,
    Fee,
    Hub,
    Order,
    OrderCycle,
    PickupSlot,
    Variant,
)
from essaim.trades.food_hub.rules.refusals import CycleNotOpen

WEEK = timedelta(weeks=1)
EDITABLE = (OrderCycle.State.DRAFT, OrderCycle.State.OPEN)


class SlotInUse(RuleBroken):
    code = "food_hub.slot-in-use"
    sentence = N_("Orders will be fetched at this time: it can no longer be removed.")


@transaction.atomic
def plan_first_slot(
    *,
    hub: Hub,
    title: str,
    opens_at: datetime,
    closes_at: datetime,
    place: Place,
    starts_at: datetime,
    ends_at: datetime,
) -> OrderCycle:
    """Prepare a cycle with its first pick-up time, all or nothing.

    Raises:
        BadCycleDates: they are not in order.
    """
    cycle = plan_cycle(hub=hub, title=title, opens_at=opens_at, closes_at=closes_at)
    add_slot(cycle=cycle, place=place, starts_at=starts_at, ends_at=ends_at)
    return cycle


@transaction.atomic
def change_dates(
    *, cycle: OrderCycle, title: str, opens_at: datetime, closes_at: datetime
) -> OrderCycle:
    """Change the name and dates of a cycle that is not closed yet.

    Raises:
        CycleNotOpen: it is closed. BadCycleDates: not in order, or a pick-up would come too early.
    """
    cycle = OrderCycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    if cycle.state not in EDITABLE:
        raise CycleNotOpen(closes_at=cycle.closes_at)
    if closes_at <= opens_at or cycle.slots.filter(starts_at__lt=closes_at).exists():
        raise BadCycleDates
    cycle.title, cycle.opens_at, cycle.closes_at = title, opens_at, closes_at
    cycle.save(update_fields=["title", "opens_at", "closes_at"])
    return cycle


@transaction.atomic
def remove_slot(*, slot: PickupSlot) -> None:
    """Take away a pick-up time that no order has chosen.

    Raises:
        SlotInUse: an order has, whatever became of it.
    """
    slot = PickupSlot.objects.select_for_update(of=("self",)).get(pk=slot.pk)
    if Order.objects.filter(slot=slot).exists():
        raise SlotInUse
    slot.delete()


@transaction.atomic
def remove_fee(*, cycle: OrderCycle, code: str) -> None:
    """Take away a fee of a cycle that is not open yet; one that does not exist changes nothing.

    Raises:
        CycleAlreadyOpen: buyers have seen its prices.
    """
    cycle = OrderCycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    if cycle.state != OrderCycle.State.DRAFT:
        raise CycleAlreadyOpen
    Fee.objects.filter(cycle=cycle, code=code).delete()


@transaction.atomic
def choose_offers(
    *, cycle: OrderCycle, producer: Organisation, variant_ids: Iterable[int]
) -> tuple[int, int]:
    """Offer exactly these packs of a producer in a cycle; return how many were added and withdrawn.

    Packs that are not this producer's are left out. Orders already placed stay as they are.

    Raises:
        CycleNotOpen: it is closed.
    """
    if cycle.state not in EDITABLE:
        raise CycleNotOpen(closes_at=cycle.closes_at)
    own = Variant.objects.filter(product__producer=producer)
    wanted = set(
        own.filter(pk__in=set(variant_ids), is_active=True, product__is_active=True).values_list(
            "pk", flat=True
        )
    )
    offered = set(
        CycleOffer.objects.filter(cycle=cycle, variant__in=own).values_list("variant_id", flat=True)
    )
    added = offer(cycle=cycle, variants=own.filter(pk__in=wanted - offered).order_by("pk"))
    for variant in own.filter(pk__in=offered - wanted).order_by("product_id", "pk"):
        withdraw_offer(cycle=cycle, variant=variant)
    return added, len(offered - wanted)


@transaction.atomic
def clone_cycle(*, cycle: OrderCycle, now: datetime) -> OrderCycle:
    """Prepare the next cycle like this one: same days and hours, places, fees and products.

    Dates move by whole weeks until the opening is ahead; hours stay those of the clock on the wall.
    Products come at their price of today; those no longer sold are left out.
    """
    weeks = max(1, (now - cycle.opens_at) // WEEK + 1)

    def later(instant: datetime) -> datetime:
        # Adding days to a local time keeps the hour when summer time ends in between.
        return instant.astimezone(cycle.hub.territory.zone) + weeks * WEEK

    copy = plan_cycle(
        hub=cycle.hub,
        title=next_title(cycle.title, weeks),
        opens_at=later(cycle.opens_at),
        closes_at=later(cycle.closes_at),
    )
    # A place closed meanwhile is left out: another one has to be chosen.
    for slot in cycle.slots.filter(place__closed_at=None).order_by("starts_at"):
        add_slot(
            cycle=copy,
            place=slot.place,
            starts_at=later(slot.starts_at),
            ends_at=later(slot.ends_at),
            capacity=slot.capacity,
        )
    variants = Variant.objects.filter(
        offers__cycle=cycle,
        is_active=True,
        product__is_active=True,
        product__producer__in=cycle.hub.producers.all(),
    )
    offer(cycle=copy, variants=variants.order_by("pk"))
    for fee in cycle.fees.prefetch_related("producers").order_by("pk"):
        _copy_fee(fee, copy)
    return copy


def next_title(title: str, weeks: int) -> str:
    """« Semaine 47 » becomes « Semaine 48 »; a name without a number stays."""
    return re.sub(r"\d+$", lambda found: str(int(found[0]) + weeks), title)


def _copy_fee(fee: Fee, cycle: OrderCycle) -> None:
    producers = list(fee.producers.all())
    fee.pk, fee.cycle = None, cycle
    fee.save(force_insert=True)
    fee.producers.set(producers)
