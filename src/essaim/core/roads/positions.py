"""Positions as node numbers, for routers that have no nodes of their own."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from essaim.core.roads.arrays import Floats
from essaim.core.roads.routers import Nodes
from essaim.core.territories.rules import Position

E6: Final = 1e6
HALF: Final = 1 << 32


def packed(lats: Floats, lngs: Floats) -> Nodes:
    """Return positions as numbers, to a millionth of a degree (0.1 m)."""
    rows = np.rint((np.asarray(lats, np.float64) + 90) * E6).astype(np.int64)
    columns = np.rint((np.asarray(lngs, np.float64) + 180) * E6).astype(np.int64)
    return rows * HALF + columns


def unpacked(nodes: Nodes) -> tuple[Floats, Floats]:
    """Return the latitudes and longitudes that `packed` numbered."""
    rows, columns = np.divmod(np.asarray(nodes, np.int64), HALF)
    return rows / E6 - 90, columns / E6 - 180


def positions(nodes: Nodes) -> list[Position]:
    """Return the positions that `packed` numbered."""
    lats, lngs = unpacked(np.atleast_1d(nodes))
    pairs = zip(lats, lngs, strict=True)
    return [Position(round(float(lat), 6), round(float(lng), 6)) for lat, lng in pairs]


def as_arrays(points: Sequence[Position]) -> tuple[Floats, Floats]:
    """Return latitudes and longitudes."""
    lats = np.array([point.lat for point in points], np.float64)
    return lats, np.array([point.lng for point in points], np.float64)
