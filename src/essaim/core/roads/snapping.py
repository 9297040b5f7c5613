"""From a point to the nearest road: pieces of segments in square cells, searched outwards."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from essaim.core.roads.arrays import Floats, Int32s, Int64s
from essaim.core.roads.geometry import distances_m
from essaim.core.roads.graph import RoadGraph
from essaim.core.territories.rules import EARTH_RADIUS_M, Position

CELL_DEGREES: Final = 0.002
"""Of latitude: about 222 m. Cells are as wide in metres in the middle of the extract."""
METRES_A_DEGREE: Final = EARTH_RADIUS_M * math.pi / 180
COLUMNS: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Grid:
    """Pieces (one straight line of a shape) by cell.

    Args:
        point, segment: of each piece, its first point of shape and its segment.
        cells, begins: cells that hold pieces, sorted, and where theirs begin in `pieces`.
        corner: latitude and longitude of the corner, then the width of a cell in degrees.
    """

    point: Int32s
    segment: Int32s
    cells: Int64s
    begins: Int64s
    pieces: Int32s
    corner: Floats

    def cell(self, lat: float, lng: float) -> tuple[int, int]:
        """Return the row and column of a point; cells may lie outside the extract."""
        south, west, width = (float(value) for value in self.corner)
        return math.floor((lat - south) / CELL_DEGREES), math.floor((lng - west) / width)


@dataclass(frozen=True, slots=True)
class Snapped:
    """The nearest point of a road.

    Args:
        share: how far along the segment, from 0 (its start) to 1.
        off_m: how far the road is from the point that was asked.
    """

    segment: int
    share: float
    off_m: float
    position: Position


class _Hit(NamedTuple):
    """The nearest piece so far: how far off, which, and how far along it."""

    off_m: float
    piece: int
    along: float


_NOTHING: Final = _Hit(math.inf, -1, 0.0)


def grid(graph: RoadGraph) -> Grid:
    """Sort the pieces of all segments into cells.

    A segment without arc is left out: nobody may drive it, not even to stop there.
    """
    is_driven = np.isin(np.arange(len(graph.segment_first)), graph.arc_segment)
    sizes = np.where(is_driven, graph.segment_last - graph.segment_first, 0).astype(np.int64)
    segment = np.repeat(np.arange(len(sizes)), sizes)
    before = np.repeat(np.cumsum(sizes) - sizes, sizes)
    point = np.repeat(graph.segment_first, sizes) + np.arange(len(segment)) - before
    lat, lng = graph.shape_lat_e7 / 1e7, graph.shape_lng_e7 / 1e7
    width = CELL_DEGREES / max(0.01, math.cos(math.radians(float(lat.mean()))))
    corner = np.array([lat.min(), lng.min(), width])
    rows = np.floor((lat - corner[0]) / CELL_DEGREES).astype(np.int64)
    columns = np.floor((lng - corner[1]) / width).astype(np.int64)
    cell, piece = _crossed(rows, columns, point)
    order = np.argsort(cell, kind="stable")
    cells, begins = np.unique(cell[order], return_index=True)
    return Grid(
        point=point.astype(np.int32),
        segment=segment.astype(np.int32),
        cells=cells,
        begins=np.append(begins, len(order)).astype(np.int64),
        pieces=piece[order].astype(np.int32),
        corner=corner,
    )


def _crossed(rows: Int64s, columns: Int64s, point: Int64s) -> tuple[Int64s, Int64s]:
    """Return the cells of the box of each piece, and the piece of each."""
    row, last_row = np.sort([rows[point], rows[point + 1]], axis=0)
    column, last_column = np.sort([columns[point], columns[point + 1]], axis=0)
    width = last_column - column + 1
    counts = (last_row - row + 1) * width
    piece = np.repeat(np.arange(len(point)), counts)
    place = np.arange(len(piece)) - np.repeat(np.cumsum(counts) - counts, counts)
    across = np.repeat(width, counts)
    return (row[piece] + place // across) * COLUMNS + column[piece] + place % across, piece


def snap(graph: RoadGraph, index: Grid, position: Position, most_m: float) -> Snapped | None:
    """Return the nearest road within `most_m` metres, None when there is none."""
    cell_m = CELL_DEGREES * METRES_A_DEGREE * _narrowing(index, position)
    row, column = index.cell(position.lat, position.lng)
    best = _NOTHING
    for ring in range(math.ceil(most_m / cell_m) + 2):
        pieces = _pieces(index, _ring(row, column, ring))
        if len(pieces):
            best = min(best, _nearest(graph, index, pieces, position))
        if best.off_m <= ring * cell_m:
            break
    return _snapped(graph, index, best) if best.off_m <= most_m else None


def nearest_m(graph: RoadGraph, index: Grid, position: Position) -> float:
    """Return how far the nearest road is, wherever the point: looks at all of them."""
    every = np.arange(len(index.point), dtype=np.int32)
    return _nearest(graph, index, every, position).off_m


def _narrowing(index: Grid, position: Position) -> float:
    """The least a cell measures, compared to its height: they narrow towards the poles."""
    width_m = float(index.corner[2]) * math.cos(math.radians(position.lat))
    return min(1.0, max(0.05, width_m / CELL_DEGREES))


@cache
def _around(ring: int) -> tuple[Int64s, Int64s]:
    """Rows and columns of the cells on a square ring around 0, 0."""
    side = np.arange(-ring, ring + 1)
    rows, columns = np.meshgrid(side, side, indexing="ij")
    on_ring = np.maximum(abs(rows), abs(columns)) == ring
    return rows[on_ring], columns[on_ring]


def _ring(row: int, column: int, ring: int) -> Int64s:
    rows, columns = _around(ring)
    rows, columns = rows + row, columns + column
    inside = (rows >= 0) & (columns >= 0) & (columns < COLUMNS)
    return np.asarray(rows[inside] * COLUMNS + columns[inside], np.int64)


def _pieces(index: Grid, cells: Int64s) -> Int32s:
    at = np.minimum(np.searchsorted(index.cells, cells), len(index.cells) - 1)
    found = at[index.cells[at] == cells]
    parts = [index.pieces[index.begins[i] : index.begins[i + 1]] for i in found]
    return np.concatenate(parts) if parts else np.zeros(0, np.int32)


def _nearest(graph: RoadGraph, index: Grid, pieces: Int32s, position: Position) -> _Hit:
    """Project the point on each piece, in a plane that touches the Earth there."""
    at = index.point[pieces]
    narrowed = math.cos(math.radians(position.lat))
    east = (graph.shape_lng_e7[[at, at + 1]] / 1e7 - position.lng) * METRES_A_DEGREE * narrowed
    north = (graph.shape_lat_e7[[at, at + 1]] / 1e7 - position.lat) * METRES_A_DEGREE
    run, rise = east[1] - east[0], north[1] - north[0]
    square = np.maximum(run**2 + rise**2, 1e-9)
    share = np.clip(-(east[0] * run + north[0] * rise) / square, 0.0, 1.0)
    off_m = np.hypot(east[0] + share * run, north[0] + share * rise)
    best = int(np.argmin(off_m))
    return _Hit(float(off_m[best]), int(pieces[best]), float(share[best]))


def _snapped(graph: RoadGraph, index: Grid, hit: _Hit) -> Snapped:
    segment, point = int(index.segment[hit.piece]), int(index.point[hit.piece])
    return Snapped(
        segment=segment,
        share=_share_of_segment(graph, segment, point, hit.along),
        off_m=hit.off_m,
        position=_between(graph, point, hit.along),
    )


def _between(graph: RoadGraph, point: int, along: float) -> Position:
    lat, lng = graph.shape_lat_e7[[point, point + 1]], graph.shape_lng_e7[[point, point + 1]]
    return position_of(
        (lat[0] + along * (int(lat[1]) - int(lat[0]))) / 1e7,
        (lng[0] + along * (int(lng[1]) - int(lng[0]))) / 1e7,
    )


def position_of(lat: float, lng: float) -> Position:
    """Return a position as fine as the map writes it, 1e-7 degree."""
    return Position(round(float(lat), 7), round(float(lng), 7))


def _share_of_segment(graph: RoadGraph, segment: int, point: int, along: float) -> float:
    """Turn a share of a piece into a share of its segment, by length."""
    lat, lng = graph.shape(segment, is_backward=False)
    pieces_m = piece_lengths_m(lat, lng)
    whole_m = float(pieces_m.sum())
    before = point - int(graph.segment_first[segment])
    walked_m = float(pieces_m[:before].sum()) + along * float(pieces_m[before])
    # Rounded, so that a crossing is exactly at 0 or 1.
    return round(walked_m / whole_m, 9) if whole_m else 0.0


def piece_lengths_m(lat: Floats, lng: Floats) -> Floats:
    """Return the length of each straight line of a shape."""
    return distances_m(lat[:-1], lng[:-1], lat[1:], lng[1:])
