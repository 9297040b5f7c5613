"""The shelf of an open cycle stands in the catalogue, where everybody searches."""

import pytest

from essaim.core.catalogue.models import Listing
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.tests import world as w

pytestmark = pytest.mark.django_db


def test_each_product_of_an_open_cycle_is_published_once_at_its_shelf_price():
    world = w.build()

    assert actions.publish_due(now=w.NOW) == 1
    assert actions.publish_due(now=w.NOW) == 0

    honey = Listing.objects.get(title="Miel de tilleul")
    assert Listing.objects.count() == 2
    assert (honey.price_cents, honey.price_label) == (800, "Bocal 500 g")
    assert honey.available_until == world.cycle.closes_at
    assert honey.path == f"/food/{world.cycle.public_id}/{world.offer_of(world.jar).pk}/"


def test_a_product_of_the_next_cycle_keeps_its_listing():
    world = w.build()
    actions.publish_cycle(cycle=world.cycle, now=w.NOW)
    world.jar.price_cents = 700
    world.jar.save(update_fields=["price_cents"])
    after = actions.plan_cycle(
        hub=world.hub, title="Semaine 48", opens_at=w.AFTER, closes_at=w.AFTER.replace(day=25)
    )
    actions.offer(cycle=after, variants=[world.jar])
    actions.add_slot(
        cycle=after, place=world.place, starts_at=w.AFTER.replace(day=26),
        ends_at=w.AFTER.replace(day=27),
    )  # fmt: skip
    actions.open_cycle(cycle=after, now=w.AFTER)

    actions.publish_cycle(cycle=after, now=w.AFTER)

    assert Listing.objects.filter(title="Miel de tilleul").count() == 1
    assert Listing.objects.get(title="Miel de tilleul").available_until == after.closes_at
