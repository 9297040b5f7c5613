"""Half-open periods of time: the start belongs to the period, the end does not."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The moments from `start` (included) to `end` (excluded), kept in UTC.

    Raises:
        ValueError: a moment has no time zone, or the end does not come after the start.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.utcoffset() is None or self.end.utcoffset() is None:
            raise ValueError("a period needs aware datetimes")
        # Python compares two datetimes of one time zone by their wall clocks, which is wrong on
        # the night the clocks change; in UTC it is always right.
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.end <= self.start:
            raise ValueError(f"the end must come after the start: {self.start} {self.end}")

    @property
    def length_s(self) -> int:
        """Real seconds elapsed, whole ones; the hour a clock change repeats is counted."""
        return (self.end - self.start) // timedelta(seconds=1)

    def contains(self, moment: datetime) -> bool:
        """Say whether the moment lies in the period.

        Raises:
            ValueError: the moment has no time zone.
        """
        if moment.utcoffset() is None:
            raise ValueError("a period contains aware datetimes")
        return self.start <= moment.astimezone(UTC) < self.end

    def overlaps(self, other: "Period") -> bool:
        """Say whether some moment lies in both; periods that only touch do not overlap."""
        return self.start < other.end and other.start < self.end

    def intersection(self, other: "Period") -> "Period | None":
        """Return the moments in both periods, or None when there are none."""
        if not self.overlaps(other):
            return None
        return Period(max(self.start, other.start), min(self.end, other.end))
