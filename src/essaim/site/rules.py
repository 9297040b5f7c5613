"""What the pages of the site work out by themselves: the ground drawn, the words said. Pure."""

from collections.abc import Sequence
from functools import lru_cache
from math import cos, radians

import h3

from essaim.kernel.money import NARROW_NO_BREAK

MAP_RESOLUTION = 7
REACH_CELLS = 1
"""How far from the seat of a commune its ground is drawn, in cells."""

FEMININE = ("métropole", "communauté", "ville", "vallée", "baie", "côte", "presqu’île", "région")
MASCULINE = ("grand", "pays", "bassin", "territoire", "val", "syndicat", "parc", "pôle", "littoral")

Point = tuple[float, float]
"""Latitude and longitude, in degrees."""


def ground_cells(ours: Sequence[Point], others: Sequence[Point]) -> frozenset[str]:
    """Return the H3 cells (resolution 7, about 5.2 km²) drawn as the ground of a territory.

    A cell is ours when it lies within one ring of the seat of one of our communes, and when no
    seat of another commune is nearer to its middle. Without contours of communes, this is the
    nearest there is; each of our seats keeps its own cell.

    Args:
        ours: seats of the communes of the territory.
        others: seats of the communes around it.
    """
    return _ground_cells(tuple(ours), tuple(others))


@lru_cache(maxsize=8)  # pages ask for the ground of the same territory all day
def _ground_cells(ours: tuple[Point, ...], others: tuple[Point, ...]) -> frozenset[str]:
    if not ours:
        return frozenset()
    seats = {h3.latlng_to_cell(lat, lng, MAP_RESOLUTION) for lat, lng in ours}
    around = {cell for seat in seats for cell in h3.grid_disk(seat, REACH_CELLS)}
    squeeze = cos(radians(ours[0][0]))
    return frozenset(
        cell
        for cell in around
        if cell in seats
        or _nearest(h3.cell_to_latlng(cell), ours, squeeze)
        <= _nearest(h3.cell_to_latlng(cell), others, squeeze)
    )


def _nearest(point: Point, seats: Sequence[Point], squeeze: float) -> float:
    """Return the squared distance to the nearest seat, in degrees of latitude."""
    return min(
        ((lat - point[0]) ** 2 + ((lng - point[1]) * squeeze) ** 2 for lat, lng in seats),
        default=float("inf"),
    )


def with_article(name: str) -> str:
    """Return a territory's name as a French sentence needs it: « la Métropole de Lyon », « Lille ».

    Only the nouns that groupings of communes really start with take an article; any other name is
    said as it is.
    """
    first = name.partition(" ")[0].lower()
    if first in FEMININE:
        return f"la {name}"
    if first in MASCULINE:
        return f"le {name}"
    return f"l’{name}" if first == "agglomération" else name


def grouped(number: int) -> str:
    """Return a whole number with narrow spaces between thousands: 1284 → « 1 284 »."""
    return f"{number:,}".replace(",", NARROW_NO_BREAK)
