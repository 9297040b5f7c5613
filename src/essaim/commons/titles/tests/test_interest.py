"""The interest of a year: exact, cut to the cent, capped, by days."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.titles.rules.interest import Held, days_held, interest, repayable_on

SPRING = date(2026, 4, 1)


def title(number=1, nominal_cents=10_000, fixed_bps=200, variable_percent=40, **dates):
    dates = {"issued": SPRING} | dates
    return Held(number, nominal_cents, fixed_bps, variable_percent, **dates)


def test_a_whole_year_earns_the_fixed_rate_and_the_variable_one_on_its_part():
    (earned,) = interest([title()], year=2027, variable_bps=500)

    assert (earned.days, earned.fixed_cents, earned.variable_cents) == (365, 200, 200)
    assert earned.cents == 400


def test_the_year_of_its_issue_counts_its_days():
    (earned,) = interest([title(nominal_cents=1_000_000)], year=2026, variable_bps=0)

    assert earned.days == 275
    assert earned.fixed_cents == 20_000 * Fraction(275, 365)
    assert earned.cents == 15_068


@pytest.mark.parametrize(
    ("dates", "year", "days"),
    [
        ({}, 2025, 0),
        ({}, 2028, 366),
        ({"ended": date(2033, 4, 1)}, 2033, 90),
        ({"ended": date(2033, 4, 1)}, 2034, 0),
        ({"ended": SPRING}, 2026, 0),
    ],
)
def test_interest_runs_from_the_issue_until_the_day_before_the_end(dates, year, days):
    assert days_held(title(**dates), year) == days


def test_the_variable_part_never_bears_on_more_than_the_law_lets_it():
    (earned,) = interest([title(fixed_bps=0, variable_percent=90)], year=2027, variable_bps=500)

    assert earned.cents == 200


def test_a_title_that_earned_nothing_is_left_out():
    assert interest([title(fixed_bps=0)], year=2027, variable_bps=0) == []
    assert interest([], year=2027, variable_bps=100) == []


def test_a_negative_rate_is_a_bug():
    with pytest.raises(ValueError, match="variable_bps"):
        interest([title()], year=2027, variable_bps=-1)


def test_rounding_the_sum_up_moves_nobody_by_a_cent_or_more():
    titles = [
        title(1, nominal_cents=50_000),
        title(2, nominal_cents=13),
        title(3, nominal_cents=12),
    ]

    found = interest(titles, year=2027, variable_bps=0)

    # 1,000 + 0.26 + 0.24 = 1,000.50, so 1,001 cents: the one more goes to who lost most.
    assert [(one.number, one.cents) for one in found] == [(1, 1_000), (2, 1)]


@given(
    st.lists(
        st.tuples(st.integers(1, 10**7), st.integers(0, 900), st.integers(0, 40),
                  st.integers(0, 364)),
        min_size=1, max_size=30,
    ),
    st.integers(0, 2_000),
)  # fmt: skip
def test_parts_sum_to_the_rounded_whole_and_each_is_within_a_cent(rows, variable_bps):
    titles = [
        Held(number, nominal, fixed, variable, date.fromordinal(date(2026, 1, 1).toordinal() + day))
        for number, (nominal, fixed, variable, day) in enumerate(rows)
    ]

    found = interest(titles, year=2026, variable_bps=variable_bps)

    by_hand = sum(
        Fraction(nominal * (fixed * 100 + variable * variable_bps) * (365 - day), 10**6 * 365)
        for nominal, fixed, variable, day in rows
    )
    assert abs(sum(one.cents for one in found) - by_hand) <= Fraction(1, 2)
    for one in found:
        assert abs(one.cents - one.fixed_cents - one.variable_cents) < 1


@pytest.mark.parametrize(
    ("issued", "years", "day"),
    [
        (SPRING, 7, date(2033, 4, 1)),
        (SPRING, 10, date(2036, 4, 1)),
        (SPRING, 3, date(2033, 4, 1)),
        (date(2028, 2, 29), 7, date(2035, 3, 1)),
    ],
)
def test_a_title_is_paid_back_after_its_term_and_seven_years_at_least(issued, years, day):
    assert repayable_on(issued, years) == day
