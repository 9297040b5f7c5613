"""Hours of a week, nights and Sundays included."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.core.catalogue.rules.opening import (
    DAY_MIN,
    WEEK_MIN,
    OpenPeriod,
    is_open,
    minute_of_week,
    week_of,
)

periods = st.builds(OpenPeriod, st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440))
PARIS = ZoneInfo("Europe/Paris")


def test_a_night_runs_into_the_next_day_and_sunday_into_monday():
    assert week_of([OpenPeriod(4, 20 * 60, 2 * 60)]) == ((4 * DAY_MIN + 1200, 5 * DAY_MIN + 120),)
    assert week_of([OpenPeriod(6, 20 * 60, 2 * 60)]) == ((0, 120), (6 * DAY_MIN + 1200, WEEK_MIN))


def test_touching_hours_are_merged():
    week = week_of([OpenPeriod(0, 600, 720), OpenPeriod(0, 720, 840), OpenPeriod(0, 610, 650)])

    assert week == ((600, 840),)


@given(st.lists(periods, max_size=8))
def test_a_week_is_ordered_apart_and_within_bounds(given_periods):
    week = week_of(given_periods)

    assert all(0 <= start < end <= WEEK_MIN for start, end in week)
    assert all(end < start for (_, end), (start, _) in pairwise(week))


@given(periods, st.integers(0, WEEK_MIN - 1))
def test_open_means_since_the_opening_and_before_the_closing(period, minute):
    length = (period.closes_minute - period.opens_minute) % DAY_MIN or DAY_MIN
    since = (minute - period.weekday * DAY_MIN - period.opens_minute) % WEEK_MIN

    assert is_open(week_of([period]), minute) == (since < length)


@pytest.mark.parametrize(
    "numbers", [(7, 0, 60), (-1, 0, 60), (0, 1440, 60), (0, 0, 0), (0, 0, 1441)]
)
def test_what_is_no_time_of_a_week_is_refused(numbers):
    with pytest.raises(ValueError, match="weekday"):
        OpenPeriod(*numbers)


def test_the_minute_of_the_week_is_local():
    saturday = datetime(2026, 11, 21, 13, 5, tzinfo=PARIS)

    assert minute_of_week(saturday) == 5 * DAY_MIN + 13 * 60 + 5
    assert minute_of_week(saturday + timedelta(days=7)) == minute_of_week(saturday)
