"""An actor: its share of the buyers try to get the last jar, by basket or by checkout."""

import json
import sys

import django

django.setup()

from django.db import IntegrityError  # noqa: E402

from essaim.core.agreements.models import Basket  # noqa: E402
from essaim.core.members.models import Member  # noqa: E402
from essaim.kernel import clock  # noqa: E402
from essaim.kernel.errors import RuleBroken  # noqa: E402
from essaim.kernel.identifiers import uuid7  # noqa: E402
from essaim.trades.food_hub.actions import basket as basket_actions  # noqa: E402
from essaim.trades.food_hub.actions import ordering  # noqa: E402
from essaim.trades.food_hub.models import CycleOffer, StockPool  # noqa: E402
from tests.concurrency.harness import act  # noqa: E402

number, crowd_size, seed_path, *sabotage = sys.argv[1:]
with open(seed_path) as file:  # noqa: PTH123
    seed = json.load(file)
mine = range(int(number), len(seed["buyers"]), int(crowd_size))
members = {n: Member.objects.get(pk=seed["buyers"][n]) for n in mine}
baskets = {n: Basket.objects.get(pk=seed["baskets"][n]) for n in mine}
offer = CycleOffer.objects.select_related("cycle").get(pk=seed["offer"])


def reserve_without_lock(offer, quantity, kept_before):
    """The guard removed: reads the pool without its lock."""
    pool = StockPool.objects.get(pk=offer.variant.product_id)
    wanted = offer.variant.pool_units * quantity
    if wanted > pool.on_hand_units - pool.reserved_units + kept_before:
        raise ordering.GoneFromStock(product="")
    pool.reserved_units += wanted - kept_before
    pool.save(update_fields=["reserved_units"])
    return wanted


if "reserve" in sabotage:
    basket_actions._reserve = reserve_without_lock
if "checkout" in sabotage:
    guard = """
       AND (pool.is_on_demand
            OR pool.on_hand_units - need.units >= pool.reserved_units - need.kept)"""
    assert guard in ordering.TAKE
    ordering.TAKE = ordering.TAKE.replace(guard, "")


def put(n: int) -> None:
    basket_actions.put_in_basket(basket=baskets[n], offer=offer, quantity=1, now=clock.now())


def check_out(n: int) -> None:
    ordering.place_order(
        basket_id=baskets[n].pk,
        cycle_id=seed["cycle"],
        slot_id=seed["slot"],
        placed_by=members[n],
        receiver_id=members[n].pk,
        means="cash",
        order_key=uuid7(),
        now=clock.now(),
    )


def perform(order: str) -> dict[str, int]:
    attempt = {"put": put, "checkout": check_out}[order]
    counts = {"won": 0, "refused": 0, "database": 0}
    for n in mine:
        try:
            attempt(n)
            counts["won"] += 1
        except RuleBroken:
            counts["refused"] += 1
        except IntegrityError:
            counts["database"] += 1
    return counts


act(perform)
