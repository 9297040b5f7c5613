"""Periods are half-open and count real time, also on the night the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.kernel.periods import Period

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def hours(start, end):
    return Period(NOON + timedelta(hours=start), NOON + timedelta(hours=end))


periods = st.tuples(st.integers(-20, 20), st.integers(1, 20)).map(
    lambda drawn: hours(drawn[0], drawn[0] + drawn[1])
)


def test_the_start_belongs_to_a_period_and_the_end_does_not():
    period = hours(0, 2)

    assert period.contains(NOON)
    assert period.contains(NOON + timedelta(hours=1))
    assert not period.contains(period.end)
    assert not period.contains(NOON - timedelta(microseconds=1))


def test_periods_that_touch_do_not_overlap():
    assert not hours(0, 2).overlaps(hours(2, 4))
    assert hours(0, 2).intersection(hours(2, 4)) is None


def test_the_intersection_is_what_both_share():
    assert hours(0, 3).intersection(hours(1, 5)) == hours(1, 3)


@given(left=periods, right=periods)
def test_intersection_is_symmetric_and_lies_in_both(left, right):
    shared = left.intersection(right)

    assert shared == right.intersection(left)
    assert (shared is not None) == left.overlaps(right) == right.overlaps(left)
    if shared is not None:
        assert left.contains(shared.start)
        assert right.contains(shared.start)
        assert shared.end <= min(left.end, right.end)


def test_the_repeated_hour_of_autumn_is_counted():
    night = Period(datetime(2026, 10, 25, 1, tzinfo=PARIS), datetime(2026, 10, 25, 4, tzinfo=PARIS))

    assert night.length_s == 4 * 3600


def test_the_two_two_o_clocks_of_autumn_are_different_moments():
    first = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)
    second = first.replace(fold=1)

    assert Period(first, second).length_s == 3600
    assert not Period(first, second).contains(second)


def test_a_period_has_time_zones_and_runs_forward():
    with pytest.raises(ValueError, match="aware"):
        Period(NOON.replace(tzinfo=None), NOON)
    with pytest.raises(ValueError, match="aware"):
        Period(NOON, NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="after the start"):
        Period(NOON, NOON)
    with pytest.raises(ValueError, match="aware"):
        hours(0, 1).contains(NOON.replace(tzinfo=None))
