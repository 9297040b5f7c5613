"""The router that knows roads: exact answers from a graph and an engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from essaim.core.roads import snapping
from essaim.core.roads.arrays import Floats, Int32s, Int64s
from essaim.core.roads.engines import Engine
from essaim.core.roads.geometry import distances_m
from essaim.core.roads.graph import NO_SEGMENT, RoadGraph, arcs_by_segment
from essaim.core.roads.landmarks import bounds_ms
from essaim.core.roads.refusals import NoWay, TooFarFromRoads
from essaim.core.roads.routers import UNREACHED, Nodes, Stops, Table
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.rules.routes import Path, Route, steps
from essaim.core.roads.snapping import Grid, Snapped, position_of
from essaim.core.territories.rules import Position

SNAP_MAX_M: Final = 1000.0
"""Beyond, a point is said to be outside: answering from the edge of an extract would be a guess."""
NOWHERE: Final = -1
"""Stands for the arc of a gate that is a crossing: nothing to drive before or after."""
BEYOND: Final = np.int64(1) << 62
ROUNDING_M: Final = 1.0
"""What centimetres rounded arc by arc could add up to: taken off lower bounds."""


@dataclass(frozen=True, slots=True)
class Roads:
    """What was imported for one territory and profile, in memory."""

    profile: Profile
    version: str
    graph: RoadGraph
    names: tuple[str, ...]
    grid: Grid
    from_landmark: Int32s
    to_landmark: Int32s


@dataclass(frozen=True, slots=True)
class _Gate:
    """Where one gets on or off the network: a vertex, and the part of an arc before or after."""

    vertex: int
    arc: int
    duration_ms: int
    length_cm: int

    @property
    def cost(self) -> int:
        return (self.duration_ms << 32) + self.length_cm


@dataclass(frozen=True, slots=True)
class _Way:
    """A whole way: over arcs, first and last in part, or on a part of one (`direct`)."""

    duration_ms: int
    length_cm: int
    arcs: Int64s
    direct: int = NOWHERE


@dataclass(frozen=True, slots=True)
class _Line:
    """What is driven on one arc."""

    name: str
    points: list[tuple[float, float]]
    length_cm: int
    duration_ms: int


class RoadRouter:
    """Answers from imported roads."""

    is_approximate = False

    def __init__(self, roads: Roads, engine: Engine) -> None:
        """Answer from `roads` with the searches of `engine`."""
        self.profile = roads.profile
        self.version = roads.version
        self.roads = roads
        self._graph = roads.graph
        self._engine = engine
        self._by_segment, self._begins = arcs_by_segment(roads.graph)
        self._fastest_m_per_s = max(roads.graph.fastest_m_per_s(), 0.1)

    def distance(self, origin: Position, destination: Position) -> Route:
        """Return how far and how long the quickest way is.

        Raises:
            TooFarFromRoads: a position is farther than `SNAP_MAX_M` from any road.
            NoWay: none leads from one to the other.
        """
        return _route(self._way(self._snapped(origin), self._snapped(destination)))

    def path(self, origin: Position, destination: Position) -> Path:
        """Return the quickest way with its points; refuses what `distance` does."""
        start, end = self._snapped(origin), self._snapped(destination)
        way = self._way(start, end)
        lines = self._lines(way, start, end)
        route = _route(way)
        stretches = ((line.name, line.length_cm, line.duration_ms) for line in lines)
        points = [position_of(lat, lng) for line in lines for lat, lng in line.points]
        drawn = tuple(point for point, _ in groupby(points or [start.position]))
        return Path(route, drawn, steps(stretches))

    def matrix(self, sources: Sequence[Position], targets: Sequence[Position]) -> Table:
        """Return the ways from each source to each target, as exact as `distance`.

        Raises:
            TooFarFromRoads: a position is farther than `SNAP_MAX_M` from any road.
        """
        starts = [self._snapped(position) for position in sources]
        ends = [self._snapped(position) for position in targets]
        leaving = [self._leaving(start) for start in starts]
        arriving = [self._arriving(end) for end in ends]
        found_ms, found_cm = self._engine.table(_vertices(leaving), _vertices(arriving))
        costs = np.where(found_ms < 0, BEYOND, (found_ms << 32) + found_cm)
        costs = costs + _costs(leaving)[:, None] + _costs(arriving)[None]
        costs = np.minimum.reduceat(costs, _firsts(leaving), axis=0)
        costs = np.minimum.reduceat(costs, _firsts(arriving), axis=1)
        for row, start in enumerate(starts):
            for column, end in enumerate(ends):
                for direct in self._direct(start, end):
                    cost = (direct.duration_ms << 32) + direct.length_cm
                    costs[row, column] = min(costs[row, column], cost)
        return _table(np.where(costs < BEYOND, costs >> 32, UNREACHED), costs & 0xFFFFFFFF)

    def snap(self, lats: Floats, lngs: Floats) -> Stops:
        """Bring points to the nearer end of the nearest road; -1 when beyond `SNAP_MAX_M`."""
        nodes = np.full(len(lats), UNREACHED, np.int64)
        off_m = np.full(len(lats), np.inf)
        for i, (lat, lng) in enumerate(zip(lats, lngs, strict=True)):
            position = Position(float(lat), float(lng))
            found = snapping.snap(self._graph, self.roads.grid, position, SNAP_MAX_M)
            if found is not None:
                ends = self._graph.segment_start, self._graph.segment_end
                nodes[i] = ends[round(found.share)][found.segment]
        is_near = nodes != UNREACHED
        lat, lng = self._graph.lat[nodes[is_near]], self._graph.lng[nodes[is_near]]
        off_m[is_near] = distances_m(np.asarray(lats)[is_near], np.asarray(lngs)[is_near], lat, lng)
        return Stops(nodes, off_m)

    def one_to_many(self, origin: int, ends: Nodes) -> Table:
        """Return the ways from a node to each of others, as one row."""
        return self._between(np.array([origin], np.int32), np.asarray(ends))

    def many_to_one(self, origins: Nodes, end: int) -> Table:
        """Return the ways from each of some nodes to one, as one column."""
        return self._between(np.asarray(origins), np.array([end], np.int32))

    def lower_bounds_s(self, origins: Nodes, ends: Nodes) -> Int64s:
        """Return the better of two bounds: landmarks, and the straight line at top speed."""
        roads = self.roads
        far = bounds_ms(roads.from_landmark, roads.to_landmark, origins, ends) / 1000
        straight = self.lower_bounds_m(origins, ends) / self._fastest_m_per_s
        # Answers are rounded to the second, maybe down.
        return np.floor(np.maximum(far, straight)).astype(np.int64)

    def lower_bounds_m(self, origins: Nodes, ends: Nodes) -> Int64s:
        """Return the straight line."""
        lat, lng = self._graph.lat, self._graph.lng
        metres = distances_m(lat[origins], lng[origins], lat[ends], lng[ends])
        return np.maximum(np.floor(metres - ROUNDING_M), 0).astype(np.int64)

    def _between(self, origins: Nodes, ends: Nodes) -> Table:
        sources = np.asarray(origins, np.int32)
        targets = self._graph.sink[ends]
        return _table(*self._engine.table(sources, targets))

    def _snapped(self, position: Position) -> Snapped:
        found = snapping.snap(self._graph, self.roads.grid, position, SNAP_MAX_M)
        if found is None:
            far_m = snapping.nearest_m(self._graph, self.roads.grid, position)
            raise TooFarFromRoads(distance_m=round(far_m))
        return found

    def _arcs(self, segment: int, *, is_backward: bool) -> Int32s:
        key = 2 * segment + is_backward
        return self._by_segment[self._begins[key] : self._begins[key + 1]]

    def _leaving(self, start: Snapped) -> list[_Gate]:
        """The ends of the road one starts on, each with what is left to drive until there."""
        gates = [
            self._gate(int(self._graph.head[arc]), int(arc), share)
            for is_backward, share in ((False, 1 - start.share), (True, start.share))
            for arc in self._arcs(start.segment, is_backward=is_backward)
        ]
        # At a crossing every road of it may be taken, whichever was found nearest.
        return gates + [_Gate(node, NOWHERE, 0, 0) for node in self._crossing(start)]

    def _arriving(self, end: Snapped) -> list[_Gate]:
        """The ends by which one enters the last road, each with what there is to drive on it."""
        gates = [
            self._gate(int(self._graph.tail[arc]), int(arc), share)
            for is_backward, share in ((False, end.share), (True, 1 - end.share))
            for arc in self._arcs(end.segment, is_backward=is_backward)
        ]
        sinks = [int(self._graph.sink[node]) for node in self._crossing(end)]
        return gates + [_Gate(sink, NOWHERE, 0, 0) for sink in sinks]

    def _crossing(self, snapped: Snapped) -> list[int]:
        """The node where a point is, if it is at one."""
        ends = {0.0: self._graph.segment_start, 1.0: self._graph.segment_end}
        return [
            int(nodes[snapped.segment]) for share, nodes in ends.items() if share == snapped.share
        ]

    def _gate(self, vertex: int, arc: int, share: float) -> _Gate:
        duration_ms = round(int(self._graph.duration_ms[arc]) * share)
        return _Gate(vertex, arc, duration_ms, round(int(self._graph.length_cm[arc]) * share))

    def _direct(self, start: Snapped, end: Snapped) -> list[_Way]:
        """The ways that stay on one road, when both points are on it in the right order."""
        if start.segment != end.segment:
            return []
        ways = []
        for is_backward, share in (
            (False, end.share - start.share),
            (True, start.share - end.share),
        ):
            for arc in self._arcs(start.segment, is_backward=is_backward)[:1]:
                if share >= 0:
                    gate = self._gate(0, int(arc), share)
                    nothing = np.zeros(0, np.int64)
                    ways.append(_Way(gate.duration_ms, gate.length_cm, nothing, gate.arc))
        return ways

    def _way(self, start: Snapped, end: Snapped) -> _Way:
        ways = self._direct(start, end)
        for leaving in self._leaving(start):
            for arriving in self._arriving(end):
                found = self._engine.way(leaving.vertex, arriving.vertex)
                if found is None:
                    continue
                length_cm = int(self._graph.length_cm[found.arcs].sum())
                ways.append(
                    _Way(
                        leaving.duration_ms + found.duration_ms + arriving.duration_ms,
                        leaving.length_cm + length_cm + arriving.length_cm,
                        np.array([leaving.arc, *found.arcs, arriving.arc], np.int64),
                    )
                )
        if not ways:
            raise NoWay
        return min(ways, key=lambda way: (way.duration_ms, way.length_cm))

    def _lines(self, way: _Way, start: Snapped, end: Snapped) -> list[_Line]:
        """Return what was driven on each arc, the first and the last cut."""
        if way.direct != NOWHERE:
            points = self._points(way.direct, start.share, end.share)
            return [_Line(self._name(way.direct), points, way.length_cm, way.duration_ms)]
        lines: list[_Line] = []
        last = len(way.arcs) - 1
        for place, arc in enumerate(int(arc) for arc in way.arcs):
            if arc == NOWHERE:
                continue
            begin, finish = (1.0, 0.0) if self._graph.is_backward[arc] else (0.0, 1.0)
            begin = start.share if place == 0 else begin
            finish = end.share if place == last else finish
            cut = self._gate(0, arc, abs(finish - begin))
            if self._graph.arc_segment[arc] != NO_SEGMENT:
                points = self._points(arc, begin, finish)
                lines.append(_Line(self._name(arc), points, cut.length_cm, cut.duration_ms))
            elif lines:  # the millisecond into a sink
                lines.append(_Line(lines[-1].name, [], 0, cut.duration_ms))
        return lines

    def _name(self, arc: int) -> str:
        return self.roads.names[int(self._graph.segment_name[self._graph.arc_segment[arc]])]

    def _points(self, arc: int, begin: float, finish: float) -> list[tuple[float, float]]:
        """Return the points of a segment between two shares of it, in the order of travel."""
        segment = int(self._graph.arc_segment[arc])
        lat, lng = self._graph.shape(segment, is_backward=finish < begin)
        if abs(finish - begin) == 1:
            return list(zip(lat.tolist(), lng.tolist(), strict=True))
        if finish < begin:
            begin, finish = 1 - begin, 1 - finish
        walked = np.concatenate([[0.0], np.cumsum(snapping.piece_lengths_m(lat, lng))])
        walked = walked / walked[-1] if walked[-1] else np.linspace(0, 1, len(walked))
        between = (walked > begin) & (walked < finish)
        shares = np.concatenate([[begin], walked[between], [finish]])
        lats, lngs = np.interp(shares, walked, lat), np.interp(shares, walked, lng)
        return list(zip(lats.tolist(), lngs.tolist(), strict=True))


def _route(way: _Way) -> Route:
    return Route(round(way.length_cm / 100), round(way.duration_ms / 1000))


def _table(found_ms: Int64s, found_cm: Int64s) -> Table:
    is_reached = found_ms >= 0
    return Table(
        np.where(is_reached, np.rint(found_cm / 100), UNREACHED).astype(np.int64),
        np.where(is_reached, np.rint(found_ms / 1000), UNREACHED).astype(np.int64),
    )


def _vertices(gates: list[list[_Gate]]) -> Int32s:
    return np.array([gate.vertex for some in gates for gate in some], np.int32)


def _costs(gates: list[list[_Gate]]) -> Int64s:
    return np.array([gate.cost for some in gates for gate in some], np.int64)


def _firsts(gates: list[list[_Gate]]) -> Int64s:
    """Where the gates of each point begin; each point has at least one."""
    return np.cumsum([0, *(len(some) for some in gates)])[:-1]
