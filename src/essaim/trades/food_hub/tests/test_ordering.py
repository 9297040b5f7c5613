"""Placing an order: few statements, one order for one key, all of it or nothing."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from essaim.core.agreements.models import Agreement, Basket
from essaim.core.ledger.models import Transfer
from essaim.core.messages.models import OutgoingEmail
from essaim.core.payments.models import PaymentIntent
from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.models import BasketLine, PickupSlot
from essaim.trades.food_hub.rules import SolidarityOutOfBounds
from essaim.trades.food_hub.rules.refusals import (
    BasketEmpty,
    CycleNotOpen,
    FundTooSmall,
    GoneFromStock,
    PriceChanged,
    SlotFull,
    SlotUnknown,
)
from essaim.trades.food_hub.tests import world as w
from essaim.trades.food_hub.tests.shop import (
    buy,
    fill_fund,
    fund,
    line_of,
    place,
    pool,
    state,
    total,
    what_is_wrong,
)

pytestmark = pytest.mark.django_db

STATEMENTS = [
    "SELECT basket.id",  # lock the basket and share the cycle; terms, slot, an earlier order
    "SELECT line.id",  # what the basket holds
    "WITH agreement AS",  # agreement, lines, shares, first step, promises
    "INSERT INTO payments_paymentintent",
    "INSERT INTO essaim_messages_outgoingemail",
    "WITH wanted AS",  # take the stock and a place at the slot; the hub's own part
    "WITH line AS",  # the ledger
]


@pytest.fixture
def world():
    return w.build()


def many_products(world, count):
    for number in range(count):
        product = actions.add_product(
            producer=world.farm, name=f"Légume {number}", family="Légumes", measure="items",
            tax_rate_bps=550,
        )  # fmt: skip
        actions.set_stock(product=product, on_hand_units=50, is_on_demand=False)
        pack = actions.add_variant(product=product, label="Pièce", price_cents=100 + number)
        actions.offer(cycle=world.cycle, variants=[pack])
        world.put(pack, 1 + number % 3)


@pytest.mark.parametrize("count", [1, 20])
def test_an_order_is_seven_statements_whatever_the_basket(world, count):
    many_products(world, count)
    basket = Basket.objects.get()

    with CaptureQueriesContext(connection) as captured:
        placed = place(world, basket_id=basket.pk)

    ran = [query["sql"].strip() for query in captured.captured_queries]
    ran = [sql for sql in ran if not sql.startswith(("SAVEPOINT", "RELEASE"))]
    assert len(ran) == len(STATEMENTS) == 7
    assert all(sql.startswith(start) for sql, start in zip(ran, STATEMENTS, strict=True)), ran
    assert Agreement.objects.get().lines.count() == count
    assert placed.is_new


def test_what_was_shown_is_what_is_asked_shared_and_owed(world):
    order = buy(world, world.jar, 3, means="card")

    agreement = order.agreement
    assert agreement.total_cents == 2400 == PaymentIntent.objects.get().amount_cents
    assert sum(agreement.shares.values_list("amount_cents", flat=True)) == 2400
    assert pool(world.honey) == (21, 0)
    assert not BasketLine.objects.exists()
    assert OutgoingEmail.objects.get().recipient == world.buyer.email
    assert what_is_wrong() == []


def test_one_key_is_one_order(world):
    key = uuid7()
    world.put(world.jar, 2)

    first = place(world, order_key=key)
    again = place(world, order_key=key)

    assert (first.agreement_id, first.payment_id) == (again.agreement_id, again.payment_id)
    assert (first.is_new, again.is_new) == (True, False)
    assert pool(world.honey) == (22, 0)


def test_an_old_form_sent_again_with_a_new_basket_takes_nothing(world):
    key = uuid7()
    world.put(world.jar, 2)
    first = place(world, order_key=key)
    world.put(world.jar, 5)

    again = place(world, order_key=key)

    assert (again.agreement_id, again.is_new) == (first.agreement_id, False)
    assert pool(world.honey) == (22, 5)
    assert BasketLine.objects.get().kept_units == 5
    assert what_is_wrong() == []


def test_the_key_of_somebody_elses_order_tells_nothing_and_takes_nothing(world):
    key, eve = uuid7(), w.member("eve")
    world.put(world.jar, 2)
    place(world, order_key=key)
    world.put(world.jar, 1, member=eve)

    with pytest.raises(BasketEmpty) as refusal, transaction.atomic():
        place(world, member=eve, order_key=key)

    assert refusal.value.details == {}
    assert Agreement.objects.count() == 1
    assert pool(world.honey) == (22, 1)


def test_a_key_placed_at_the_same_instant_with_other_goods_takes_nothing(world, monkeypatch):
    """As if the other order appeared between the look at the key and the writing."""
    from essaim.trades.food_hub.actions import ordering

    key = uuid7()
    world.put(world.jar, 2)
    place(world, order_key=key)
    world.put(world.jar, 5)
    blind = ordering.LOCK_HEADER.replace("EXISTS (SELECT 1", "NOT EXISTS (SELECT 1")
    monkeypatch.setattr(ordering, "LOCK_HEADER", blind)

    with pytest.raises(BasketEmpty), transaction.atomic():
        place(world, order_key=key)

    assert pool(world.honey) == (22, 5)
    assert what_is_wrong() == []


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (w.OPENING - timedelta(microseconds=1), False),
        (w.OPENING, True),
        (w.CLOSING - timedelta(microseconds=1), True),
        (w.CLOSING, False),
    ],
)
def test_orders_are_taken_from_the_opening_to_just_before_the_closing(world, at, is_open):
    world.put(world.jar, 1)

    if is_open:
        assert place(world, now=at).is_new
        return
    with pytest.raises(CycleNotOpen), transaction.atomic():
        place(world, now=at)
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"slot_id": 0}, SlotUnknown),
        ({"shown_total_cents": 799}, PriceChanged),
        ({"solidarity_bps": -2001}, SolidarityOutOfBounds),
        ({"solidarity_bps": 3001}, SolidarityOutOfBounds),
        ({"solidarity_bps": -2000}, FundTooSmall),
        ({"basket_id": 0}, BasketEmpty),
        ({"cycle_id": 0}, BasketEmpty),
    ],
)
def test_what_is_refused_writes_nothing(world, changes, refusal):
    world.put(world.jar, 1)

    with pytest.raises(refusal), transaction.atomic():
        place(world, **changes)

    assert not Agreement.objects.exists()
    assert not Transfer.objects.exists()
    assert not OutgoingEmail.objects.exists()
    assert pool(world.honey) == (24, 1)
    assert what_is_wrong() == []


def test_goods_no_longer_kept_and_sold_meanwhile_are_named(world):
    world.put(world.jar, 20)
    actions.release_expired(now=w.NOW + timedelta(hours=5))
    buy(world, world.jar, 10, member=w.member("zoe"))

    with pytest.raises(GoneFromStock) as refusal, transaction.atomic():
        place(world)

    assert refusal.value.details == {"product": "Miel de tilleul"}
    assert pool(world.honey) == (14, 0)


def test_a_slot_takes_as_many_orders_as_it_can_hold(world):
    PickupSlot.objects.update(capacity=1)
    buy(world, world.jar, 1)
    zoe = w.member("zoe")
    world.put(world.jar, 1, member=zoe)

    with pytest.raises(SlotFull), transaction.atomic():
        place(world, member=zoe)

    assert PickupSlot.objects.get().taken_count == 1
    assert pool(world.honey) == (23, 1)


def test_a_slot_of_another_cycle_is_unknown(world):
    other = actions.plan_cycle(hub=world.hub, title="x", opens_at=w.OPENING, closes_at=w.CLOSING)
    slot = actions.add_slot(cycle=other, place=world.place, starts_at=w.PICKUP, ends_at=w.AFTER)
    world.put(world.jar, 1)

    with pytest.raises(SlotUnknown), transaction.atomic():
        place(world, slot_id=slot.pk)


def test_a_reduction_is_paid_by_the_fund_at_once(world):
    fill_fund(world.hub, 500)

    order = buy(world, world.jar, 3, solidarity_bps=-2000)

    assert (total(order), fund(world.hub)) == (1920, 20)
    assert order.drawn_cents == 480
    assert what_is_wrong() == []


def test_an_order_that_costs_nothing_is_firm_even_by_card(world):
    world.jar.price_cents = 0
    world.jar.save(update_fields=["price_cents"])
    world.cycle.offers.filter(variant=world.jar).update(price_cents=0)

    order = buy(world, world.jar, 2, means="card")

    assert (state(order), total(order)) == ("accepted", 0)
    assert not PaymentIntent.objects.exists()
    assert what_is_wrong() == []


def test_what_is_made_on_demand_takes_nothing_from_the_stock(world):
    order = buy(world, world.tomme, 3)

    assert line_of(order).pool_units == 0
    assert pool(world.cheese) == (0, 0)


def test_names_and_notes_are_only_text(world):
    world.honey.name = 'Miel 100 % d\'été; %s %(x)s {y} "z"'
    world.honey.save(update_fields=["name"])

    order = buy(world, world.jar, 1, note="é" * 299 + "\0" + "xyz")

    assert order.note == "é" * 299 + "x"
    assert 'Miel 100 % d\'été; %s %(x)s {y} "z"' in OutgoingEmail.objects.get().body


def test_the_largest_basket_fits(world):
    dear = actions.add_variant(
        product=world.cheese, label="Meule", price_cents=2**31 - 1, weight_g=10**6, pool_units=2**30
    )
    actions.offer(cycle=world.cycle, variants=[dear])

    order = buy(world, dear, 999)

    assert total(order) > 999 * (2**31 - 1)
    assert what_is_wrong() == []


def test_a_hub_that_is_no_seller_owes_no_tax_on_what_others_sell(world):
    world.hub.is_seller = False
    world.hub.save(update_fields=["is_seller"])

    order = buy(world, world.jar, 1)

    assert order.terms["sold_by"] is None
    assert total(order) == 800
    assert what_is_wrong() == []


def test_an_organisation_that_is_hub_and_producer_gets_both_shares(world):
    own = actions.add_product(
        producer=world.hub.organisation, name="Pain", family="Pains", measure="items",
        tax_rate_bps=550,
    )  # fmt: skip
    actions.set_stock(product=own, on_hand_units=5, is_on_demand=False)
    loaf = actions.add_variant(product=own, label="500 g", price_cents=400)
    actions.offer(cycle=world.cycle, variants=[loaf])

    order = buy(world, loaf, 2)

    shares = dict(
        order.agreement.shares.filter(organisation=world.hub.organisation).values_list(
            "role", "amount_cents"
        )
    )
    assert shares["producer"] == 800
    assert shares["hub"] == 96
    assert what_is_wrong() == []
