"""The port: what anybody may ask about roads, whoever answers.

Positions suit pages. Whoever compares thousands of trips asks once where each begins and ends
(`snap`), keeps these node numbers, and then asks in bulk. Numbers of one router mean nothing to
another, nor to itself once its roads were imported again (`version` changes then).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from essaim.core.roads.arrays import Floats, Int64s
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.rules.routes import Path, Route
from essaim.core.territories.rules import Position

CREDIT: Final = "© OpenStreetMap contributors"
CREDIT_URL: Final = "https://www.openstreetmap.org/copyright"
"""The Open Database License asks that both stand beside anything drawn or computed from the map."""
UNREACHED: Final = -1
"""Stands for a duration and a distance where no way leads."""
Nodes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Table:
    """Whole metres and seconds, -1 where no way leads; one row an origin, one column an end."""

    distance_m: Int64s
    duration_s: Int64s
    is_approximate: bool = False


@dataclass(frozen=True, slots=True)
class Stops:
    """Points brought to the network: node numbers, and how far from the point each is.

    A point too far from any road has the number -1.
    """

    nodes: Nodes
    off_m: Floats


class Router(Protocol):
    """Answers about the ways of one profile. May be shared by threads."""

    profile: Profile
    is_approximate: bool
    version: str

    def distance(self, origin: Position, destination: Position) -> Route:
        """Return how far and how long the quickest way is.

        Raises:
            TooFarFromRoads: a position is not near the roads that are known.
            NoWay: none leads from one to the other.
        """
        ...

    def path(self, origin: Position, destination: Position) -> Path:
        """Return the quickest way with its points; refuses what `distance` does."""
        ...

    def matrix(self, sources: Sequence[Position], targets: Sequence[Position]) -> Table:
        """Return the ways from each source to each target.

        Raises:
            TooFarFromRoads: a position is not near the roads that are known.
        """
        ...

    def snap(self, lats: Floats, lngs: Floats) -> Stops:
        """Bring points to the nearest node of the network."""
        ...

    def one_to_many(self, origin: int, ends: Nodes) -> Table:
        """Return the ways from a node to each of others, as one row."""
        ...

    def many_to_one(self, origins: Nodes, end: int) -> Table:
        """Return the ways from each of some nodes to one, as one column."""
        ...

    def lower_bounds_s(self, origins: Nodes, ends: Nodes) -> Int64s:
        """Return seconds that the way from each origin to its end takes at least, unsearched.

        Either side may be a single node (an array of one). No exact answer is ever lower.
        """
        ...

    def lower_bounds_m(self, origins: Nodes, ends: Nodes) -> Int64s:
        """Return metres that the way from each origin to its end has at least."""
        ...
