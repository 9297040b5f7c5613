"""From an extract to the network of one profile: nodes where ways meet, arcs between them.

Ways are cut where the extract ends and at closed barriers. What cannot be reached from the main
network and left again (islands, gated streets) is dropped, so that whoever is near is brought to
a road that leads somewhere.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from essaim.core.roads.arrays import Flags, Floats, Int32s, Int64s
from essaim.core.roads.extract import UNKNOWN, Extract
from essaim.core.roads.geometry import distances_m
from essaim.core.roads.libraries import library
from essaim.core.roads.refusals import NoRoadInExtract
from essaim.core.roads.rules.barriers import is_closed
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.rules.ways import Passage, passage

CUT: Final = -1
"""The OSM id of a dead end made by a closed barrier: no sign can name it."""
NAMELESS: Final = ""
NODE_EVERY_M: Final = 250.0
"""Long roads get nodes in between, where they bend, so that a point is never far from a node."""


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes, segments between them, and arcs: segments one way. No turn is forbidden yet."""

    node_osm: Int64s
    lat: Floats
    lng: Floats

    start: Int32s
    end: Int32s
    first: Int32s
    last: Int32s
    way_osm: Int64s
    segment_length_cm: Int32s
    name: Int32s
    is_for_destination: Flags

    segment: Int32s
    is_backward: Flags
    duration_ms: Int32s

    shape_lat_e7: Int32s
    shape_lng_e7: Int32s
    names: tuple[str, ...]

    @property
    def tail(self) -> Int32s:
        """The node each arc leaves."""
        return np.where(self.is_backward, self.end[self.segment], self.start[self.segment])

    @property
    def head(self) -> Int32s:
        """The node each arc reaches."""
        return np.where(self.is_backward, self.start[self.segment], self.end[self.segment])


@dataclass(frozen=True, slots=True)
class _Lines:
    """Points along the ways that may be passed. A run is what the extract holds in one piece."""

    passages: list[Passage]
    ways: Int64s
    way: Int64s
    run: Int64s
    osm: Int64s
    lat_e7: Int32s
    lng_e7: Int32s
    walked_m: Floats


def network(extract: Extract, profile: Profile) -> Network:
    """Return the main network of a profile.

    Raises:
        NoRoadInExtract: no way is open to this profile, or none leads anywhere.
    """
    lines = _lines(extract, profile)
    if lines is None:
        raise NoRoadInExtract(name=extract.name, profile=profile.value)
    closed = [osm for osm, tags in extract.barriers.items() if is_closed(tags, profile)]
    whole = _cut(lines, extract, np.isin(lines.osm, np.array(closed, np.int64)))
    main = main_part(whole)
    if not len(main.segment):
        raise NoRoadInExtract(name=extract.name, profile=profile.value)
    return main


def _lines(extract: Extract, profile: Profile) -> _Lines | None:
    found = [(i, passage(tags, profile)) for i, tags in enumerate(extract.way_tags)]
    passages = [how for _, how in found if how is not None]
    ways = np.array([i for i, how in found if how is not None], np.int64)
    if not passages:
        return None
    counts = extract.first[ways + 1] - extract.first[ways]
    way = np.repeat(np.arange(len(ways)), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    at = np.repeat(extract.first[ways], counts) + np.arange(len(way)) - before
    known = np.flatnonzero(extract.lat_e7[at] != UNKNOWN)
    way, at = way[known], at[known]
    begins = np.ones(len(at), np.bool_)
    begins[1:] = (way[1:] != way[:-1]) | (known[1:] != known[:-1] + 1)
    run = np.cumsum(begins, dtype=np.int64)
    lat_e7, lng_e7 = extract.lat_e7[at], extract.lng_e7[at]
    return _Lines(
        passages=passages,
        ways=ways,
        way=way,
        run=run,
        osm=extract.nodes[at],
        lat_e7=lat_e7,
        lng_e7=lng_e7,
        walked_m=_walked_m(lat_e7 / 1e7, lng_e7 / 1e7, run),
    )


def _walked_m(lat: Floats, lng: Floats, run: Int64s) -> Floats:
    """Metres from the first point of all to each one, jumps between runs left out."""
    steps = distances_m(lat[:-1], lng[:-1], lat[1:], lng[1:])
    steps[run[1:] != run[:-1]] = 0.0
    return np.concatenate([[0.0], np.cumsum(steps)])


def _cut(lines: _Lines, extract: Extract, closed: Flags) -> Network:
    """Cut the lines where they meet, end, are closed, or serve only those who stop there."""
    osm, inverse, counts = np.unique(lines.osm, return_inverse=True, return_counts=True)
    for_destination = np.array([how.is_for_destination for how in lines.passages], np.bool_)
    is_node = _ends(lines.run) | (counts[inverse] > 1) | closed | for_destination[lines.way]
    halts = np.flatnonzero(is_node | _milestones(lines.walked_m))
    same_run = lines.run[halts[:-1]] == lines.run[halts[1:]]
    first, last = halts[:-1][same_run], halts[1:][same_run]
    # A closed barrier becomes two dead ends, one on each side.
    dead_end = len(osm) + 2 * np.arange(len(first))
    start = np.where(closed[first], dead_end, inverse[first])
    end = np.where(closed[last], dead_end + 1, inverse[last])
    osm = np.concatenate([osm, np.full(2 * len(first), CUT)])
    lat, lng = np.empty(len(osm)), np.empty(len(osm))
    for node, at in ((start, first), (end, last)):
        lat[node], lng[node] = lines.lat_e7[at] / 1e7, lines.lng_e7[at] / 1e7
    way = lines.way[first]
    length_m = lines.walked_m[last] - lines.walked_m[first]
    names, name = _names(extract, lines.ways)
    segment, is_backward, duration_ms = _arcs(lines, way, length_m)
    return Network(
        node_osm=osm,
        lat=lat,
        lng=lng,
        start=start.astype(np.int32),
        end=end.astype(np.int32),
        first=first.astype(np.int32),
        last=last.astype(np.int32),
        way_osm=extract.way_ids[lines.ways][way],
        segment_length_cm=np.ceil(length_m * 100).astype(np.int32),
        name=name[way],
        is_for_destination=for_destination[way],
        segment=segment,
        is_backward=is_backward,
        duration_ms=duration_ms,
        shape_lat_e7=lines.lat_e7,
        shape_lng_e7=lines.lng_e7,
        names=names,
    )


def _ends(run: Int64s) -> Flags:
    ends = np.ones(len(run), np.bool_)
    ends[1:-1] = (run[1:-1] != run[:-2]) | (run[1:-1] != run[2:])
    return ends


def _milestones(walked_m: Floats) -> Flags:
    """Return the points where another `NODE_EVERY_M` metres were walked."""
    reached = np.floor(walked_m / NODE_EVERY_M)
    return np.diff(reached, prepend=reached[0]) > 0


def _names(extract: Extract, ways: Int64s) -> tuple[tuple[str, ...], Int32s]:
    """Return distinct names, and which one each way bears (its number when it has no name)."""
    said = [extract.way_tags[way].get("name") or extract.way_tags[way].get("ref") for way in ways]
    names = tuple(sorted({name or NAMELESS for name in said}))
    place = {name: i for i, name in enumerate(names)}
    return names, np.array([place[name or NAMELESS] for name in said], np.int32)


def _arcs(lines: _Lines, way: Int64s, length_m: Floats) -> tuple[Int32s, Flags, Int32s]:
    """Return the segment, direction and duration of each arc that is open."""
    whole_m = np.bincount(way, weights=length_m, minlength=len(lines.passages))
    kmh = np.array([_speeds(how, whole_m[i]) for i, how in enumerate(lines.passages)])
    parts = []
    for is_backward in (False, True):
        speed = kmh[way, int(is_backward)]
        segment = np.flatnonzero(speed > 0)
        duration_ms = np.maximum(1, np.rint(length_m[segment] * 3600 / speed[segment]))
        parts.append((segment, np.full(len(segment), is_backward), duration_ms))
    segments, directions, durations = (np.concatenate(part) for part in zip(*parts, strict=True))
    return segments.astype(np.int32), directions, durations.astype(np.int32)


def _speeds(how: Passage, whole_m: float) -> tuple[float, float]:
    if not how.crossing_s:
        return how.forward_kmh, how.backward_kmh
    kmh = max(whole_m, 1.0) * 3.6 / how.crossing_s
    return kmh if how.forward_kmh else 0.0, kmh if how.backward_kmh else 0.0


def main_part(whole: Network) -> Network:
    """Return the largest part where every node is reached from every other."""
    part = strong_parts(len(whole.node_osm), whole.tail, whole.head)
    is_main = part == np.bincount(part).argmax()
    return _kept(whole, is_main)


def strong_parts(count: int, tail: Int32s, head: Int32s) -> Int32s:
    """Return, for each node, the number of its strongly connected component.

    Raises:
        RoadsToolMissing: scipy is not installed.
    """
    coo_array = library("scipy.sparse").coo_array
    links = coo_array((np.ones(len(tail), np.int32), (tail, head)), shape=(count, count))
    csgraph = library("scipy.sparse.csgraph")
    _, part = csgraph.connected_components(links, directed=True, connection="strong")
    return np.asarray(part, np.int32)


def _kept(whole: Network, is_kept: Flags) -> Network:
    """Keep some nodes, the segments between them and the points of these."""
    inside = is_kept[whole.start] & is_kept[whole.end]
    arcs = inside[whole.segment]
    is_used = np.zeros(len(inside), np.bool_)
    is_used[whole.segment[arcs]] = True
    node = (np.cumsum(is_kept) - 1).astype(np.int32)
    segment = (np.cumsum(is_used) - 1).astype(np.int32)
    has_point = _covered(len(whole.shape_lat_e7), whole.first[is_used], whole.last[is_used])
    point = (np.cumsum(has_point) - 1).astype(np.int32)
    return replace(
        whole,
        node_osm=whole.node_osm[is_kept],
        lat=whole.lat[is_kept],
        lng=whole.lng[is_kept],
        start=node[whole.start[is_used]],
        end=node[whole.end[is_used]],
        first=point[whole.first[is_used]],
        last=point[whole.last[is_used]],
        way_osm=whole.way_osm[is_used],
        segment_length_cm=whole.segment_length_cm[is_used],
        name=whole.name[is_used],
        is_for_destination=whole.is_for_destination[is_used],
        segment=segment[whole.segment[arcs]],
        is_backward=whole.is_backward[arcs],
        duration_ms=whole.duration_ms[arcs],
        shape_lat_e7=whole.shape_lat_e7[has_point],
        shape_lng_e7=whole.shape_lng_e7[has_point],
    )


def _covered(count: int, first: Int32s, last: Int32s) -> Flags:
    """Return which points lie in one of the slices `first..last`, both ends included."""
    steps = np.zeros(count + 1, np.int64)
    np.add.at(steps, first, 1)
    np.add.at(steps, last + 1, -1)
    return np.cumsum(steps)[:count] > 0
