"""What stands in the way at a node: a bollard stops a car and no bicycle.

As OSRM does (`barrier_whitelist` of car.lua), a gate that says nothing is passed: gates on public
roads are mostly open, and those that are not say `access=private` or `no`.
"""

from typing import Final

from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.rules.ways import Tags, access_of
from essaim.core.roads.rules.ways import is_closed as is_access_closed

LETS_CARS_THROUGH: Final = frozenset(
    {"cattle_grid", "border_control", "checkpoint", "toll_booth", "sally_port", "gate", "lift_gate"}
    | {"swing_gate", "sliding_gate", "no", "entrance", "height_restrictor", "arch", "kerb"}
)
STOPS_BICYCLES: Final = frozenset(
    {"yes", "wall", "fence", "kissing_gate", "stile", "turnstile", "full-height_turnstile"}
)
STOPS_WALKERS: Final = frozenset({"wall", "fence"})
OPENS_BY_ITSELF: Final = frozenset({"rising", "removable", "foldable"})


def is_closed(tags: Tags, profile: Profile) -> bool:
    """Return whether nobody of this profile passes the node."""
    if access := access_of(tags, profile):
        return is_access_closed(access)
    barrier = tags.get("barrier", "")
    if not barrier:
        return False
    if profile is Profile.CAR:
        is_rising = barrier == "bollard" and tags.get("bollard") in OPENS_BY_ITSELF
        return barrier not in LETS_CARS_THROUGH and not is_rising
    return barrier in (STOPS_BICYCLES if profile is Profile.BICYCLE else STOPS_WALKERS)
