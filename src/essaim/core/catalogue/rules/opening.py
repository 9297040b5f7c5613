"""Weekly opening hours as minutes of the week, Monday 00:00 being 0, in local time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

DAY_MIN: Final = 24 * 60
WEEK_MIN: Final = 7 * DAY_MIN

Span = tuple[int, int]
"""Half-open minutes of the week, `0 <= start < end <= WEEK_MIN`."""


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    """Open on one weekday. A closing at or before the opening is on the next day.

    Args:
        weekday: 0 is Monday, 6 is Sunday.
        opens_minute: minutes after midnight, 0 to 1439.
        closes_minute: minutes after midnight, 1 to 1440.

    Raises:
        ValueError: a number is out of range.
    """

    weekday: int
    opens_minute: int
    closes_minute: int

    def __post_init__(self) -> None:
        """Refuse what is no time of a week."""
        is_time = 0 <= self.opens_minute < DAY_MIN and 1 <= self.closes_minute <= DAY_MIN
        if not (0 <= self.weekday <= 6 and is_time):
            raise ValueError(f"{self.weekday=} {self.opens_minute=} {self.closes_minute=}")


def week_of(periods: Iterable[OpenPeriod]) -> tuple[Span, ...]:
    """Return the spans of a week, in order, merged; Sunday night runs into Monday morning."""
    spans: list[Span] = []
    for period in periods:
        start = period.weekday * DAY_MIN + period.opens_minute
        end = period.weekday * DAY_MIN + period.closes_minute
        if end <= start:
            end += DAY_MIN
        spans.append((start, min(end, WEEK_MIN)))
        if end > WEEK_MIN:
            spans.append((0, end - WEEK_MIN))
    return _merged(spans)


def minute_of_week(local: datetime) -> int:
    """Return the minute of the week of a local time."""
    return local.weekday() * DAY_MIN + local.hour * 60 + local.minute


def is_open(week: Iterable[Span], minute: int) -> bool:
    """Say whether a minute of the week falls in one of the spans."""
    return any(start <= minute < end for start, end in week)


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
