"""Changing, cancelling, expiring: stock, fund, ledger and payments go back to where they were."""

from datetime import timedelta

import pytest
from django.db import transaction

from essaim.core.agreements.rules import WrongState
from essaim.core.payments import actions as payments
from essaim.core.payments.models import PaymentIntent, Refund
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.actions.paying import pay_otherwise
from essaim.trades.food_hub.models import PickupSlot
from essaim.trades.food_hub.rules.refusals import (
    BadQuantity,
    CycleNotOpen,
    FundTooSmall,
    SoldOut,
)
from essaim.trades.food_hub.tests import world as w
from essaim.trades.food_hub.tests.shop import (
    balance,
    buy,
    fill_fund,
    fund,
    intent_of,
    line_of,
    pool,
    state,
    total,
    what_is_wrong,
)

pytestmark = pytest.mark.django_db
TOO_LATE = w.NOW + timedelta(days=1)


@pytest.fixture
def world():
    return w.build()


def pay(order):
    return payments.record_payment(intent=intent_of(order), now=w.NOW)


def change(order, quantity, *, variant=None):
    line = line_of(order, variant)
    return actions.change_order(
        order=order, quantities={line.pk: quantity}, by=order.agreement.receiver, now=w.NOW
    )


def cancel(order, **more):
    return actions.cancel_order(order=order, by=order.agreement.receiver, now=w.NOW, **more)


def owed():
    return balance("due:halle")


@pytest.mark.parametrize("means", ["card", "cash", "bank-transfer"])
@pytest.mark.parametrize("is_paid", [True, False])
@pytest.mark.parametrize("solidarity_bps", [-2000, 0, 3000])
def test_a_cancelled_order_leaves_everything_as_before(world, means, is_paid, solidarity_bps):
    fill_fund(world.hub, 1000)
    order = buy(world, world.jar, 3, means=means, solidarity_bps=solidarity_bps)
    if is_paid:
        pay(order)

    cancel(order)

    is_firm = is_paid or means != "card"
    assert state(order) == ("cancelled" if is_firm else "withdrawn")
    assert pool(world.honey) == (24, 0)
    assert (owed(), balance("orders:halle"), fund(world.hub)) == (0, 0, 1000)
    assert Refund.objects.count() == int(is_paid)
    assert what_is_wrong() == []


def test_an_order_is_cancelled_once(world):
    order = buy(world, world.jar, 3)
    cancel(order)

    with pytest.raises(WrongState), transaction.atomic():
        cancel(order)

    assert pool(world.honey) == (24, 0)


def test_a_long_reason_is_no_reason_to_fail(world):
    order = buy(world, world.jar, 3, means="card")
    pay(order)

    cancel(order, reason="é" * 300)

    assert what_is_wrong() == []


@pytest.mark.parametrize("at", [w.CLOSING, w.PICKUP])
def test_nothing_is_changed_or_cancelled_once_orders_are_closed(world, at):
    order = buy(world, world.jar, 3)

    with pytest.raises(CycleNotOpen), transaction.atomic():
        actions.cancel_order(order=order, by=world.buyer, now=at)
    with pytest.raises(CycleNotOpen), transaction.atomic():
        actions.change_order(order=order, quantities={}, by=world.buyer, now=at)

    assert (state(order), total(order)) == ("accepted", 2400)


def test_after_several_changes_and_refunds_a_cancelled_order_gives_back_the_rest(world):
    fill_fund(world.hub, 1000)
    order = buy(world, world.jar, 4, means="card", solidarity_bps=-1000)
    pay(order)
    for quantity in (2, 5, 1, 3):
        change(order, quantity)
        assert what_is_wrong() == []

    cancel(order)

    assert (owed(), fund(world.hub), pool(world.honey)) == (0, 1000, (24, 0))
    assert sum(refund.amount_cents for refund in Refund.objects.all()) == 2880
    assert what_is_wrong() == []


def test_the_same_difference_is_refunded_each_time_it_happens(world):
    order = buy(world, world.jar, 2, means="card")
    pay(order)
    change(order, 1)
    change(order, 2)
    pay(order)

    change(order, 1)

    assert owed() == 0
    assert what_is_wrong() == []


def test_a_change_follows_the_price_down_the_fund_gets_its_part_back(world):
    fill_fund(world.hub, 480)
    order = buy(world, world.jar, 3, solidarity_bps=-2000)
    assert fund(world.hub) == 0

    change(order, 1)

    assert (total(order), fund(world.hub)) == (640, 320)
    assert what_is_wrong() == []


def test_a_change_that_the_fund_cannot_follow_is_refused_and_changes_nothing(world):
    fill_fund(world.hub, 160)
    order = buy(world, world.jar, 1, solidarity_bps=-2000)

    with pytest.raises(FundTooSmall), transaction.atomic():
        change(order, 2)

    assert (total(order), fund(world.hub), pool(world.honey)) == (640, 0, (23, 0))
    assert line_of(order).ordered_quantity == 1
    assert what_is_wrong() == []


def test_more_than_there_is_cannot_be_ordered_by_changing(world):
    order = buy(world, world.jar, 20)
    world.put(world.jar, 3, member=w.member("zoe"))

    with pytest.raises(SoldOut) as refusal, transaction.atomic():
        change(order, 22)
    change(order, 21)

    assert refusal.value.details == {"product": "Miel de tilleul", "left_count": 21}
    assert pool(world.honey) == (3, 3)


@pytest.mark.parametrize("quantity", [-1, 1000, 0])
def test_an_absurd_change_or_an_empty_order_is_refused(world, quantity):
    order = buy(world, world.jar, 3)

    with pytest.raises(BadQuantity), transaction.atomic():
        change(order, quantity)

    assert pool(world.honey) == (21, 0)


def test_the_line_of_somebody_elses_order_is_not_changed(world):
    mine, theirs = buy(world, world.jar, 3), buy(world, world.jar, 2, member=w.member("zoe"))

    actions.change_order(order=mine, quantities={line_of(theirs).pk: 9}, by=world.buyer, now=w.NOW)

    assert line_of(theirs).ordered_quantity == 2
    assert pool(world.honey) == (19, 0)


def test_a_free_order_that_grows_is_asked_for(world):
    world.cycle.offers.filter(variant=world.tomme).update(price_cents=0)
    world.put(world.jar, 1)
    order = buy(world, world.tomme, 2)
    change(order, 0, variant=world.jar)
    assert intent_of(order) is None

    change(order, 1, variant=world.jar)

    assert intent_of(order).amount_cents == total(order) == 800


@pytest.mark.parametrize("is_first_on_demand", [True, False])
def test_goods_made_on_demand_are_never_given_back_to_a_stock(world, is_first_on_demand):
    def switch(is_on_demand):
        actions.set_stock(product=world.honey, on_hand_units=10, is_on_demand=is_on_demand)

    switch(is_first_on_demand)
    order = buy(world, world.jar, 5)
    switch(not is_first_on_demand)

    change(order, 2)
    change(order, 4)
    cancel(order)

    assert pool(world.honey) == (10, 0)
    assert what_is_wrong() == []


def test_a_place_is_free_again_and_never_counted_below_zero(world):
    PickupSlot.objects.update(capacity=2)
    order, uncounted = buy(world, world.jar, 1), None
    cancel(order)
    assert PickupSlot.objects.get().taken_count == 0

    PickupSlot.objects.update(capacity=None)
    uncounted = buy(world, world.jar, 1)
    PickupSlot.objects.update(capacity=2)
    cancel(uncounted)

    assert PickupSlot.objects.get().taken_count == 0


def test_an_order_not_paid_in_time_expires_once_and_one_paid_does_not(world):
    late = buy(world, world.jar, 3, means="card")
    paid = buy(world, world.jar, 2, means="card", member=w.member("zoe"))
    cash = buy(world, world.jar, 1, member=w.member("ali"))
    pay(paid)

    assert actions.expire_unpaid(now=TOO_LATE) == 1
    assert actions.expire_unpaid(now=TOO_LATE) == 0

    assert [state(order) for order in (late, paid, cash)] == ["expired", "accepted", "accepted"]
    assert pool(world.honey) == (21, 0)
    assert what_is_wrong() == []


def test_money_that_comes_after_the_time_is_given_back(world):
    order = buy(world, world.jar, 3, means="card")
    intent = intent_of(order)
    actions.expire_unpaid(now=TOO_LATE)

    payments.record_payment(intent=intent, now=TOO_LATE)

    assert state(order) == "expired"
    assert (owed(), balance("card:halle")) == (0, 0)
    assert what_is_wrong() == []


def test_closing_expires_what_is_not_paid_and_keeps_what_is_paid_at_pickup(world):
    card = buy(world, world.jar, 3, means="card")
    cash = buy(world, world.jar, 2, means="cash", member=w.member("zoe"))

    actions.close_cycle(cycle=world.cycle, now=w.CLOSING)

    assert (state(card), state(cash)) == ("expired", "accepted")
    assert pool(world.honey) == (22, 0)
    assert what_is_wrong() == []


def test_paying_otherwise_makes_an_order_firm_and_a_late_card_is_given_back(world):
    order = buy(world, world.jar, 3, means="card")
    card = intent_of(order)
    pay_otherwise(order=order, means="cash", by=world.buyer, now=w.NOW)
    assert state(order) == "accepted"
    pay(order)

    payments.record_payment(intent=card, now=w.NOW)

    assert sum(row.refunded_cents for row in PaymentIntent.objects.all()) == 2400
    assert owed() == 0
    assert what_is_wrong() == []
