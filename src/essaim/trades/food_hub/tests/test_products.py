"""Products, packs and stock, as their producer looks after them."""

import pytest
from django.urls import reverse

from essaim.core.members.models import Membership
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.models import Product, StockPool
from essaim.trades.food_hub.tests import cast as c

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return c.gather()


def page(product):
    return reverse("food_hub:desk_product", args=[product.public_id])


PRODUCT = {"name": "Beurre", "family": "Crèmerie", "measure": "weight", "tax_rate_bps": "550"}
PACK = {"part": "pack", "label": "Plaque", "price_cents": "3,20", "contents": "250 g",
        "pool_units": "1", "is_active": "on"}  # fmt: skip


def test_a_product_is_added_then_its_pack(cast):
    browser = cast.browser("producer")

    answer = browser.post(reverse("food_hub:desk_product_new", args=["dairy"]), PRODUCT)
    product = Product.objects.get(name="Beurre")
    browser.post(page(product), PACK)

    pack = product.variants.get()
    assert answer.url == page(product)
    assert (pack.price_cents, pack.weight_g, pack.is_weighed) == (320, 250, False)


def test_two_products_of_one_name_are_refused(cast):
    answer = cast.browser("producer").post(
        reverse("food_hub:desk_product_new", args=["dairy"]), PRODUCT | {"name": "Tomme"}
    )

    assert answer.status_code == 422
    assert Product.objects.filter(name="Tomme").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"price_cents": "-3"}, {"contents": "beaucoup"}, {"pool_units": "0"}, {"label": ""},
     {"label": "Environ 400 g"}, {"contents": "6 pièces", "is_weighed": "on"}],
)  # fmt: skip
def test_a_wrong_pack_is_refused_and_nothing_is_written(cast, wrong):
    answer = cast.browser("producer").post(page(cast.world.cheese), PACK | wrong)

    assert answer.status_code == 422
    assert cast.world.cheese.variants.count() == 1


def test_a_pack_is_changed_and_open_cycles_keep_their_price(cast):
    browser, tomme = cast.browser("producer"), cast.world.tomme
    said = PACK | {
        "label": "Environ 400 g",
        "price_cents": "9",
        "contents": "400 g",
        "is_weighed": "on",
    }

    browser.post(f"{page(cast.world.cheese)}?pack={tomme.pk}", said)

    tomme.refresh_from_db()
    assert (tomme.price_cents, tomme.is_weighed) == (900, True)
    assert cast.world.offer_of(tomme).price_cents == 840


def test_the_shared_stock_is_told_in_packs(cast):
    Membership.objects.create(
        member=cast.people["producer"], organisation=cast.world.farm, role="worker"
    )

    text = cast.browser("producer").get(page(cast.world.honey)).content.decode()

    assert '<strong class="number">24</strong> × Bocal 500 g' in text
    assert '<strong class="number">4</strong> × Caisse de 6' in text


@pytest.mark.parametrize("units", ["-1", "abc", "999999999999"])
def test_a_stock_that_is_no_number_changes_nothing(cast, units):
    answer = cast.browser("producer").post(
        page(cast.world.cheese), {"part": "stock", "on_hand_units": units}
    )

    assert answer.status_code == 422
    assert StockPool.objects.get(pk=cast.world.cheese.pk).is_on_demand


def test_the_stock_is_saved(cast):
    cast.browser("producer").post(page(cast.world.cheese), {"part": "stock", "on_hand_units": "40"})

    pool = StockPool.objects.get(pk=cast.world.cheese.pk)
    assert (pool.on_hand_units, pool.is_on_demand) == (40, False)


def test_the_manager_of_the_hub_looks_after_a_farm_only_when_nobody_does(cast):
    browser = cast.browser("manager")

    alone = browser.get(reverse("food_hub:desk_products", args=["ruche"]))
    kept = browser.get(reverse("food_hub:desk_products", args=["dairy"]))

    assert (alone.status_code, kept.status_code) == (200, 404)


def test_the_list_counts_the_same_queries_for_one_product_and_for_many(
    cast, django_assert_max_num_queries
):
    browser, address = cast.browser("producer"), reverse("food_hub:desk_products", args=["dairy"])
    with django_assert_max_num_queries(8) as few:
        browser.get(address)
    for number in range(25):
        actions.add_product(
            producer=cast.world.dairy, name=f"B{number}", family="", measure="items", tax_rate_bps=0
        )

    with django_assert_max_num_queries(len(few)):
        browser.get(address)
