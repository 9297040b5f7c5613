"""Settling a cycle: everybody's account grows by exactly their shares, once."""

import pytest
from django.db import transaction

from essaim.core.agreements.models import Share, Transition
from essaim.core.agreements.rules import WrongState
from essaim.core.ledger.models import Transfer
from essaim.core.payments import actions as payments
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.rules.refusals import NotClosedYet, OrdersNotFinished
from essaim.trades.food_hub.tests import world as w
from essaim.trades.food_hub.tests.shop import (
    balance,
    buy,
    fill_fund,
    fund,
    line_of,
    state,
    what_is_wrong,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return w.build()


def close(world):
    actions.close_cycle(cycle=world.cycle, now=w.CLOSING)


def hand(world, *orders, is_paid_here=True):
    for order in orders:
        actions.hand_over(order=order, by=world.manager, now=w.PICKUP, is_paid_here=is_paid_here)


def settle(world):
    return actions.settle_cycle(cycle=world.cycle, by=world.manager, now=w.AFTER)


def neighbours(count):
    return [w.member(f"voisin{number}") for number in range(count)]


def test_every_share_reaches_its_account_and_nothing_is_left(world):
    fill_fund(world.hub, 1000)
    orders = [
        buy(world, pack, number + 1, member=member, solidarity_bps=bps)
        for number, (pack, member, bps) in enumerate(
            zip((world.jar, world.case, world.tomme), neighbours(3), (-2000, 0, 3000), strict=True)
        )
    ]
    close(world)
    actions.record_weight(line=line_of(orders[2]), real_weight_g=1111, now=w.PICKUP)
    hand(world, *orders)

    settle(world)

    shares = Share.objects.filter(agreement__in=[order.pk for order in orders])
    for code, organisation in (("ruche", world.farm), ("dairy", world.dairy)):
        owed = sum(shares.filter(organisation=organisation).values_list("amount_cents", flat=True))
        assert balance(f"payable:{code}") == owed > 0
    for role in ("platform", "commons"):
        given = sum(shares.filter(role=role).values_list("amount_cents", flat=True))
        assert balance(f"fund:{role}") == given > 0
    gifts = sum(shares.filter(role="solidarity").values_list("amount_cents", flat=True))
    assert fund(world.hub) == 1000 + gifts
    assert balance("orders:halle") == 0
    assert {state(order) for order in orders} == {"settled"}
    assert what_is_wrong() == []


def test_settling_twice_shares_once(world):
    order = buy(world, world.jar, 1)
    close(world)
    hand(world, order)

    settle(world)
    again = settle(world)

    assert again.state == "settled"
    assert balance("payable:ruche") == 690
    assert Transition.objects.filter(to_state="settled").count() == 1


def test_nothing_is_shared_before_all_is_handed_over_or_given_up(world):
    first, second = (buy(world, world.jar, 1, member=one) for one in neighbours(2))

    with pytest.raises(NotClosedYet), transaction.atomic():
        settle(world)
    close(world)
    hand(world, first)
    with pytest.raises(OrdersNotFinished) as refusal, transaction.atomic():
        settle(world)

    assert refusal.value.details == {"waiting_count": 1}
    assert balance("payable:ruche") == 0
    hand(world, second)
    assert settle(world).state == "settled"


def test_an_order_that_came_to_nothing_is_settled_without_a_transfer(world):
    order = buy(world, world.jar, 2)
    close(world)
    actions.mark_missing(line=line_of(order), missing_count=2, now=w.PICKUP)
    hand(world, order)

    settle(world)

    assert state(order) == "settled"
    assert not Transfer.objects.filter(kind="order-settled").exists()
    assert what_is_wrong() == []


def test_a_cycle_without_orders_settles(world):
    close(world)

    assert settle(world).state == "settled"


def test_producers_are_paid_what_they_are_owed_even_if_a_buyer_still_owes(world):
    order = buy(world, world.jar, 1)
    close(world)
    hand(world, order, is_paid_here=False)
    settle(world)

    paid = payments.pay_out(organisation=world.farm, by=world.manager, key="k", now=w.AFTER)

    assert paid.amount_cents == 690
    assert balance("due:halle") == -800
    assert what_is_wrong() == []


def test_a_charge_back_after_settlement_is_owed_again_and_takes_from_nobody(world):
    order = buy(world, world.jar, 1, means="card")
    intent = payments.record_payment(intent=order.agreement.payments.get(), now=w.NOW)
    close(world)
    hand(world, order)
    settle(world)

    payments.charge_back(intent=intent, amount_cents=800, key="evt", now=w.AFTER)

    assert state(order) == "disputed"
    assert (balance("due:halle"), balance("payable:ruche")) == (-800, 690)
    assert settle(world).state == "settled"
    actions.end_dispute(order=order, by=world.manager, now=w.AFTER)
    assert state(order) == "settled"
    assert what_is_wrong() == []


def test_an_order_in_dispute_waits_and_ends_once(world):
    order = buy(world, world.jar, 1, means="card")
    intent = payments.record_payment(intent=order.agreement.payments.get(), now=w.NOW)
    close(world)
    payments.charge_back(intent=intent, amount_cents=300, key="evt", now=w.PICKUP)
    with pytest.raises(WrongState), transaction.atomic():
        actions.end_dispute(order=order, by=world.manager, now=w.PICKUP)
    hand(world, order, is_paid_here=True)
    payments.charge_back(intent=intent, amount_cents=100, key="evt-2", now=w.PICKUP)
    with pytest.raises(OrdersNotFinished), transaction.atomic():
        settle(world)

    hand(world, order)
    actions.end_dispute(order=order, by=world.manager, now=w.AFTER)
    settle(world)

    assert (balance("due:halle"), balance("payable:ruche")) == (-100, 690)
    assert what_is_wrong() == []


def test_the_hubs_own_produce_and_its_fee_meet_on_one_account(world):
    own = actions.add_product(
        producer=world.hub.organisation, name="Pain", family="Pains", measure="items",
        tax_rate_bps=550,
    )  # fmt: skip
    actions.set_stock(product=own, on_hand_units=5, is_on_demand=False)
    loaf = actions.add_variant(product=own, label="500 g", price_cents=400)
    actions.offer(cycle=world.cycle, variants=[loaf])
    order = buy(world, loaf, 2)
    close(world)
    hand(world, order)

    settle(world)

    assert balance("payable:halle") == 896
    assert what_is_wrong() == []
