"""Quadratic funding: exact, capped, and bounded against collusion."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.ballots.rules.quadratic import (
    ROOT,
    capped,
    pairs_count,
    pairwise_bounded_funding,
    quadratic_funding,
    root,
)


def by_project(result):
    return {match.project: match.match_cents for match in result.matches}


def test_many_small_gifts_draw_more_than_one_large_one():
    gifts = {
        "garden": {f"neighbour {n}": 100 for n in range(100)},
        "statue": {"patron": 10_000},
        "bench": {"a": 2_500, "b": 2_500, "c": 2_500, "d": 2_500},
    }

    result = quadratic_funding(gifts, 500_000)

    # (100 x 10)² - 10,000 = 990,000; nothing for one person; (4 x 50)² - 10,000 = 30,000.
    assert [match.ideal_cents for match in result.matches] == [990_000, 0, 30_000]
    assert by_project(result) == {"garden": 485_294, "statue": 0, "bench": 14_706}
    assert result.matched_cents == 500_000


def test_a_pool_that_has_enough_keeps_the_rest():
    result = quadratic_funding({"bench": {"a": 2_500, "b": 2_500}}, 100_000)

    assert by_project(result) == {"bench": 5_000}
    assert result.left_cents == 95_000


def test_a_cap_limits_what_one_person_draws_with_and_cuts_it_in_proportion():
    gifts = {"a": {"rich": 30_000, "poor": 100}, "b": {"rich": 10_000, "poor": 100}}

    assert capped(gifts, 10_000) == {
        "a": {"rich": 7_500, "poor": 100},
        "b": {"rich": 2_500, "poor": 100},
    }
    result = quadratic_funding(gifts, 1_000, person_cap_cents=10_000)
    assert [match.given_cents for match in result.matches] == [30_100, 10_100]
    assert [match.counted_cents for match in result.matches] == [7_600, 2_600]


def test_two_who_always_give_together_draw_less_when_pairs_are_bounded():
    gifts = {f"plot {n}": {"x": 10_000, "y": 10_000} for n in range(9)}
    gifts["garden"] = {f"neighbour {n}": 2_000 for n in range(10)}

    plain = by_project(quadratic_funding(gifts, 100_000))
    bounded = by_project(pairwise_bounded_funding(gifts, 100_000, bound_cents=10_000))

    assert sum(plain[f"plot {n}"] for n in range(9)) == 50_000
    assert sum(bounded[f"plot {n}"] for n in range(9)) < 15_000
    assert bounded["garden"] > 85_000


def test_roots_are_whole_numbers_of_a_fixed_unit():
    assert root(2) == 1_414_213_562_373
    assert root(10_000) == 100 * 10**12


def test_nonsense_is_a_bug():
    with pytest.raises(ValueError, match="cents"):
        quadratic_funding({"a": {"x": -1}}, 10)
    with pytest.raises(ValueError, match="pool"):
        quadratic_funding({"a": {"x": 1}}, -1)
    with pytest.raises(ValueError, match="bound"):
        pairwise_bounded_funding({"a": {"x": 1}}, 1, bound_cents=0)


GIFTS = st.dictionaries(
    st.sampled_from("abc"),
    st.dictionaries(st.sampled_from("uvwxyz"), st.integers(0, 9_999), max_size=6),
    min_size=1,
)


@given(GIFTS, st.integers(0, 10**6), st.one_of(st.none(), st.integers(1, 9_999)))
def test_the_pool_is_never_overspent_and_no_project_draws_more_than_its_ideal(gifts, pool, cap):
    for result in (
        quadratic_funding(gifts, pool, person_cap_cents=cap),
        pairwise_bounded_funding(gifts, pool, bound_cents=5_000, person_cap_cents=cap),
    ):
        assert result.matched_cents <= pool
        for match in result.matches:
            assert match.match_cents < match.ideal_cents + 1
            assert match.counted_cents <= match.given_cents


@given(GIFTS)
def test_pairs_without_bound_come_to_plain_quadratic_funding(gifts):
    plain = quadratic_funding(gifts, 0)
    paired = pairwise_bounded_funding(gifts, 0, bound_cents=10**15)

    for one, other in zip(plain.matches, paired.matches, strict=True):
        assert abs(one.ideal_cents - other.ideal_cents) < Fraction(1, 100)


@given(GIFTS, st.integers(0, 10**6))
def test_the_order_of_the_gifts_is_no_matter(gifts, pool):
    turned = {project: dict(reversed(given.items())) for project, given in gifts.items()}

    assert quadratic_funding(turned, pool) == quadratic_funding(gifts, pool)


def pair_by_pair(gifts, bound_cents):
    """What each project would draw, two people after two people: the formula as it is written."""
    ideals = {}
    for project, given_there in gifts.items():
        total = 0
        for one, other in combinations(sorted(given_there), 2):
            both = [
                root(given[one]) * root(given[other]) // ROOT
                for given in gifts.values()
                if one in given and other in given
            ]
            drawn = root(given_there[one]) * root(given_there[other]) // ROOT
            total += drawn * bound_cents * ROOT // (bound_cents * ROOT + sum(both))
        ideals[project] = Fraction(2 * total * ROOT, ROOT * ROOT)
    return ideals


@given(
    st.dictionaries(
        st.sampled_from("abcd"),
        st.dictionaries(st.integers(0, 12).map(str), st.sampled_from([0, 1, 500, 500, 777, 2_000])),
    ),
    st.sampled_from([1, 50, 5_000]),
)
def test_people_counted_together_give_what_pairs_one_by_one_give(gifts, bound_cents):
    result = pairwise_bounded_funding(gifts, 10**6, bound_cents=bound_cents)

    assert {one.project: one.ideal_cents for one in result.matches} == pair_by_pair(
        gifts, bound_cents
    )


def test_pairs_are_those_of_amounts_and_of_those_who_meet_again():
    gifts = {"a": {str(n): 500 for n in range(1_000)}, "b": {"0": 500, "1": 500, "x": 200}}

    # One amount on a, two on b; "0" and "1" gave alike to both.
    assert pairs_count(gifts) == 1 + 3 + 1
