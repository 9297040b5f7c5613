"""Instant run-off and STV: known elections, conserved votes, stated ties."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.ballots.rules.papers import NoBallots, RankedBallot, TieRule, TooFewOptions
from essaim.commons.ballots.rules.transfers import (
    Move,
    instant_runoff,
    single_transferable_vote,
)
from essaim.commons.ballots.tests.elections import elections, ranked, renamed, strict

TENNESSEE = [strict(42, "MNCK"), strict(26, "NCKM"), strict(15, "CKNM"), strict(17, "KCNM")]


def test_tennessee_elects_knoxville_by_run_off():
    result = instant_runoff("MNCK", TENNESSEE)

    assert result.winners == ("K",)
    assert [(each.move, each.moved) for each in result.rounds] == [
        (Move.EXCLUSION, "C"),
        (Move.EXCLUSION, "N"),
        (None, ""),
    ]
    assert result.rounds[2].votes == {"M": 42, "K": 58}
    assert result.ranking == (("K",), ("M",), ("N",), ("C",))


def test_a_run_off_can_punish_its_winner_for_gaining_votes():
    """The known example against monotonicity: ten voters move A up to first, and A loses."""
    before = ranked("39 A>B>C", "35 B>C>A", "26 C>A>B")
    after = ranked("49 A>B>C", "25 B>C>A", "26 C>A>B")

    assert instant_runoff("ABC", before).winners == ("A",)
    assert instant_runoff("ABC", after).winners == ("C",)


def test_food_for_a_party_is_elected_with_its_surpluses():
    """The example of 20 guests and 3 dishes known from the encyclopedias.

    Counted there with a lot; here the surplus of chocolate (6 over 6 of 12) is moved whole and
    exactly: two thirds to strawberries, one third to sweets.
    """
    votes = [
        strict(4, "O"),
        strict(2, "PO"),
        strict(8, "CS"),
        strict(4, "CW"),
        strict(1, "S"),
        strict(1, "W"),
    ]

    result = single_transferable_vote("OPCSW", votes, 3)

    assert result.quota == 6
    assert result.rounds[0].elected == ("C",)
    assert result.rounds[0].transfers == {"S": 4, "W": 2}
    assert result.winners == ("C", "O", "S")


def test_a_surplus_keeps_its_exact_fractions():
    votes = ranked("7 A>B>C", "3 A>C", "2 B", "3 C")

    result = single_transferable_vote("ABC", votes, 2)

    # Quota 6 of 15, surplus 4 of 10: each ballot of A goes on for two fifths.
    assert result.quota == 6
    assert result.rounds[0].transfers == {"B": Fraction(14, 5), "C": Fraction(6, 5)}
    assert result.rounds[1].votes == {"A": 6, "B": Fraction(24, 5), "C": Fraction(21, 5)}
    assert result.winners == ("A", "B")


def test_equal_preferences_share_the_ballot():
    result = instant_runoff("ABC", ranked("3 AB>C", "2 C"))

    assert result.rounds[0].votes == {"A": Fraction(3, 2), "B": Fraction(3, 2), "C": 2}


def test_a_shared_ballot_goes_whole_to_the_other_when_one_is_excluded():
    result = instant_runoff("ABC", ranked("4 AB", "2 A", "5 C", "1 B"))

    assert result.rounds[0].transfers == {"A": 2, "": 1}
    assert result.rounds[1].votes == {"A": 6, "C": 5}
    assert result.winners == ("A",)


def test_a_tie_is_decided_by_the_first_round_in_which_they_differed():
    # In round 2, B and D have 4 each; in round 1 B had 4 and D 3.
    votes = ranked("6 A", "5 C", "4 B>A", "3 D>C", "1 E>D")

    result = instant_runoff("ABCDE", votes)

    tie = result.ties[0]
    assert (tie.tied, tie.chosen, tie.rule) == (("B", "D"), "D", TieRule.EARLIER_ROUND)
    assert (tie.round_number, tie.decided_in) == (2, 1)


def test_a_tie_from_the_start_is_drawn_in_public_and_anybody_can_replay_it():
    votes = ranked("2 A", "1 B>A", "1 C>A")

    result = instant_runoff("ABC", votes, seed="18 mai 2027, procès-verbal n° 4")

    again = instant_runoff("ABC", list(reversed(votes)), seed="18 mai 2027, procès-verbal n° 4")
    others = {instant_runoff("ABC", votes, seed=str(n)).ties[0].chosen for n in range(20)}
    assert result == again
    assert result.ties[0].rule is TieRule.DRAW
    assert others == {"B", "C"}


def test_blank_ballots_count_for_no_quota():
    result = single_transferable_vote("AB", [*ranked("2 A", "1 B"), RankedBallot((), 50)], 1)

    assert (result.quota, result.weight, result.blank) == (2, 53, 50)


def test_as_many_options_as_seats_are_all_elected():
    assert set(single_transferable_vote("AB", ranked("5 A"), 2).winners) == {"A", "B"}


def test_impossible_counts_are_refused():
    with pytest.raises(TooFewOptions):
        single_transferable_vote("AB", ranked("1 A"), 3)
    with pytest.raises(NoBallots):
        instant_runoff("AB", [RankedBallot((), 3)])
    with pytest.raises(ValueError, match="seats_count"):
        single_transferable_vote("AB", ranked("1 A"), 0)


@given(elections("ABCDE"), st.integers(1, 4))
def test_no_vote_is_lost_or_made_in_any_round(votes, seats):
    votes = [*votes, strict(1, "A")]

    result = single_transferable_vote("ABCDE", votes, seats)

    counted = result.weight - result.blank
    for each in result.rounds:
        assert sum(each.votes.values()) + each.exhausted == counted
    assert len(result.winners) == len(set(result.winners)) == seats


@given(elections("ABCDE"), st.integers(1, 4))
def test_a_moved_surplus_leaves_exactly_the_quota(votes, seats):
    result = single_transferable_vote("ABCDE", [*votes, strict(1, "A")], seats)

    for now, after in zip(result.rounds, result.rounds[1:], strict=False):
        if now.move is Move.SURPLUS:
            assert after.votes[now.moved] == result.quota
            assert sum(now.transfers.values()) == now.votes[now.moved] - result.quota
        else:
            assert now.moved not in after.votes
            assert sum(now.transfers.values()) == now.votes[now.moved]


@given(elections("ABCDE"), st.integers(1, 3), st.randoms(use_true_random=False))
def test_the_order_of_the_ballots_is_no_matter(votes, seats, random):
    votes = [*votes, strict(1, "A")]
    shuffled = list(votes)
    random.shuffle(shuffled)

    assert single_transferable_vote("ABCDE", shuffled, seats) == single_transferable_vote(
        "ABCDE", votes, seats
    )


@given(elections("ABCD"), st.permutations("ABCD"))
def test_names_are_no_matter_but_for_a_draw(votes, order):
    votes = [*votes, strict(1, "A")]
    names = dict(zip("ABCD", order, strict=True))

    result = instant_runoff("ABCD", votes)
    other = instant_runoff("ABCD", renamed(votes, names))

    if not any(tie.rule is TieRule.DRAW for tie in (*result.ties, *other.ties)):
        assert other.winners == tuple(names[option] for option in result.winners)


@given(elections("ABCD"))
def test_one_seat_of_stv_is_a_run_off(votes):
    votes = [*votes, strict(1, "A")]

    one_seat = single_transferable_vote("ABCD", votes, 1)
    run_off = instant_runoff("ABCD", votes)

    if not one_seat.ties and not run_off.ties:
        assert one_seat.winners == run_off.winners


@given(elections("ABCD"), st.sampled_from([2, 3, Fraction(1, 7)]))
def test_a_common_factor_of_all_weights_is_no_matter(votes, factor):
    votes = [*votes, strict(1, "A")]
    heavier = [RankedBallot(ballot.tiers, ballot.weight * factor) for ballot in votes]

    assert instant_runoff("ABCD", heavier).winners == instant_runoff("ABCD", votes).winners
