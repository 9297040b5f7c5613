"""Who moves, and how fast on each class of way.

Speeds of classes are those of the OSRM profiles (profiles/car.lua, bicycle.lua and foot.lua,
release 5.26): speeds people really drive, below the limit. A posted limit is driven at four
fifths of its value, crossings and bends included (`speed_reduction` of the same file).
"""

from enum import StrEnum
from typing import Final


class Profile(StrEnum):
    CAR = "car"
    BICYCLE = "bicycle"
    FOOT = "foot"


SHARE_OF_LIMIT: Final = 0.8
OPENED_BY_SIGN_KMH: Final = 10.0
"""A class without a speed of its own (a track) that a tag opens to cars."""
FERRY_KMH: Final = 5.0
"""When the crossing says no duration."""
PUSHING_KMH: Final = 4.0
STEPS_KMH: Final = 2.0
CYCLING_KMH: Final = 15.0
WALKING_KMH: Final = 5.0

CAR_KMH: Final = {
    "motorway": 90.0,
    "motorway_link": 45.0,
    "trunk": 85.0,
    "trunk_link": 40.0,
    "primary": 65.0,
    "primary_link": 30.0,
    "secondary": 55.0,
    "secondary_link": 25.0,
    "tertiary": 40.0,
    "tertiary_link": 20.0,
    "unclassified": 25.0,
    "residential": 25.0,
    "road": 25.0,
    "living_street": 10.0,
    "service": 15.0,
}
_STREETS: Final = (
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "road",
    "living_street",
    "service",
)
BICYCLE_KMH: Final = dict.fromkeys((*_STREETS, "cycleway"), CYCLING_KMH) | {
    "track": 12.0,
    "path": 13.0,
    "footway": PUSHING_KMH,
    "pedestrian": PUSHING_KMH,
    "steps": STEPS_KMH,
}
FOOT_KMH: Final = dict.fromkeys(
    (*_STREETS, "cycleway", "track", "path", "footway", "pedestrian", "bridleway", "platform"),
    WALKING_KMH,
) | {"steps": STEPS_KMH}

CLASS_KMH: Final = {
    Profile.CAR: CAR_KMH,
    Profile.BICYCLE: BICYCLE_KMH,
    Profile.FOOT: FOOT_KMH,
}
SURFACE_KMH: Final = {
    Profile.CAR: {
        "gravel": 45.0,
        "fine_gravel": 45.0,
        "grass_paver": 45.0,
        "unpaved": 30.0,
        "ground": 30.0,
        "dirt": 30.0,
        "grass": 30.0,
        "pebblestone": 30.0,
        "clay": 20.0,
        "sand": 15.0,
        "earth": 15.0,
        "mud": 15.0,
    },
    Profile.BICYCLE: {
        "wood": 10.0,
        "metal": 10.0,
        "cobblestone:flattened": 10.0,
        "paving_stones": 10.0,
        "compacted": 10.0,
        "fine_gravel": 10.0,
        "ground": 10.0,
        "sett": 9.0,
        "dirt": 8.0,
        "cobblestone": 7.0,
        "unhewn_cobblestone": 7.0,
        "unpaved": 6.0,
        "gravel": 6.0,
        "pebblestone": 6.0,
        "grass_paver": 6.0,
        "earth": 6.0,
        "grass": 6.0,
        "mud": 3.0,
        "sand": 3.0,
        "woodchips": 3.0,
    },
    Profile.FOOT: {},
}
"""The most one does on a surface, whatever the class of the way."""
