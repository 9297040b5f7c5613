"""What other rates would have made of real orders."""

from datetime import timedelta

import pytest
from django.urls import reverse

from essaim.core.agreements.models import Agreement, Share
from essaim.kernel import clock, trades
from essaim.kernel.periods import Period
from essaim.trades.food_hub import actions, articles, effects
from essaim.trades.food_hub.models import Order, OrderLine
from essaim.trades.food_hub.tests import shop
from essaim.trades.food_hub.tests import world as w

pytestmark = pytest.mark.django_db
WEEK = Period(w.OPENING, w.AFTER + timedelta(days=1))
PLATFORM, COMMONS = articles.PLATFORM_RATE.key, articles.COMMONS_RATE.key


@pytest.fixture
def world():
    world = w.build()
    actions.set_stock(product=world.honey, on_hand_units=99, is_on_demand=False)
    for number in range(1, 8):
        buyer = w.member(f"buyer{number}")
        world.put(world.jar, number, member=buyer)
        shop.buy(world, world.tomme, 1, member=buyer)
    return world


def effect(**values):
    keys = {"platform": PLATFORM, "commons": COMMONS, "tolerance": articles.WEIGHT_TOLERANCE.key}
    return effects.rule_effect({keys[name]: value for name, value in values.items()}, WEEK)


def cents_of(found, label):
    (part,) = (one for one in found.parts if one.label == label)
    return part.before_cents, part.after_cents


def test_the_past_is_what_orders_and_their_shares_say_to_the_cent(world):
    found = effect(platform=0)

    totals = Agreement.objects.values_list("total_cents", flat=True)
    assert found.whole.before_cents == sum(totals)
    assert found.one.before_cents == sorted(totals)[3]
    for label, role in (("Plateforme", "platform"), ("Fonds des communs", "commons")):
        kept = Share.objects.filter(role=role).values_list("amount_cents", flat=True)
        assert cents_of(found, label)[0] == sum(kept) > 0
    for name in ("before_cents", "after_cents"):
        parts = sum(getattr(part, name) for part in found.parts)
        assert parts == getattr(found.whole, name)


def test_a_rate_changes_its_own_part_and_what_buyers_pay_by_as_much_to_the_cent_of_a_pack(world):
    found = effect(platform=0)
    packs_count = sum(OrderLine.objects.values_list("ordered_quantity", flat=True))

    before, after = cents_of(found, "Plateforme")
    assert after == 0
    assert abs(found.whole.difference_cents + before) <= packs_count
    assert cents_of(found, "Producteurs") == (found.parts[0].before_cents,) * 2


def test_the_same_rates_change_nothing(world):
    found = effect(platform=articles.PLATFORM_RATE.default, commons=articles.COMMONS_RATE.default)

    assert {one.difference_cents for one in (*found.parts, found.whole, found.one)} == {0}


def test_it_is_what_the_same_orders_cost_in_a_cycle_with_these_rates(world):
    said = effect(platform=700, commons=350).whole.after_cents

    Agreement.objects.update(state="cancelled")
    world.cycle.platform_bps, world.cycle.commons_bps = 700, 350
    world.cycle.save()
    for number in range(1, 8):
        buyer = w.member(f"again{number}")
        world.put(world.tomme, 1, member=buyer)
        shop.buy(world, world.jar, number, member=buyer)

    kept = Agreement.objects.filter(state="accepted").values_list("total_cents", flat=True)
    assert sum(kept) == said


def test_orders_given_up_and_those_of_other_weeks_do_not_count(world):
    Agreement.objects.filter(receiver__email="buyer7@exemple.fr").update(state="cancelled")
    Agreement.objects.filter(receiver__email="buyer6@exemple.fr").update(
        proposed_at=WEEK.start - timedelta(seconds=1)
    )

    assert effect(platform=0).sample == "5 commandes"


def test_too_few_orders_say_nothing(world):
    Agreement.objects.exclude(
        receiver__email__in=[f"buyer{number}@exemple.fr" for number in range(1, 5)]
    ).update(state="cancelled")

    found = effect(platform=0)

    assert found.whole is None
    assert not found.parts
    assert found.sample.startswith("4 commandes")


def test_rules_that_price_nothing_have_no_effect():
    assert effects.rule_effect({articles.FETCH_DELAY.key: 0}, WEEK) is None


def test_a_weight_tolerance_changes_what_heavy_goods_cost(world):
    line = shop.line_of(Order.objects.order_by("pk").first(), world.tomme)
    line.real_weight_g = 500
    line.save()

    found = effect(tolerance=0)

    assert found.whole.difference_cents < 0


def test_two_queries_however_many_orders(world, django_assert_num_queries):
    with django_assert_num_queries(2):
        effect(platform=0)


def test_the_page_tells_it_in_plain_french(client, world, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: w.AFTER + timedelta(days=3))
    client.force_login(world.buyer)

    page = client.get(reverse("bylaws:what_if"), {PLATFORM: "0", COMMONS: "1"})

    assert page.status_code == 200
    words = page.content.decode()
    for expected in ("7 commandes, du", "Comme c’était", "Avec ces valeurs", "Producteurs"):
        assert expected in words
    assert next(trades.installed()).rule_effect({PLATFORM: 0}, WEEK) == effect(platform=0)


@pytest.mark.parametrize("typed", ["99", "abc", "2,555", ""])
def test_a_value_the_rule_does_not_accept_is_said(client, world, typed):
    client.force_login(world.buyer)

    page = client.get(reverse("bylaws:what_if"), {PLATFORM: typed})

    assert page.status_code == 422
    assert "aria-invalid" in page.content.decode()


def test_no_known_rule_leads_back_to_the_rules(client, world):
    client.force_login(world.buyer)

    page = client.get(reverse("bylaws:what_if"), {"no.such": "1"})

    assert page.url == reverse("bylaws:rules")
