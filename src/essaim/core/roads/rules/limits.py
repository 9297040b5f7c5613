"""Reading `maxspeed`: numbers, miles, words, and limits that the law of a country gives.

The French values are those of the Code de la route (R413-2, R413-3, R413-14, R110-2); Germany's
motorways have an advised speed of 130 km/h (Autobahn-Richtgeschwindigkeits-V).
"""

import re
from typing import Final

KMH_IN_A_MILE: Final = 1.609344
KMH_IN_A_KNOT: Final = 1.852
WALKING_PACE_KMH: Final = 7.0
NO_LIMIT_KMH: Final = 130.0

BY_LAW: Final = {
    "urban": 50.0,
    "rural": 80.0,
    "trunk": 110.0,
    "motorway": 130.0,
    "living_street": 20.0,
    "pedestrian_zone": WALKING_PACE_KMH,
    "walk": WALKING_PACE_KMH,
    "zone30": 30.0,
    "zone20": 20.0,
}
ELSEWHERE: Final = {
    "DE:rural": 100.0,
    "DE:living_street": WALKING_PACE_KMH,
    "ES:rural": 90.0,
    "ES:motorway": 120.0,
    "IT:rural": 90.0,
    "BE:rural": 90.0,
    "BE-VLG:rural": 70.0,
    "BE:motorway": 120.0,
    "CH:motorway": 120.0,
    "LU:rural": 90.0,
}
_NUMBER: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*(mph|knots|km/h|kmh|kph)?")
_UNITS: Final = {"mph": KMH_IN_A_MILE, "knots": KMH_IN_A_KNOT}


def limit_kmh(text: str) -> float | None:
    """Return the lowest limit that `text` tells, in km/h; None when it tells none.

    `50`, `30 mph`, `walk`, `none`, `FR:urban`, `FR:zone30`, `FR:30`; of a list, the lowest.
    """
    found = [limit for part in re.split(r"[;|]", text) if (limit := _one_limit(part.strip()))]
    return min(found, default=None)


def _one_limit(text: str) -> float | None:
    if text == "none":
        return NO_LIMIT_KMH
    if text == "walk":
        return WALKING_PACE_KMH
    country, colon, word = text.partition(":")
    if colon:
        named = ELSEWHERE.get(text, BY_LAW.get(word.replace(":", "")))
        return named if named is not None else _number(word.removeprefix("zone").lstrip(":"))
    return _number(country)


def _number(text: str) -> float | None:
    read = _NUMBER.fullmatch(text)
    if read is None:
        return None
    return float(read[1].replace(",", ".")) * _UNITS.get(read[2] or "", 1.0)
