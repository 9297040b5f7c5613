"""Changing, cancelling and expiring orders: stock, ledger and payment follow, whole or not at all."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from essaim.core.agreements import actions as agreement_actions
from essaim.core.agreements.models import Agreement, Line
from essaim.core.agreements.rules import State, WrongState
from essaim.core.bylaws import queries as bylaws
from essaim.core.ledger.actions import reverse
from essaim.core.ledger.models import Transfer
from essaim.core.members.models import Member
from essaim.core.messages.actions import write_email
from essaim.core.payments import actions as payment_actions
from essaim.core.payments.rules import IntentState
from essaim.trades.food_hub import articles
from essaim.trades.food_hub.actions import repricing
from essaim.trades.food_hub.actions.basket import QUANTITY_MAX, check_taking_orders, tell_who_waits
from essaim.trades.food_hub.models import Order, OrderCycle, OrderLine, PickupSlot, StockPool
from essaim.trades.food_hub.rules.refusals import BadQuantity, SoldOut

GIVE_BACK = """
WITH back AS (
    SELECT id, sum(units) AS units FROM unnest(%(products)s::bigint[], %(units)s::bigint[]) AS b(id, units)
     GROUP BY id
), locked AS (
    SELECT product_id FROM food_hub_stockpool
     WHERE product_id = ANY(%(products)s::bigint[]) ORDER BY product_id FOR UPDATE
)
UPDATE food_hub_stockpool AS pool SET on_hand_units = pool.on_hand_units + back.units
  FROM back JOIN locked ON locked.product_id = back.id
 WHERE pool.product_id = back.id AND NOT pool.is_on_demand
   AND pool.on_hand_units + back.units >= pool.reserved_units
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
    _undo(order, agreement, now, reason or "cancelled")
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
        SoldOut: not enough left for an increase. Nothing changed.
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


@transaction.atomic
def expire_unpaid(*, now: datetime, limit: int = 200) -> int:
    """Expire card orders not paid in the voted time; return how many (worker)."""
    minutes = bylaws.value(articles.PAYMENT_MINUTES, at=now)
    due = (
        Order.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(
            agreement__state=State.PROPOSED,
            agreement__proposed_at__lte=now - timedelta(minutes=minutes),
        )
        .order_by("pk")[:limit]
    )
    return sum(_expire(order, now) for order in due)


def expire_unpaid_of(*, cycle: OrderCycle, now: datetime) -> int:
    """Expire every unpaid card order of a cycle that closes; return how many."""
    due = Order.objects.filter(cycle=cycle, agreement__state=State.PROPOSED).order_by("pk")
    return sum(_expire(order, now) for order in due)


def lock_order(order: Order) -> tuple[Order, Agreement]:
    """Lock the agreement of an order, then read both afresh."""
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


def _expire(order: Order, now: datetime) -> int:
    order, agreement = lock_order(order)
    if agreement.state != State.PROPOSED:
        return 0
    agreement_actions.move(
        agreement=agreement, to_state=State.EXPIRED, by=None, now=now, reason="not paid in time"
    )
    _undo(order, agreement, now, "not paid in time")
    return 1


def _undo(order: Order, agreement: Agreement, now: datetime, reason: str) -> None:
    give_back_stock(order, now)
    if order.slot.capacity is not None:
        slot = PickupSlot.objects.select_for_update(of=("self",)).get(pk=order.slot_id)
        slot.taken_count -= 1
        slot.save(update_fields=["taken_count"])
    for transfer in Transfer.objects.filter(
        reference=agreement.public_id, kind__in=["order-placed", "order-repriced"], reverses=None,
        reversed_by=None,
    ).order_by("posted_at"):  # fmt: skip
        reverse(transfer=transfer, key=f"undo:{transfer.pk}", memo=reason, now=now)
    for intent in agreement.payments.order_by("pk"):
        left = payment_actions.left_to_refund(intent)
        if left:
            payment_actions.refund(
                intent=intent, amount_cents=left, reason=reason, key=f"undo:{intent.public_id}",
                now=now,
            )  # fmt: skip
        elif intent.state == IntentState.WAITING:
            intent.state = IntentState.CANCELLED.value
            intent.save(update_fields=["state"])
    write_email(
        recipient=agreement.receiver.email,
        subject=_("Order {number} cancelled").format(number=agreement.number),
        body=_("Your order {number} is cancelled. What you paid is refunded.").format(
            number=agreement.number
        ),
        now=now,
    )


def _change_line(line: OrderLine, wanted: int) -> None:
    per_pack = line.variant.pool_units
    units = per_pack * wanted - line.pool_units
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE food_hub_stockpool SET on_hand_units = on_hand_units -"
            " CASE WHEN is_on_demand THEN 0 ELSE %(units)s END"
            " WHERE product_id = %(product)s AND (is_on_demand OR"
            " on_hand_units - %(units)s >= reserved_units) RETURNING 1",
            {"units": units, "product": line.variant.product_id},
        )
        if cursor.fetchone() is None:
            pool = StockPool.objects.get(pk=line.variant.product_id)
            free_count = (pool.on_hand_units - pool.reserved_units) // per_pack
            raise SoldOut(
                product=line.variant.product.name, left_count=line.ordered_quantity + free_count
            )
    line.ordered_quantity, line.pool_units = wanted, per_pack * wanted
    line.save(update_fields=["ordered_quantity", "pool_units"])
    Line.objects.filter(pk=line.pk).update(quantity=wanted)
