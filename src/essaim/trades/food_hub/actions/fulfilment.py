"""Weighing, missing items, handing over: what really happened to an order."""

from datetime import datetime

from django.db import transaction

from essaim.core.agreements import actions as agreement_actions
from essaim.core.agreements.models import Agreement, JournalEvent
from essaim.core.agreements.rules import GIVEN_UP, State, WrongState
from essaim.core.members.models import Member
from essaim.core.payments import actions as payment_actions
from essaim.trades.food_hub.actions import repricing
from essaim.trades.food_hub.actions.undoing import lock_order
from essaim.trades.food_hub.models import Order, OrderCycle, OrderLine
from essaim.trades.food_hub.rules.refusals import (
    BadWeight,
    NotClosedYet,
    NotWeighed,
    TooManyMissing,
)

WEIGHT_G_MAX = 1_000_000


@transaction.atomic
def record_weight(*, line: OrderLine, real_weight_g: int | None, now: datetime) -> OrderLine:
    """Write what a weighed line really weighs, all its packs together; None takes it back.

    The price follows within the tolerance agreed; a buyer who paid too much is refunded at once.

    Raises:
        NotWeighed: this product has a fixed price. BadWeight: absurd.
        NotClosedYet, WrongState: too early or too late.
    """
    order, agreement = _lock_for_preparing(line)
    if not line.is_weighed:
        raise NotWeighed
    if real_weight_g is not None and not 1 <= real_weight_g <= WEIGHT_G_MAX:
        raise BadWeight(weight_max_g=WEIGHT_G_MAX)
    line.real_weight_g = real_weight_g
    line.save(update_fields=["real_weight_g"])
    repricing.reprice_as_given(order=order, agreement=agreement, now=now)
    return line


@transaction.atomic
def mark_missing(*, line: OrderLine, missing_count: int, now: datetime) -> OrderLine:
    """Write how many packs of a line did not come; they cost nothing, and are refunded if paid.

    Raises:
        TooManyMissing: more than ordered. NotClosedYet, WrongState: too early or too late.
    """
    order, agreement = _lock_for_preparing(line)
    if not 0 <= missing_count <= line.ordered_quantity:
        raise TooManyMissing(ordered_count=line.ordered_quantity)
    line.missing_count = missing_count
    line.save(update_fields=["missing_count"])
    repricing.reprice_as_given(order=order, agreement=agreement, now=now)
    return line


@transaction.atomic
def hand_over(*, order: Order, by: Member, now: datetime, is_paid_here: bool = False) -> Agreement:
    """Tick an order as fetched; money taken at the counter is recorded in the same act.

    Handing over twice changes nothing.

    Raises:
        NotClosedYet: orders can still change. WrongState: cancelled or expired.
    """
    order, agreement = lock_order(order)
    if order.handed_over_at is not None:
        return agreement
    if order.cycle.state == OrderCycle.State.OPEN:
        raise NotClosedYet
    intent = payment_actions.expected_payment(agreement) if is_paid_here else None
    if intent is not None:
        # A card declined or never tried is replaced too: the money is in the cash box.
        intent = payment_actions.change_means(intent=intent, means="cash", now=now)
        payment_actions.record_payment(intent=intent, now=now, by=by)
        agreement.refresh_from_db()
    agreement = agreement_actions.move(
        agreement=agreement, to_state=State.FULFILLED, by=by, now=now
    )
    order.handed_over_at = now
    order.save(update_fields=["handed_over_at"])
    _write_journal(order, agreement, now)
    return agreement


@transaction.atomic
def take_payment(*, order: Order, means: str, by: Member, now: datetime) -> Agreement:
    """Record the money of an order taken at the desk, before, at or after it is handed over.

    Args:
        means: "cash" or "bank-transfer", whatever the buyer had first chosen.

    Taking twice changes nothing: once paid, nothing is expected any more.

    Raises:
        WrongState: the order was given up.
    """
    order, agreement = lock_order(order)
    if agreement.state in GIVEN_UP:
        raise WrongState(state=agreement.state)
    intent = payment_actions.expected_payment(agreement)
    if intent is not None:
        intent = payment_actions.change_means(intent=intent, means=means, now=now)
        payment_actions.record_payment(intent=intent, now=now, by=by)
        agreement.refresh_from_db()
    return agreement


@transaction.atomic
def end_dispute(*, order: Order, by: Member, now: datetime, reason: str = "") -> Agreement:
    """Close the dispute about an order that was fetched, or declared never fetched: it goes on.

    Raises:
        WrongState: it is not in dispute, or was never fetched (hand it over instead).
    """
    order, agreement = lock_order(order)
    is_over = order.handed_over_at is not None or order.never_fetched_at is not None
    if agreement.state != State.DISPUTED or not is_over:
        raise WrongState(state=agreement.state)
    is_settled = order.cycle.state == OrderCycle.State.SETTLED
    return agreement_actions.move(
        agreement=agreement, to_state=State.SETTLED if is_settled else State.FULFILLED, by=by,
        now=now, reason=reason,
    )  # fmt: skip


def _lock_for_preparing(line: OrderLine) -> tuple[Order, Agreement]:
    order, agreement = lock_order(line.order)
    if order.cycle.state == OrderCycle.State.OPEN:
        raise NotClosedYet
    if agreement.state != State.ACCEPTED:
        raise WrongState(state=agreement.state)
    line.refresh_from_db()
    return order, agreement


def _write_journal(order: Order, agreement: Agreement, now: datetime) -> None:
    """The history of what was really given, in grams for weighed goods, else in packs."""
    rows = []
    for line in order.order_lines.select_related("line").order_by("pk"):
        given = line.ordered_quantity - line.missing_count
        if not given:
            continue
        weight_g = line.real_weight_g
        rows.append(
            JournalEvent(
                agreement=agreement,
                trade=agreement.trade,
                phase=JournalEvent.Phase.EVENT,
                action=JournalEvent.Action.TRANSFER,
                provider_id=line.producer_id,
                receiver_id=agreement.receiver_id,
                resource=line.line.label,
                quantity=given if weight_g is None else weight_g,
                quantity_unit="item" if weight_g is None else "g",
                happened_at=now,
            )
        )
    JournalEvent.objects.bulk_create(rows)
