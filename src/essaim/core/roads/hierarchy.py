"""Contraction hierarchies: the quick engine. The only module that knows ch-router.

Point to point is ch-router's (RoutingKit) own query. It has no query from one to many, so its
hierarchy is read back from the file it writes and swept over with numpy (PHAST: Delling,
Goldberg, Nowatzyk and Werneck, 2011): up from the sources to the top, then down over every node,
level by level.
"""

import threading
from dataclasses import dataclass
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
PAIRS_ASKED_ONE_BY_ONE: Final = 16
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
        reached, begins: each vertex that is reached, and where its arcs begin.
        bounds: where each level begins among `reached`; one more than levels.
    """

    origin: Int64s
    cost: Int64s
    reached: Int64s
    begins: Int64s
    bounds: Int64s


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
    order = np.lexsort((reached, level[reached]))
    sorted_reached = reached[order]
    begins = np.flatnonzero(np.diff(sorted_reached, prepend=-1))
    groups = sorted_reached[begins]
    bounds = np.searchsorted(level[groups], np.arange(1, level.max(initial=0) + 2))
    return Levels(origin[order], cost[order], groups, begins, bounds)


def sweep(levels: Levels, costs: Int64s) -> None:
    """Lower the cost of every vertex (rows; one column a source) to its best over the arcs."""
    ends = np.append(levels.begins[1:], len(levels.origin))
    for low, high in zip(levels.bounds[:-1], levels.bounds[1:], strict=True):
        first, last = levels.begins[low], ends[high - 1]
        offered = costs[levels.origin[first:last]]
        offered += levels.cost[first:last, None]
        best = np.minimum.reduceat(offered, levels.begins[low:high] - first, axis=0)
        reached = levels.reached[low:high]
        costs[reached] = np.minimum(costs[reached], best)


def narrowed(levels: Levels, is_needed: Flags, *, by_origin: bool) -> Levels:
    """Leave out arcs that cannot matter.

    Args:
        is_needed: which vertices matter; those that matter because of them are added to it.
        by_origin: follow arcs onwards from what is needed, else back to what it needs.
    """
    sizes = np.diff(np.append(levels.begins, len(levels.origin)))
    spans = list(zip(levels.bounds[:-1], levels.bounds[1:], strict=True))
    ends = np.append(levels.begins[1:], len(levels.origin))
    kept = np.zeros(len(levels.origin), np.bool_)
    for low, high in spans if by_origin else reversed(spans):
        span = slice(levels.begins[low], ends[high - 1])
        reached = np.repeat(levels.reached[low:high], sizes[low:high])
        origin = levels.origin[span]
        is_kept = is_needed[origin if by_origin else reached]
        kept[span] = is_kept
        is_needed[(reached if by_origin else origin)[is_kept]] = True
    group = np.repeat(np.arange(len(sizes)), sizes)[kept]
    begins = np.flatnonzero(np.diff(group, prepend=-1))
    groups = group[begins]
    bounds = np.unique(np.searchsorted(groups, levels.bounds))
    return Levels(levels.origin[kept], levels.cost[kept], levels.reached[groups], begins, bounds)


class HierarchyEngine:
    """Microseconds for a pair, one sweep for many."""

    def __init__(self, path: Path, sweeps: Sweeps) -> None:
        """Load a written hierarchy.

        Raises:
            RoadsToolMissing: ch-router is not installed.
            HierarchyUnreadable: ch-router does not read the file.
        """
        self._sweeps = sweeps
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
        ranks = self._sweeps
        origins, ends = ranks.rank[sources], ranks.rank[targets]
        if len(sources) > len(targets):
            costs = _table(ranks.up_against, ranks.down_against, ends, origins).T
        else:
            costs = _table(ranks.up, ranks.down, origins, ends)
        is_reached = costs < FAR
        return (
            np.where(is_reached, costs >> 32, UNREACHED),
            np.where(is_reached, costs & 0xFFFFFFFF, UNREACHED),
        )


def _table(up: Levels, down: Levels, origins: Int64s, ends: Int64s) -> Int64s:
    """Sweep up then down, for some origins at a time; narrow both ways when they are several."""
    count = int(max(up.reached.max(initial=0), up.origin.max(initial=0), origins.max(), ends.max()))
    count = max(count, int(down.reached.max(initial=0)), int(down.origin.max(initial=0))) + 1
    from_sources = np.zeros(count, np.bool_)
    from_sources[origins] = True
    up = narrowed(up, from_sources, by_origin=True)
    to_targets = np.zeros(count, np.bool_)
    to_targets[ends] = True
    down = narrowed(down, to_targets, by_origin=False)
    costs = np.empty((len(origins), len(ends)), np.int64)
    for begin in range(0, len(origins), SOURCES_AT_ONCE):
        some = origins[begin : begin + SOURCES_AT_ONCE]
        reached = np.full((count, len(some)), FAR)
        reached[some, np.arange(len(some))] = 0
        sweep(up, reached)
        sweep(down, reached)
        costs[begin : begin + len(some)] = reached[ends].T
    return costs
