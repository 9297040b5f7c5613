"""Contraction hierarchies: the quick engine. The only module that knows ch-router.

Point to point is ch-router's (RoutingKit) own query. It has no query from one to many, so its
hierarchy is read back from the file it writes and swept over with numpy (PHAST: Delling,
Goldberg, Nowatzyk and Werneck, 2011): up from the sources to the top, then down over every node,
level by level.
"""

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from essaim.core.roads import libraries
from essaim.core.roads.arrays import Flags, Int32s, Int64s
from essaim.core.roads.engines import UNREACHED, Found
from essaim.core.roads.graph import RoadGraph
from essaim.core.roads.libraries import library

Words = npt.NDArray[np.uint32]

LIBRARY: Final = "routingkit_ch"
MAGIC: Final = b"reiHtnoC"
HEADER_BYTES: Final = 24
BITS_PADDED_TO: Final = 512
FAR: Final = np.int64(1) << 61
"""Nearer than no way at all, farther than any; sums with it stay within 64 bits."""
PAIRS_A_SWEEP: Final = 300
"""A sweep of 300 vertices costs about what one pair does."""
NARROWED_BELOW: Final = 20
"""With fewer than a twentieth of all vertices at an end, only what they need is swept."""
SOURCES_AT_ONCE: Final = 32


class HierarchyUnreadable(Exception):
    """The file is not what this version of ch-router writes."""


def build(graph: RoadGraph, path: Path) -> None:
    """Contract the graph and write the hierarchy to `path`.

    Raises:
        RoadsToolMissing: ch-router is not installed.
    """
    hierarchy = library(LIBRARY).ContractionHierarchy.build(
        graph.vertex_count,
        graph.tail.astype(np.uint32),
        graph.head.astype(np.uint32),
        graph.duration_ms.astype(np.uint32),
    )
    hierarchy.save(str(path))


def is_available() -> bool:
    """Return whether ch-router is installed: it has no wheel for every machine."""
    return libraries.is_available(LIBRARY)


@dataclass(frozen=True, slots=True)
class Half:
    """Arcs up (or, turned, down) the hierarchy, ends as ranks; `cost` is ms << 32 | cm."""

    low: Int64s
    high: Int64s
    cost: Int64s


@dataclass(frozen=True, slots=True)
class Levels:
    """Arcs arranged for a sweep: level by level, by the vertex they reach.

    Args:
        origin, cost: of each arc.
        reached, begins: each vertex that is reached, and where its arcs begin; one more than those.
        bounds: where each level begins among `reached`; one more than levels.
        group: of every vertex, its place in `reached` (-1 when no arc reaches it).
        level: of every vertex.
    """

    origin: Int64s
    cost: Int64s
    reached: Int64s
    begins: Int64s
    bounds: Int64s
    group: Int64s
    level: Int64s


@dataclass(frozen=True, slots=True)
class Sweeps:
    """The four arrangements: up and down, along the arcs and against them."""

    rank: Int64s
    up: Levels
    down: Levels
    up_against: Levels
    down_against: Levels


def sweeps(path: Path, graph: RoadGraph) -> Sweeps:
    """Read a written hierarchy and arrange it for sweeping.

    Raises:
        HierarchyUnreadable: the file is not a hierarchy of this graph.
    """
    rank, forward, backward = read(path, graph)
    count = graph.vertex_count
    return Sweeps(
        rank=rank,
        up=_levels(forward.low, forward.high, forward.cost, count),
        down=_levels(backward.high, backward.low, backward.cost, count),
        up_against=_levels(backward.low, backward.high, backward.cost, count),
        down_against=_levels(forward.high, forward.low, forward.cost, count),
    )


@dataclass(slots=True)
class _Reader:
    """Reads 32-bit words one vector after another."""

    words: Words
    at: int = 0

    def take(self, count: int) -> Int64s:
        part = self.words[self.at : self.at + count]
        if len(part) != count:
            raise HierarchyUnreadable("too short")
        self.at += count
        return part.astype(np.int64)

    def bits(self, count: int) -> Flags:
        padded = -(-count // BITS_PADDED_TO) * BITS_PADDED_TO
        words = self.take(padded // 32).astype(np.uint32)
        return np.unpackbits(words.view(np.uint8), bitorder="little")[:count].astype(np.bool_)


@dataclass(frozen=True, slots=True)
class _Stored:
    low: Int64s
    high: Int64s
    weight: Int64s
    is_original: Flags
    first_arc: Int64s
    second_arc: Int64s


def read(path: Path, graph: RoadGraph) -> tuple[Int64s, Half, Half]:
    """Return the rank of each vertex, and the arcs up and down with their lengths."""
    content = path.read_bytes()
    if len(content) < HEADER_BYTES or content[:8] != MAGIC or len(content) % 4:
        raise HierarchyUnreadable("not a hierarchy")
    reader = _Reader(np.frombuffer(content, np.uint32), at=2)
    count, forward_count, backward_count, _ = (int(word) for word in reader.take(4))
    if count != graph.vertex_count:
        raise HierarchyUnreadable("of another graph")
    rank = reader.take(count)
    forward = _stored(reader, count, forward_count)
    backward = _stored(reader, count, backward_count)
    if reader.at != len(reader.words) or not np.array_equal(np.sort(rank), np.arange(count)):
        raise HierarchyUnreadable("malformed")
    up_cm, down_cm = _lengths(forward, backward, graph)
    return (
        rank,
        Half(forward.low, forward.high, (forward.weight << 32) + up_cm),
        Half(backward.low, backward.high, (backward.weight << 32) + down_cm),
    )


def _stored(reader: _Reader, count: int, arc_count: int) -> _Stored:
    first_out = reader.take(count + 1)
    if first_out[-1] != arc_count:
        raise HierarchyUnreadable("malformed")
    return _Stored(
        low=np.repeat(np.arange(count), np.diff(first_out)),
        high=reader.take(arc_count),
        weight=reader.take(arc_count),
        is_original=reader.bits(arc_count),
        first_arc=reader.take(arc_count),
        second_arc=reader.take(arc_count),
    )


def _lengths(forward: _Stored, backward: _Stored, graph: RoadGraph) -> tuple[Int64s, Int64s]:
    """Return the centimetres of each arc. A shortcut is one arc down, then one arc up."""
    lengths = [_original_cm(half, graph) for half in (forward, backward)]
    unknown = [np.flatnonzero(cm == UNREACHED) for cm in lengths]
    while len(unknown[0]) or len(unknown[1]):
        left = len(unknown[0]) + len(unknown[1])
        for place, half in enumerate((forward, backward)):
            shortcuts = unknown[place]
            down, up = half.first_arc[shortcuts], half.second_arc[shortcuts]
            total_ms = backward.weight[down] + forward.weight[up]
            if not np.array_equal(total_ms, half.weight[shortcuts]):
                raise HierarchyUnreadable("shortcuts do not add up")
            parts = lengths[1][down], lengths[0][up]
            is_known = (parts[0] != UNREACHED) & (parts[1] != UNREACHED)
            lengths[place][shortcuts[is_known]] = (parts[0] + parts[1])[is_known]
            unknown[place] = shortcuts[~is_known]
        if len(unknown[0]) + len(unknown[1]) == left:
            raise HierarchyUnreadable("shortcuts go round in circles")
    return lengths[0], lengths[1]


def _original_cm(half: _Stored, graph: RoadGraph) -> Int64s:
    lengths = np.full(len(half.low), UNREACHED, np.int64)
    lengths[half.is_original] = graph.length_cm[half.first_arc[half.is_original]]
    return lengths


def _levels(origin: Int64s, reached: Int64s, cost: Int64s, count: int) -> Levels:
    """Arrange arcs so that whatever leads to a vertex comes in an earlier level than it."""
    level = np.zeros(count, np.int64)
    while True:
        higher = np.zeros(count, np.int64)
        np.maximum.at(higher, reached, level[origin] + 1)
        if np.array_equal(higher, level):
            break
        level = higher
    return _arranged(origin, reached, cost, level)


def _arranged(origin: Int64s, reached: Int64s, cost: Int64s, level: Int64s) -> Levels:
    order = np.lexsort((reached, level[reached]))
    in_order = reached[order]
    begins = np.flatnonzero(np.diff(in_order, prepend=-1))
    groups = in_order[begins]
    group = np.full(len(level), -1, np.int64)
    group[groups] = np.arange(len(groups))
    bounds = np.flatnonzero(np.diff(level[groups], prepend=-1))
    return Levels(
        origin=origin[order],
        cost=cost[order],
        reached=groups,
        begins=np.append(begins, len(order)),
        bounds=np.append(bounds, len(groups)),
        group=group,
        level=level,
    )


def sweep(levels: Levels, costs: Int64s) -> None:
    """Lower the cost of every vertex (rows; one column a source) to its best over the arcs."""
    for low, high in zip(levels.bounds[:-1], levels.bounds[1:], strict=True):
        first, last = levels.begins[low], levels.begins[high]
        offered = costs[levels.origin[first:last]]
        offered += levels.cost[first:last, None]
        best = np.minimum.reduceat(offered, levels.begins[low:high] - first, axis=0)
        reached = levels.reached[low:high]
        costs[reached] = np.minimum(costs[reached], best)


def _above(by_low: Levels, vertices: Int64s) -> Int64s:
    """Return some vertices and all that lie above them in the hierarchy."""
    is_seen = np.zeros(len(by_low.group), np.bool_)
    fresh = np.unique(vertices)
    while len(fresh):
        is_seen[fresh] = True
        higher = by_low.origin[_arcs_of(by_low, fresh)]
        fresh = np.unique(higher[~is_seen[higher]])
    return np.flatnonzero(is_seen)


def _arcs_of(levels: Levels, vertices: Int64s) -> Int64s:
    """Return the arcs that reach some vertices."""
    groups = levels.group[vertices]
    groups = groups[groups >= 0]
    first = levels.begins[groups]
    sizes = levels.begins[groups + 1] - first
    before = np.cumsum(sizes) - sizes
    return np.repeat(first - before, sizes) + np.arange(int(sizes.sum()))


def _narrowed(levels: Levels, by_low: Levels, vertices: Int64s, *, is_up: bool) -> Levels:
    """Leave out the arcs that no way from (or to) some vertices takes.

    Args:
        by_low: the same arcs, arranged by their lower end.
        is_up: the sweep goes from the lower end to the higher.
    """
    if len(vertices) * NARROWED_BELOW > len(levels.level):
        return levels
    needed = _above(by_low, vertices)
    arcs = _arcs_of(by_low, needed)
    group = np.searchsorted(by_low.begins, arcs, side="right") - 1
    low, high = by_low.reached[group], by_low.origin[arcs]
    ends = (low, high) if is_up else (high, low)
    return _arranged(*ends, by_low.cost[arcs], levels.level)


def _renumbered(parts: tuple[Levels, Levels], vertices: Int64s) -> tuple[Int64s, list[Levels]]:
    """Number the vertices that matter from 0; return the number of each, and the parts so."""
    is_used = np.zeros(len(parts[0].level), np.bool_)
    is_used[vertices] = True
    for part in parts:
        is_used[part.origin] = True
        is_used[part.reached] = True
    number = np.cumsum(is_used) - 1
    return number, [
        replace(part, origin=number[part.origin], reached=number[part.reached]) for part in parts
    ]


class HierarchyEngine:
    """Microseconds for a pair, one sweep for many."""

    def __init__(self, path: Path, sweeps: Sweeps, graph: RoadGraph) -> None:
        """Load a written hierarchy of a graph.

        Raises:
            RoadsToolMissing: ch-router is not installed.
            HierarchyUnreadable: ch-router does not read the file.
        """
        self._sweeps = sweeps
        self._length_cm = graph.length_cm
        self._library = library(LIBRARY)
        self._of_thread = threading.local()
        try:
            self._hierarchy = self._library.ContractionHierarchy.load(str(path))
        except (RuntimeError, ValueError, OSError, MemoryError) as problem:
            raise HierarchyUnreadable(str(problem)) from problem

    def _asked(self, source: int, target: int) -> Any:
        # A query remembers where it stands: each thread has its own.
        query = getattr(self._of_thread, "query", None)
        if query is None:
            query = self._of_thread.query = self._library.CHQuery(self._hierarchy)
        return query.reset().add_source(source).add_target(target).run()

    def way(self, source: int, target: int) -> Found | None:
        """Return the quickest way, None when there is none."""
        query = self._asked(source, target)
        duration_ms = query.get_distance()
        if duration_ms == self._library.INF_WEIGHT:
            return None
        return Found(duration_ms, np.array(query.get_arc_path(), np.int32))

    def table(self, sources: Int32s, targets: Int32s) -> tuple[Int64s, Int64s]:
        """Return durations (ms) and lengths (cm) from each source to each target."""
        if len(sources) * len(targets) * PAIRS_A_SWEEP < len(self._sweeps.rank):
            return self._pairs(sources, targets)
        ranks = self._sweeps
        origins, ends = ranks.rank[sources], ranks.rank[targets]
        if len(sources) > len(targets):
            costs = _table(
                (ranks.up_against, ranks.down), (ranks.down_against,) * 2, ends, origins
            ).T
        else:
            costs = _table((ranks.up, ranks.down_against), (ranks.down,) * 2, origins, ends)
        is_reached = costs < FAR
        return (
            np.where(is_reached, costs >> 32, UNREACHED),
            np.where(is_reached, costs & 0xFFFFFFFF, UNREACHED),
        )

    def _pairs(self, sources: Int32s, targets: Int32s) -> tuple[Int64s, Int64s]:
        """Ask for a few pairs one by one."""
        durations = np.full((len(sources), len(targets)), UNREACHED, np.int64)
        lengths = durations.copy()
        for row, source in enumerate(sources.tolist()):
            for column, target in enumerate(targets.tolist()):
                if found := self.way(source, target):
                    durations[row, column] = found.duration_ms
                    lengths[row, column] = self._length_cm[found.arcs].sum()
        return durations, lengths


def _table(
    up: tuple[Levels, Levels], down: tuple[Levels, Levels], origins: Int64s, ends: Int64s
) -> Int64s:
    """Sweep up, then down, for some origins at a time. Each comes with its arcs by low end."""
    parts = _narrowed(*up, origins, is_up=True), _narrowed(*down, ends, is_up=False)
    number, (upward, downward) = _renumbered(parts, np.concatenate([origins, ends]))
    costs = np.empty((len(origins), len(ends)), np.int64)
    for begin in range(0, len(origins), SOURCES_AT_ONCE):
        some = number[origins[begin : begin + SOURCES_AT_ONCE]]
        reached = np.full((int(number[-1]) + 1, len(some)), FAR)
        reached[some, np.arange(len(some))] = 0
        sweep(upward, reached)
        sweep(downward, reached)
        costs[begin : begin + len(some)] = reached[number[ends]].T
    return costs
