"""The pick-up desk: found by three letters, handed over once, money taken once, misses refunded."""

from datetime import timedelta

import pytest
from django.urls import reverse

from essaim.core.agreements.models import Agreement, Transition
from essaim.core.agreements.rules import State
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Account
from essaim.core.members.models import Assistance, Member
from essaim.core.members.rules import NO_ADDRESS
from essaim.core.payments.models import PaymentIntent, Refund
from essaim.kernel import clock
from essaim.trades.food_hub.models import OrderLine
from essaim.trades.food_hub.tests import cast as c
from essaim.trades.food_hub.tests import world as w

pytestmark = pytest.mark.django_db
KIB = 1024


@pytest.fixture
def cast():
    return c.gather()


def pickup(cast, query=""):
    return reverse("food_hub:desk_pickup", args=[cast.world.cycle.public_id]) + query


def address(name, order):
    return reverse(f"food_hub:{name}", args=[order.agreement.public_id])


@pytest.mark.parametrize("words", ["hel", "HÉL", "élo ler", "roux hel"])
def test_three_letters_without_accents_find_a_buyer(cast, words):
    helene = w.member("helene")
    helene.display_name = "Hélène Leroux"
    helene.save(update_fields=["display_name"])
    c.order(cast.world, buyer=helene)
    c.order(cast.world)
    c.close(cast.world)

    text = cast.browser("worker").get(pickup(cast, f"?q={words}")).content.decode()

    expected = words != "élo ler"
    assert ("Hélène Leroux" in text) is expected
    assert "Bachir" not in text


def test_an_order_is_found_by_its_number(cast):
    order = c.order(cast.world)
    c.close(cast.world)

    text = (
        cast.browser("worker")
        .get(pickup(cast, f"?q={order.agreement.number[-4:]}"))
        .content.decode()
    )

    assert order.agreement.number in text


def test_an_order_paid_by_card_is_handed_over_in_one_tap(cast):
    order = c.order(cast.world, means="card")
    c.close(cast.world)

    answer = cast.browser("worker").post(address("desk_hand_over", order))

    order.agreement.refresh_from_db()
    assert answer.url == pickup(cast)
    assert order.agreement.state == State.FULFILLED


def test_a_double_tap_takes_the_money_once(cast):
    order = c.order(cast.world, means="cash")
    c.close(cast.world)
    browser = cast.browser("worker")
    said = {"paid": "yes", "idempotency_key": "tap-tap"}

    first = browser.post(address("desk_hand_over", order), said)
    second = browser.post(address("desk_hand_over", order), said)
    third = browser.post(address("desk_hand_over", order), {"paid": "yes"})

    assert {answer.headers["Location"] for answer in (first, second, third)} == {pickup(cast)}
    order.agreement.refresh_from_db()
    assert ledger.balance(Account.objects.get(code="cash:halle")) == -order.agreement.total_cents
    assert Transition.objects.filter(agreement=order.pk, to_state=State.FULFILLED).count() == 1
    assert ledger.imbalances() == []


def test_a_missing_item_is_refunded_when_it_was_paid(cast):
    order = c.order(cast.world, means="card", jar=3)
    c.close(cast.world)
    line = OrderLine.objects.get(order=order, variant=cast.world.jar)

    answer = cast.browser("worker").post(
        reverse("food_hub:desk_missing", args=[line.pk]), {"missing": "1", "from": "order"}
    )

    assert answer.url == address("desk_order", order)
    assert Refund.objects.get().amount_cents == 800
    text = cast.browser("worker").get(address("desk_order", order)).content.decode()
    assert "16,00\u00a0€" in text
    assert "8,00\u00a0€" in text


def test_a_missing_item_is_simply_not_asked_for_when_nothing_was_paid(cast):
    order = c.order(cast.world, means="cash", jar=3)
    c.close(cast.world)
    line = OrderLine.objects.get(order=order, variant=cast.world.jar)

    cast.browser("worker").post(reverse("food_hub:desk_missing", args=[line.pk]), {"missing": "3"})

    assert Refund.objects.count() == 0
    assert Agreement.objects.get(pk=order.pk).total_cents == 0
    cast.browser("worker").post(address("desk_hand_over", order), {"paid": "yes"})
    assert Agreement.objects.get(pk=order.pk).state == State.FULFILLED


def test_a_bank_transfer_taken_at_the_desk_is_cash(cast):
    order = c.order(cast.world, means="bank-transfer", jar=1)
    c.close(cast.world)

    cast.browser("worker").post(address("desk_hand_over", order), {"paid": "yes"})

    assert PaymentIntent.objects.get(agreement=order.pk).means == "cash"
    assert ledger.balance(Account.objects.get(code="cash:halle")) == -800


@pytest.mark.parametrize("missing", ["-1", "4", "abc", "", "9999999999999999999999"])
def test_an_absurd_number_of_missing_items_changes_nothing(cast, missing):
    order = c.order(cast.world, means="cash", jar=3)
    c.close(cast.world)
    line = OrderLine.objects.get(order=order)

    answer = cast.browser("worker").post(
        reverse("food_hub:desk_missing", args=[line.pk]), {"missing": missing}
    )

    line.refresh_from_db()
    assert answer.status_code == 422
    assert line.missing_count == 0


def test_nothing_is_handed_over_while_orders_are_open(cast):
    order = c.order(cast.world)

    answer = cast.browser("worker").post(address("desk_hand_over", order), {"paid": "yes"})

    assert answer.status_code == 409
    assert Agreement.objects.get(pk=order.pk).state == State.ACCEPTED


def test_the_list_stays_light_and_constant_however_many_orders(cast, django_assert_max_num_queries):
    world, browser = cast.world, cast.browser("worker")
    c.order(world, jar=1)
    with django_assert_max_num_queries(14) as few:
        browser.get(pickup(cast))
    for number in range(30):
        c.order(world, buyer=w.member(f"voisine{number}"), tomme=1)

    with django_assert_max_num_queries(len(few)):
        answer = browser.get(pickup(cast))

    assert len(answer.content) < 30 * KIB
    assert answer.content.decode().count("/food/desk/orders/") == 25


def test_the_page_of_an_order_is_light_and_constant(cast, django_assert_max_num_queries):
    world, browser = cast.world, cast.browser("worker")
    small = c.order(world, jar=1)
    large = c.order(world, buyer=w.member("gaia"), jar=1, case=1, tomme=2)
    with django_assert_max_num_queries(10) as few:
        browser.get(address("desk_order", small))

    with django_assert_max_num_queries(len(few)):
        answer = browser.get(address("desk_order", large))

    assert len(answer.content) < 30 * KIB


@pytest.mark.parametrize("helper", ["Zoé Aidante", ""])
def test_the_desk_says_who_reads_what_is_written_to_somebody_without_address(cast, helper):
    odette = Member.objects.create_user(f"0@{NO_ADDRESS}", display_name="Odette")
    if helper:
        zoe = Member.objects.create_user("zoe@exemple.fr", display_name=helper)
        Assistance.objects.create(
            helper=zoe, helped=odette, scope="order", starts_at=w.OPENING,
            expires_at=clock.now() + timedelta(days=900), consent_note="Papier signé",
        )  # fmt: skip
    order = c.order(cast.world, buyer=odette)
    c.close(cast.world)

    page = cast.browser("worker").get(address("desk_order", order)).content.decode()

    assert ("va à Zoé Aidante" in page) is bool(helper)
    assert ("prévenez cette personne" in page) is not bool(helper)
