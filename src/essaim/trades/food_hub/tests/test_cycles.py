"""The order cycle of a hub manager: planned, cloned, opened with its prices in sight, closed."""

from datetime import timedelta

import pytest
from django.urls import reverse

from essaim.core.messages.models import OutgoingEmail
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.actions import planning
from essaim.trades.food_hub.models import CycleOffer, Fee, OrderCycle
from essaim.trades.food_hub.tests import cast as c
from essaim.trades.food_hub.tests import world as w

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return c.gather()


def page(name, *args):
    return reverse(f"food_hub:{name}", args=args)


def draft(cast):
    cycle = cast.world.cycle
    OrderCycle.objects.filter(pk=cycle.pk).update(state="draft")
    cycle.refresh_from_db()
    return cycle


def test_a_manager_plans_a_cycle_and_is_led_to_its_page(cast):
    answer = cast.browser("manager").post(
        page("desk_new", "halle"),
        {
            "title": "Semaine 48", "opens_at": "2026-11-23T08:00", "closes_at": "2026-11-26T20:00",
            "place": cast.world.place.pk, "starts_at": "2026-11-27T17:00",
            "ends_at": "2026-11-27T19:00",
        },
    )  # fmt: skip

    cycle = OrderCycle.objects.get(title="Semaine 48")
    assert answer.url == page("desk_cycle", cycle.public_id)
    assert cycle.state == "draft"
    assert cycle.slots.get().place == cast.world.place


def test_a_cycle_that_closes_before_it_opens_is_refused_and_nothing_is_written(cast):
    before = OrderCycle.objects.count()

    answer = cast.browser("manager").post(
        page("desk_new", "halle"),
        {
            "title": "À l’envers", "opens_at": "2026-11-26T20:00", "closes_at": "2026-11-23T08:00",
            "place": cast.world.place.pk, "starts_at": "2026-11-27T17:00",
            "ends_at": "2026-11-27T19:00",
        },
    )  # fmt: skip

    assert answer.status_code == 422
    assert OrderCycle.objects.count() == before


def test_the_next_cycle_is_like_the_last_one_a_week_later(cast):
    world = cast.world
    after = w.AFTER

    copy = planning.clone_cycle(cycle=world.cycle, now=after)

    assert (copy.title, copy.state) == ("Semaine 48", "draft")
    assert copy.opens_at == w.OPENING + timedelta(weeks=1)
    assert copy.slots.get().starts_at == w.PICKUP + timedelta(weeks=1)
    assert copy.offers.count() == world.cycle.offers.count()
    assert list(copy.fees.values_list("code", "amount")) == [("hub", 1200)]
    assert Fee.objects.filter(cycle=world.cycle).count() == 1


def test_a_cloned_cycle_keeps_its_hours_when_summer_time_ends_in_between(cast):
    world = cast.world
    week = timedelta(weeks=4)
    OrderCycle.objects.filter(pk=world.cycle.pk).update(
        opens_at=w.OPENING - week, closes_at=w.CLOSING - week
    )
    world.cycle.slots.update(
        starts_at=w.PICKUP - week, ends_at=w.PICKUP - week + timedelta(hours=1)
    )
    world.cycle.refresh_from_db()

    copy = planning.clone_cycle(cycle=world.cycle, now=w.OPENING - week)

    zone = world.territory.zone
    assert copy.opens_at.astimezone(zone).hour == world.cycle.opens_at.astimezone(zone).hour


def test_a_cycle_is_never_cloned_into_the_past(cast):
    copy = planning.clone_cycle(cycle=cast.world.cycle, now=w.OPENING + timedelta(days=70))

    assert copy.opens_at > w.OPENING + timedelta(days=70)


def test_ticks_decide_what_a_producer_offers(cast):
    world, browser = cast.world, cast.browser("manager")
    address = page("desk_offers", world.cycle.public_id) + "?producer=ruche"

    browser.post(address, {"variant": [world.jar.pk, world.tomme.pk]})

    offered = CycleOffer.objects.filter(cycle=world.cycle, variant__product__producer=world.farm)
    assert offered.get().variant == world.jar
    assert CycleOffer.objects.filter(cycle=world.cycle, variant=world.tomme).count() == 1

    browser.post(address, {"bulk": "all"})
    assert offered.count() == 2

    browser.post(address, {"bulk": "none"})
    assert offered.count() == 0


def test_the_fees_page_shows_what_ten_euros_become(cast):
    cycle = draft(cast)

    text = cast.browser("manager").get(page("desk_fees", cycle.public_id)).content.decode()

    # 12 % for the hub, 3 % and 1 % voted: 2.50 € become 2.90 €, four times.
    assert "11,60\u00a0€" in text
    assert "1,20\u00a0€" in text


def test_a_fee_is_set_changed_and_removed_before_opening(cast):
    cycle, browser = draft(cast), cast.browser("manager")
    address = page("desk_fees", cycle.public_id)
    said = {
        "label": "Transport", "kind": "per_kilo", "amount": "0,35", "role": "coordinator",
        "beneficiary": cast.world.hub.organisation.pk, "tax": "2000",
        "producers": [cast.world.dairy.pk],
    }  # fmt: skip

    browser.post(address, said)
    fee = Fee.objects.get(cycle=cycle, code="transport")
    assert (fee.amount, fee.tax_rate_bps, fee.inherits_tax) == (35, 2000, False)
    assert list(fee.producers.all()) == [cast.world.dairy]

    browser.post(f"{address}?fee=transport", said | {"amount": "0,50"})
    fee.refresh_from_db()
    assert fee.amount == 50

    browser.post(address, {"remove": "transport"})
    assert not Fee.objects.filter(pk=fee.pk).exists()


@pytest.mark.parametrize("label", ["Platform", "Commons", "Goods", "Hub"])
def test_a_fee_never_takes_a_code_of_the_house_or_of_another_fee(cast, label):
    cycle = draft(cast)

    cast.browser("manager").post(
        page("desk_fees", cycle.public_id),
        {
            "label": label, "kind": "percent", "amount": "1", "role": "hub",
            "beneficiary": cast.world.hub.organisation.pk, "tax": "goods",
        },
    )  # fmt: skip

    assert Fee.objects.get(cycle=cycle, label=label).code == f"{label.lower()}-2"
    assert cast.browser("manager").get(page("desk_fees", cycle.public_id)).status_code == 200


@pytest.mark.parametrize("amount", ["-1", "abc", "101", "1,234"])
def test_an_amount_that_is_none_is_refused(cast, amount):
    cycle = draft(cast)

    answer = cast.browser("manager").post(
        page("desk_fees", cycle.public_id),
        {
            "label": "Bricole", "kind": "percent", "amount": amount, "role": "hub",
            "beneficiary": cast.world.hub.organisation.pk, "tax": "goods",
        },
    )  # fmt: skip

    assert answer.status_code == 422
    assert Fee.objects.filter(cycle=cycle).count() == 1


def test_opening_shows_the_prices_first_then_opens(cast):
    cycle, browser = draft(cast), cast.browser("manager")

    assert "11,60\u00a0€" in browser.get(page("desk_opening", cycle.public_id)).content.decode()
    browser.post(page("desk_opening", cycle.public_id))

    cycle.refresh_from_db()
    assert cycle.state == "open"
    assert cycle.platform_bps == 300


def test_fees_no_longer_change_once_open(cast):
    answer = cast.browser("manager").post(
        page("desk_fees", cast.world.cycle.public_id), {"remove": "hub"}
    )

    assert answer.status_code == 422
    assert Fee.objects.filter(cycle=cast.world.cycle, code="hub").exists()


def test_closing_asks_first_then_tells_the_producers(cast):
    c.order(cast.world)
    browser, address = cast.browser("manager"), page("desk_closing", cast.world.cycle.public_id)

    assert browser.get(address).status_code == 200
    cast.world.cycle.refresh_from_db()
    assert cast.world.cycle.state == "open"

    browser.post(address)
    cast.world.cycle.refresh_from_db()
    assert cast.world.cycle.state == "closed"
    assert OutgoingEmail.objects.filter(recipient="dairy@exemple.fr").count() == 1


def test_a_pickup_time_with_orders_stays(cast):
    c.order(cast.world)

    answer = cast.browser("manager").post(
        page("desk_slots", cast.world.cycle.public_id), {"remove": cast.world.slot.pk}
    )

    assert answer.status_code == 409
    assert cast.world.cycle.slots.count() == 1


def test_dates_move_but_never_past_a_pickup(cast):
    cycle, browser = cast.world.cycle, cast.browser("manager")
    said = {"title": "Semaine 47", "opens_at": "2026-11-16T09:00"}

    late = browser.post(
        page("desk_dates", cycle.public_id), said | {"closes_at": "2026-11-21T20:00"}
    )
    fine = browser.post(
        page("desk_dates", cycle.public_id), said | {"closes_at": "2026-11-20T08:00"}
    )

    assert (late.status_code, fine.status_code) == (422, 302)
    cycle.refresh_from_db()
    assert cycle.closes_at.hour == 7


def test_a_worker_sees_the_cycle_but_not_the_buttons_of_the_manager(cast):
    text = (
        cast.browser("worker").get(page("desk_cycle", cast.world.cycle.public_id)).content.decode()
    )

    assert page("desk_closing", cast.world.cycle.public_id) not in text
    assert page("desk_dates", cast.world.cycle.public_id) not in text


def test_the_cycle_page_counts_the_same_queries_for_one_order_and_for_five(
    cast, django_assert_max_num_queries
):
    browser, address = cast.browser("manager"), page("desk_cycle", cast.world.cycle.public_id)
    c.order(cast.world)
    with django_assert_max_num_queries(16) as few:
        browser.get(address)
    for name in ("ana", "bo", "cy", "di"):
        c.order(cast.world, buyer=w.member(name))

    with django_assert_max_num_queries(len(few)):
        browser.get(address)


def test_opening_twice_and_closing_twice_change_nothing(cast):
    browser, cycle = cast.browser("manager"), cast.world.cycle
    actions.close_cycle(cycle=cycle, now=w.CLOSING)

    again = browser.post(page("desk_closing", cycle.public_id))
    reopened = browser.post(page("desk_opening", cycle.public_id))

    cycle.refresh_from_db()
    assert cycle.state == "closed"
    assert (again.status_code, reopened.status_code) == (302, 409)
