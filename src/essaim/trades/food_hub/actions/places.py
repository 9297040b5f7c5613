"""The places where a hub hands orders over: named, corrected, closed when nobody waits there."""

from datetime import datetime

from django.db import transaction

from essaim.core.territories import actions as ground
from essaim.core.territories.models import Commune, Place
from essaim.core.territories.rules import Position
from essaim.kernel.errors import N_, BadInput, RuleBroken
from essaim.trades.food_hub.models import Hub, OrderCycle, PickupSlot

KIND = "pickup"


class PlaceInUse(RuleBroken):
    """Orders are, or may still be, fetched there; `details` has `cycle`."""

    code = "food_hub.place-in-use"
    sentence = N_("“{cycle}” still hands orders over there: choose another place for it first.")


class PointUnknown(BadInput):
    """Nobody knows where the commune is, and no point was given."""

    code = "food_hub.point-unknown"
    sentence = N_("Give the point of this place: that of its commune is not known.")


class OutsideTerritory(BadInput):
    """The commune is not one of the hub's territory."""

    code = "food_hub.outside-territory"
    sentence = N_("{commune} is not in this territory.")


@transaction.atomic
def name_place(
    *,
    hub: Hub,
    name: str,
    address: str,
    commune: Commune,
    point: Position | None,
    opening_words: str,
    now: datetime,
) -> Place:
    """Add a pick-up place that the hub looks after.

    Args:
        point: where it is; None takes the point of the commune.

    Raises:
        OutsideTerritory, PointUnknown.
    """
    point = _point_in(hub, commune, point)
    return ground.create_place(
        name=name, kind=KIND, address=address, commune=commune, lat=point.lat, lng=point.lng,
        keeper=hub.organisation, opening_words=opening_words, now=now,
    )  # fmt: skip


@transaction.atomic
def correct_place(
    *,
    hub: Hub,
    place: Place,
    name: str,
    address: str,
    commune: Commune,
    point: Position | None,
    opening_words: str,
) -> Place:
    """Correct what is said of a pick-up place; those who fetch there read it at once.

    Raises:
        OutsideTerritory, PointUnknown.
    """
    point = _point_in(hub, commune, point)
    return ground.revise_place(
        place=place, name=name, address=address, commune=commune, lat=point.lat, lng=point.lng,
        opening_words=opening_words,
    )  # fmt: skip


@transaction.atomic
def close_place(*, place: Place, now: datetime) -> Place:
    """Propose a place no longer for the next cycles.

    Raises:
        PlaceInUse: a cycle that is not settled still has a pick-up time there.
    """
    place = Place.objects.select_for_update(of=("self",)).get(pk=place.pk)
    waiting = PickupSlot.objects.filter(place=place).exclude(cycle__state=OrderCycle.State.SETTLED)
    slot = waiting.select_related("cycle").order_by("starts_at", "pk").first()
    if slot is not None:
        raise PlaceInUse(cycle=slot.cycle.title)
    return ground.close_place(place=place, now=now)


def _point_in(hub: Hub, commune: Commune, point: Position | None) -> Position:
    if not hub.territory.communes.filter(pk=commune.pk).exists():
        raise OutsideTerritory(commune=commune.name)
    found = point or commune.position
    if found is None:
        raise PointUnknown
    return found
