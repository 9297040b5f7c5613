"""Where one comes from: copies of the few crossings where it matters, none elsewhere.

Two things cannot be said by nodes and arcs alone. A street for residents may begin or end a way
and never lie in its middle: its nodes exist twice, *leaving* (nobody has been on an open road
yet) and *arriving* (one never gets out again). A forbidden turn depends on the road one came by:
that road ends at a copy of the crossing, which has every other way out. All copies of a node lead
to its sink.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from essaim.core.roads.arrays import Flags, Int32s, Int64s
from essaim.core.roads.extract import Extract
from essaim.core.roads.graph import NO_SEGMENT, RoadGraph
from essaim.core.roads.network import Network, strong_parts
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.rules.turns import Turn, turns

SINK_MS: Final = 1
WATCHED_M: Final = 1000.0
"""So far behind a sign one does not turn round, unless there is a fork before."""
Pair = tuple[int, int]


@dataclass(slots=True)
class _Arcs:
    """Arcs between nodes and copies; `base` is the arc of the network, -1 into a sink."""

    tail: list[int]
    head: list[int]
    base: list[int]
    sink: list[int]
    count: int

    def copy_of(self) -> int:
        self.count += 1
        return self.count - 1

    def add(self, tail: int, head: int, base: int) -> None:
        self.tail.append(tail)
        self.head.append(head)
        self.base.append(base)

    def sink_of(self, node: int) -> int:
        """The node where one arrives instead of `node`, made when first asked for."""
        if self.sink[node] == node:
            self.sink[node] = self.copy_of()
            self.add(node, self.sink[node], NO_SEGMENT)
        return self.sink[node]


def road_graph(network: Network, extract: Extract, profile: Profile) -> RoadGraph:
    """Return the network with its forbidden turns and its streets for residents."""
    ruled = [
        turn
        for relation in extract.restrictions
        for turn in turns(relation.tags, relation.members, profile)
    ]
    arcs = _layered(network)
    _forbid(arcs, network, forbidden_pairs(network, ruled))
    return _finished(arcs, network)


def forbidden_pairs(network: Network, ruled: Iterable[Turn]) -> set[Pair]:
    """Return the pairs of arcs (coming by, going out by) that signs forbid.

    A sign is left aside when one of its ways is not here, or passes through the crossing instead of
    ending there: it does not say which side it means.
    """
    by_node = defaultdict(list)
    for turn in ruled:
        by_node[turn.via_node].append(turn)
    tail, head = network.tail, network.head
    wanted = np.isin(network.node_osm, np.fromiter(by_node, np.int64, len(by_node)))
    ways_in, ways_out = _grouped(head, wanted), _grouped(tail, wanted)
    way = network.way_osm[network.segment]
    pairs: set[Pair] = set()
    for node in np.flatnonzero(wanted):
        for turn in by_node[int(network.node_osm[node])]:
            coming = [arc for arc in ways_in[int(node)] if way[arc] == turn.from_way]
            going = [arc for arc in ways_out[int(node)] if way[arc] == turn.to_way]
            if len(coming) == len(going) == 1:
                pairs |= _ruled_out(turn, coming[0], going[0], ways_out[int(node)])
    return pairs


def _ruled_out(turn: Turn, coming: int, going: int, ways_out: list[int]) -> set[Pair]:
    if not turn.is_only:
        return {(coming, going)}
    return {(coming, other) for other in ways_out if other != going}


def _grouped(ends: Int32s, wanted: Flags) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for arc in np.flatnonzero(wanted[ends]):
        groups[int(ends[arc])].append(int(arc))
    return groups


def _layered(network: Network) -> _Arcs:
    """Tell arcs that leave from a street for residents from those that arrive in one."""
    count = len(network.node_osm)
    tail, head = network.tail, network.head
    is_open = ~network.is_for_destination[network.segment]
    part = strong_parts(count, tail[is_open], head[is_open])
    is_main = part == np.bincount(part).argmax()
    leaves, reaches = is_main[tail], is_main[head]
    # Between two main nodes a street for residents would only serve to pass through.
    plain = np.flatnonzero((leaves & reaches & is_open) | ~leaves)
    arcs = _Arcs(
        tail=tail[plain].tolist(),
        head=head[plain].tolist(),
        base=plain.tolist(),
        sink=list(range(count)),
        count=count,
    )
    arriving = {int(node): arcs.copy_of() for node in np.flatnonzero(~is_main)}
    for arc in np.flatnonzero(~reaches):
        origin, end = int(tail[arc]), int(head[arc])
        arcs.add(arriving.get(origin, origin), arriving[end], int(arc))
    for node, copy in arriving.items():
        arcs.add(copy, arcs.sink_of(node), NO_SEGMENT)
    return arcs


@dataclass(slots=True)
class _Copies:
    """Copies of crossings, one for each arc that must be remembered there."""

    arcs: _Arcs
    network: Network
    ruled_out: dict[int, set[int]]
    by_tail: Int32s
    begins: Int64s
    heads: Int32s
    bases: Int32s
    turned: Int32s
    made: dict[Pair, int] = field(default_factory=dict)
    due: deque[tuple[int, int, int, float]] = field(default_factory=deque)

    def end_of(self, arc: int, *, watched_m: float) -> int:
        """Return where an arc ends: at its crossing, or at the copy that remembers it."""
        base, crossing = int(self.bases[arc]), int(self.heads[arc])
        is_signed = base in self.ruled_out
        if not is_signed and watched_m <= 0:
            return crossing
        if (crossing, base) not in self.made:
            self.made[crossing, base] = copy = self.arcs.copy_of()
            left_m = WATCHED_M if is_signed else watched_m
            self.due.append((crossing, base, copy, left_m))
        return self.made[crossing, base]

    def furnish(self, crossing: int, base: int, copy: int, left_m: float) -> None:
        """Give a copy its ways out: no forbidden one nor, if there is another, the way back."""
        forbidden = self.ruled_out.get(base, set())
        ways_out = [
            int(arc)
            for arc in self.by_tail[self.begins[crossing] : self.begins[crossing + 1]]
            if self.bases[arc] != NO_SEGMENT and int(self.bases[arc]) not in forbidden
        ]
        onwards = [arc for arc in ways_out if self.bases[arc] != self.turned[base]]
        is_fork = len(onwards) > 1 and base not in self.ruled_out
        for arc in onwards or ways_out:
            length_m = self.network.segment_length_cm[self.network.segment[self.bases[arc]]] / 100
            watched_m = 0.0 if is_fork or not onwards else left_m - length_m
            self.arcs.add(copy, self.end_of(arc, watched_m=watched_m), int(self.bases[arc]))
        node = int(self.network.head[base])
        self.arcs.add(copy, self.arcs.sink_of(node), NO_SEGMENT)


def _forbid(arcs: _Arcs, network: Network, pairs: set[Pair]) -> None:
    """End each arc that a sign concerns at a copy of its crossing, without the ways it forbids.

    Nor does one turn round behind the sign to come back to it from the other side: the copies go on
    until the next fork (or `WATCHED_M`), and there as well the way back is missing.
    """
    ruled_out: dict[int, set[int]] = defaultdict(set)
    for coming, going in pairs:
        ruled_out[coming].add(going)
    tails, bases = np.array(arcs.tail, np.int32), np.array(arcs.base, np.int32)
    order = np.argsort(tails, kind="stable").astype(np.int32)
    copies = _Copies(
        arcs=arcs,
        network=network,
        ruled_out=dict(ruled_out),
        by_tail=order,
        begins=np.searchsorted(tails[order], np.arange(arcs.count + 1)),
        heads=np.array(arcs.head, np.int32),
        bases=bases,
        turned=_turned(network),
    )
    signed = np.fromiter(ruled_out, np.int32, len(ruled_out))
    for arc in np.flatnonzero(np.isin(bases, signed)):
        arcs.head[arc] = copies.end_of(int(arc), watched_m=0.0)
    while copies.due:
        copies.furnish(*copies.due.popleft())


def _turned(network: Network) -> Int32s:
    """Return, for each arc, the one that goes back along the same segment (-1 when none does)."""
    keys = 2 * network.segment + network.is_backward
    by_key = np.full(2 * len(network.first), -1, np.int32)
    by_key[keys] = np.arange(len(keys))
    return np.asarray(by_key[keys ^ 1], np.int32)


def _finished(arcs: _Arcs, network: Network) -> RoadGraph:
    base = np.array(arcs.base, np.int32)
    is_road = base != NO_SEGMENT
    segment = np.where(is_road, network.segment[base], NO_SEGMENT).astype(np.int32)
    length_cm = np.where(is_road, network.segment_length_cm[segment], 0)
    return RoadGraph(
        lat=network.lat,
        lng=network.lng,
        sink=np.array(arcs.sink, np.int32),
        tail=np.array(arcs.tail, np.int32),
        head=np.array(arcs.head, np.int32),
        length_cm=length_cm.astype(np.int32),
        duration_ms=np.where(is_road, network.duration_ms[base], SINK_MS).astype(np.int32),
        arc_segment=segment,
        is_backward=network.is_backward[base] & is_road,
        segment_start=network.start,
        segment_end=network.end,
        segment_first=network.first,
        segment_last=network.last,
        segment_length_cm=network.segment_length_cm,
        segment_name=network.name,
        shape_lat_e7=network.shape_lat_e7,
        shape_lng_e7=network.shape_lng_e7,
        relaxed_tail=network.tail.astype(np.int32),
        relaxed_head=network.head.astype(np.int32),
        relaxed_duration_ms=network.duration_ms,
    )
