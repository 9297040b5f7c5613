"""The basket on its page: kept goods and their time, quantities, what happens when it is over."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from essaim.kernel import clock
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.models import BasketLine, StockPool
from essaim.trades.food_hub.tests import world as w

pytestmark = pytest.mark.django_db
URL = "/food/basket/"
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(autouse=True)
def at_now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: w.NOW)


@pytest.fixture
def world():
    return w.build()


@pytest.fixture
def buyer(world):
    client = Client()
    client.force_login(world.buyer)
    return client


def text(response):
    return response.content.decode()


def later(monkeypatch, world, minutes):
    monkeypatch.setattr(clock, "now", lambda: w.NOW + timedelta(minutes=minutes))


def held():
    return dict(BasketLine.objects.values_list("offer__variant__label", "quantity"))


def test_an_empty_basket_leads_to_the_open_orders(buyer):
    page = text(buyer.get(URL))

    assert "Votre panier est vide" in page
    assert 'href="/food/"' in page


def test_a_visitor_signs_in_first(world):
    response = Client().get(URL)

    assert response.status_code == 302
    assert response.headers["Location"] == f"/account/login/?next={URL}"


def test_kept_goods_show_until_when_and_the_total(world, buyer):
    world.put(world.jar, 3)
    world.put(world.tomme, 2)

    page = text(buyer.get(URL))

    assert "Gardé pour vous" in page
    assert 'data-essaim-countdown="1800"' in page
    assert "43,48\xa0€" in page
    assert f'href="/food/checkout/{world.cycle.public_id}/"' in page


def test_goods_made_on_demand_need_no_keeping(world, buyer):
    world.put(world.tomme, 2)

    assert "Gardé pour vous" not in text(buyer.get(URL))


def test_the_header_counts_what_waits_in_the_basket(world, buyer):
    world.put(world.jar, 3)
    world.put(world.tomme, 2)

    assert '<span class="cell" aria-hidden="true">2</span>' in text(buyer.get("/food/"))


def test_quantities_change_and_a_pack_is_taken_out(world, buyer):
    world.put(world.jar, 3)
    world.put(world.tomme, 2)
    jar, tomme = world.offer_of(world.jar), world.offer_of(world.tomme)

    response = buyer.post(URL, {f"q-{jar.pk}": "1", f"q-{tomme.pk}": "0"})

    assert response.status_code == 302
    assert held() == {"Bocal 500 g": 1}
    assert StockPool.objects.get(pk=world.honey.pk).reserved_units == 1


def test_htmx_gets_the_basket_alone(world, buyer):
    world.put(world.jar, 3)

    page = text(buyer.post(URL, {f"q-{world.offer_of(world.jar).pk}": "2"}, headers=HTMX))

    assert "<html" not in page
    assert "16,00\xa0€" in page


def test_when_the_time_is_over_the_basket_says_so_and_can_still_be_ordered(
    world, buyer, monkeypatch
):
    world.put(world.jar, 3)
    later(monkeypatch, world, 31)
    actions.release_expired(now=clock.now())

    page = text(buyer.get(URL))

    assert "Ce n’est plus gardé pour vous" in page
    assert "Garder de nouveau" in page
    assert "/food/checkout/" in page


def test_goods_are_kept_again_when_some_are_left(world, buyer, monkeypatch):
    world.put(world.jar, 3)
    later(monkeypatch, world, 31)
    actions.release_expired(now=clock.now())

    buyer.post(URL, {f"q-{world.offer_of(world.jar).pk}": "3"})

    assert StockPool.objects.get(pk=world.honey.pk).reserved_units == 3
    assert "Gardé pour vous" in text(buyer.get(URL))


def test_goods_that_others_took_meanwhile_are_told_and_not_ordered(world, buyer, monkeypatch):
    world.put(world.jar, 3)
    later(monkeypatch, world, 31)
    actions.release_expired(now=clock.now())
    world.put(world.case, 4, member=w.member("zoe"), now=clock.now())

    page = text(buyer.get(URL))
    response = buyer.post(URL, {f"q-{world.offer_of(world.jar).pk}": "3"})

    assert "Épuisé" in page
    assert "/food/checkout/" not in page
    assert response.status_code == 409
    assert "Encore disponible\xa0: 0." in text(response)
    assert StockPool.objects.get(pk=world.honey.pk).reserved_units == 24


def test_a_negative_quantity_is_refused_and_changes_nothing(world, buyer):
    world.put(world.jar, 3)

    response = buyer.post(URL, {f"q-{world.offer_of(world.jar).pk}": "-3"})

    assert response.status_code == 422
    assert "Choisissez une quantité entre 0 et 999." in text(response)
    assert held() == {"Bocal 500 g": 3}


def test_a_basket_of_a_closed_cycle_cannot_be_ordered(world, buyer, monkeypatch):
    world.put(world.jar, 3)
    monkeypatch.setattr(clock, "now", lambda: w.CLOSING)

    page = text(buyer.get(URL))
    response = buyer.post(URL, {f"q-{world.offer_of(world.jar).pk}": "1"})

    assert "Les commandes de cette vente sont closes." in page
    assert "/food/checkout/" not in page
    assert response.status_code == 409
    assert held() == {"Bocal 500 g": 3}


def test_the_basket_of_somebody_else_stays_theirs(world):
    world.put(world.jar, 3)
    stranger = Client()
    stranger.force_login(w.member("zoe"))

    stranger.post(URL, {f"q-{world.offer_of(world.jar).pk}": "1"})

    rows = BasketLine.objects.values_list("basket__receiver__display_name", "quantity")
    assert sorted(rows) == [("Bachir", 3), ("Zoe", 1)]


def test_the_page_costs_the_same_whatever_the_basket(world, buyer, django_assert_max_num_queries):
    world.put(world.jar, 3)
    world.put(world.case, 1)
    world.put(world.tomme, 2)

    with django_assert_max_num_queries(7):
        buyer.get(URL)


def cell(client, address):
    link = re.search(
        r'<a href="/basket/".*?</a>', text(client.get(address, follow=True)), re.DOTALL
    )[0]
    found = re.search(r'<span class="cell" aria-hidden="true">(\d+)</span>', link)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("address", ["/", "/my/", "/rules/", "/search/", "/food/", "/nowhere/"])
def test_every_page_tells_how_many_things_wait_in_the_basket(world, buyer, address):
    assert cell(Client(), address) == cell(buyer, address) == 0

    world.put(world.jar, 2)
    world.put(world.tomme, 1)

    assert cell(buyer, address) == 2
    assert cell(Client(), address) == 0


def test_the_count_costs_a_member_one_query_and_a_visitor_none(buyer):
    visitor = Client()
    visitor.get("/legal/")  # what is made once a process is made now
    with CaptureQueriesContext(connection) as before:
        visitor.get("/legal/")

    with CaptureQueriesContext(connection) as seen:
        buyer.get("/legal/")

    counting = [row["sql"] for row in seen if "food_hub_basketline" in row["sql"]]
    assert not [row["sql"] for row in before if "basket" in row["sql"]]
    assert len(counting) == 1


def test_the_basket_is_marked_as_the_page_one_reads(buyer):
    found = text(buyer.get(URL))

    assert '<a href="/basket/" aria-current="page">' in found
