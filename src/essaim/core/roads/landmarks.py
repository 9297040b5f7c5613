"""Lower bounds of durations from a few far-off landmarks (ALT: Goldberg and Harrelson, 2005).

If a landmark is 30 minutes before b and 10 minutes before a, then b is at least 20 minutes after
a. The durations are those of the relaxed network, where no turn is forbidden: bounds stay bounds.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from essaim.core.roads.arrays import Int32s, Int64s
from essaim.core.roads.graph import RoadGraph
from essaim.core.roads.libraries import library

LANDMARKS: Final = 16


def landmarks(graph: RoadGraph, count: int = LANDMARKS) -> tuple[Int32s, Int32s]:
    """Return durations in ms from each landmark to every node, and from every node to it.

    Each landmark is the node farthest from those chosen before.

    Raises:
        RoadsToolMissing: scipy is not installed.
    """
    csr_array = library("scipy.sparse").csr_array
    dijkstra = library("scipy.sparse.csgraph").dijkstra
    tail, head, duration_ms = _quickest(graph)
    shape = (graph.node_count, graph.node_count)
    along = csr_array((duration_ms.astype(np.float64), (tail, head)), shape=shape)
    against = csr_array((duration_ms.astype(np.float64), (head, tail)), shape=shape)
    nearest = np.asarray(dijkstra(along, indices=0))
    from_each, to_each = [], []
    for _ in range(min(count, graph.node_count)):
        landmark = int(np.argmax(nearest))
        from_each.append(np.asarray(dijkstra(along, indices=landmark)))
        to_each.append(np.asarray(dijkstra(against, indices=landmark)))
        nearest = np.minimum(from_each[-1], nearest if len(from_each) > 1 else np.inf)
    return np.array(from_each).astype(np.int32), np.array(to_each).astype(np.int32)


def _quickest(graph: RoadGraph) -> tuple[Int32s, Int32s, Int32s]:
    """Return the relaxed arcs, the quickest of parallel ones only."""
    tail, head, duration_ms = (
        graph.relaxed_tail,
        graph.relaxed_head,
        graph.relaxed_duration_ms,
    )
    order = np.lexsort((duration_ms, head, tail))
    tail, head, duration_ms = tail[order], head[order], duration_ms[order]
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return tail[is_first], head[is_first], duration_ms[is_first]


def bounds_ms(
    from_landmark: Int32s,
    to_landmark: Int32s,
    origins: npt.NDArray[np.integer],
    ends: npt.NDArray[np.integer],
) -> Int64s:
    """Return what the way from each origin to its end takes at least; a side may be one node."""
    after = from_landmark[:, ends] - from_landmark[:, origins]
    before = to_landmark[:, origins] - to_landmark[:, ends]
    best = np.maximum(after.max(axis=0), before.max(axis=0))
    return np.asarray(np.maximum(best, 0), np.int64)
