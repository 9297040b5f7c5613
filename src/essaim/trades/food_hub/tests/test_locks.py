"""Who waits for whom: closing and withdrawing wait for whoever counts on an open cycle."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from essaim.core.agreements.models import Agreement
from essaim.core.messages.models import OutgoingEmail
from essaim.core.payments import actions as payments
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.actions import ordering, undoing
from essaim.trades.food_hub.models import Order, OrderCycle
from essaim.trades.food_hub.tests import world as w
from essaim.trades.food_hub.tests.shop import (
    buy,
    intent_of,
    line_of,
    place,
    pool,
    state,
    what_is_wrong,
)

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 30


@pytest.fixture
def world():
    return w.build()


class Halfway:
    """Somebody in the middle of an act, on a connection of their own, until told to go on."""

    def __init__(self, act):
        self.is_inside, self.may_end = threading.Event(), threading.Event()
        self.problem = None
        self.thread = threading.Thread(target=self._run, args=(act,))

    def _run(self, act):
        try:
            with transaction.atomic():
                act()
                self.pause()
        except Exception as problem:  # noqa: BLE001 - told to the test
            self.problem = problem
        finally:
            connection.close()

    def pause(self, *_arguments):
        if not self.is_inside.is_set():
            self.is_inside.set()
            assert self.may_end.wait(PATIENCE_S)

    def __enter__(self):
        self.thread.start()
        assert self.is_inside.wait(PATIENCE_S)
        return self

    def finish(self):
        self.may_end.set()
        self.thread.join(PATIENCE_S)

    def __exit__(self, *_):
        self.finish()


def impatiently(act, **named):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '300ms'")
        act(**named)


def changing(world, order, quantity):
    return Halfway(
        lambda: actions.change_order(
            order=order, quantities={line_of(order).pk: quantity}, by=world.buyer, now=w.NOW
        )
    )


def test_closing_waits_for_a_change_under_way_and_the_producer_hears_of_it(world):
    order = buy(world, world.jar, 2)

    with changing(world, order, 9) as change:
        with pytest.raises(OperationalError, match="lock timeout"):
            impatiently(actions.close_cycle, cycle=world.cycle, now=w.CLOSING)
        change.finish()
        actions.close_cycle(cycle=world.cycle, now=w.CLOSING)

    assert "9 × Miel" in OutgoingEmail.objects.get(recipient="ruche@exemple.fr").body


def test_without_sharing_the_cycle_a_change_slips_past_the_closing(world, monkeypatch):
    monkeypatch.setattr(undoing, "share_cycles", lambda cycle_ids: None)
    order = buy(world, world.jar, 2)

    with changing(world, order, 9):
        impatiently(actions.close_cycle, cycle=world.cycle, now=w.CLOSING)

    assert "2 × Miel" in OutgoingEmail.objects.get(recipient="ruche@exemple.fr").body
    assert line_of(order).ordered_quantity == 9


def ordering_halfway(world, monkeypatch):
    """A checkout that has read its basket and not taken the stock yet."""
    world.put(world.jar, 3)
    world.put(world.case, 1, member=w.member("zoe"))
    real = ordering._take
    checkout = Halfway(lambda: place(world))

    def pause_then_take(*arguments):
        checkout.pause()
        return real(*arguments)

    monkeypatch.setattr(ordering, "_take", pause_then_take)
    return checkout


def test_withdrawing_a_pack_waits_for_the_checkout_that_holds_it(world, monkeypatch):
    with ordering_halfway(world, monkeypatch) as checkout:
        with pytest.raises(OperationalError, match="lock timeout"):
            impatiently(actions.withdraw_offer, cycle=world.cycle, variant=world.jar)
        checkout.finish()
        actions.withdraw_offer(cycle=world.cycle, variant=world.jar)

    assert checkout.problem is None
    assert pool(world.honey) == (21, 6)
    assert what_is_wrong() == []


def test_without_sharing_the_cycle_a_checkout_frees_what_others_keep(world, monkeypatch):
    blind = ordering.LOCK_HEADER.replace("FOR UPDATE OF basket FOR SHARE OF cycle", "")
    monkeypatch.setattr(ordering, "LOCK_HEADER", blind)

    with ordering_halfway(world, monkeypatch):
        impatiently(actions.withdraw_offer, cycle=world.cycle, variant=world.jar)

    assert pool(world.honey) == (21, 3)  # Zoé's basket keeps 6
    assert any("baskets keep 6" in problem for problem in what_is_wrong())


def together(*acts):
    def run(act):
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_a_payment_and_the_end_of_its_time_never_wait_in_a_circle(world):
    for number in range(8):
        order = buy(world, world.jar, 1, means="card", member=w.member(f"voisin{number}"))
        intent = intent_of(order)

        together(
            lambda intent=intent: payments.record_payment(intent=intent, now=w.NOW),
            lambda: actions.expire_unpaid(now=w.CLOSING),
        )

        assert state(order) in {"accepted", "expired"}
    assert what_is_wrong() == []


def test_expiring_changing_and_buying_the_same_goods_never_wait_in_a_circle(world):
    """Orders hold honey and cheese in both orders; all of it is moved from four sides at once."""
    actions.set_stock(product=world.honey, on_hand_units=900, is_on_demand=False)
    actions.set_stock(product=world.cheese, on_hand_units=900, is_on_demand=False)
    people = [w.member(f"voisin{number}") for number in range(12)]
    for number, member in enumerate(people):
        packs = [world.jar, world.tomme][:: 1 if number % 2 else -1]
        world.put(packs[0], 1, member=member)
        buy(world, packs[1], 1, member=member, means="card" if number < 6 else "cash")
    cash = list(Order.objects.filter(agreement__state="accepted").order_by("pk"))
    buyers = people[:6]

    def change():
        for order in cash:
            lines = {line.pk: 2 for line in order.order_lines.all()}
            actions.change_order(order=order, quantities=lines, by=world.buyer, now=w.NOW)

    def buy_more():
        for member in buyers:
            world.put(world.tomme, 1, member=member)
            buy(world, world.jar, 1, member=member)

    def let_go():
        for _ in range(6):
            actions.release_expired(now=w.CLOSING)

    together(change, buy_more, lambda: actions.expire_unpaid(now=w.CLOSING), let_go)
    actions.close_cycle(cycle=world.cycle, now=w.CLOSING)

    assert Agreement.objects.filter(state="expired").count() == 6
    assert OrderCycle.objects.get().state == "closed"
    assert what_is_wrong() == []


def test_two_workers_write_once_to_who_waits(world):
    buy(world, world.jar, 24)
    for number in range(10):
        actions.ask_to_be_told(
            offer=world.offer_of(world.jar), member=w.member(f"voisin{number}"), now=w.NOW
        )
    actions.set_stock(product=world.honey, on_hand_units=5, is_on_demand=False)

    together(*[lambda: actions.release_expired(now=w.NOW)] * 4)

    assert OutgoingEmail.objects.filter(recipient__startswith="voisin").count() == 10
