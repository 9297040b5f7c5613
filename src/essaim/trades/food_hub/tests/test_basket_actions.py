"""The basket: scarce goods are kept for a while, then free again, and those who wait are told."""

from datetime import timedelta

import pytest
from django.db import transaction

from essaim.core.agreements.actions import open_basket
from essaim.core.messages.models import OutgoingEmail
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.actions.basket import tell_who_waits
from essaim.trades.food_hub.actions.filling import fill_basket
from essaim.trades.food_hub.models import BasketLine, OrderCycle, StockPool, WaitingBuyer
from essaim.trades.food_hub.rules.refusals import BadQuantity, CycleNotOpen, NotInCycle, SoldOut
from essaim.trades.food_hub.tests import world as w
from essaim.trades.food_hub.tests.shop import buy, pool, what_is_wrong

pytestmark = pytest.mark.django_db
MUCH_LATER = w.NOW + timedelta(hours=5)


@pytest.fixture
def world():
    return w.build()


def test_packs_of_one_stock_are_kept_together(world):
    world.put(world.case, 3)
    world.put(world.jar, 6)

    with pytest.raises(SoldOut) as refusal, transaction.atomic():
        world.put(world.jar, 7)

    assert refusal.value.details == {"product": "Miel de tilleul", "left_count": 6}
    assert pool(world.honey) == (24, 24)


@pytest.mark.parametrize("quantity", [-1, 1000, 10**12])
def test_an_absurd_quantity_changes_nothing(world, quantity):
    with pytest.raises(BadQuantity), transaction.atomic():
        world.put(world.jar, quantity)

    assert pool(world.honey) == (24, 0)


def test_less_and_none_free_what_was_kept(world):
    for quantity, kept in ((5, 5), (2, 2), (0, 0), (0, 0)):
        world.put(world.jar, quantity)
        assert pool(world.honey) == (24, kept)

    assert not BasketLine.objects.exists()


def test_taking_out_is_possible_once_orders_are_closed_and_putting_in_is_not(world):
    world.put(world.jar, 5)

    with pytest.raises(CycleNotOpen), transaction.atomic():
        world.put(world.jar, 6, now=w.CLOSING)
    world.put(world.jar, 0, now=w.CLOSING)

    assert pool(world.honey) == (24, 0)


def test_a_pack_withdrawn_meanwhile_cannot_be_put(world):
    offer = world.offer_of(world.jar)
    basket = world.put(world.tomme, 1)
    actions.withdraw_offer(cycle=world.cycle, variant=world.jar)

    with pytest.raises(NotInCycle), transaction.atomic():
        actions.put_in_basket(basket=basket, offer=offer, quantity=1, now=w.NOW)


def test_withdrawing_a_pack_frees_what_baskets_kept_of_it_and_nothing_else(world):
    world.put(world.jar, 5)
    world.put(world.case, 1)
    world.put(world.jar, 3, member=w.member("zoe"))

    actions.withdraw_offer(cycle=world.cycle, variant=world.jar)
    actions.withdraw_offer(cycle=world.cycle, variant=world.jar)

    assert pool(world.honey) == (24, 6)
    assert what_is_wrong() == []


def test_a_basket_is_filled_whole_or_not_at_all(world):
    wanted = {world.offer_of(world.tomme).pk: 2, world.offer_of(world.jar).pk: 25}

    with pytest.raises(SoldOut), transaction.atomic():
        fill_basket(receiver=world.buyer, quantities=wanted, now=w.NOW)
    with pytest.raises(NotInCycle), transaction.atomic():
        fill_basket(receiver=world.buyer, quantities={10**15: 1}, now=w.NOW)
    fill_basket(receiver=world.buyer, quantities={}, now=w.NOW)

    assert not BasketLine.objects.exists()


def test_time_over_frees_the_goods_once_and_leaves_the_wish(world):
    world.put(world.jar, 5)
    world.put(world.tomme, 1)

    assert actions.release_expired(now=MUCH_LATER) == 1
    assert actions.release_expired(now=MUCH_LATER) == 0

    assert pool(world.honey) == (24, 0)
    assert BasketLine.objects.count() == 2
    assert what_is_wrong() == []


def test_goods_are_kept_until_the_very_minute_that_was_said(world):
    world.put(world.jar, 5)
    until = BasketLine.objects.get().kept_until

    assert actions.release_expired(now=until - timedelta(microseconds=1)) == 0
    assert actions.release_expired(now=until) == 1


def test_a_stock_that_becomes_on_demand_frees_what_it_kept(world):
    world.put(world.jar, 20)
    actions.set_stock(product=world.honey, on_hand_units=0, is_on_demand=True)

    world.put(world.jar, 30)

    assert pool(world.honey) == (0, 0)
    assert what_is_wrong() == []


def test_a_stock_counted_again_may_not_be_below_what_baskets_keep(world):
    world.put(world.jar, 20)

    with pytest.raises(BadQuantity), transaction.atomic():
        actions.set_stock(product=world.honey, on_hand_units=19, is_on_demand=False)

    assert pool(world.honey) == (24, 20)


def mails():
    return list(
        OutgoingEmail.objects.filter(subject__contains="Miel").values_list("recipient", flat=True)
    )


@pytest.fixture
def waiting(world):
    """Everything is sold; Zoé waits for a jar, Ali for a case."""
    buy(world, world.jar, 24)
    for name, pack in (("zoe", world.jar), ("ali", world.case)):
        actions.ask_to_be_told(offer=world.offer_of(pack), member=w.member(name), now=w.NOW)
    return world


def test_who_waits_is_told_once_of_what_there_is_enough_of(waiting):
    actions.set_stock(product=waiting.honey, on_hand_units=5, is_on_demand=False)

    actions.release_expired(now=w.NOW)
    actions.release_expired(now=w.NOW)

    assert mails() == ["zoe@exemple.fr"]
    actions.set_stock(product=waiting.honey, on_hand_units=6, is_on_demand=False)
    actions.release_expired(now=w.NOW)
    assert mails() == ["zoe@exemple.fr", "ali@exemple.fr"]


def test_who_waits_is_told_when_the_producer_makes_it_on_demand(waiting):
    actions.set_stock(product=waiting.honey, on_hand_units=0, is_on_demand=True)

    assert tell_who_waits(now=w.NOW) == 2


def test_nobody_is_told_of_what_can_no_longer_be_ordered(waiting):
    actions.set_stock(product=waiting.honey, on_hand_units=50, is_on_demand=False)

    assert tell_who_waits(now=w.CLOSING) == 0
    OrderCycle.objects.update(state="closed")
    assert tell_who_waits(now=w.NOW) == 0


def test_asking_twice_waits_once_and_asking_again_after_being_told_waits_again(waiting):
    offer, zoe = waiting.offer_of(waiting.jar), WaitingBuyer.objects.order_by("pk").first().member
    actions.set_stock(product=waiting.honey, on_hand_units=1, is_on_demand=False)
    tell_who_waits(now=w.NOW)

    actions.ask_to_be_told(offer=offer, member=zoe, now=w.NOW)
    actions.ask_to_be_told(offer=offer, member=zoe, now=w.NOW)

    assert tell_who_waits(now=w.NOW) == 1
    assert mails() == ["zoe@exemple.fr"] * 2


def test_closing_empties_the_baskets_of_the_cycle_only(world):
    other = actions.plan_cycle(
        hub=world.hub, title="Autre", opens_at=w.OPENING, closes_at=w.CLOSING
    )
    actions.add_slot(cycle=other, place=world.place, starts_at=w.PICKUP, ends_at=w.AFTER)
    actions.offer(cycle=other, variants=[world.jar])
    other = actions.open_cycle(cycle=other, now=w.OPENING)
    world.put(world.jar, 5)
    basket = open_basket(receiver=world.buyer, territory=world.territory, now=w.NOW)
    actions.put_in_basket(basket=basket, offer=other.offers.get(), quantity=4, now=w.NOW)

    actions.close_cycle(cycle=world.cycle, now=w.CLOSING)

    assert pool(world.honey) == (24, 4)
    assert what_is_wrong() == []


def test_the_database_itself_refuses_to_promise_more_than_there_is(world):
    from django.db import IntegrityError

    for change in ({"reserved_units": 25}, {"on_hand_units": -1}, {"reserved_units": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StockPool.objects.filter(pk=world.honey.pk).update(**change)
