"""A week of a food hub, read aloud: order, pay, close, weigh, fetch, settle; no cent astray."""

import pytest

from essaim.core.agreements.models import Agreement
from essaim.core.agreements.rules import State
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Account
from essaim.core.messages.models import OutgoingEmail
from essaim.core.payments import actions as payments
from essaim.core.payments.models import PaymentIntent
from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.models import Order, OrderLine, StockPool
from essaim.trades.food_hub.tests import world as w

pytestmark = pytest.mark.django_db


def held(code: str) -> int:
    return ledger.balance(Account.objects.get(code=code))


def order_of(world: w.World, *, means: str = "card", solidarity_bps: int = 0) -> Order:
    basket = world.put(world.jar, 3)
    world.put(world.tomme, 2)
    placed = actions.place_order(
        basket_id=basket.pk,
        cycle_id=world.cycle.pk,
        slot_id=world.slot.pk,
        placed_by=world.buyer,
        receiver_id=world.buyer.pk,
        means=means,
        order_key=uuid7(),
        solidarity_bps=solidarity_bps,
        now=w.NOW,
    )
    return Order.objects.get(pk=placed.agreement_id)


def test_a_week_of_a_hub_from_the_basket_to_the_statement():
    world = w.build()

    order = order_of(world)
    agreement = Agreement.objects.get(pk=order.pk)
    # 3 jars at 6.90 and 2 tommes at 8.40, with 12 % for the hub, 3 % platform, 1 % commons.
    assert agreement.total_cents == 3 * 800 + 2 * 974
    assert agreement.state == State.PROPOSED
    assert StockPool.objects.get(pk=world.honey.pk).on_hand_units == 21

    intent = PaymentIntent.objects.get(agreement=agreement)
    payments.record_payment(intent=intent, now=w.NOW)
    assert held("card:halle") == -agreement.total_cents
    assert held("due:halle") == 0

    actions.close_cycle(cycle=world.cycle, now=w.CLOSING)
    tomme = OrderLine.objects.get(order=order, variant=world.tomme)
    actions.record_weight(line=tomme, real_weight_g=760, now=w.AFTER)
    agreement.refresh_from_db()
    assert agreement.total_cents < 3 * 800 + 2 * 974
    assert held("card:halle") == -agreement.total_cents

    actions.hand_over(order=order, by=world.manager, now=w.AFTER)
    actions.settle_cycle(cycle=world.cycle, by=world.manager, now=w.AFTER)

    agreement.refresh_from_db()
    assert agreement.state == State.SETTLED
    assert held("orders:halle") == 0
    assert held("due:halle") == 0
    assert held("payable:ruche") == 3 * 690
    shares = sum(share.amount_cents for share in agreement.shares.all())
    assert shares == agreement.total_cents
    payable = ["payable:ruche", "payable:dairy", "payable:halle", "fund:platform", "fund:commons"]
    assert sum(held(code) for code in payable) == agreement.total_cents
    assert ledger.imbalances() == []


def test_a_cancelled_order_gives_everything_back():
    world = w.build()
    order = order_of(world)
    payments.record_payment(intent=PaymentIntent.objects.get(agreement=order.pk), now=w.NOW)

    actions.cancel_order(order=order, by=world.buyer, now=w.NOW)

    assert StockPool.objects.get(pk=world.honey.pk).on_hand_units == 24
    assert [held(c) for c in ("card:halle", "due:halle", "orders:halle")] == [0, 0, 0]
    assert ledger.imbalances() == []


def test_a_changed_order_keeps_its_prices_and_adjusts_stock_and_payment():
    world = w.build()
    order = order_of(world)
    payments.record_payment(intent=PaymentIntent.objects.get(agreement=order.pk), now=w.NOW)
    jars = OrderLine.objects.get(order=order, variant=world.jar)

    actions.change_order(order=order, quantities={jars.pk: 1}, by=world.buyer, now=w.NOW)

    agreement = Agreement.objects.get(pk=order.pk)
    assert agreement.total_cents == 800 + 2 * 974
    assert StockPool.objects.get(pk=world.honey.pk).on_hand_units == 23
    assert held("card:halle") == -agreement.total_cents
    assert held("due:halle") == 0
    assert ledger.imbalances() == []


def test_a_reduction_is_paid_by_what_others_gave():
    world = w.build()
    giver = order_of(world, means="cash", solidarity_bps=3000)
    actions.close_cycle(cycle=world.cycle, now=w.CLOSING)
    actions.hand_over(order=giver, by=world.manager, now=w.AFTER, is_paid_here=True)
    actions.settle_cycle(cycle=world.cycle, by=world.manager, now=w.AFTER)
    given = held("solidarity:halle")
    assert given == (3 * 800 + 2 * 974) * 3 // 10
    assert ledger.imbalances() == []


def test_an_order_made_for_a_neighbour_is_confirmed_to_the_neighbour():
    world = w.build()
    neighbour = w.member("marcel")
    basket = world.put(world.jar, 1)

    actions.place_order(
        basket_id=basket.pk,
        cycle_id=world.cycle.pk,
        slot_id=world.slot.pk,
        placed_by=world.buyer,
        receiver_id=neighbour.pk,
        means="cash",
        order_key=uuid7(),
        now=w.NOW,
    )

    assert OutgoingEmail.objects.get().recipient == neighbour.email
