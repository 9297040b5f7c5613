"""Majority judgment: the authors' rule by hand, their elections, and what it promises."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.ballots.rules.judgment import first_difference, majority_judgment
from essaim.commons.ballots.rules.papers import MarkedBallot
from essaim.commons.ballots.tests.elections import graded

FIVE = range(5)


def by_hand(counts):
    """The majority value as its authors define it: take the lower median off, again and again."""
    grades = [grade for grade, count in enumerate(counts) for _ in range(count)]
    return [grades.pop((len(grades) - 1) // 2) for _ in range(len(grades))]


@st.composite
def two_profiles(draw):
    size = draw(st.integers(1, 14))
    grade = st.integers(0, 3)
    one, other = ([draw(grade) for _ in range(size)] for _ in range(2))
    return tuple(tuple(grades.count(g) for g in range(4)) for grades in (one, other))


@given(two_profiles())
def test_two_walks_find_where_the_medians_taken_off_one_by_one_differ(profiles):
    one, other = profiles
    values = zip(by_hand(one), by_hand(other), strict=True)

    expected = next(((place, a, b) for place, (a, b) in enumerate(values) if a != b), None)

    assert first_difference(one, other) == expected


def test_millions_of_voters_are_told_apart_at_once():
    one = (10**9, 10**9, 10**9 + 1)
    other = (10**9, 10**9 + 1, 10**9)

    removed, grade, other_grade = first_difference(one, other)

    assert (grade, other_grade) == (2, 1)
    assert removed == 10**9


def test_tennessee_judges_nashville_the_best():
    # Each city's voters give excellent, then good, fair, poor by distance.
    votes = [
        MarkedBallot((3, 1, 0, 0), 42),
        MarkedBallot((0, 3, 1, 1), 26),
        MarkedBallot((0, 1, 3, 2), 15),
        MarkedBallot((0, 1, 2, 3), 17),
    ]

    result = majority_judgment(
        ("Memphis", "Nashville", "Chattanooga", "Knoxville"), votes, range(4)
    )

    assert result.winners == ("Nashville",)
    assert [profile.majority_mark for profile in result.profiles] == [1, 1, 1, 0]
    assert result.ranking[1:3] == (("Knoxville",), ("Chattanooga",))


def test_orsay_2007_has_bayrou_before_royal_and_sarkozy():
    """Balinski and Laraki's experiment of 22 April 2007 in three bureaux of Orsay, 1,733 ballots.

    The published percentages of the seven grades' top of the table, as counts out of 1,000.
    """
    published = {
        "Bayrou": (74, 112, 136, 251, 309, 118),
        "Royal": (151, 134, 160, 193, 227, 135),
        "Sarkozy": (281, 110, 111, 179, 198, 121),
        "Le Pen": (749, 71, 79, 55, 30, 16),
    }
    papers = []
    for place, counts in enumerate(published.values()):
        for grade, count in enumerate(counts):
            marks = [None] * 4
            marks[place] = grade
            papers.append((place, grade, count, marks))
    columns = [
        [grade for grade, count in enumerate(counts) for _ in range(count)]
        for counts in published.values()
    ]
    votes = [MarkedBallot(marks) for marks in zip(*columns, strict=True)]

    result = majority_judgment(tuple(published), votes, range(6))

    assert [tier[0] for tier in result.ranking] == ["Bayrou", "Royal", "Sarkozy", "Le Pen"]
    bayrou = result.profiles[0]
    assert bayrou.majority_mark == 3  # assez bien plus: 42.7 % better, 32.2 % worse
    assert (bayrou.better, bayrou.worse) == (Fraction(427, 1000), Fraction(322, 1000))


def test_an_empty_mark_is_the_worst_one():
    result = majority_judgment("AB", [MarkedBallot((None, 1)), MarkedBallot((2, 1))], range(3))

    assert result.profiles[1].counts == (1, 0, 1)
    assert result.winners == ("B",)


def test_the_lower_of_two_middle_grades_counts():
    result = majority_judgment("A", [MarkedBallot((0,)), MarkedBallot((4,))], FIVE)

    assert result.profiles[0].majority_mark == 0


def test_equal_profiles_stay_tied_and_it_is_said():
    votes = [MarkedBallot((1, 3)), MarkedBallot((3, 1))]

    result = majority_judgment("AB", votes, FIVE)

    assert result.winners == ("A", "B")
    assert result.separations[0].mark_above is None


def test_how_neighbours_were_told_apart_is_shown():
    votes = [MarkedBallot((1, 1)), MarkedBallot((2, 2)), MarkedBallot((4, 3))]

    result = majority_judgment("AB", votes, FIVE)

    separation = result.separations[0]
    assert (separation.above, separation.below, separation.removed) == ("A", "B", 2)
    assert (separation.mark_above, separation.mark_below) == (4, 3)


def test_a_mark_outside_the_scale_is_a_bug():
    with pytest.raises(ValueError, match="scale"):
        majority_judgment("A", [MarkedBallot((9,))], FIVE)


@given(graded(), st.randoms(use_true_random=False))
def test_the_order_of_the_ballots_is_no_matter(votes, random):
    shuffled = list(votes)
    random.shuffle(shuffled)

    assert majority_judgment("ABCD", shuffled, FIVE) == majority_judgment("ABCD", votes, FIVE)


@given(graded(), st.permutations(range(4)))
def test_names_are_no_matter(votes, order):
    moved = [MarkedBallot(tuple(b.marks[place] for place in order), b.weight) for b in votes]
    options = ["ABCD"[place] for place in order]

    ranking = majority_judgment(options, moved, FIVE).ranking

    expected = majority_judgment("ABCD", votes, FIVE).ranking
    assert [set(tier) for tier in ranking] == [set(tier) for tier in expected]


@given(graded(), st.integers(0, 8), st.sampled_from(range(4)))
def test_a_better_grade_never_makes_a_winner_lose(votes, voter, place):
    voter %= len(votes)
    winners = majority_judgment("ABCD", votes, FIVE).winners
    marks = list(votes[voter].marks)
    marks[place] = 4
    better = [*votes]
    better[voter] = MarkedBallot(tuple(marks), votes[voter].weight)

    after = majority_judgment("ABCD", better, FIVE).winners

    assert "ABCD"[place] in after or "ABCD"[place] not in winners


@given(graded(), st.integers(2, 5))
def test_everybody_twice_changes_no_rank(votes, times):
    many = [MarkedBallot(ballot.marks, ballot.weight * times) for ballot in votes]

    assert (
        majority_judgment("ABCD", many, FIVE).ranking
        == majority_judgment("ABCD", votes, FIVE).ranking
    )
