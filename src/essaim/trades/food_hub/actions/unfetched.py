"""Orders that nobody fetched: declared so, taken back while it can be, or let go."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from essaim.core.agreements import actions as agreement_actions
from essaim.core.agreements.models import Agreement
from essaim.core.agreements.rules import State, WrongState
from essaim.core.bylaws import queries as bylaws
from essaim.core.members.models import Member
from essaim.core.messages.actions import write_email
from essaim.core.payments import actions as payment_actions
from essaim.kernel.money import format_euros
from essaim.trades.food_hub import articles
from essaim.trades.food_hub.actions.undoing import lock_order, undo
from essaim.trades.food_hub.models import Order, OrderCycle
from essaim.trades.food_hub.rules.pickup import never_fetched_from
from essaim.trades.food_hub.rules.refusals import NotClosedYet, ReasonMissing, StillAwaited

AWAITED = (State.ACCEPTED, State.DISPUTED)
REASON_CHARS_MAX = 300


@transaction.atomic
def declare_never_fetched(*, order: Order, by: Member, reason: str, now: datetime) -> Agreement:
    """Say that nobody came for an order: it stays due, its producers are paid, nothing is refunded.

    What was not paid yet is still owed. Declaring twice changes nothing.

    Raises:
        ReasonMissing: no reason. NotClosedYet: orders can still change.
        StillAwaited: too early; `details` has `until`.
        WrongState: it was handed over, cancelled or settled.
    """
    order, agreement = lock_order(order)
    if order.never_fetched_at is not None:
        return agreement
    reason = _check_given_up(order, agreement, reason, now)
    agreement = agreement_actions.move(
        agreement=agreement, to_state=State.FULFILLED, by=by, now=now,
        reason=f"never fetched: {reason}"[:200],
    )  # fmt: skip
    order.never_fetched_at, order.never_fetched_reason = now, reason
    order.save(update_fields=["never_fetched_at", "never_fetched_reason"])
    due = payment_actions.expected_payment(agreement)
    owed = (
        _("It was made for you: it stays due, and you still owe {amount}.").format(
            amount=format_euros(due.amount_cents)
        )
        if due
        else _("It was made for you: its producers are paid, and it is not refunded.")
    )
    nobody = _("Nobody came for your order {number}.").format(number=agreement.number)
    _tell(agreement, [nobody, owed, _said(reason)], now)
    return agreement


@transaction.atomic
def take_back_never_fetched(*, order: Order, by: Member, now: datetime) -> Agreement:
    """Wait for the buyer again: somebody came after all. Once settled it is too late.

    Raises:
        WrongState: the cycle is settled, or the order is disputed.
    """
    order, agreement = lock_order(order)
    if order.never_fetched_at is None:
        return agreement
    agreement = agreement_actions.move(
        agreement=agreement, to_state=State.ACCEPTED, by=by, now=now, reason="awaited again"
    )
    order.never_fetched_at, order.never_fetched_reason = None, ""
    order.save(update_fields=["never_fetched_at", "never_fetched_reason"])
    again = _("The hub waits for you again: your order {number} is still there.")
    _tell(agreement, [again.format(number=agreement.number)], now)
    return agreement


@transaction.atomic
def let_go(*, order: Order, by: Member, reason: str, now: datetime) -> Agreement:
    """Give up an order that nobody fetched: the buyer is refunded and nobody is paid. For good.

    Its goods are counted in the stock again; the producer takes off what did not keep.

    Raises:
        As `declare_never_fetched`.
    """
    order, agreement = lock_order(order)
    reason = _check_given_up(order, agreement, reason, now)
    agreement = agreement_actions.move(
        agreement=agreement, to_state=State.CANCELLED, by=by, now=now, reason=reason[:200]
    )
    undo(order, agreement, now, "let go")
    gone = _("Nobody came for your order {number}, and the hub lets it go.")
    owed = _("You owe nothing; what you paid is refunded.")
    _tell(agreement, [gone.format(number=agreement.number), owed, _said(reason)], now)
    return agreement


def awaited_until(order: Order, *, at: datetime) -> datetime:
    """Until when an order can be fetched, by the rule in force (1 query); needs its slot."""
    delay_minutes = bylaws.value(articles.FETCH_DELAY, at=at)
    return never_fetched_from(slot_ends_at=order.slot.ends_at, delay_minutes=delay_minutes)


def _check_given_up(order: Order, agreement: Agreement, reason: str, now: datetime) -> str:
    reason = " ".join(reason.split())[:REASON_CHARS_MAX]
    if not reason:
        raise ReasonMissing
    if order.cycle.state == OrderCycle.State.OPEN:
        raise NotClosedYet
    is_closed = order.cycle.state == OrderCycle.State.CLOSED
    is_fetched = order.handed_over_at is not None or order.never_fetched_at is not None
    if agreement.state not in AWAITED or not is_closed or is_fetched:
        raise WrongState(state=agreement.state)
    until = awaited_until(order, at=now)
    if now < until:
        raise StillAwaited(until=until)
    return reason


def _said(reason: str) -> str:
    return _("What the hub says: {reason}").format(reason=reason)


def _tell(agreement: Agreement, sentences: list[str], now: datetime) -> None:
    write_email(
        recipient=agreement.receiver.email,
        subject=_("Your order {number}").format(number=agreement.number),
        body="\n\n".join(sentences),
        now=now,
    )
