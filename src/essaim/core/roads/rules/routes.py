"""What is answered about a way: how far, how long, by where."""

from collections.abc import Iterable
from dataclasses import dataclass

from essaim.core.territories.rules import Position


@dataclass(frozen=True, slots=True)
class Route:
    """A way between two positions, whole metres and seconds.

    `is_approximate` says that no road was looked at: show it as an estimate, decide nothing on it
    alone.
    """

    distance_m: int
    duration_s: int
    is_approximate: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of a way under one name ("" when it has none)."""

    name: str
    distance_m: int
    duration_s: int


@dataclass(frozen=True, slots=True)
class Path:
    """A way with its points in order, and its stretches, whose sums are those of the route."""

    route: Route
    points: tuple[Position, ...]
    steps: tuple[Step, ...]


def steps(stretches: Iterable[tuple[str, int, int]]) -> tuple[Step, ...]:
    """Join stretches (name, centimetres, milliseconds) of one name; they sum to the whole."""
    joined: list[Step] = []
    told_m = told_s = walked_cm = walked_ms = 0
    for name, length_cm, duration_ms in stretches:
        walked_cm, walked_ms = walked_cm + length_cm, walked_ms + duration_ms
        step = Step(name, round(walked_cm / 100) - told_m, round(walked_ms / 1000) - told_s)
        told_m, told_s = told_m + step.distance_m, told_s + step.duration_s
        if joined and joined[-1].name == name:
            last = joined.pop()
            step = Step(name, last.distance_m + step.distance_m, last.duration_s + step.duration_s)
        joined.append(step)
    return tuple(joined)
