"""The life of an order cycle: planned, opened, closed."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from essaim.core.bylaws import queries as bylaws
from essaim.core.members.models import Organisation
from essaim.core.messages.actions import write_email
from essaim.core.territories.models import Place
from essaim.kernel.errors import N_, BadInput
from essaim.trades.food_hub import articles, queries
from essaim.trades.food_hub.actions.locks import lock_stock
from essaim.trades.food_hub.actions.undoing import expire_unpaid_of
from essaim.trades.food_hub.models import (
    BasketLine,
    CycleOffer,
    Fee,
    Hub,
    OrderCycle,
    PickupSlot,
    Variant,
)
from essaim.trades.food_hub.rules.naming import pack_name
from essaim.trades.food_hub.rules.refusals import CycleIncomplete, CycleNotOpen
from essaim.web.environment import moment


class BadCycleDates(BadInput):
    code = "food_hub.bad-cycle-dates"
    sentence = N_("Orders must close after they open, and pick-up comes after closing.")


class CycleAlreadyOpen(BadInput):
    code = "food_hub.cycle-already-open"
    sentence = N_("This cycle is already open: its fees can no longer change.")


@transaction.atomic
def plan_cycle(*, hub: Hub, title: str, opens_at: datetime, closes_at: datetime) -> OrderCycle:
    """Prepare a cycle; nobody sees it before it opens.

    Raises:
        BadCycleDates: it would close before it opens.
    """
    if closes_at <= opens_at:
        raise BadCycleDates
    return OrderCycle.objects.create(hub=hub, title=title, opens_at=opens_at, closes_at=closes_at)


@transaction.atomic
def add_slot(
    *,
    cycle: OrderCycle,
    place: Place,
    starts_at: datetime,
    ends_at: datetime,
    capacity: int | None = None,
) -> PickupSlot:
    """Add a time and place where orders are fetched, after closing.

    Raises:
        BadCycleDates: it ends before it starts, or starts before orders close.
    """
    if ends_at <= starts_at or starts_at < cycle.closes_at:
        raise BadCycleDates
    return PickupSlot.objects.create(
        cycle=cycle, place=place, starts_at=starts_at, ends_at=ends_at, capacity=capacity
    )


@transaction.atomic
def set_fee(
    *,
    cycle: OrderCycle,
    code: str,
    label: str,
    kind: str,
    amount: int,
    role: str,
    beneficiary: Organisation,
    producers: Iterable[Organisation] = (),
    tax_rate_bps: int = 0,
    inherits_tax: bool = False,
) -> Fee:
    """Set a fee of a cycle that is not open yet; `amount` in basis points or cents by `kind`.

    Raises:
        CycleAlreadyOpen: buyers have seen its prices.
    """
    if cycle.state != OrderCycle.State.DRAFT:
        raise CycleAlreadyOpen
    fee, _created = Fee.objects.update_or_create(
        cycle=cycle,
        code=code,
        defaults={
            "label": label,
            "kind": kind,
            "amount": amount,
            "role": role,
            "beneficiary": beneficiary,
            "tax_rate_bps": tax_rate_bps,
            "inherits_tax": inherits_tax,
        },
    )
    fee.producers.set(list(producers))
    return fee


@transaction.atomic
def offer(*, cycle: OrderCycle, variants: Iterable[Variant]) -> int:
    """Offer pack sizes in a cycle at their price of today; return how many were added."""
    rows = [
        CycleOffer(cycle=cycle, variant=variant, price_cents=variant.price_cents)
        for variant in variants
    ]
    before = cycle.offers.count()
    CycleOffer.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return cycle.offers.count() - before


@transaction.atomic
def withdraw_offer(*, cycle: OrderCycle, variant: Variant) -> None:
    """Stop offering a pack size; baskets lose it and free what they kept, orders stay as they are.

    It waits for the checkouts under way: nobody counts on what it frees.
    """
    OrderCycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    found = CycleOffer.objects.filter(cycle=cycle, variant=variant).order_by().first()
    if found is None:
        return
    _free_baskets(BasketLine.objects.filter(offer=found))
    found.delete()


@transaction.atomic
def open_cycle(*, cycle: OrderCycle, now: datetime) -> OrderCycle:
    """Open a cycle to buyers with the bylaws of this instant: a later vote changes the next one.

    Raises:
        CycleIncomplete: nothing offered or nowhere to fetch it.
        CycleNotOpen: it was closed already.
    """
    cycle = OrderCycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    if cycle.state not in {OrderCycle.State.DRAFT, OrderCycle.State.OPEN}:
        raise CycleNotOpen(closes_at=cycle.closes_at)
    if not cycle.offers.exists() or not cycle.slots.exists():
        raise CycleIncomplete
    voted = bylaws.values(
        [
            articles.PLATFORM_RATE,
            articles.COMMONS_RATE,
            articles.WEIGHT_TOLERANCE,
            articles.BASKET_MINUTES,
        ],
        at=now,
    )
    cycle.platform_bps = voted[articles.PLATFORM_RATE.key]
    cycle.commons_bps = voted[articles.COMMONS_RATE.key]
    cycle.tolerance_bps = voted[articles.WEIGHT_TOLERANCE.key]
    cycle.basket_minutes = voted[articles.BASKET_MINUTES.key]
    cycle.state = OrderCycle.State.OPEN
    cycle.save(
        update_fields=["platform_bps", "commons_bps", "tolerance_bps", "basket_minutes", "state"]
    )
    return cycle


@transaction.atomic
def close_cycle(*, cycle: OrderCycle, now: datetime) -> OrderCycle:
    """Close the orders: baskets are emptied, unpaid card orders expire, producers are told.

    Closing waits for the checkouts and changes under way (they share the row of the cycle), so that
    packing lists are complete when it returns. Closing twice changes nothing.
    """
    cycle = OrderCycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    if cycle.state != OrderCycle.State.OPEN:
        return cycle
    cycle.state = OrderCycle.State.CLOSED
    cycle.save(update_fields=["state"])
    lines = BasketLine.objects.filter(offer__cycle=cycle)
    in_baskets = set(lines.values_list("offer__variant__product_id", flat=True))
    expire_unpaid_of(cycle=cycle, also_locking=in_baskets, now=now)
    _free_baskets(lines)
    _tell_producers(cycle, now)
    return cycle


def _free_baskets(lines: QuerySet[BasketLine]) -> None:
    """Delete lines of baskets in a cycle that is locked, and free what they kept."""
    kept: dict[int, int] = {}
    for product_id, units in lines.filter(kept_units__gt=0).values_list(
        "offer__variant__product_id", "kept_units"
    ):
        kept[product_id] = kept.get(product_id, 0) + units
    for pool in lock_stock(kept).values():
        pool.reserved_units -= kept[pool.pk]
        pool.save(update_fields=["reserved_units"])
    lines.delete()


def _tell_producers(cycle: OrderCycle, now: datetime) -> None:
    for producer, rows in queries.producer_orders(cycle):
        if not producer.email:
            continue
        wanted = [f"  {row.quantity} × {pack_name(row.product, row.label)}" for row in rows]
        write_email(
            recipient=producer.email,
            subject=_("What to bring: {cycle}").format(cycle=cycle.title),
            body="\n".join(
                [
                    _("Orders closed on {closing}. Here is what was ordered from you:").format(
                        closing=moment(now)
                    ),
                    "",
                    *wanted,
                ]
            ),
            now=now,
        )
