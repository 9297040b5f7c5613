"""Where things are and how far. Pure geometry: no database, no clock, no network.

Positions are WGS 84 degrees. Distances are metres on the sphere of mean Earth radius
(IUGG R1 = 6 371 008.8 m), so a result is within 0.6 % of the ellipsoid everywhere.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import h3

EARTH_RADIUS_M: Final = 6_371_008.8
STORED_RESOLUTION: Final = 9
"""H3 resolution kept for each place: cells of about 0.1 km²."""
SHOWN_RESOLUTIONS: Final = (7, 8)
"""H3 resolutions shown on maps: about 5.2 and 0.74 km²."""
HOME_RESOLUTION: Final = 8
"""A home is never shown finer than one cell of this resolution."""

LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "’": "'"})
_APART: Final = re.compile(r"[^a-z0-9]+")
_SAINT: Final = re.compile(r"\bst(e?)\b")


@dataclass(frozen=True, slots=True)
class Position:
    """A point on Earth in degrees.

    Raises:
        ValueError: a coordinate is out of range or not a number.
    """

    lat: float
    lng: float

    def __post_init__(self) -> None:
        """Refuse what is not on Earth."""
        if not (-90 <= self.lat <= 90 and -180 <= self.lng <= 180):
            raise ValueError(f"{self.lat=} {self.lng=}")


_NUMBER: Final = re.compile(r"[-−]?\d{1,3}(?:[.,]\d+)?")


def read_position(text: str) -> Position | None:
    """Return the point typed or pasted from a map, None when it is not one.

    `50.6262, 3.0494`, `50,6262 ; 3,0494` and `50.6262 3.0494`: latitude first, in degrees.
    """
    numbers = _NUMBER.findall(text)
    if len(numbers) != 2 or _NUMBER.sub("", text).strip(" ,;\u00a0\u202f"):
        return None
    lat, lng = (float(number.replace(",", ".").replace("−", "-")) for number in numbers)
    try:
        return Position(lat, lng)
    except ValueError:
        return None


def plain(text: str) -> str:
    """Return `text` in lower case, without accents, ligatures or punctuation.

    `St` and `Ste` become `saint` and `sainte`, as people type them for communes.
    """
    folded = unicodedata.normalize("NFKD", text.lower().translate(LIGATURES))
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _SAINT.sub(r"saint\1", _APART.sub(" ", bare).strip())


def distance_m(origin: Position, destination: Position) -> float:
    """Return the great-circle distance in metres (haversine formula)."""
    lat_from, lat_to = math.radians(origin.lat), math.radians(destination.lat)
    half_lat = math.sin((lat_to - lat_from) / 2)
    half_lng = math.sin(math.radians(destination.lng - origin.lng) / 2)
    square = half_lat**2 + math.cos(lat_from) * math.cos(lat_to) * half_lng**2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, square)))


def on_sphere_m(position: Position) -> tuple[float, float, float]:
    """Return the point as metres from the centre of the Earth (x, y, z)."""
    lat, lng = math.radians(position.lat), math.radians(position.lng)
    ring = EARTH_RADIUS_M * math.cos(lat)
    return ring * math.cos(lng), ring * math.sin(lng), EARTH_RADIUS_M * math.sin(lat)


def cell_of(position: Position, resolution: int = STORED_RESOLUTION) -> int:
    """Return the H3 cell of `position` as the integer the database stores."""
    return int(h3.str_to_int(h3.latlng_to_cell(position.lat, position.lng, resolution)))


def shown_cell(cell: int, resolution: int = HOME_RESOLUTION) -> int:
    """Return the coarser cell that may be drawn for a stored `cell`.

    Raises:
        ValueError: `resolution` is not one of `SHOWN_RESOLUTIONS`.
    """
    if resolution not in SHOWN_RESOLUTIONS:
        raise ValueError(f"{resolution=}")
    return int(h3.str_to_int(h3.cell_to_parent(h3.int_to_str(cell), resolution)))


def cell_centre(cell: int) -> Position:
    """Return the centre of an H3 cell."""
    return Position(*h3.cell_to_latlng(h3.int_to_str(cell)))


def cell_outline(cell: int) -> tuple[Position, ...]:
    """Return the corners of an H3 cell, in order, for drawing."""
    return tuple(Position(*corner) for corner in h3.cell_to_boundary(h3.int_to_str(cell)))


def shown_position(position: Position, *, is_home: bool) -> Position:
    """Return what may be shown of `position`: a home becomes the centre of its cell."""
    return cell_centre(cell_of(position, HOME_RESOLUTION)) if is_home else position
