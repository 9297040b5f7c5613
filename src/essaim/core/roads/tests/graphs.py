"""Random graphs, without a map: arcs drawn, everything else left empty."""

import numpy as np
from hypothesis import strategies as st

from essaim.core.roads.arrays import Int32s
from essaim.core.roads.graph import RoadGraph

NODES_MAX, ARCS_MAX = 12, 40


def graph(node_count: int, arcs: list[tuple[int, int, int, int]] | Int32s) -> RoadGraph:
    """Make a graph of arcs (tail, head, milliseconds, centimetres)."""
    columns = np.ascontiguousarray(np.array(arcs, np.int32).reshape(-1, 4).T)
    tail, head, duration_ms, length_cm = columns
    nothing = np.zeros(0, np.int32)
    return RoadGraph(
        lat=np.zeros(node_count),
        lng=np.zeros(node_count),
        sink=np.arange(node_count, dtype=np.int32),
        tail=tail,
        head=head,
        length_cm=length_cm,
        duration_ms=duration_ms,
        arc_segment=np.zeros(len(tail), np.int32),
        is_backward=np.zeros(len(tail), np.bool_),
        segment_start=nothing,
        segment_end=nothing,
        segment_first=nothing,
        segment_last=nothing,
        segment_length_cm=nothing,
        segment_name=nothing,
        shape_lat_e7=nothing,
        shape_lng_e7=nothing,
        relaxed_tail=tail,
        relaxed_head=head,
        relaxed_duration_ms=duration_ms,
    )


@st.composite
def graphs(draw, *, has_ties: bool = True):
    """Draw directed graphs with loops, parallel arcs and parts that do not meet.

    Without ties no two ways take the same time: each arc adds a power of two of its own.
    """
    node_count = draw(st.integers(1, NODES_MAX))
    node = st.integers(0, node_count - 1)
    most = ARCS_MAX if has_ties else 14
    arcs = draw(
        st.lists(
            st.tuples(node, node, st.integers(1, 50), st.integers(0, 10**6)),
            min_size=1,
            max_size=most,
        )
    )
    if not has_ties:
        arcs = [
            (tail, head, (ms << most) + (1 << place), cm)
            for place, (tail, head, ms, cm) in enumerate(arcs)
        ]
    return graph(node_count, arcs)
