"""Orders that nobody fetched: declared, taken back, let go; and money that comes after all."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from essaim.core.agreements.models import Agreement, JournalEvent
from essaim.core.agreements.rules import State, WrongState
from essaim.core.bylaws.actions import adopt
from essaim.core.messages.models import OutgoingEmail
from essaim.core.payments import actions as payments
from essaim.core.payments.models import PaymentIntent, Refund
from essaim.kernel import clock
from essaim.trades.food_hub import actions, articles, desk_queries
from essaim.trades.food_hub.models import Order
from essaim.trades.food_hub.rules.pickup import never_fetched_from
from essaim.trades.food_hub.rules.refusals import NotClosedYet, ReasonMissing, StillAwaited
from essaim.trades.food_hub.statements import cycle_statement
from essaim.trades.food_hub.tests import cast as c
from essaim.trades.food_hub.tests import world as w
from essaim.trades.food_hub.tests.shop import balance, what_is_wrong

LATE = w.PICKUP + timedelta(hours=3, minutes=1)


@pytest.fixture
def cast(db):
    return c.gather()


@pytest.fixture
def closed(cast):
    cast.order = c.order(cast.world, means="card", jar=2)
    c.close(cast.world)
    return cast


def declare(cast, *, reason="Appelée deux fois", now=LATE):
    return actions.declare_never_fetched(
        order=cast.order, by=cast.world.manager, reason=reason, now=now
    )


def state(order):
    return Agreement.objects.get(pk=order.pk).state


def letters(text):
    return OutgoingEmail.objects.filter(body__contains=text).count()


def address(name, order):
    return reverse(f"food_hub:{name}", args=[order.agreement.public_id])


@given(delay=st.integers(0, 20_000), seconds=st.integers(0, 10**6))
def test_an_order_is_awaited_for_the_whole_delay_after_its_pickup_time(delay, seconds):
    until = never_fetched_from(slot_ends_at=w.PICKUP, delay_minutes=delay)

    assert until - w.PICKUP == timedelta(minutes=delay)
    assert until >= w.PICKUP


def test_a_negative_delay_is_a_bug():
    with pytest.raises(ValueError, match="delay_minutes"):
        never_fetched_from(slot_ends_at=w.PICKUP, delay_minutes=-1)


def test_what_nobody_fetched_stays_due_and_the_cycle_settles_to_the_cent(closed):
    declare(closed)

    closed.order.refresh_from_db()
    assert state(closed.order) == State.FULFILLED
    assert closed.order.never_fetched_reason == "Appelée deux fois"
    assert Refund.objects.count() == 0
    assert letters("Appelée deux fois") == 1
    actions.settle_cycle(cycle=closed.world.cycle, by=closed.world.manager, now=LATE)
    assert balance("orders:halle") == 0
    assert balance(f"payable:{closed.world.farm.slug}") > 0
    assert what_is_wrong() == []


def test_nothing_is_said_to_have_been_given(closed):
    declare(closed)

    assert not JournalEvent.objects.filter(phase=JournalEvent.Phase.EVENT).exists()


def test_declaring_twice_changes_nothing(closed):
    declare(closed)
    declare(closed, reason="Autre raison")

    closed.order.refresh_from_db()
    assert closed.order.never_fetched_reason == "Appelée deux fois"
    assert OutgoingEmail.objects.filter(body__contains="Autre raison").count() == 0


def test_what_was_not_paid_is_still_owed_and_can_be_taken_later(cast):
    cast.order = c.order(cast.world, means="cash", jar=2)
    c.close(cast.world)

    declare(cast)
    due = payments.expected_payment(Agreement.objects.get(pk=cast.order.pk)).amount_cents
    assert letters("devez encore 16,00") == 1
    actions.settle_cycle(cycle=cast.world.cycle, by=cast.world.manager, now=LATE)
    actions.take_payment(order=cast.order, means="cash", by=cast.world.manager, now=LATE)

    assert due == 1600
    assert balance("due:halle") == 0
    assert balance("cash:halle") == -1600
    assert what_is_wrong() == []


def test_nobody_is_given_up_before_the_voted_delay_is_over(closed):
    ends_at = closed.world.slot.ends_at
    too_early = ends_at + timedelta(minutes=59, seconds=59)

    with pytest.raises(StillAwaited) as refusal:
        declare(closed, now=too_early)
    assert refusal.value.details == {"until": ends_at + timedelta(minutes=60)}
    assert state(closed.order) == State.ACCEPTED
    assert not letters("Appelée")

    adopt(
        article=articles.FETCH_DELAY, value=0, effective_at=ends_at, adopted_by="AG",
        recorded_by=closed.world.manager, now=ends_at,
    )  # fmt: skip
    declare(closed, now=too_early)
    assert state(closed.order) == State.FULFILLED


@pytest.mark.parametrize("reason", ["", "  \n "])
@pytest.mark.parametrize("act", [actions.declare_never_fetched, actions.let_go])
def test_a_reason_is_asked_for(closed, act, reason):
    with pytest.raises(ReasonMissing):
        act(order=closed.order, by=closed.world.manager, reason=reason, now=LATE)

    assert state(closed.order) == State.ACCEPTED


def test_orders_that_can_still_change_are_not_given_up(cast):
    cast.order = c.order(cast.world, means="card")

    with pytest.raises(NotClosedYet):
        declare(cast)


def test_what_was_handed_over_is_not_given_up(closed):
    actions.hand_over(order=closed.order, by=closed.world.manager, now=w.AFTER)

    for act in (actions.declare_never_fetched, actions.let_go):
        with pytest.raises(WrongState):
            act(order=closed.order, by=closed.world.manager, reason="Personne", now=LATE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=closed.order.pk).update(never_fetched_at=LATE)


def test_somebody_came_after_all_until_the_settlement(closed):
    declare(closed)

    actions.take_back_never_fetched(order=closed.order, by=closed.world.manager, now=LATE)
    assert state(closed.order) == State.ACCEPTED
    actions.hand_over(order=closed.order, by=closed.world.manager, now=LATE)

    assert state(closed.order) == State.FULFILLED
    assert what_is_wrong() == []


def test_after_the_settlement_it_is_too_late(closed):
    declare(closed)
    actions.settle_cycle(cycle=closed.world.cycle, by=closed.world.manager, now=LATE)

    with pytest.raises(WrongState):
        actions.take_back_never_fetched(order=closed.order, by=closed.world.manager, now=LATE)

    closed.order.refresh_from_db()
    assert closed.order.never_fetched_at is not None


def test_an_order_let_go_is_refunded_and_pays_nobody(closed):
    actions.let_go(order=closed.order, by=closed.world.manager, reason="Hospitalisée", now=LATE)

    assert state(closed.order) == State.CANCELLED
    assert Refund.objects.get().amount_cents == 1600
    assert letters("Hospitalisée") == 1
    actions.settle_cycle(cycle=closed.world.cycle, by=closed.world.manager, now=LATE)
    assert balance("orders:halle") == balance(f"payable:{closed.world.farm.slug}") == 0
    assert what_is_wrong() == []


def test_money_is_recorded_at_the_hand_over_or_after_it_once(cast):
    cast.order = c.order(cast.world, means="bank-transfer", jar=1)
    c.close(cast.world)
    actions.hand_over(order=cast.order, by=cast.world.manager, now=w.AFTER)
    browser, said = cast.browser("worker"), {"means": "cash", "idempotency_key": "tap"}
    page = browser.get(address("desk_order", cast.order)).content.decode()

    first = browser.post(address("desk_money", cast.order), said)
    browser.post(address("desk_money", cast.order), said)
    browser.post(address("desk_money", cast.order), {"means": "cash"})

    assert "Payé en espèces" in page
    assert first.url == address("desk_order", cast.order)
    assert balance("cash:halle") == -800
    assert PaymentIntent.objects.get(agreement=cast.order.pk).state == "paid"
    assert what_is_wrong() == []
    assert "Payé en espèces" not in browser.get(first.url).content.decode()


@pytest.mark.parametrize("means", ["card", "", "or", None])
def test_only_money_in_hand_or_in_the_bank_is_recorded(cast, means):
    cast.order = c.order(cast.world, means="cash")
    c.close(cast.world)

    cast.browser("worker").post(
        address("desk_money", cast.order), {} if means is None else {"means": means}
    )

    assert PaymentIntent.objects.get(agreement=cast.order.pk).state == "waiting"


def test_no_money_is_taken_for_an_order_that_was_given_up(cast):
    cast.order = c.order(cast.world, means="cash")
    actions.cancel_order(order=cast.order, by=cast.world.buyer, now=w.NOW)

    with pytest.raises(WrongState):
        actions.take_payment(order=cast.order, means="cash", by=cast.world.manager, now=w.NOW)


@pytest.mark.parametrize("door", ["desk_money", "desk_fetching", "desk_dispute"])
@pytest.mark.parametrize("who", ["producer", "other_manager", "buyer"])
def test_only_those_of_the_hub_decide(closed, door, who):
    said = {"means": "cash", "what": "never", "reason": "Personne"}

    answer = closed.browser(who).post(address(door, closed.order), said)

    assert answer.status_code == 404
    assert state(closed.order) == State.ACCEPTED


def test_the_desk_says_that_nobody_came_then_waits_again(closed, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATE)
    browser, order = closed.browser("worker"), closed.order
    door = address("desk_fetching", order)
    assert "Personne n’est venu" in browser.get(address("desk_order", order)).content.decode()

    refused = browser.post(door, {"what": "never", "reason": " "})
    done = browser.post(door, {"what": "never", "reason": "Personne au téléphone"})
    page = browser.get(address("desk_order", order)).content.decode()
    buyer = closed.browser("buyer").get(address("order", order)).content.decode()

    assert refused.status_code == 422
    assert "Dites pourquoi" in refused.content.decode()
    assert done.url == address("desk_order", order)
    assert "Personne au téléphone" in page
    assert "jamais retirée" in buyer
    browser.post(door, {"what": "again"})
    assert state(order) == State.ACCEPTED


def test_the_desk_offers_nothing_of_it_while_the_order_is_awaited(closed, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: w.AFTER)

    page = closed.browser("worker").get(address("desk_order", closed.order)).content.decode()

    assert "Personne n’est venu" not in page


@pytest.fixture
def disputed(closed):
    actions.hand_over(order=closed.order, by=closed.world.manager, now=w.AFTER)
    intent = PaymentIntent.objects.get(agreement=closed.order.pk)
    payments.charge_back(intent=intent, amount_cents=1600, key="bank", now=LATE)
    return closed


def test_a_manager_ends_a_dispute_and_the_cycle_settles(disputed):
    browser, order = disputed.browser("manager"), disputed.order
    hub = browser.get(reverse("food_hub:desk_hub", args=["halle"])).content.decode()
    page = browser.get(address("desk_order", order)).content.decode()
    assert address("desk_order", order) in hub
    assert "Clore le litige" in page

    without = browser.post(address("desk_dispute", order), {"reason": ""})
    browser.post(address("desk_money", order), {"means": "cash"})
    ended = browser.post(address("desk_dispute", order), {"reason": "Payé en main propre"})

    assert without.status_code == 422
    assert ended.url == address("desk_order", order)
    assert state(order) == State.FULFILLED
    actions.settle_cycle(cycle=disputed.world.cycle, by=disputed.world.manager, now=LATE)
    assert balance("due:halle") == balance("orders:halle") == 0
    assert what_is_wrong() == []


def test_a_worker_sees_the_dispute_but_does_not_end_it(disputed):
    browser = disputed.browser("worker")

    page = browser.get(address("desk_order", disputed.order)).content.decode()
    answer = browser.post(address("desk_dispute", disputed.order), {"reason": "Fini"})

    assert "Clore le litige" not in page
    assert answer.status_code == 404
    assert state(disputed.order) == State.DISPUTED


def test_an_order_disputed_before_pickup_is_found_at_the_desk_and_handed_over(closed):
    intent = PaymentIntent.objects.get(agreement=closed.order.pk)
    payments.charge_back(intent=intent, amount_cents=1600, key="bank", now=w.CLOSING)
    browser = closed.browser("worker")

    listed = browser.get(
        reverse("food_hub:desk_pickup", args=[closed.world.cycle.public_id])
    ).content.decode()
    browser.post(address("desk_hand_over", closed.order), {"paid": "yes"})

    assert closed.order.agreement.number in listed
    assert state(closed.order) == State.FULFILLED
    assert what_is_wrong() == []


def test_a_dispute_about_an_order_never_fetched_is_ended_too(closed):
    declare(closed)
    intent = PaymentIntent.objects.get(agreement=closed.order.pk)
    payments.charge_back(intent=intent, amount_cents=1600, key="bank", now=LATE)

    actions.end_dispute(order=closed.order, by=closed.world.manager, now=LATE, reason="Parlé")

    assert state(closed.order) == State.FULFILLED


def test_a_disputed_order_shows_its_lines_and_is_packed_until_it_is_given_up(closed):
    intent = PaymentIntent.objects.get(agreement=closed.order.pk)
    payments.charge_back(intent=intent, amount_cents=1600, key="bank", now=w.CLOSING)

    page = closed.browser("worker").get(address("desk_order", closed.order)).content.decode()

    assert "2 × Miel de tilleul" in page
    assert len(desk_queries.lines(order__cycle=closed.world.cycle)) == 1
    assert desk_queries.figures([closed.world.cycle])[closed.world.cycle.pk].to_hand_over_count == 1


def test_a_payment_taken_back_after_the_settlement_leaves_the_statement_as_it_was(closed):
    actions.hand_over(order=closed.order, by=closed.world.manager, now=w.AFTER)
    actions.settle_cycle(cycle=closed.world.cycle, by=closed.world.manager, now=w.AFTER)
    closed.world.cycle.refresh_from_db()
    before = cycle_statement(closed.world.cycle, closed.world.farm).due_cents
    intent = PaymentIntent.objects.get(agreement=closed.order.pk)

    payments.charge_back(intent=intent, amount_cents=1600, key="bank", now=LATE)

    after = cycle_statement(closed.world.cycle, closed.world.farm).due_cents
    assert after == before == balance(f"payable:{closed.world.farm.slug}") > 0
    assert what_is_wrong() == []
