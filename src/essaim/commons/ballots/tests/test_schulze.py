"""Schulze: the published examples, and what the method promises."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from essaim.commons.ballots.rules.papers import NoBallots, RankedBallot
from essaim.commons.ballots.rules.schulze import Links, schulze
from essaim.commons.ballots.tests.elections import (
    LETTERS,
    backwards,
    elections,
    ranked,
    renamed,
    strict,
)

# M. Schulze's example 1: 45 voters.
FORTY_FIVE = [
    strict(5, "ACBED"),
    strict(5, "ADECB"),
    strict(8, "BEDAC"),
    strict(3, "CABED"),
    strict(7, "CAEBD"),
    strict(2, "CBADE"),
    strict(7, "DCEBA"),
    strict(8, "EBADC"),
]


def test_the_example_of_45_voters_ranks_e_a_c_b_d():
    result = schulze("ABCDE", FORTY_FIVE)

    assert result.ranking == (("E",), ("A",), ("C",), ("B",), ("D",))
    assert result.preferences[0] == (0, 20, 26, 30, 22)
    assert result.paths[0] == (0, 28, 28, 30, 24)
    assert result.paths[4] == (25, 28, 28, 31, 0)
    assert result.condorcet_winner is None


def test_tennessee_chooses_nashville_which_beats_each_of_the_others():
    votes = [strict(42, "MNCK"), strict(26, "NCKM"), strict(15, "CKNM"), strict(17, "KCNM")]

    result = schulze("MNCK", votes)

    assert result.winners == ("N",)
    assert result.condorcet_winner == "N"
    assert result.ranking == (("N",), ("C",), ("K",), ("M",))


def test_unranked_options_are_tied_last():
    result = schulze("ABC", ranked("3 A", "2 B>C"))

    assert result.preferences == ((0, 3, 3), (2, 0, 2), (2, 0, 0))


def test_winning_votes_and_margins_differ_when_many_abstain():
    votes = ranked("6 A>B", "4 B>A", "8 B>C", "1 C>B", "5 C>A", "2 A>C")

    by_votes = schulze("ABC", votes)
    by_margins = schulze("ABC", votes, Links.MARGINS)

    assert by_votes.paths != by_margins.paths
    assert by_margins.paths[1][2] == by_margins.preferences[1][2] - by_margins.preferences[2][1]


def test_a_perfect_tie_is_reported_as_one():
    result = schulze("ABC", ranked("1 A>B>C", "1 B>C>A", "1 C>A>B"))

    assert result.winners == ("A", "B", "C")


def test_nobody_voted():
    with pytest.raises(NoBallots):
        schulze("AB", [])


def test_a_negative_weight_is_a_bug():
    with pytest.raises(ValueError, match="weight"):
        schulze("AB", [RankedBallot((("A",),), -1)])


def test_half_weights_are_counted_exactly():
    from fractions import Fraction

    result = schulze("AB", [RankedBallot((("A",),), Fraction(1, 3)), RankedBallot((("B",),), 1)])

    assert result.preferences == ((0, Fraction(1, 3)), (1, 0))
    assert result.weight == Fraction(4, 3)


@given(elections(), st.randoms(use_true_random=False))
def test_the_order_of_the_ballots_is_no_matter(votes, random):
    shuffled = list(votes)
    random.shuffle(shuffled)

    assert schulze("ABCD", shuffled) == schulze("ABCD", votes)


@given(elections(), st.permutations("ABCD"))
def test_names_are_no_matter(votes, order):
    names = dict(zip("ABCD", order, strict=True))

    result = schulze("ABCD", renamed(votes, names))

    mirrored = schulze([names[option] for option in "ABCD"], renamed(votes, names))
    assert {frozenset(tier) for tier in result.ranking} == {
        frozenset(tier) for tier in mirrored.ranking
    }
    expected = [{names[option] for option in tier} for tier in schulze("ABCD", votes).ranking]
    assert [set(tier) for tier in result.ranking] == expected


@given(elections())
def test_whoever_beats_each_of_the_others_wins_alone(votes):
    result = schulze("ABCD", votes)
    assume(result.condorcet_winner)

    assert result.winners == (result.condorcet_winner,)


@given(elections())
def test_a_sole_winner_does_not_win_when_every_ballot_is_turned_upside_down(votes):
    winners = schulze("ABCD", votes).winners
    assume(len(winners) == 1)

    assert winners[0] not in schulze("ABCD", backwards(votes, "ABCD")).winners


@given(elections(), st.integers(0, 8), st.sampled_from("ABCD"))
def test_to_be_put_first_never_makes_a_winner_lose(votes, place, option):
    assume(place < len(votes))
    before = schulze("ABCD", votes).winners
    assume(option in before)
    raised = list(votes)
    others = tuple(
        kept for tier in votes[place].tiers if (kept := tuple(o for o in tier if o != option))
    )
    raised[place] = RankedBallot(((option,), *others), votes[place].weight)

    assert option in schulze("ABCD", raised).winners


@given(elections(are_strict=True), st.sampled_from("ABCD"))
def test_a_clone_changes_nothing_for_the_others(votes, cloned):
    """A twin just below the cloned option on every ballot takes no victory from anybody else."""
    with_clone = [
        RankedBallot(
            tuple(
                twin
                for tier in ballot.tiers
                for twin in ((tier, ("Z",)) if tier == (cloned,) else (tier,))
            ),
            ballot.weight,
        )
        for ballot in votes
    ]

    before = set(schulze("ABCD", votes).winners)
    after = set(schulze("ABCDZ", with_clone).winners)

    assert after - {cloned, "Z"} == before - {cloned}
    assert bool(after & {cloned, "Z"}) == (cloned in before)


@given(elections(LETTERS[:5]))
def test_paths_are_consistent_and_the_ranking_holds_everybody_once(votes):
    result = schulze("ABCDE", votes)

    assert sorted(option for tier in result.ranking for option in tier) == list("ABCDE")
    for a in range(5):
        for b in range(5):
            for c in range(5):
                if len({a, b, c}) == 3:
                    assert result.paths[a][c] >= min(result.paths[a][b], result.paths[b][c])
