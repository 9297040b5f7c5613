"""Who searches: what every engine answers, and the plain one (scipy's Dijkstra).

Engines speak of vertices (nodes, copies, sinks), milliseconds and centimetres; `router` speaks to
the rest of the house. The quickest way is searched; its length is told beside it.
"""

from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np

from essaim.core.roads.arrays import Int32s, Int64s
from essaim.core.roads.graph import RoadGraph
from essaim.core.roads.libraries import library

UNREACHED: Final = -1
"""Stands for a duration and a length where no way leads."""


@dataclass(frozen=True, slots=True)
class Found:
    """The quickest way between two vertices, as arcs in order."""

    duration_ms: int
    arcs: Int32s


class Engine(Protocol):
    """Searches one graph; may be called by several threads."""

    def way(self, source: int, target: int) -> Found | None:
        """Return the quickest way, None when there is none."""
        ...

    def table(self, sources: Int32s, targets: Int32s) -> tuple[Int64s, Int64s]:
        """Return durations (ms) and lengths (cm) from each source to each target."""
        ...


class DijkstraEngine:
    """Exact and unhurried: one search of the whole graph for each source (or target, if fewer).

    Raises:
        RoadsToolMissing: scipy is not installed.
    """

    def __init__(self, graph: RoadGraph) -> None:
        """Write the graph as the sparse matrices that scipy searches."""
        self._csgraph = library("scipy.sparse.csgraph")
        csr_array = library("scipy.sparse").csr_array
        self._graph = graph
        # Of parallel arcs scipy would add the weights: only the quickest is shown to it.
        order = np.lexsort((graph.length_cm, graph.duration_ms, graph.head, graph.tail))
        tail, head = graph.tail[order], graph.head[order]
        is_first = np.ones(len(order), np.bool_)
        is_first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        self._arcs = order[is_first]
        self._count = graph.vertex_count
        self._keys = tail[is_first].astype(np.int64) * self._count + head[is_first]
        weights = graph.duration_ms[self._arcs].astype(np.float64)
        ends = (tail[is_first], head[is_first])
        shape = (self._count, self._count)
        self._matrix = csr_array((weights, ends), shape=shape)
        self._turned = csr_array((weights, ends[::-1]), shape=shape)

    def way(self, source: int, target: int) -> Found | None:
        """Return the quickest way, None when there is none."""
        durations, before = self._search(self._matrix, source)
        if not np.isfinite(durations[target]):
            return None
        visited = [target]
        while visited[-1] != source:
            visited.append(int(before[visited[-1]]))
        nodes = np.array(visited[::-1], np.int64)
        arcs = self._arcs[np.searchsorted(self._keys, nodes[:-1] * self._count + nodes[1:])]
        return Found(int(durations[target]), arcs.astype(np.int32))

    def table(self, sources: Int32s, targets: Int32s) -> tuple[Int64s, Int64s]:
        """Return durations (ms) and lengths (cm) from each source to each target."""
        if len(sources) > len(targets):
            rows = [self._row(self._turned, int(t), sources, is_turned=True) for t in targets]
            durations, lengths = (np.array(part).T for part in zip(*rows, strict=True))
            return durations, lengths
        rows = [self._row(self._matrix, int(s), targets, is_turned=False) for s in sources]
        durations, lengths = (np.array(part) for part in zip(*rows, strict=True))
        return durations, lengths

    def _search(self, matrix: Any, source: int) -> tuple[Any, Any]:
        durations, before = self._csgraph.dijkstra(matrix, indices=source, return_predecessors=True)
        return durations, before

    def _row(
        self, matrix: Any, source: int, targets: Int32s, *, is_turned: bool
    ) -> tuple[Int64s, Int64s]:
        durations, before = self._search(matrix, source)
        lengths = self._lengths(before, is_turned=is_turned)
        reached = np.isfinite(durations[targets])
        found_ms = np.where(reached, durations[targets], UNREACHED).astype(np.int64)
        return found_ms, np.where(reached, lengths[targets], UNREACHED).astype(np.int64)

    def _lengths(self, before: Any, *, is_turned: bool) -> Int64s:
        """Add up the lengths along the tree of a search, doubling the step at each turn."""
        up = np.where(before < 0, np.arange(self._count), before).astype(np.int64)
        here = np.arange(self._count)
        keys = here * self._count + up if is_turned else up * self._count + here
        arc = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        lengths = np.where(up == here, 0, self._graph.length_cm[self._arcs[arc]]).astype(np.int64)
        while not np.array_equal(up[up], up):
            lengths = lengths + lengths[up]
            up = up[up]
        return lengths
