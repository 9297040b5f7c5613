"""Sharing a surplus: the worked example to the cent, what the law wants, what never happens."""

import doctest
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.sharing.rules.findings import findings, percents
from essaim.commons.sharing.rules.refusals import InterestCapUnknown, InterestHasNoCap
from essaim.commons.sharing.rules.surplus import (
    Facts,
    Use,
    Wish,
    interest_cap,
    reserve_room_cents,
    share_out,
    usual_wishes,
)
from essaim.commons.sharing.tests.years import AG_2024, AG_2026, CAP, LEGAL, facts, scic, shared
from essaim.commons.statutes.rules.findings import Severity
from essaim.commons.statutes.rules.statutes import Form, ReserveStop

PAGE = Path(__file__).parents[5] / "docs" / "explanation" / "surplus.md"
HALF, ALL = Fraction(1, 2), Fraction(1)
ASKS = Wish(interest_rate=CAP)


def test_the_worked_example_is_shared_to_the_cent():
    found = shared()

    assert {step.use: step.cents for step in found.steps if step.use} == {
        Use.LEGAL_RESERVE: 600_000,
        Use.STATUTORY_RESERVE: 1_700_000,
        Use.SUBSIDIES: 500_000,
        Use.INTEREST: 456_300,
        Use.REST: 743_700,
    }
    assert found.reserves_cents == 3_543_700


def test_each_step_says_of_what_at_which_rate_and_by_which_text():
    legal = shared().steps[0]

    assert (legal.base_cents, legal.rate) == (4_000_000, Fraction(15, 100))
    assert legal.source == "loi 47-1775 du 10 septembre 1947, art. 16"


def test_the_figures_of_the_page_are_those_of_the_rules():
    failed, attempted = doctest.testfile(str(PAGE), module_relative=False)

    assert (failed, attempted > 5) == (0, True)


def test_losses_of_earlier_years_come_first_and_only_the_rest_is_shared():
    found = shared(prior_losses_cents=1_000_000)

    assert found.cents(Use.LOSSES) == 1_000_000
    assert found.surplus_cents == 3_000_000
    assert found.cents(Use.LEGAL_RESERVE) == 450_000


def test_losses_that_take_the_whole_result_leave_nothing_to_share():
    found = shared(prior_losses_cents=9_000_000)

    assert found.cents(Use.LOSSES) == 4_000_000
    assert found.reserves_cents == found.cents(Use.INTEREST) == 0


@pytest.mark.parametrize("result_cents", [0, -1, -4_000_000])
def test_a_year_without_surplus_shares_nothing_and_says_so(result_cents):
    (only,) = shared(result_cents=result_cents).steps

    assert (only.use, only.cents) == (None, 0)
    assert "nothing is shared" in only.label


@pytest.mark.parametrize(
    ("stop", "room_cents"),
    [
        (ReserveStop.LEGAL_RESERVE_REACHES_CAPITAL, 100),
        (ReserveStop.ALL_RESERVES_REACH_CAPITAL, 0),
        (ReserveStop.HIGHEST_CAPITAL_EVER, 400),
        (ReserveStop.NEVER, None),
        (None, None),
    ],
)
def test_the_statutes_say_when_the_legal_reserve_is_full(stop, room_cents):
    year = facts(
        capital_cents=1000, legal_reserve_cents=900, reserves_cents=1200, highest_capital_cents=1300
    )

    assert reserve_room_cents(year, stop) == room_cents


def test_the_legal_reserve_takes_only_what_it_lacks():
    found = shared(legal_reserve_cents=11_999_900, reserves_cents=11_999_900)

    assert found.cents(Use.LEGAL_RESERVE) == 100
    assert found.steps[0].details == {"room_cents": 100}
    assert found.steps[1].base_cents == 3_999_900


def test_a_full_legal_reserve_takes_nothing_and_says_so():
    found = shared(legal_reserve_cents=12_000_000, reserves_cents=12_000_000)

    assert found.cents(Use.LEGAL_RESERVE) == 0
    assert "full" in found.steps[0].label


def test_interest_is_cut_to_what_is_left_without_subsidies():
    found = shared(subsidies_cents=1_699_900)

    assert found.cents(Use.INTEREST) == 100
    assert "cut" in found.steps[3].label


def test_subsidies_above_what_is_left_leave_no_interest():
    found = shared(subsidies_cents=9_000_000)

    assert found.cents(Use.SUBSIDIES) == 1_700_000
    assert found.cents(Use.INTEREST) == 0


def test_a_year_of_bonds_that_is_not_known_is_refused_by_name_and_not_guessed():
    with pytest.raises(InterestCapUnknown) as refusal:
        shared(day=AG_2026)

    assert refusal.value.details == {"year": 2024}


def test_without_interest_asked_no_year_of_bonds_is_needed():
    assert shared(wish=Wish(), day=AG_2026).cents(Use.INTEREST) == 0


def test_statutes_that_pay_no_interest_need_no_cap_and_pay_none():
    found = shared(scic(interest=False), day=AG_2026)

    assert found.cents(Use.INTEREST) == 0
    assert any("so say the statutes" in step.label for step in found.steps)


def test_the_statutes_may_cap_interest_lower_than_the_law():
    assert interest_cap(scic(rate_max=Fraction(2)), AG_2024) == 2
    assert interest_cap(scic(rate_max=Fraction(9)), AG_2024) == CAP
    assert shared(scic(rate_max=Fraction(2))).cents(Use.INTEREST) == 240_000


def test_a_scic_gives_nothing_back_to_users_and_says_so():
    found = shared(wish=Wish(refund_rate=ALL))

    assert found.cents(Use.REFUND) == found.cents(Use.WORKERS) == 0
    assert any("nothing back to its users" in step.label for step in found.steps)


def test_a_scop_gives_a_quarter_at_least_to_those_who_work_there():
    found = shared(scic(Form.SCOP_SA, rate="1/2"))

    assert found.cents(Use.WORKERS) == 1_000_000
    assert shared(scic(Form.SCOP_SA), Wish(workers_rate=HALF)).cents(Use.WORKERS) == 2_000_000


def test_in_a_scop_the_reserve_of_the_statutes_never_takes_the_part_of_workers():
    found = shared(scic(Form.SCOP_SA, rate="1"))

    assert found.cents(Use.WORKERS) == 1_000_000
    assert found.cents(Use.STATUTORY_RESERVE) == 2_400_000


def test_in_a_scop_interest_is_at_most_the_part_of_workers():
    found = shared(
        scic(Form.SCOP_SA, rate=None), result_cents=1_000_000, capital_cents=90_000_000,
        subsidies_cents=0,
    )  # fmt: skip

    assert found.cents(Use.INTEREST) == found.cents(Use.WORKERS) == 250_000


def test_an_association_shares_nothing_among_its_members():
    found = shared(scic(Form.ASSOCIATION, rate=None))

    assert found.reserves_cents == 4_000_000


def test_a_british_society_may_give_back_to_its_users_and_caps_interest_by_its_rules():
    society = scic(Form.UK_SOCIETY, rate="1/2", rate_max=Fraction(3))

    found = shared(society, Wish(interest_rate=Fraction(5), refund_rate=HALF))

    assert found.cents(Use.LEGAL_RESERVE) == 0
    assert found.cents(Use.INTEREST) == 360_000
    assert found.cents(Use.REFUND) == 570_000


def test_without_any_cap_interest_is_refused():
    with pytest.raises(InterestHasNoCap):
        shared(scic(Form.UK_SOCIETY))


def codes(statutes, wish, day=AG_2024, **changes):
    return [(one.severity, one.code) for one in findings(facts(**changes), statutes, wish, day)]


@pytest.mark.parametrize(
    ("statutes", "wish", "code"),
    [
        (scic(), Wish(statutory_rate=Fraction(49, 100)), "reserve-too-low"),
        (scic(rate="3/5"), Wish(statutory_rate=HALF), "reserve-too-low"),
        (scic(), Wish(workers_rate=HALF), "no-workers-share"),
        (scic(), Wish(interest_rate=Fraction("3.81")), "interest-above-cap"),
        (scic(interest=False), ASKS, "no-interest"),
        (scic(), Wish(refund_rate=HALF), "no-refund"),
        (scic(Form.SCOP_SA), Wish(refund_rate=HALF), "no-refund"),
        (scic(Form.SCOP_SA), Wish(workers_rate=Fraction(1, 5)), "workers-share-too-low"),
        (scic(Form.ASSOCIATION), Wish(interest_rate=Fraction(1)), "no-interest"),
        (scic(Form.UK_SOCIETY, rate_max=Fraction(3)), Wish(interest_rate=Fraction(5)),
         "interest-above-cap"),
    ],
)  # fmt: skip
def test_what_is_asked_against_the_law_or_the_statutes_blocks(statutes, wish, code):
    assert codes(statutes, wish) == [(Severity.BLOCK, code)]


def test_interest_that_is_cut_is_told_and_does_not_block():
    assert codes(scic(), ASKS, subsidies_cents=1_699_900) == [(Severity.WARN, "interest-cut")]


@pytest.mark.parametrize(
    "wish", [Wish(), ASKS, Wish(statutory_rate=ALL, interest_rate=Fraction(0))]
)
def test_a_lawful_wish_has_no_finding(wish):
    assert codes(scic(), wish) == []


def test_more_to_reserves_is_a_choice():
    found = shared(wish=Wish(statutory_rate=ALL, interest_rate=CAP))

    assert found.cents(Use.STATUTORY_RESERVE) == 3_400_000
    assert found.cents(Use.INTEREST) == 0


def test_a_board_starts_from_two_variants_or_from_one_where_shares_earn_nothing():
    assert [wish.interest_rate for wish in usual_wishes(scic(), AG_2024).values()] == [0, CAP]
    assert len(usual_wishes(scic(interest=False), AG_2026)) == 1


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("0.038025", "3,8025\u202f%"),
        ("1/2", "50\u202f%"),
        ("1/3", "1/3"),
        ("0.00005", "0,005\u202f%"),
    ],
)
def test_a_rate_is_written_to_its_last_decimal(part, words):
    assert percents(Fraction(part)) == words


@pytest.mark.parametrize(
    "wrong", [{"subsidies_cents": -1}, {"legal_reserve_cents": 9, "reserves_cents": 8}]
)
def test_a_negative_stock_is_a_bug(wrong):
    with pytest.raises(ValueError, match="negative stock"):
        Facts(result_cents=1, **wrong)


@pytest.mark.parametrize("wrong", [{"refund_rate": Fraction(2)}, {"interest_rate": Fraction(-1)}])
def test_a_wish_above_the_whole_is_a_bug(wrong):
    with pytest.raises(ValueError, match="above the whole"):
        Wish(**wrong)


CENTS = st.integers(0, 10**9)
PARTS = st.fractions(0, 1, max_denominator=1000)


@st.composite
def years(draw):
    legal, other = draw(CENTS), draw(CENTS)
    return Facts(
        draw(st.integers(-(10**9), 10**9)), draw(CENTS), draw(CENTS), draw(CENTS), legal,
        legal + other, draw(CENTS),
    )  # fmt: skip


WISHES = st.builds(
    Wish, st.none() | PARTS, st.fractions(0, 20, max_denominator=1000), st.none() | PARTS, PARTS
)
STOPS = st.none() | st.sampled_from(ReserveStop)


@given(
    year=years(), wish=WISHES, form=st.sampled_from(Form), stop=STOPS,
    rate=st.none() | PARTS, pays=st.booleans(),
)  # fmt: skip
def test_whatever_is_asked_every_cent_is_kept_and_nothing_is_negative(
    year, wish, form, stop, rate, pays
):
    statutes = scic(form, rate=rate, stop=stop, interest=pays, rate_max=Fraction(3))

    found = share_out(year, statutes, wish, AG_2024)

    assert sum(step.cents for step in found.steps) == max(0, year.result_cents)
    assert min(step.cents for step in found.steps) >= 0
    assert found.cents(Use.LOSSES) == min(max(0, year.result_cents), year.prior_losses_cents)
    left = found.surplus_cents - found.cents(Use.LEGAL_RESERVE, Use.STATUTORY_RESERVE, Use.WORKERS)
    cap = interest_cap(statutes, AG_2024) * year.capital_cents / 100
    assert found.cents(Use.INTEREST) <= min(cap, max(0, left - year.subsidies_cents))
    room = reserve_room_cents(year, stop)
    assert room is None or found.cents(Use.LEGAL_RESERVE) <= room
    if year.result_cents <= 0:
        assert found.steps[0].use is None


@given(year=years(), wish=WISHES, stop=STOPS, rate=st.none() | PARTS)
def test_a_scic_keeps_57_5_per_cent_until_its_legal_reserve_is_full_and_half_then(
    year, wish, stop, rate
):
    found = share_out(year, scic(rate=rate, stop=stop, rate_max=Fraction(3)), wish, AG_2024)

    room = reserve_room_cents(year, stop)
    has_room = room is None or room >= Fraction(15, 100) * found.surplus_cents
    lowest = Fraction("0.575") if has_room else HALF
    assert found.reserves_cents >= lowest * found.surplus_cents


@given(year=years(), rate=st.none() | PARTS, wish=WISHES)
def test_a_scop_gives_its_quarter_whatever_else_is_asked(year, rate, wish):
    found = share_out(year, scic(Form.SCOP_SA, rate=rate, rate_max=Fraction(3)), wish, AG_2024)

    assert found.cents(Use.WORKERS) * 4 >= found.surplus_cents
    assert found.cents(Use.INTEREST) <= found.cents(Use.WORKERS)


def test_the_default_stop_of_these_tests_is_that_of_the_worked_example():
    assert scic().reserves.stop is LEGAL
