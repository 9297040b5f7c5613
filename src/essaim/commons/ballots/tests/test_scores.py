"""Approval and score: sums, means, quorum, and ties at the last seat."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.ballots.rules.papers import MarkedBallot, NoBallots
from essaim.commons.ballots.rules.scores import Score, approval, score
from essaim.commons.ballots.tests.elections import graded


def test_the_most_approved_win():
    votes = [MarkedBallot((1, 0, 1), 4), MarkedBallot((0, 1, None), 3), MarkedBallot((1, 1, 0), 2)]

    result = approval("ABC", votes, 2)

    assert [(each.option, each.total) for each in result.scores] == [("A", 6), ("B", 5), ("C", 4)]
    assert (result.winners, result.tied) == (("A", "B"), ())


def test_equals_at_the_last_seat_are_reported_and_nobody_is_chosen():
    result = approval("ABC", [MarkedBallot((1, 1, 1)), MarkedBallot((1, 0, 0))], 2)

    assert (result.winners, result.tied) == (("A",), ("B", "C"))


def test_a_grade_is_no_approval():
    with pytest.raises(ValueError, match="0 or 1"):
        approval("A", [MarkedBallot((2,))])


def test_a_mean_counts_only_those_who_marked_and_the_quorum_guards_it():
    votes = [MarkedBallot((5, 3)), MarkedBallot((None, 4)), MarkedBallot((None, 4))]

    alone = score("AB", votes, by=Score.MEAN)
    guarded = score("AB", votes, by=Score.MEAN, quorum=Fraction(1, 2))

    assert alone.winners == ("A",)
    assert guarded.winners == ("B",)
    assert [each.has_quorum for each in guarded.scores] == [True, False]
    assert guarded.scores[0].value == Fraction(11, 3)


def test_an_option_that_nobody_marked_has_no_mean():
    assert score("AB", [MarkedBallot((1, None))], by=Score.MEAN).scores[1].value == 0


def test_nobody_voted():
    with pytest.raises(NoBallots):
        score("A", [])


@given(graded(), st.randoms(use_true_random=False), st.sampled_from(list(Score)))
def test_the_order_of_the_ballots_is_no_matter(votes, random, by):
    shuffled = list(votes)
    random.shuffle(shuffled)

    assert score("ABCD", shuffled, by=by) == score("ABCD", votes, by=by)


@given(graded(), st.integers(0, 8), st.sampled_from(range(4)))
def test_a_better_mark_never_makes_the_sum_lose(votes, voter, place):
    voter %= len(votes)
    before = score("ABCD", votes)
    marks = list(votes[voter].marks)
    marks[place] = 4
    raised = [*votes]
    raised[voter] = MarkedBallot(tuple(marks), votes[voter].weight)

    after = score("ABCD", raised)

    first = {*before.winners, *before.tied}
    assert "ABCD"[place] not in first or "ABCD"[place] in {*after.winners, *after.tied}
