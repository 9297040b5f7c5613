"""The roads of one profile, ready to be searched: plain arrays, no object per crossing.

A *node* is where ways meet or end. Some crossings need to know where one comes from (a forbidden
turn, a street for residents): only these have copies, numbered after the nodes, and a *sink*,
where all copies arrive. One leaves from a node and arrives at `sink[node]`, the node itself
nearly always.

A *segment* is the piece of a way between two nodes, with its shape; an *arc* is a segment in one
direction, between nodes or their copies.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from essaim.core.roads.arrays import Flags, Floats, Int32s

NO_SEGMENT: Final = -1
"""Of an arc into a sink: it takes one millisecond and no metre."""


@dataclass(frozen=True, slots=True)
class RoadGraph:
    """Arrays by node, by arc, by segment and by point of shape; lengths in cm, durations in ms."""

    lat: Floats
    lng: Floats
    sink: Int32s

    tail: Int32s
    head: Int32s
    length_cm: Int32s
    duration_ms: Int32s
    arc_segment: Int32s
    is_backward: Flags

    segment_start: Int32s
    segment_end: Int32s
    segment_first: Int32s
    segment_last: Int32s
    segment_length_cm: Int32s
    segment_name: Int32s

    shape_lat_e7: Int32s
    shape_lng_e7: Int32s

    relaxed_tail: Int32s
    relaxed_head: Int32s
    relaxed_duration_ms: Int32s
    """Every arc between nodes as if no turn was forbidden: no way is ever quicker than there."""

    @property
    def node_count(self) -> int:
        """Nodes that one may name; copies and sinks come after them."""
        return len(self.lat)

    @property
    def vertex_count(self) -> int:
        """Nodes, copies and sinks: what a search numbers."""
        most = int(max(self.tail.max(initial=0), self.head.max(initial=0)))
        return max(self.node_count, most + 1)

    @property
    def arc_count(self) -> int:
        return len(self.tail)

    def fastest_m_per_s(self) -> float:
        """The highest speed found on any arc."""
        driven = self.arc_segment != NO_SEGMENT
        speeds = self.length_cm[driven] * 10.0 / self.duration_ms[driven]
        return float(speeds.max(initial=0.0))

    def shape(self, segment: int, *, is_backward: bool) -> tuple[Floats, Floats]:
        """Return the latitudes and longitudes of a segment in the direction of travel."""
        part = slice(int(self.segment_first[segment]), int(self.segment_last[segment]) + 1)
        step = -1 if is_backward else 1
        lat = self.shape_lat_e7[part][::step] / 1e7
        return lat, self.shape_lng_e7[part][::step] / 1e7


def arcs_by_segment(graph: RoadGraph) -> tuple[Int32s, Int32s]:
    """Return arcs by segment and direction, and where each (2 x segment + backward) begins."""
    keys = np.where(
        graph.arc_segment == NO_SEGMENT,
        2 * len(graph.segment_first),
        2 * graph.arc_segment + graph.is_backward,
    )
    order = np.argsort(keys, kind="stable").astype(np.int32)
    bounds = np.searchsorted(keys[order], np.arange(2 * len(graph.segment_first) + 1))
    return order, bounds.astype(np.int32)
