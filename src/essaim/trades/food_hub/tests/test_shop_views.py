"""The shelf on pages: what is shown, searched, put in the basket, refused."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from essaim.core.agreements.models import Basket
from essaim.core.messages.models import OutgoingEmail
from essaim.kernel import clock
from essaim.trades.food_hub import actions, queries
from essaim.trades.food_hub.models import (
    BasketLine,
    CycleOffer,
    Product,
    StockPool,
    Variant,
    WaitingBuyer,
)
from essaim.trades.food_hub.tests import world as w

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(autouse=True)
def at_now(monkeypatch):
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: w.NOW)


@pytest.fixture
def world():
    return w.build()


@pytest.fixture
def buyer(world):
    client = Client()
    client.force_login(world.buyer)
    return client


def shop_url(world):
    return f"/food/{world.cycle.public_id}/"


def fill_url(world):
    return f"/food/{world.cycle.public_id}/basket/?"


def text(response):
    return response.content.decode()


def held(world):
    return dict(BasketLine.objects.values_list("offer__variant__label", "quantity"))


def test_open_cycles_are_cards_and_drafts_are_seen_by_nobody(world):
    actions.plan_cycle(hub=world.hub, title="En secret", opens_at=w.OPENING, closes_at=w.CLOSING)

    page = text(Client().get("/food/"))

    assert "Semaine 47" in page
    assert "Halle de Wazemmes" in page
    assert "En secret" not in page


def test_without_any_open_cycle_the_page_says_so(world, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: w.CLOSING)

    page = text(Client().get("/food/"))

    assert "Aucune vente n’est ouverte" in page


def test_a_visitor_reads_prices_with_fees_and_per_kilo(world):
    response = Client().get(shop_url(world))

    page = text(response)
    assert response.status_code == 200
    assert "8,00\xa0€" in page
    assert "16,00\xa0€/kg" in page
    assert "Sur 10,00\xa0€ dépensés ici" in page


def test_a_draft_cycle_is_not_found(world):
    draft = actions.plan_cycle(hub=world.hub, title="x", opens_at=w.OPENING, closes_at=w.CLOSING)

    assert Client().get(f"/food/{draft.public_id}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("words=miels", {"Bocal 500 g", "Caisse de 6"}),
        ("words=FERRAIN+tilleul", {"Bocal 500 g", "Caisse de 6"}),
        ("words=épicerie", {"Bocal 500 g", "Caisse de 6"}),
        ("words=epicerie", {"Bocal 500 g", "Caisse de 6"}),
        ("words=%27%25_", {"Bocal 500 g", "Caisse de 6", "Environ 400 g"}),
        ("family=Fromages", {"Environ 400 g"}),
        ("words=chameau", set()),
        ("page=99", {"Bocal 500 g", "Caisse de 6", "Environ 400 g"}),
        ("page=x&producer=y", {"Bocal 500 g", "Caisse de 6", "Environ 400 g"}),
    ],
)
def test_the_shelf_is_searched_without_accents_and_filtered(world, query, found):
    page = text(Client().get(f"{shop_url(world)}?{query}")).lower()

    shown = {label for label in ("Bocal 500 g", "Caisse de 6", "Environ 400 g")
             if f", {label.lower()}</a>" in page}  # fmt: skip
    assert shown == found


def test_a_producer_is_chosen(world):
    page = text(Client().get(f"{shop_url(world)}?producer={world.dairy.pk}"))

    assert "Tomme, environ 400 g</a>" in page
    assert "Miel de tilleul, bocal" not in page


def test_htmx_gets_the_shelf_alone_and_it_is_the_same_as_in_the_page(world):
    alone = text(Client().get(shop_url(world), headers=HTMX))

    assert "<html" not in alone
    rows = re.findall(r'<li class="item.*?</li>', alone, re.DOTALL)
    assert len(rows) == 3
    page = text(Client().get(shop_url(world)))
    assert [row in page for row in rows] == [True] * 3


def test_a_pack_is_put_in_the_basket_by_its_button(world, buyer):
    offer = world.offer_of(world.jar)

    response = buyer.post(fill_url(world), {"add": offer.pk})

    assert response.status_code == 302
    assert response.headers["Location"].endswith(f"#o{offer.pk}")
    assert held(world) == {"Bocal 500 g": 1}
    assert 'value="1" min="0"' in text(buyer.get(shop_url(world)))


def test_adding_twice_by_a_double_click_adds_once(world, buyer):
    offer = world.offer_of(world.jar)

    buyer.post(fill_url(world), {"add": offer.pk})
    buyer.post(fill_url(world), {"add": offer.pk})

    assert held(world) == {"Bocal 500 g": 1}


def test_quantities_are_set_together_and_zero_takes_out(world, buyer):
    jar, tomme = world.offer_of(world.jar), world.offer_of(world.tomme)
    world.put(world.jar, 2)

    buyer.post(fill_url(world), {f"q-{jar.pk}": "0", f"q-{tomme.pk}": "3"})

    assert held(world) == {"Environ 400 g": 3}


def test_htmx_gets_the_changed_row_and_the_dock_alone(world, buyer):
    offer = world.offer_of(world.jar)

    page = text(buyer.post(fill_url(world), {"add": offer.pk}, headers=HTMX))

    assert page.count("<hx-partial") == 2
    assert f'id="o{offer.pk}"' in page
    assert "8,00\xa0€" in page
    assert "Tomme" not in page


def test_a_visitor_who_wants_something_signs_in_first(world):
    response = Client().post(fill_url(world), {"add": world.offer_of(world.jar).pk})

    assert response.status_code == 302
    assert "/account/login/" in response.headers["Location"]
    assert BasketLine.objects.count() == 0


@pytest.mark.parametrize("quantity", ["-1", "1000", "deux", "1.5", "٣", "9" * 40])
def test_an_absurd_quantity_is_refused_in_french_and_changes_nothing(world, buyer, quantity):
    world.put(world.tomme, 1)
    jar, tomme = world.offer_of(world.jar), world.offer_of(world.tomme)

    response = buyer.post(fill_url(world), {f"q-{jar.pk}": quantity, f"q-{tomme.pk}": "5"})

    assert response.status_code == 422
    assert "Choisissez une quantité entre 0 et 999." in text(response)
    assert held(world) == {"Environ 400 g": 1}


def test_more_than_is_left_is_refused_with_what_is_left_and_the_rest_is_undone(world, buyer):
    jar, case = world.offer_of(world.jar), world.offer_of(world.case)

    response = buyer.post(fill_url(world), {f"q-{jar.pk}": "2", f"q-{case.pk}": "5"})

    assert response.status_code == 409
    assert "Encore disponible\xa0: 3." in text(response)
    assert held(world) == {}
    assert StockPool.objects.get(pk=world.honey.pk).reserved_units == 0


def test_a_refusal_reaches_htmx_in_the_dock_with_the_true_quantities(world, buyer):
    world.put(world.jar, 2)
    offer = world.offer_of(world.jar)

    response = buyer.post(fill_url(world), {f"q-{offer.pk}": "25"}, headers=HTMX)

    page = text(response)
    assert "Encore disponible\xa0: 24." in page
    assert 'value="2" min="0"' in page


def test_a_closed_cycle_shows_its_shelf_but_takes_nothing(world, buyer, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: w.CLOSING)
    offer = world.offer_of(world.jar)

    response = buyer.post(fill_url(world), {"add": offer.pk})

    assert response.status_code == 409
    assert "Les commandes de cette vente sont closes." in text(response)
    assert held(world) == {}
    assert 'name="add"' not in text(buyer.get(shop_url(world)))


def test_an_offer_that_does_not_exist_is_refused(world, buyer):
    response = buyer.post(fill_url(world), {"add": "999999"})

    assert response.status_code == 422
    assert "Ce produit n’est pas proposé ici." in text(response)


def test_few_left_is_said_and_sold_out_leads_to_the_waiting_list(world, buyer):
    actions.set_stock(product=world.honey, on_hand_units=3, is_on_demand=False)

    page = text(buyer.get(shop_url(world)))

    assert "plus que 3" in page
    assert "Épuisé\u202f: prévenez-moi" not in page
    assert page.count("prévenez-moi") == 1


def test_who_asks_is_told_once_the_pack_is_back(world, buyer):
    actions.set_stock(product=world.honey, on_hand_units=0, is_on_demand=False)
    offer = world.offer_of(world.jar)
    page = text(buyer.get(f"{shop_url(world)}{offer.pk}/"))

    response = buyer.post(f"{shop_url(world)}{offer.pk}/tell-me/", follow=True)

    assert "Prévenez-moi du retour" in page
    assert "Nous vous écrirons dès que «\u202fMiel de tilleul\u202f»" in text(response)
    assert WaitingBuyer.objects.get().member == world.buyer
    assert OutgoingEmail.objects.count() == 0


def test_a_pack_shows_where_each_of_its_euros_goes(world):
    page = text(Client().get(f"{shop_url(world)}{world.offer_of(world.jar).pk}/"))

    assert "Où vont les 8,00\xa0€ de ce produit" in page
    shares = re.findall(r"<b>([\d,]+)\xa0€</b>", page)
    assert sum(int(share.replace(",", "")) for share in shares) == 800
    assert "Rucher du Ferrain" in page


def test_a_pack_of_another_cycle_is_not_found(world):
    other = actions.plan_cycle(hub=world.hub, title="x", opens_at=w.OPENING, closes_at=w.CLOSING)
    actions.offer(cycle=other, variants=[world.jar])
    offer = CycleOffer.objects.get(cycle=other)

    assert Client().get(f"{shop_url(world)}{offer.pk}/").status_code == 404
    assert Client().post(f"{shop_url(world)}{offer.pk}/tell-me/").status_code == 302


def test_the_page_costs_ten_queries_at_most_whatever_the_size_of_the_shelf(
    world, buyer, django_assert_max_num_queries
):
    world.put(world.jar, 1)
    products = Product.objects.bulk_create(
        Product(producer=world.farm, name=f"Pomme {n}", family="Fruits", measure="weight")
        for n in range(120)
    )
    StockPool.objects.bulk_create(StockPool(product=p, on_hand_units=5) for p in products)
    variants = Variant.objects.bulk_create(
        Variant(product=p, label="Le kilo", price_cents=300, weight_g=1000) for p in products
    )
    actions.offer(cycle=world.cycle, variants=variants)

    with django_assert_max_num_queries(10):
        page = text(buyer.get(f"{shop_url(world)}?page=2"))

    assert page.count('<li class="item') == 50
    with django_assert_max_num_queries(10):
        buyer.get(f"{shop_url(world)}?words=pommes&family=Fruits")


def test_a_page_of_fifty_packs_stays_under_six_hundred_nodes(world, buyer):
    families = ["Fruits", "Légumes", "Pains", "Œufs", "Bières", "Miels", "Fromages", "Viandes"]
    products = Product.objects.bulk_create(
        Product(producer=world.farm, name=f"P{n}", family=families[n % 8], measure="weight")
        for n in range(60)
    )
    StockPool.objects.bulk_create(StockPool(product=p, on_hand_units=5) for p in products)
    variants = Variant.objects.bulk_create(
        Variant(product=p, label="Le kilo", price_cents=300, weight_g=1000) for p in products
    )
    actions.offer(cycle=world.cycle, variants=variants)
    for variant in variants[:8]:
        world.put(variant, 1)

    page = text(buyer.get(shop_url(world)))

    assert len(re.findall(r"<[a-z]", page)) <= 600
    assert len(page.encode()) < 60_000


def test_words_are_found_as_people_write_them():
    assert queries.search_words("  L’Œuf, les Pommes & 1 Prix ") == ["oeuf", "pomme", "pri"]


def test_the_basket_opens_in_the_territory_of_the_hub(world, buyer):
    buyer.post(fill_url(world), {"add": world.offer_of(world.jar).pk})

    assert Basket.objects.get().territory == world.territory
    line = BasketLine.objects.get()
    assert line.kept_until == w.NOW + timedelta(minutes=world.cycle.basket_minutes)
