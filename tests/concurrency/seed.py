"""Writes a small hub and many buyers with a basket each; prints their keys. Run as a module."""

import json
import sys

import django

django.setup()

from essaim.core.agreements.models import Basket  # noqa: E402
from essaim.core.members.actions import create_access_token  # noqa: E402
from essaim.core.members.models import Member  # noqa: E402
from essaim.kernel import clock  # noqa: E402
from essaim.trades.food_hub import actions  # noqa: E402
from essaim.trades.food_hub.models import OrderCycle  # noqa: E402
from essaim.trades.food_hub.tests import world as w  # noqa: E402


def main(buyer_count: int, with_tokens: bool) -> None:
    world = w.build()
    now = clock.now()
    # The world lives in a fixed week; here real clocks run, so its cycle is open around now.
    OrderCycle.objects.update(
        opens_at=w.OPENING.replace(year=2020), closes_at=w.CLOSING.replace(year=2090)
    )
    actions.set_stock(product=world.honey, on_hand_units=1, is_on_demand=False)
    buyers = Member.objects.bulk_create(
        Member(email=f"b{n}@exemple.fr", display_name=f"B{n}", password="!")
        for n in range(buyer_count)
    )
    baskets = Basket.objects.bulk_create(
        Basket(receiver=buyer, territory=world.territory, created_at=now) for buyer in buyers
    )
    tokens = []
    if with_tokens:
        tokens = [create_access_token(member=buyer, name="test", now=now) for buyer in buyers]
    json.dump(
        {
            "buyers": [buyer.pk for buyer in buyers],
            "baskets": [basket.pk for basket in baskets],
            "tokens": tokens,
            "cycle": world.cycle.pk,
            "cycle_public_id": str(world.cycle.public_id),
            "slot": world.slot.pk,
            "offer": world.offer_of(world.jar).pk,
            "product": world.honey.pk,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), "tokens" in sys.argv)
