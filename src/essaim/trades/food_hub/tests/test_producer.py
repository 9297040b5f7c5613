"""Producers on a phone: what to bring, real weights line by line, prices that follow, misses."""

import pytest
from django.urls import reverse

from essaim.core.agreements.models import Agreement
from essaim.core.payments.models import Refund
from essaim.trades.food_hub.models import OrderLine
from essaim.trades.food_hub.tests import cast as c
from essaim.trades.food_hub.tests import world as w
from essaim.trades.food_hub.views.producer import read_grams

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return c.gather()


@pytest.fixture
def closed(cast):
    cast.order = c.order(cast.world, means="card")
    c.close(cast.world)
    cast.line = OrderLine.objects.get(order=cast.order, variant=cast.world.tomme)
    return cast


def bring(cast, slug="dairy"):
    return reverse("food_hub:desk_bring", args=[slug, cast.world.cycle.public_id])


def save(cast, weight, **headers):
    address = reverse("food_hub:desk_weight", args=[cast.line.pk])
    return cast.browser("producer").post(
        address, {"weight": weight, "from": "producer"}, headers=headers
    )


@pytest.mark.parametrize(
    ("text", "grams"),
    [("760", 760), ("0,76", 760), ("0.760", 760), ("1,25 kg", 1250), ("1 250 g", 1250), ("", None)],
)
def test_weights_are_read_as_people_type_them(text, grams):
    assert read_grams(text) == grams


def test_a_producer_sees_its_own_goods_and_no_name(closed):
    text = closed.browser("producer").get(bring(closed)).content.decode()

    assert "Tomme" in text
    assert closed.order.agreement.number in text
    assert "Miel" not in text
    assert "Bachir" not in text


def test_the_price_follows_the_weight_and_the_buyer_is_refunded(closed):
    before = Agreement.objects.get(pk=closed.order.pk).total_cents

    answer = save(closed, "760")

    closed.line.refresh_from_db()
    refunded = before - Agreement.objects.get(pk=closed.order.pk).total_cents
    assert answer.url == bring(closed) + f"#line-{closed.line.pk}"
    # 2 tommes of 400 g at 8.40: 760 g are 15.96 for the farm.
    assert (closed.line.real_weight_g, closed.line.goods_cents) == (760, 1596)
    assert Refund.objects.get().amount_cents == refunded == 2 * 974 - 1851
    text = closed.browser("producer").get(bring(closed)).content.decode()
    assert "18,51\u00a0€" in text
    assert "0,97\u00a0€" in text
    assert "15,96\u00a0€" in text


def test_htmx_receives_the_row_alone(closed):
    answer = save(closed, "760", HX_Request="true")

    text = answer.content.decode()
    assert text.strip().startswith("<li")
    assert "18,51\u00a0€" in text


def test_above_the_tolerance_the_buyer_pays_the_tolerance(closed):
    save(closed, "1,2")

    closed.line.refresh_from_db()
    # 10 % above 800 g are 880 g: 18.48 at most for the farm.
    assert (closed.line.real_weight_g, closed.line.goods_cents) == (1200, 1848)


@pytest.mark.parametrize("weight", ["0", "-5", "lourd", "2 L", "3 pièces", "99999999", "0,0001"])
def test_an_absurd_weight_gets_a_sentence_and_changes_nothing(closed, weight):
    answer = save(closed, weight)

    closed.line.refresh_from_db()
    assert answer.status_code == 422
    assert closed.line.real_weight_g is None


def test_an_empty_box_takes_a_weight_back(closed):
    total = Agreement.objects.get(pk=closed.order.pk).total_cents
    save(closed, "900")

    save(closed, "")

    closed.line.refresh_from_db()
    assert closed.line.real_weight_g is None
    assert Agreement.objects.get(pk=closed.order.pk).total_cents == total


def test_a_missing_pack_is_marked_by_its_producer(closed):
    answer = closed.browser("producer").post(
        reverse("food_hub:desk_missing", args=[closed.line.pk]),
        {"missing": "1", "from": "producer"},
    )

    closed.line.refresh_from_db()
    assert answer.url == bring(closed) + f"#line-{closed.line.pk}"
    assert closed.line.missing_count == 1


def test_a_refused_weight_stays_in_its_box_and_the_way_back_is_kept(closed):
    browser = closed.browser("worker")
    order_page = reverse("food_hub:desk_order", args=[closed.order.agreement.public_id])
    address = reverse("food_hub:desk_line", args=[closed.line.pk])

    refused = browser.post(
        reverse("food_hub:desk_weight", args=[closed.line.pk]), {"weight": "lourd", "from": "order"}
    )

    assert order_page in browser.get(f"{address}?from=order").content.decode()
    assert order_page in refused.content.decode()
    assert 'value="lourd"' in refused.content.decode()


def test_a_producer_never_touches_the_line_of_another(closed):
    jar = OrderLine.objects.get(order=closed.order, variant=closed.world.jar)
    browser = closed.browser("producer")

    answers = [
        browser.get(reverse("food_hub:desk_line", args=[jar.pk])),
        browser.post(reverse("food_hub:desk_missing", args=[jar.pk]), {"missing": "1"}),
        browser.get(bring(closed, "ruche")),
    ]

    jar.refresh_from_db()
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert jar.missing_count == 0


def test_nothing_is_weighed_while_orders_are_open(cast):
    cast.order = c.order(cast.world)
    cast.line = OrderLine.objects.get(order=cast.order, variant=cast.world.tomme)

    answer = save(cast, "760")

    cast.line.refresh_from_db()
    assert answer.status_code in {409, 422}
    assert cast.line.real_weight_g is None


def test_the_page_counts_the_same_queries_for_one_order_and_for_five(
    closed, django_assert_max_num_queries
):
    browser = closed.browser("producer")
    with django_assert_max_num_queries(9) as few:
        browser.get(bring(closed))
    cast = c.Cast(closed.world, closed.people)
    type(closed.world.cycle).objects.filter(pk=closed.world.cycle.pk).update(state="open")
    for name in ("ana", "bo", "cy"):
        c.order(cast.world, buyer=w.member(name))
    type(closed.world.cycle).objects.filter(pk=closed.world.cycle.pk).update(state="closed")

    with django_assert_max_num_queries(len(few)):
        browser.get(bring(closed))


def test_the_hub_weighs_in_the_producers_place_and_sees_names(closed):
    browser = closed.browser("worker")
    address = reverse("food_hub:desk_weights", args=[closed.world.cycle.public_id])

    text = browser.get(address).content.decode()
    answer = browser.post(
        reverse("food_hub:desk_weight", args=[closed.line.pk]), {"weight": "800", "from": "hub"}
    )

    assert "Bachir" in text
    assert answer.url.startswith(address)
