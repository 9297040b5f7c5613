"""Changing, cancelling and expiring orders: stock, ledger and payment follow, or nothing does."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from essaim.core.agreements import actions as agreement_actions
from essaim.core.agreements.models import Agreement, Line
from essaim.core.agreements.rules import State, WrongState
from essaim.core.bylaws import queries as bylaws
from essaim.core.ledger.actions import reverse_all
from essaim.core.members.models import Member
from essaim.core.messages.actions import write_email
from essaim.core.payments import actions as payment_actions
from essaim.trades.food_hub import articles
from essaim.trades.food_hub.actions import repricing
from essaim.trades.food_hub.actions.basket import QUANTITY_MAX, check_taking_orders, tell_who_waits
from essaim.trades.food_hub.actions.locks import lock_stock, share_cycles
from essaim.trades.food_hub.models import Order, OrderCycle, OrderLine, PickupSlot
from essaim.trades.food_hub.rules.refusals import BadQuantity, SoldOut

GIVE_BACK = """
WITH back AS (
    SELECT id, sum(units) AS units
      FROM unnest(%(products)s::bigint[], %(units)s::bigint[]) AS b(id, units)
     GROUP BY id
), locked AS (
    SELECT product_id FROM food_hub_stockpool
     WHERE product_id = ANY(%(products)s::bigint[]) ORDER BY product_id FOR UPDATE
)
UPDATE food_hub_stockpool AS pool SET on_hand_units = pool.on_hand_units + back.units
  FROM back JOIN locked ON locked.product_id = back.id
 WHERE pool.product_id = back.id AND NOT pool.is_on_demand
RETURNING pool.product_id
"""


@transaction.atomic
def cancel_order(*, order: Order, by: Member | None, now: datetime, reason: str = "") -> Agreement:
    """Cancel an order before its cycle closes: goods return to stock, money to the buyer.

    Raises:
        CycleNotOpen: the orders are closed.
        WrongState: it is no longer going on.
    """
    order, agreement = lock_order(order)
    check_taking_orders(order.cycle, now)
    to_state = State.WITHDRAWN if agreement.state == State.PROPOSED else State.CANCELLED
    agreement = agreement_actions.move(
        agreement=agreement, to_state=to_state, by=by, now=now, reason=reason
    )
    undo(order, agreement, now, reason or "cancelled")
    _tell_cancelled(agreement, now)
    return agreement


@transaction.atomic
def change_order(
    *, order: Order, quantities: Mapping[int, int], by: Member, now: datetime
) -> Order:
    """Set the quantity of lines of an order, before its cycle closes; prices stay those agreed.

    Args:
        quantities: wanted packs by order line id; lines not named stay; 0 removes the packs.

    Raises:
        BadQuantity: out of bounds, or nothing would be left (cancel instead).
        CycleNotOpen, WrongState: too late.
        SoldOut: not enough left for an increase. FundTooSmall: the solidarity fund cannot follow.
        Nothing changed.
    """
    order, agreement = lock_order(order)
    check_taking_orders(order.cycle, now)
    if agreement.state not in {State.PROPOSED, State.ACCEPTED}:
        raise WrongState(state=agreement.state)
    lines = list(
        order.order_lines.select_related("line", "variant__product").order_by("variant__product_id")
    )
    after = {line.pk: quantities.get(line.pk, line.ordered_quantity) for line in lines}
    if any(not 0 <= wanted <= QUANTITY_MAX for wanted in after.values()) or not any(after.values()):
        raise BadQuantity(quantity_max=QUANTITY_MAX)
    for line in lines:
        if after[line.pk] != line.ordered_quantity:
            _change_line(line, after[line.pk])
    repricing.reprice(order=order, agreement=agreement, now=now)
    agreement.transitions.create(
        from_state=agreement.state, to_state=agreement.state, done_by=by, done_at=now,
        reason="changed",
    )  # fmt: skip
    return order


def expire_unpaid(*, now: datetime, limit: int = 200) -> int:
    """Expire card orders not paid in the voted time; return how many (worker).

    One transaction each: an order that somebody is changing keeps nobody else waiting.
    """
    minutes = bylaws.value(articles.PAYMENT_MINUTES, at=now)
    due = Order.objects.filter(
        agreement__state=State.PROPOSED,
        agreement__proposed_at__lte=now - timedelta(minutes=minutes),
    ).order_by("pk")[:limit]
    return sum(_expire(order, now) for order in list(due))


@transaction.atomic
def expire_unpaid_of(
    *, cycle: OrderCycle, now: datetime, also_locking: Collection[int] = ()
) -> int:
    """Expire every unpaid card order of a cycle that closes; return how many.

    Args:
        also_locking: products whose stock the caller will change next: all are locked together, in
            their order.
    """
    unpaid = Agreement.objects.select_for_update(of=("self",)).filter(
        food_order__cycle=cycle, state=State.PROPOSED
    )
    due = [agreement.pk for agreement in unpaid.order_by("pk")]
    lines = OrderLine.objects.filter(order__in=due)
    lock_stock({*lines.values_list("variant__product_id", flat=True), *also_locking})
    return sum(_expire(order, now) for order in Order.objects.filter(pk__in=due).order_by("pk"))


def lock_order(order: Order) -> tuple[Order, Agreement]:
    """Lock the agreement of an order, its cycle staying as it is, then read both afresh."""
    share_cycles([order.cycle_id])
    agreement = (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("receiver", "provider")
        .get(pk=order.pk)
    )
    fresh = Order.objects.select_related("cycle__hub", "slot").get(pk=order.pk)
    return fresh, agreement


def give_back_stock(order: Order, now: datetime) -> None:
    """Return the units of an order to their pools and tell who waits for them."""
    rows = list(order.order_lines.values_list("variant__product_id", "pool_units"))
    with connection.cursor() as cursor:
        cursor.execute(
            GIVE_BACK, {"products": [row[0] for row in rows], "units": [row[1] for row in rows]}
        )
        products = {row[0] for row in cursor.fetchall()}
    order.order_lines.update(pool_units=0)
    tell_who_waits(product_ids=products, now=now)


def undo(order: Order, agreement: Agreement, now: datetime, reason: str) -> None:
    """Undo what a locked order that was given up did: stock, slot, ledger, payments."""
    give_back_stock(order, now)
    # A place limited after the order was taken may never have counted it.
    PickupSlot.objects.filter(pk=order.slot_id, capacity__isnull=False, taken_count__gt=0).update(
        taken_count=F("taken_count") - 1
    )
    reverse_all(
        reference=agreement.public_id,
        kinds=["order-placed", "order-repriced"],
        memo=reason,
        now=now,
    )
    payment_actions.follow_price(agreement=agreement, reason=reason, now=now)


@transaction.atomic
def _expire(order: Order, now: datetime) -> int:
    order, agreement = lock_order(order)
    if agreement.state != State.PROPOSED:
        return 0
    agreement_actions.move(
        agreement=agreement, to_state=State.EXPIRED, by=None, now=now, reason="not paid in time"
    )
    undo(order, agreement, now, "not paid in time")
    _tell_cancelled(agreement, now)
    return 1


def _tell_cancelled(agreement: Agreement, now: datetime) -> None:
    write_email(
        recipient=agreement.receiver.email,
        subject=_("Order {number} cancelled").format(number=agreement.number),
        body=_("Your order {number} is cancelled. What you paid is refunded.").format(
            number=agreement.number
        ),
        now=now,
    )


def _change_line(line: OrderLine, wanted: int) -> None:
    """Take what is wanted more from the stock, give back what is not, never more than was taken."""
    product = line.variant.product
    pool = lock_stock([product.pk])[product.pk]
    more = line.variant.pool_units * (wanted - line.ordered_quantity)
    if pool.is_on_demand:
        taken = max(0, line.pool_units + min(0, more))
    else:
        units = max(more, -line.pool_units)
        free = pool.on_hand_units - pool.reserved_units
        if units > max(0, free):
            free_count = max(0, free) // line.variant.pool_units
            raise SoldOut(product=product.name, left_count=line.ordered_quantity + free_count)
        pool.on_hand_units -= units
        pool.save(update_fields=["on_hand_units"])
        taken = line.pool_units + units
    line.ordered_quantity, line.pool_units = wanted, taken
    line.save(update_fields=["ordered_quantity", "pool_units"])
    Line.objects.filter(pk=line.pk).update(quantity=wanted)
