"""Colleges: published weights, every way to carry votes over, and the empty college."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.ballots.rules.colleges import (
    CarryOver,
    CollegeVotes,
    CollegeWeightsWrong,
    EmptyCollege,
    ballot_weights,
    check_weights,
    decide_by_colleges,
)
from essaim.commons.ballots.rules.motions import (
    SIMPLE,
    TWO_THIRDS,
    Base,
    Choice,
    Majority,
    Votes,
)
from essaim.commons.ballots.rules.papers import NoBallots


def college(key, percent, yes, no, abstain=0, size=None):
    votes = Votes(yes, no, abstain, entitled=size)
    return CollegeVotes(key, Fraction(percent, 100), votes)


# The published weights and sizes of the colleges of the cooperative SCANI. Nine members abstain, as
# its participation of 21.6 % of 871 members requires.
SCANI = [
    college("volunteers and staff", 40, 6, 8, 1, size=16),
    college("individuals", 25, 80, 20, 5, size=457),
    college("professionals and authorities", 25, 20, 10, 2, size=146),
    college("supporters", 10, 30, 5, 1, size=252),
]


def rounded(share):
    return float(round(share * 100, 1))


def test_scani_decides_by_62_4_percent_where_heads_make_76_0():
    result = decide_by_colleges(SCANI, SIMPLE)

    assert rounded(result.weighted.yes_share) == 62.4
    assert rounded(result.one_person_one_vote.yes_share) == 76.0
    assert result.is_adopted


def test_scani_takes_part_by_50_2_percent_where_heads_make_21_6():
    result = decide_by_colleges(SCANI, SIMPLE)

    assert rounded(result.participation) == 50.2
    assert rounded(result.heads_participation) == 21.6


def test_a_college_without_members_takes_no_part():
    colleges = [college("a", 50, 1, 0, size=2), college("b", 50, 0, 0, size=0)]

    assert decide_by_colleges(colleges, SIMPLE).participation == Fraction(1, 4)


def test_two_thirds_of_heads_may_not_be_two_thirds_of_colleges():
    result = decide_by_colleges(SCANI, TWO_THIRDS)

    assert result.one_person_one_vote.is_adopted
    assert not result.weighted.is_adopted
    assert not result.is_adopted


def test_the_winner_can_take_the_whole_college():
    result = decide_by_colleges(SCANI, SIMPLE, carry_over=CarryOver.WINNER_TAKES_COLLEGE)

    assert result.weighted.yes_share == Fraction(60, 100)
    assert [part.yes for part in result.parts] == [
        0,
        Fraction(1, 4),
        Fraction(1, 4),
        Fraction(1, 10),
    ]


def test_a_college_that_is_divided_in_two_gives_half_to_each():
    colleges = [college("a", 50, 3, 3), college("b", 50, 1, 0)]

    result = decide_by_colleges(colleges, SIMPLE, carry_over=CarryOver.WINNER_TAKES_COLLEGE)

    assert result.weighted.yes_share == Fraction(3, 4)


def test_without_carry_over_one_person_has_one_vote():
    result = decide_by_colleges(SCANI, TWO_THIRDS, carry_over=CarryOver.NONE)

    assert result.is_adopted


def test_the_weight_of_an_empty_college_is_shared_or_lost():
    colleges = [college("a", 40, 3, 2), college("b", 30, 3, 2), college("c", 30, 0, 0)]

    shared = decide_by_colleges(colleges, SIMPLE)
    lost = decide_by_colleges(colleges, SIMPLE, empty=EmptyCollege.LOST)

    assert shared.weighted.yes_share == Fraction(3, 5)
    assert lost.weighted.yes_share == Fraction(42, 100)
    assert (shared.is_adopted, lost.is_adopted) == (True, False)
    assert shared.parts[2].is_empty


def test_abstentions_weigh_where_the_majority_counts_them():
    colleges = [college("a", 50, 3, 2, 5), college("b", 50, 3, 2)]
    counting = Majority(Fraction(1, 2), is_strict=True, base=Base.CAST)

    assert decide_by_colleges(colleges, SIMPLE).weighted.yes_share == Fraction(3, 5)
    assert decide_by_colleges(colleges, counting).weighted.yes_share == Fraction(45, 100)


def test_a_tie_of_colleges_is_rejected_or_cast():
    colleges = [college("a", 50, 9, 0), college("b", 50, 0, 1)]

    assert not decide_by_colleges(colleges, SIMPLE).is_adopted
    assert decide_by_colleges(colleges, SIMPLE, casting_vote=Choice.YES).is_adopted


def test_nobody_voted_anywhere():
    with pytest.raises(NoBallots):
        decide_by_colleges([college("a", 50, 0, 0), college("b", 50, 0, 0)], SIMPLE)


def test_weights_are_between_10_and_50_percent_and_sum_to_100():
    check_weights([Fraction(2, 5), Fraction(1, 4), Fraction(1, 4), Fraction(1, 10)])
    for wrong in ([Fraction(3, 5), Fraction(2, 5)], [Fraction(1, 2), Fraction(2, 5)]):
        with pytest.raises(CollegeWeightsWrong):
            check_weights(wrong)


def test_ballots_weigh_what_their_college_does():
    weights = ballot_weights(
        {"a": Fraction(1, 2), "b": Fraction(3, 10), "c": Fraction(1, 5)}, {"a": 1, "b": 7, "c": 0}
    )

    assert weights == {"a": 5, "b": Fraction(3, 7)}
    assert weights["a"] + 7 * weights["b"] == 8
    with pytest.raises(NoBallots):
        ballot_weights({"a": Fraction(1)}, {"a": 0})


SIDES = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 5))


@given(st.lists(SIDES, min_size=2, max_size=5), st.sampled_from(list(EmptyCollege)))
def test_parts_sum_to_the_weights_of_those_who_voted(sides, empty):
    colleges = [college(str(n), 20, *each) for n, each in enumerate(sides)]
    if not any(yes + no for yes, no, _ in sides):
        return

    result = decide_by_colleges(colleges, SIMPLE, empty=empty)

    for part in result.parts:
        assert part.yes + part.no + part.abstain == (0 if part.is_empty else part.weight)
    assert 0 <= result.weighted.yes_share <= 1


@given(st.integers(1, 99), st.integers(1, 99), st.integers(2, 5))
def test_colleges_that_vote_alike_weigh_nothing(yes, no, count):
    colleges = [college(str(n), 100 // count, yes, no) for n in range(count)]

    result = decide_by_colleges(colleges, SIMPLE)

    assert result.weighted.yes_share == result.one_person_one_vote.yes_share
