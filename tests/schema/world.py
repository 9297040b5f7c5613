"""A world with something behind every operation of the API: a shelf, a basket, orders, listings."""

from dataclasses import dataclass
from typing import Any

from essaim.core.agreements.models import Basket
from essaim.core.catalogue.models import Listing
from essaim.core.members.actions import create_access_token
from essaim.kernel import clock
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.models import BasketLine
from essaim.trades.food_hub.tests import shop
from essaim.trades.food_hub.tests import world as w

ORDERS_COUNT = 6


@dataclass
class ApiWorld:
    hub: w.World
    token: str
    values: dict[str, list[Any]]

    def fill_basket(self, environ: dict[str, Any]) -> None:
        """Let an order be possible whenever one is asked for."""
        is_order = environ["PATH_INFO"] == "/api/v1/food/orders"
        mine = BasketLine.objects.filter(
            basket__receiver=self.hub.buyer, basket__state=Basket.State.OPEN
        )
        if is_order and not mine.exists():
            self.hub.put(self.hub.tomme, 1)


def build(monkeypatch) -> ApiWorld:
    """Make it at the fixed instant of the food hub's tests."""
    monkeypatch.setattr(clock, "now", lambda: w.NOW)
    world = w.build()
    actions.publish_cycle(cycle=world.cycle, now=w.NOW)
    for _ in range(ORDERS_COUNT):
        shop.buy(world, world.jar, 1)
    actions.set_stock(product=world.honey, on_hand_units=100_000, is_on_demand=False)
    orders = world.buyer.agreements.order_by("pk").values_list("public_id", flat=True)
    listings = Listing.objects.order_by("pk").values_list("public_id", flat=True)
    return ApiWorld(
        hub=world,
        token=create_access_token(member=world.buyer, name="schemathesis", now=w.NOW),
        values={
            "path.cycle": [str(world.cycle.public_id)],
            "path.offer_id": [world.offer_of(pack).pk for pack in (world.jar, world.tomme)],
            "path.order": [str(order) for order in orders],
            "path.listing": [str(listing) for listing in listings],
            "query.words": ["miel", "tomme", "mielle"],
            "query.near": ["59350", "50.63,3.06"],
            "body.cycle": [str(world.cycle.public_id)],
            "body.slot": [world.slot.pk],
        },
    )
