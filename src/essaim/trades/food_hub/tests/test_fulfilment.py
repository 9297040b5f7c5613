"""Weighed, missing, handed over, settled: what really happened decides what is paid and shared."""

import pytest
from django.db import transaction

from essaim.core.agreements.models import JournalEvent, Share
from essaim.core.agreements.rules import WrongState
from essaim.core.payments import actions as payments
from essaim.core.payments.models import PaymentIntent
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.actions.paying import pay_otherwise
from essaim.trades.food_hub.models import OrderCycle
from essaim.trades.food_hub.rules.refusals import (
    BadWeight,
    NotClosedYet,
    NotWeighed,
    TooManyMissing,
)
from essaim.trades.food_hub.tests import world as w
from essaim.trades.food_hub.tests.shop import (
    balance,
    buy,
    fill_fund,
    fund,
    intent_of,
    line_of,
    total,
    what_is_wrong,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return w.build()


def close(world):
    return actions.close_cycle(cycle=world.cycle, now=w.CLOSING)


def weigh(order, grams):
    return actions.record_weight(line=line_of(order), real_weight_g=grams, now=w.PICKUP)


def miss(order, count):
    return actions.mark_missing(line=line_of(order), missing_count=count, now=w.PICKUP)


def hand(world, order, **more):
    return actions.hand_over(order=order, by=world.manager, now=w.PICKUP, **more)


def test_nothing_is_weighed_missed_or_handed_over_while_orders_are_open(world):
    order = buy(world, world.tomme, 2)

    for act in (lambda: weigh(order, 700), lambda: miss(order, 1), lambda: hand(world, order)):
        with pytest.raises(NotClosedYet), transaction.atomic():
            act()

    assert total(order) == 1948


def test_what_cannot_be_is_refused(world):
    jar, tomme = buy(world, world.jar, 2), buy(world, world.tomme, 2)
    close(world)

    with pytest.raises(NotWeighed), transaction.atomic():
        weigh(jar, 500)
    for grams in (0, -1, 1_000_001):
        with pytest.raises(BadWeight), transaction.atomic():
            weigh(tomme, grams)
    for count in (-1, 3):
        with pytest.raises(TooManyMissing), transaction.atomic():
            miss(tomme, count)

    assert what_is_wrong() == []


@pytest.mark.parametrize("means", ["card", "cash"])
def test_any_weights_and_misses_of_one_line_end_where_the_last_ones_say(world, means):
    order = buy(world, world.tomme, 2, means=means)
    if means == "card":
        payments.record_payment(intent=intent_of(order), now=w.NOW)
    close(world)

    seen = []
    for act, value in (
        (weigh, 700), (miss, 1), (weigh, 380), (miss, 2), (miss, 0), (weigh, 900), (weigh, None),
    ):  # fmt: skip
        act(order, value)
        seen.append(total(order))
        assert what_is_wrong() == []

    # 700 g; one pack, at most 440 g; 380 g; nothing; 380 g for two; at most 880 g; as ordered.
    assert seen == [1705, 1071, 925, 0, 925, 2143, 1948]


def test_all_missing_then_found_is_asked_again_and_can_be_paid_at_the_desk(world):
    order = buy(world, world.tomme, 2)
    close(world)
    miss(order, 2)
    assert intent_of(order) is None

    miss(order, 0)
    hand(world, order, is_paid_here=True)

    assert balance("cash:halle") == -1948
    assert balance("due:halle") == 0
    assert what_is_wrong() == []


def test_a_heavier_piece_is_weighed_even_if_the_fund_is_empty(world):
    fill_fund(world.hub, 400)
    order = buy(world, world.tomme, 2, solidarity_bps=-2000)
    close(world)
    assert (total(order), fund(world.hub)) == (1558, 10)

    weigh(order, 880)

    # 20 % of 21.43 € are 4.29 €: the fund gives the 4.00 € it has, the buyer pays the rest.
    assert (total(order), fund(world.hub)) == (1743, 0)
    shares = Share.objects.filter(agreement=order.pk)
    assert shares.get(role="solidarity").amount_cents == -400
    assert what_is_wrong() == []


def test_a_lighter_piece_gives_the_fund_its_part_back_and_a_correction_takes_it_again(world):
    fill_fund(world.hub, 500)
    order = buy(world, world.tomme, 2, solidarity_bps=-2000)
    close(world)
    ordered = (total(order), fund(world.hub))

    weigh(order, 400)
    lighter = fund(world.hub)
    weigh(order, 800)

    assert lighter > ordered[1]
    assert (total(order), fund(world.hub)) == ordered
    assert what_is_wrong() == []


def test_handing_over_takes_the_money_whatever_was_said_before(world):
    orders = {
        means: buy(world, world.jar, 1, means=means, member=w.member(means))
        for means in ("cash", "bank-transfer")
    }
    declined = buy(world, world.jar, 1)
    pay_otherwise(order=declined, means="card", by=world.buyer, now=w.NOW)
    payments.record_failure(intent=intent_of(declined), failure="declined")
    close(world)

    for order in (*orders.values(), declined):
        hand(world, order, is_paid_here=True)
        hand(world, order, is_paid_here=True)

    assert balance("cash:halle") == -2400
    assert balance("due:halle") == 0
    assert what_is_wrong() == []


def test_a_card_paid_after_the_desk_took_cash_is_given_back(world):
    order = buy(world, world.jar, 1)
    pay_otherwise(order=order, means="card", by=world.buyer, now=w.NOW)
    card = intent_of(order)
    close(world)
    hand(world, order, is_paid_here=True)

    payments.record_payment(intent=card, now=w.AFTER)

    assert (balance("cash:halle"), balance("card:halle")) == (-800, 0)
    assert what_is_wrong() == []


def test_what_is_given_is_written_once_in_the_history_in_grams_or_packs(world):
    world.put(world.jar, 2)
    order = buy(world, world.tomme, 2)
    close(world)
    actions.record_weight(line=line_of(order, world.tomme), real_weight_g=777, now=w.PICKUP)
    actions.mark_missing(line=line_of(order, world.jar), missing_count=1, now=w.PICKUP)

    hand(world, order)
    hand(world, order)

    events = JournalEvent.objects.filter(phase="event").order_by("pk")
    assert sorted(events.values_list("quantity", "quantity_unit")) == [(1, "item"), (777, "g")]


def test_an_order_given_up_is_neither_prepared_nor_handed_over(world):
    order = buy(world, world.tomme, 2)
    actions.cancel_order(order=order, by=world.buyer, now=w.NOW)
    close(world)

    for act in (lambda: weigh(order, 700), lambda: miss(order, 1), lambda: hand(world, order)):
        with pytest.raises(WrongState), transaction.atomic():
            act()

    assert OrderCycle.objects.get().state == "closed"
    assert not PaymentIntent.objects.filter(state="paid").exists()
