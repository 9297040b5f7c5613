"""Whether and how fast a way is passed, in each direction, from its OpenStreetMap tags.

Access is read from the most particular key to the most general
(wiki.openstreetmap.org/wiki/Key:access); directions follow Key:oneway; classes and speeds are in
`profiles`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from essaim.core.roads.rules import profiles
from essaim.core.roads.rules.limits import limit_kmh
from essaim.core.roads.rules.profiles import Profile

Tags = Mapping[str, str]

ACCESS_KEYS: Final = {
    Profile.CAR: ("motorcar", "motor_vehicle", "vehicle", "access"),
    Profile.BICYCLE: ("bicycle", "vehicle", "access"),
    Profile.FOOT: ("foot", "access"),
}
CLOSED: Final = frozenset(
    {"no", "private", "agricultural", "forestry", "emergency", "psv", "bus", "military", "permit"}
    | {"use_sidepath"}
)
FOR_THOSE_WHO_STOP: Final = frozenset({"destination", "delivery", "customers", "residents"})
OPEN: Final = frozenset({"yes", "designated", "permissive", "official"})
CROSSINGS: Final = frozenset({"ferry", "shuttle_train"})
YES: Final = frozenset({"yes", "true", "1"})
NO: Final = frozenset({"no", "false", "0"})
AGAINST: Final = frozenset({"-1", "reverse"})
NEVER_BUILT: Final = frozenset({"construction", "proposed", "abandoned", "razed"})
KEYS_READ: Final = frozenset(
    {
        *("highway", "route", "junction", "area", "name", "ref", "duration", "motorroad"),
        *("surface", "oneway", "oneway:bicycle", "oneway:foot", "maxspeed"),
        *("maxspeed:forward", "maxspeed:backward", "access", "vehicle", "motor_vehicle"),
        *("motorcar", "bicycle", "foot", "cycleway", "cycleway:left", "cycleway:right"),
        *("cycleway:both", "cycleway:left:oneway", "cycleway:right:oneway"),
        "cycleway:both:oneway",
    }
)
"""All that these rules look at; a reader may forget the rest."""


@dataclass(frozen=True, slots=True)
class Passage:
    """How a way is passed. A direction at 0 km/h is closed.

    Args:
        is_for_destination: only who starts or stops there may use it, nobody passes through.
        crossing_s: a ferry that says how long it takes from end to end; speeds are then moot.
    """

    forward_kmh: float
    backward_kmh: float
    is_for_destination: bool = False
    crossing_s: int | None = None


def passage(tags: Tags, profile: Profile) -> Passage | None:
    """Return how a way is passed, None when it is closed to this profile."""
    access = access_of(tags, profile)
    if is_closed(access) or (tags.get("area") == "yes" and profile is not Profile.FOOT):
        return None
    speed = _usual_kmh(tags, profile)
    if speed is None or tags.get("oneway") in {"reversible", "alternating"}:
        return None
    forward, backward = directions(tags, profile)
    return Passage(
        forward_kmh=_limited(speed, tags, "forward", profile) if forward else 0.0,
        backward_kmh=_limited(speed, tags, "backward", profile) if backward else 0.0,
        is_for_destination=bool(access) and set(access.split(";")) <= CLOSED | FOR_THOSE_WHO_STOP,
        crossing_s=duration_s(tags.get("duration", "")) if _is_crossing(tags) else None,
    )


def access_of(tags: Tags, profile: Profile) -> str:
    """Return the value of the most particular access key, "" when there is none."""
    return next((tags[key] for key in ACCESS_KEYS[profile] if key in tags), "")


def is_closed(access: str) -> bool:
    """Return whether every value of a list (`agricultural;forestry`) shuts us out."""
    return set(access.split(";")) <= CLOSED


def directions(tags: Tags, profile: Profile) -> tuple[bool, bool]:
    """Return whether one may go along the way, and against it."""
    own = tags.get(f"oneway:{profile}", "")
    if own or profile is Profile.FOOT:
        return _along(own)
    forward, backward = _along(tags.get("oneway", "") or _implied(tags))
    if profile is Profile.BICYCLE and not (forward and backward) and _has_contraflow(tags):
        return True, True
    return forward, backward


def duration_s(text: str) -> int | None:
    """Read `01:30`, `00:12:30` or minutes as `45`; None when it is neither."""
    read = re.fullmatch(r"(?:(\d+):)?(\d+)(?::(\d+))?", text.strip())
    if read is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in read.groups())
    return 3600 * hours + 60 * minutes + seconds or None


def _is_crossing(tags: Tags) -> bool:
    return tags.get("route") in CROSSINGS and "highway" not in tags


def _usual_kmh(tags: Tags, profile: Profile) -> float | None:
    """The speed of the class on its surface, before limits; None when closed by its class."""
    if _is_crossing(tags):
        return profiles.FERRY_KMH
    kind = tags.get("highway", "")
    if not kind or kind in NEVER_BUILT:
        return None
    # Our own key opens; `access=yes` alone does not send bicycles on a motorway.
    is_opened = any(tags.get(key) in OPEN for key in ACCESS_KEYS[profile][:-1])
    if profile is not Profile.CAR and tags.get("motorroad") == "yes" and not is_opened:
        return None
    speed = profiles.CLASS_KMH[profile].get(kind)
    if profile is Profile.BICYCLE and tags.get("bicycle") == "dismount":
        speed = profiles.PUSHING_KMH
    elif is_opened and kind != "steps":
        speed = _opened_kmh(speed, profile)
    if speed is None:
        return None
    return min(speed, profiles.SURFACE_KMH[profile].get(tags.get("surface", ""), speed))


def _opened_kmh(speed: float | None, profile: Profile) -> float:
    """A sign opens a class that is closed by itself, and lets bicycles ride among walkers."""
    if profile is Profile.CAR:
        return profiles.OPENED_BY_SIGN_KMH if speed is None else speed
    if profile is Profile.BICYCLE:
        return max(speed or 0.0, profiles.CYCLING_KMH)
    return profiles.WALKING_KMH


def _limited(speed: float, tags: Tags, direction: str, profile: Profile) -> float:
    """The limit holds for all but walkers, and tells a car's speed better than its class."""
    if profile is Profile.FOOT or _is_crossing(tags):
        return speed
    limit = limit_kmh(tags.get(f"maxspeed:{direction}", tags.get("maxspeed", "")))
    if not limit:
        return speed
    if profile is Profile.BICYCLE:
        return min(speed, limit)
    surface = profiles.SURFACE_KMH[profile].get(tags.get("surface", ""), limit)
    return min(limit * profiles.SHARE_OF_LIMIT, surface)


def _along(oneway: str) -> tuple[bool, bool]:
    if oneway in AGAINST:
        return False, True
    return True, oneway not in YES


def _implied(tags: Tags) -> str:
    """Roundabouts and motorways go one way without saying so."""
    is_round = tags.get("junction") in {"roundabout", "circular"}
    is_motorway = tags.get("highway") in {"motorway", "motorway_link"}
    return "yes" if is_round or is_motorway else ""


def _has_contraflow(tags: Tags) -> bool:
    """A cycle lane against the traffic, in the old words (`opposite_lane`) or the new."""
    sides = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
    if any(tags.get(side, "").startswith("opposite") for side in sides):
        return True
    return any(tags.get(f"{side}:oneway") in NO | AGAINST for side in sides[1:])
