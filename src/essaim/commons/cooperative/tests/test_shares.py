"""The arithmetic of shares: none appears, none vanishes, no cent is lost when somebody leaves."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.cooperative.rules.leaving import (
    Due,
    later,
    months_later,
    refund_of,
    schedule,
)
from essaim.commons.cooperative.rules.register import (
    Kind,
    Movement,
    RegisterBroken,
    created,
    replay,
    room_for_authorities,
    room_under,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
Sub, Trans, Ref = Kind.SUBSCRIPTION, Kind.TRANSFER, Kind.REFUND


def movements(*rows):
    return [
        Movement(number, kind, giver, taker, shares, START + timedelta(days=number))
        for number, (kind, giver, taker, shares) in enumerate(rows, start=1)
    ]


FEW = movements((Sub, None, 1, 5), (Sub, None, 2, 3), (Trans, 1, 2, 2), (Ref, 2, None, 5))


def test_movements_say_who_holds_what():
    assert replay(FEW) == {1: 3}
    assert created(FEW) == 3


def test_the_register_of_a_day_is_that_of_the_movements_until_then():
    assert replay(FEW, until=START) == {}
    assert replay(FEW, until=FEW[1].moved_at) == {1: 5, 2: 3}
    assert replay(FEW, until=FEW[2].moved_at) == {1: 3, 2: 5}


@pytest.mark.parametrize(
    "broken",
    [
        FEW[1:],
        [FEW[0], replace(FEW[1], moved_at=START)],
        [FEW[0], replace(FEW[2], number=2, shares=6)],
        [replace(FEW[0], to_associate=None)],
        [replace(FEW[0], from_associate=2)],
        [FEW[0], replace(FEW[2], number=2, to_associate=None)],
    ],
)
def test_a_register_that_contradicts_itself_is_refused(broken):
    with pytest.raises(RegisterBroken):
        replay(broken)


@st.composite
def registers(draw):
    """Any sequence of what may be done to a few associates."""
    held = dict.fromkeys(range(1, 5), 0)
    rows = []
    for _ in range(draw(st.integers(0, 30))):
        kind = draw(st.sampled_from(Kind))
        giver = None if kind is Sub else draw(st.sampled_from(sorted(held)))
        if giver is not None and not held[giver]:
            continue
        shares = draw(st.integers(1, 50 if giver is None else held[giver]))
        taker = None
        if kind in {Sub, Trans}:
            taker = draw(st.sampled_from([one for one in held if one != giver]))
        for associate, change in ((giver, -shares), (taker, shares)):
            if associate is not None:
                held[associate] += change
        rows.append((kind, giver, taker, shares))
    return movements(*rows), held


@given(registers())
def test_over_any_sequence_no_share_appears_or_vanishes(drawn):
    rows, held = drawn
    before = replay(rows[:-1])

    after = replay(rows)

    assert after == {associate: shares for associate, shares in held.items() if shares}
    assert sum(after.values()) == created(rows)
    if rows and rows[-1].kind is Trans:
        assert sum(before.values()) == sum(after.values())


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, 99))
def test_authorities_that_take_all_the_room_are_at_the_ceiling_and_not_above(others, own, percent):
    ceiling = Fraction(percent, 100)
    capital = others + own

    room = room_for_authorities(capital_shares=capital, authorities_shares=own, ceiling=ceiling)

    assert own + room <= ceiling * (capital + room)
    assert own + room + 1 > ceiling * (capital + room + 1)


def test_with_a_ceiling_of_one_half_authorities_take_what_others_hold_more():
    assert room_for_authorities(
        capital_shares=100, authorities_shares=30, ceiling=Fraction(1, 2)
    ) == 40  # fmt: skip
    with pytest.raises(ValueError, match="ceiling"):
        room_for_authorities(capital_shares=1, authorities_shares=0, ceiling=Fraction(1))


def test_a_ceiling_on_the_capital_leaves_whole_shares():
    assert room_under(ceiling_cents=None, capital_cents=5, nominal_cents=2000) is None
    assert room_under(ceiling_cents=10_000, capital_cents=5_000, nominal_cents=2000) == 2
    assert room_under(ceiling_cents=1, capital_cents=5_000, nominal_cents=2000) == 0


def leaving(**changes):
    usual = {
        "shares": 10, "capital_shares": 100, "nominal_cents": 2000, "losses_cents": 30_000,
        "reserves_cents": 12_000, "reserves_bear_losses_first": False,
    }  # fmt: skip
    return refund_of(**(usual | changes))


def test_who_leaves_is_paid_the_nominal_less_their_part_of_the_losses():
    found = leaving()

    assert (found.nominal_cents, found.loss_cents, found.refund_cents) == (20_000, 3_000, 17_000)


def test_reserves_bear_losses_first_where_the_statutes_say_so():
    assert leaving(reserves_bear_losses_first=True).loss_cents == 1_800
    assert leaving(reserves_bear_losses_first=True, reserves_cents=30_000).loss_cents == 0


def test_nobody_owes_more_than_their_shares():
    assert leaving(losses_cents=10**9).refund_cents == 0


@pytest.mark.parametrize("wrong", [{"shares": 0}, {"shares": 101}, {"losses_cents": -1}])
def test_an_impossible_departure_is_a_bug(wrong):
    with pytest.raises(ValueError, match="shares"):
        leaving(**wrong)


@given(
    st.lists(st.integers(1, 500), min_size=1, max_size=20), st.integers(0, 10**8),
    st.integers(1, 10**5),
)  # fmt: skip
def test_those_who_stay_never_bear_the_losses_of_those_who_leave(holdings, losses, nominal):
    capital = sum(holdings)
    borne = sum(
        leaving(shares=held, capital_shares=capital, losses_cents=losses, nominal_cents=nominal)
        .loss_cents
        for held in holdings
    )  # fmt: skip

    assert borne >= min(losses, capital * nominal)
    assert borne <= min(losses, capital * nominal) + len(holdings)


@given(st.integers(0, 10**8), st.integers(0, 10))
def test_instalments_add_up_to_the_refund(refund_cents, years):
    dues = schedule(refund_cents=refund_cents, years=years, left_on=date(2026, 11, 24))

    assert sum(due.amount_cents for due in dues) == refund_cents
    assert all(due.amount_cents > 0 for due in dues)
    assert [due.due_date for due in dues] == sorted(due.due_date for due in dues)


def test_a_refund_over_three_years_is_paid_each_year_from_the_next():
    dues = schedule(refund_cents=100, years=3, left_on=date(2028, 2, 29))

    assert dues == [
        Due(date(2029, 2, 28), 34), Due(date(2030, 2, 28), 33), Due(date(2031, 2, 28), 33)
    ]  # fmt: skip
    with pytest.raises(ValueError, match="years"):
        schedule(refund_cents=1, years=-1, left_on=date(2026, 1, 1))


def test_years_and_months_later_are_days_that_exist():
    assert later(date(2026, 11, 24), 4) == date(2030, 11, 24)
    assert months_later(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert months_later(date(2026, 1, 31), 3) == date(2026, 4, 30)
    assert months_later(date(2026, 8, 15), 6) == date(2027, 2, 15)
