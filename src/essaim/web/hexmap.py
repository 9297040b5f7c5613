"""The map that never shows a home: H3 cells as SVG, one path per colour class.

Pure: no tile, no request, no database. Cells are projected by latitude and longitude around their
centre (equirectangular, true to within 1 % over a territory a hundred kilometres wide).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

import h3

WIDTH = 640
"""Width of the viewBox; the height follows from the territory."""

CLASS_COUNT = 4
_MARGIN = 4


@dataclass(frozen=True)
class HexClass:
    """The cells of one colour: counts from `low` to `high` inclusive; `path` is empty if none."""

    tone: str
    low: int
    high: int
    cell_count: int
    path: str


@dataclass(frozen=True)
class HexMap:
    """What the template draws. `classes[0]` holds the cells where the count is zero."""

    width: int
    height: int
    classes: tuple[HexClass, ...]
    cell_count: int
    total: int

    @property
    def view_box(self) -> str:
        """Return the SVG viewBox."""
        return f"0 0 {self.width} {self.height}"


def thresholds(counts: Sequence[int], class_count: int = CLASS_COUNT) -> list[int]:
    """Return the lowest count of each class, growing geometrically from 1 to the largest count.

    Each class is several times the one before, so that one crowded cell does not make the rest
    look empty. There are fewer classes when the counts leave no room for them.
    """
    top = max(counts, default=0)
    if top < 1:
        return []
    ratio = (top + 1) ** (1 / class_count)
    return sorted({low for i in range(class_count) if (low := round(ratio**i)) <= top})


def hexmap(counts: Mapping[str, int]) -> HexMap:
    """Return the drawing of `counts` (H3 cell -> how many), all cells of any one resolution.

    Raises:
        ValueError: a count is negative or a cell is not an H3 index.
    """
    if any(count < 0 for count in counts.values()):
        raise ValueError("negative count")
    if not all(h3.is_valid_cell(cell) for cell in counts):
        raise ValueError("not an H3 cell")
    outlines, height = _project({cell: h3.cell_to_boundary(cell) for cell in sorted(counts)})
    lows = thresholds(list(counts.values()))
    highs = [low - 1 for low in lows[1:]] + [max(counts.values(), default=0)]
    bounds = [(0, 0), *zip(lows, highs, strict=False)]
    classes = tuple(
        _hex_class(f"{index}", low, high, counts, outlines)
        for index, (low, high) in enumerate(bounds)
    )
    return HexMap(WIDTH, height, classes, len(counts), sum(counts.values()))


def _hex_class(
    tone: str, low: int, high: int, counts: Mapping[str, int], outlines: Mapping[str, str]
) -> HexClass:
    cells = [cell for cell in outlines if low <= counts[cell] <= high]
    return HexClass(tone, low, high, len(cells), "".join(outlines[cell] for cell in cells))


def _project(
    boundaries: Mapping[str, Sequence[tuple[float, float]]],
) -> tuple[dict[str, str], int]:
    """Return each cell's closed path in the viewBox (one decimal) and the viewBox's height."""
    corners = [corner for boundary in boundaries.values() for corner in boundary]
    if not corners:
        return {}, WIDTH
    squeeze = cos(radians(sum(lat for lat, _ in corners) / len(corners)))
    west = min(lng for _, lng in corners) * squeeze
    east = max(lng for _, lng in corners) * squeeze
    north, south = max(lat for lat, _ in corners), min(lat for lat, _ in corners)
    scale = (WIDTH - 2 * _MARGIN) / (east - west)

    def spot(lat: float, lng: float) -> str:
        x = (lng * squeeze - west) * scale + _MARGIN
        return f"{x:.1f} {(north - lat) * scale + _MARGIN:.1f}"

    outlines = {
        cell: "M" + "L".join(spot(lat, lng) for lat, lng in boundary) + "z"
        for cell, boundary in boundaries.items()
    }
    return outlines, round((north - south) * scale) + 2 * _MARGIN
