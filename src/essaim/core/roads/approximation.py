"""Without roads: straight line times a factor, and saying so.

The factor is 1.3: "we typically have to drive 1.3 ± 0.1 times longer than the crow flies" (Wang,
Bette, Schreckenberg and Guhr, "How much longer do you have to drive than the crow has to fly?",
2024, arXiv:2406.06490, over the networks of several countries). Mountains and estuaries are
worse.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from essaim.core.roads.arrays import Floats, Int64s
from essaim.core.roads.geometry import distances_m
from essaim.core.roads.positions import as_arrays, packed, unpacked
from essaim.core.roads.routers import Nodes, Stops, Table
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.rules.routes import Path, Route, Step
from essaim.core.territories.rules import Position

DETOUR: Final = 1.3
SPEED_KMH: Final = {Profile.CAR: 45.0, Profile.BICYCLE: 15.0, Profile.FOOT: 5.0}
"""A car is given the mean of town and country; the others the usual speed of their profile."""


class StraightLineRouter:
    """The declared approximation: straight line x `DETOUR`, at one speed for each profile."""

    is_approximate = True
    version = "straight-line-1"

    def __init__(self, profile: Profile) -> None:
        """Answer for a profile."""
        self.profile = profile
        self._m_per_s = SPEED_KMH[profile] / 3.6

    def distance(self, origin: Position, destination: Position) -> Route:
        """Return the estimate; its `is_approximate` is always true."""
        table = self.matrix([origin], [destination])
        return Route(int(table.distance_m[0, 0]), int(table.duration_s[0, 0]), is_approximate=True)

    def path(self, origin: Position, destination: Position) -> Path:
        """Return the straight line: there is no way to draw."""
        route = self.distance(origin, destination)
        step = Step("", route.distance_m, route.duration_s)
        return Path(route, (origin, destination), (step,))

    def matrix(self, sources: Sequence[Position], targets: Sequence[Position]) -> Table:
        """Return estimates from each source to each target."""
        from_lat, from_lng = as_arrays(sources)
        to_lat, to_lng = as_arrays(targets)
        return self._table(from_lat[:, None], from_lng[:, None], to_lat[None], to_lng[None])

    def snap(self, lats: Floats, lngs: Floats) -> Stops:
        """Number positions; none is far from a network that does not exist."""
        nodes = packed(lats, lngs)
        return Stops(nodes, np.zeros(len(nodes)))

    def one_to_many(self, origin: int, ends: Nodes) -> Table:
        """Return estimates from a position to each of others, as one row."""
        return self._between(np.array([[origin]], np.int64), np.asarray(ends)[None])

    def many_to_one(self, origins: Nodes, end: int) -> Table:
        """Return estimates from each of some positions to one, as one column."""
        return self._between(np.asarray(origins)[:, None], np.array([[end]], np.int64))

    def lower_bounds_s(self, origins: Nodes, ends: Nodes) -> Int64s:
        """Return the estimates themselves: they cost nothing."""
        return self._between(np.asarray(origins), np.asarray(ends)).duration_s

    def lower_bounds_m(self, origins: Nodes, ends: Nodes) -> Int64s:
        """Return the estimates themselves: they cost nothing."""
        return self._between(np.asarray(origins), np.asarray(ends)).distance_m

    def _between(self, origins: Nodes, ends: Nodes) -> Table:
        return self._table(*unpacked(origins), *unpacked(ends))

    def _table(self, from_lat: Floats, from_lng: Floats, to_lat: Floats, to_lng: Floats) -> Table:
        metres = distances_m(from_lat, from_lng, to_lat, to_lng) * DETOUR
        return Table(
            np.rint(metres).astype(np.int64),
            np.rint(metres / self._m_per_s).astype(np.int64),
            is_approximate=True,
        )
