"""Equal shares estimated: the same purchases as the exact count, or none at all."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.ballots.rules import equal_shares as exact
from essaim.commons.ballots.rules.budgets import BudgetBallot, Project, votes_of
from essaim.commons.ballots.rules.equal_shares import Utility, equal_shares
from essaim.commons.ballots.rules.estimates import Unsure, bought


def count_of(projects, ballots, utility=Utility.COST):
    return exact._Count(projects, ballots, votes_of(projects, ballots), utility)


def estimated(count, purse):
    return bought(count.wishes, count.voters_count, count._money(Fraction(purse)))


def counted(count, purse):
    keys = [purchase.project for purchase in count.buy(Fraction(purse))[0]]
    places = {support.project.key: support.place for support in count.supports}
    return [places[key] for key in keys]


def town(seed, voters_count, marks=(1,), weights=(1,)):
    """Projects with a vote each, prices of no round number, purses that empty."""
    random = Random(seed)
    keys = [f"p{number}" for number in range(12)]
    projects = [Project(key, random.randint(300, 9_000)) for key in keys]
    ballots = [
        BudgetBallot(
            tuple((key, random.choice(marks)) for key in random.sample(keys, random.randint(1, 6))),
            random.choice(weights),
        )
        for _ in range(voters_count)
    ]
    return projects, [*ballots, BudgetBallot(tuple((key, 1) for key in keys))]


@pytest.mark.parametrize("utility", Utility)
@pytest.mark.parametrize(
    ("marks", "weights"), [((1,), (1,)), ((1, 2, 5), (1,)), ((1, 3), (1, 2, Fraction(1, 3)))]
)
def test_what_the_estimate_says_is_what_the_exact_count_buys(utility, marks, weights):
    said_count = 0
    for seed in range(30):
        count = count_of(*town(seed, 120, marks, weights), utility)
        purse = Fraction(Random(seed).randint(5, 400))
        try:
            found = estimated(count, purse)
        except Unsure:
            continue
        said_count += 1
        assert found == counted(count, purse)
    # Equal numbers of votes are common among so few, and told apart exactly; the rest is sure.
    assert said_count >= 25


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=5),
    st.lists(st.sets(st.integers(0, 4), max_size=5), min_size=1, max_size=7),
    st.fractions(0, 40, max_denominator=7),
)
def test_with_few_voters_and_many_ties_it_is_right_or_silent(costs, votes, purse):
    projects = [Project(str(place), cost) for place, cost in enumerate(costs)]
    ballots = [
        BudgetBallot(tuple((str(one), 1) for one in sorted(vote) if one < len(costs)))
        for vote in votes
    ]
    count = count_of(projects, ballots)

    try:
        found = estimated(count, purse)
    except Unsure:
        return
    assert found == counted(count, purse)


def test_prices_closer_than_the_rounding_are_left_to_the_exact_count():
    """Once P is paid, A and B each have a supporter who gives all; 10^-19 is between them."""
    votes = [
        BudgetBallot(tuple((key, 1) for key in keys))
        for keys in ("A", "A", "B", "B", "PA", "PB", "P", "P")
    ]
    projects = [
        Project("P", 2 * 10**18), Project("A", 2 * 10**18 + 1), Project("B", 2 * 10**18),
    ]  # fmt: skip
    count = count_of(projects, votes)
    purse = Fraction(9 * 10**17)

    with pytest.raises(Unsure):
        estimated(count, purse)
    assert [support.project.key for support in count.bought(purse)] == [
        projects[place].key for place in counted(count, purse)
    ]


def test_supporters_who_have_exactly_enough_are_left_to_the_exact_count():
    count = count_of([Project("A", 3)], [BudgetBallot((("A", 1),))] * 3)

    with pytest.raises(Unsure):
        estimated(count, 1)
    assert [support.project.key for support in count.bought(Fraction(1))] == ["A"]


def test_costs_beyond_floating_point_are_counted_exactly():
    votes = [BudgetBallot((("A", 1),)), BudgetBallot((("B", 1),))]

    found = equal_shares([Project("A", 10**400), Project("B", 10**399)], votes, 2 * 10**400)

    assert found.winners == ("B", "A")


def test_completion_is_the_same_without_any_estimate(monkeypatch):
    case = (*town(3, 80), 12_000)
    usual = equal_shares(*case)

    def silent(*_arguments):
        raise Unsure

    monkeypatch.setattr(exact, "bought", silent)

    assert equal_shares(*case) == usual
    assert usual.tried_count > 3
