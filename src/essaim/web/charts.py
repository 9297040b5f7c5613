"""View models of the charts: pure geometry and numbers, drawn by `components/figure.html`.

Shapes hold no text, so labels stay readable at 320 px and follow the reader's font size. Colours
are tone names of the stylesheet; a shape is never the only place where a figure is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from essaim.kernel.money import split_cents

SCALE = 1000
"""Width of a bar in the units of its own viewBox."""

TONES = ("clover", "honey", "lavender", "cornflower", "poppy", "rule")


@dataclass(frozen=True)
class Share:
    """One part of a price: what it is for, how much of it, in cents, and its colour."""

    label: str
    amount_cents: int
    tone: str = ""


@dataclass(frozen=True)
class Segment:
    """One coloured stretch of a bar, `x` and `width` in thousandths of the bar."""

    label: str
    amount: int
    tone: str
    x: int
    width: int
    percent: int


@dataclass(frozen=True)
class Bar:
    """A whole bar cut in segments; `cuts` are the inner borders drawn between them."""

    segments: tuple[Segment, ...]
    total: int

    @property
    def cuts(self) -> tuple[int, ...]:
        """Return where one visible segment ends and the next begins."""
        return tuple(part.x for part in self.segments if part.width and part.x)


@dataclass(frozen=True)
class BarRow:
    """One line of a bar chart: its label, its figure as printed and its length (0 to `SCALE`)."""

    label: str
    text: str
    width: int
    tone: str


@dataclass(frozen=True)
class Line:
    """A curve in a 1000 x 400 box, its filled area, and the labels of its axes."""

    path: str
    area: str
    grid: str
    y_labels: tuple[str, ...]
    x_labels: tuple[str, ...]


@dataclass(frozen=True)
class WaffleClass:
    """The squares of one colour, as one path."""

    label: str
    amount: int
    squares: int
    tone: str
    path: str


def apportion(amounts: Sequence[int], whole: int) -> list[int]:
    """Cut `whole` units in proportion to `amounts` by largest remainder; the parts sum to `whole`.

    All zeros give all zeros.

    Raises:
        ValueError: an amount is negative.
    """
    if any(amounts) or any(amount < 0 for amount in amounts):
        return split_cents(whole, amounts)
    return [0] * len(amounts)


def money_bar(shares: Sequence[Share]) -> Bar:
    """Return the bar that says where each euro goes; widths sum to `SCALE`, percents to 100.

    A share without a tone takes the next colour of `TONES`.

    Raises:
        ValueError: a share is negative.
    """
    return stack([(share.label, share.amount_cents, share.tone) for share in shares])


def stack(parts: Sequence[tuple[str, int, str]]) -> Bar:
    """Return one bar cut in `(label, amount, tone)` parts, in their order."""
    amounts = [amount for _, amount, _ in parts]
    widths, percents = apportion(amounts, SCALE), apportion(amounts, 100)
    starts = [0, *accumulate(widths)]
    segments = tuple(
        Segment(label, amount, tone or TONES[i % len(TONES)], starts[i], widths[i], percents[i])
        for i, (label, amount, tone) in enumerate(parts)
    )
    return Bar(segments, sum(amounts))


def bars(rows: Sequence[tuple[str, int, str]], *, tone: str = "honey") -> tuple[BarRow, ...]:
    """Return the lines of a bar chart from `(label, value, value as printed)`, longest = `SCALE`.

    Raises:
        ValueError: a value is negative.
    """
    if any(value < 0 for _, value, _ in rows):
        raise ValueError(f"{rows=}")
    longest = max((value for _, value, _ in rows), default=0) or 1
    return tuple(
        BarRow(label, text, round(value * SCALE / longest), tone) for label, value, text in rows
    )


def line(points: Sequence[tuple[str, float]], *, y_labels: Sequence[str], y_max: float) -> Line:
    """Return the curve through `points` (label, value from 0 to `y_max`), evenly spaced.

    Args:
        points: at least two.
        y_labels: printed from zero upward, evenly spaced; one grid line each.
        y_max: the value at the top of the box.

    Raises:
        ValueError: fewer than two points or labels, or a value outside 0..`y_max`.
    """
    if len(points) < 2 or len(y_labels) < 2:
        raise ValueError(f"{len(points)=} {len(y_labels)=}")
    if any(not 0 <= value <= y_max for _, value in points):
        raise ValueError(f"{points=} {y_max=}")
    step = SCALE / (len(points) - 1)
    spots = [
        f"{i * step:.0f} {400 - 400 * value / y_max:.0f}" for i, (_, value) in enumerate(points)
    ]
    path = "M" + "L".join(spots)
    rungs = [round(400 - 400 * i / (len(y_labels) - 1)) for i in range(len(y_labels))]
    return Line(
        path=path,
        area=f"{path}V400H0Z",
        grid="".join(f"M0 {y}H{SCALE}" for y in rungs),
        y_labels=tuple(y_labels),
        x_labels=tuple(label for label, _ in points),
    )


def waffle(parts: Sequence[tuple[str, int, str]], *, side: int = 10) -> tuple[WaffleClass, ...]:
    """Return `side` x `side` squares shared among `(label, amount, tone)`, row by row.

    Each square is 10 units wide in the viewBox, one path per colour.
    """
    squares = apportion([amount for _, amount, _ in parts], side * side)
    bounds = pairwise([0, *accumulate(squares)])
    return tuple(
        WaffleClass(label, amount, stop - start, tone, _squares_path(start, stop, side))
        for (label, amount, tone), (start, stop) in zip(parts, bounds, strict=True)
    )


def _squares_path(start: int, stop: int, side: int) -> str:
    return "".join(f"M{i % side * 10 + 1} {i // side * 10 + 1}h8v8h-8z" for i in range(start, stop))
