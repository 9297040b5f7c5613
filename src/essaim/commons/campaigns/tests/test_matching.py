"""What is added to gifts: by whichever rule, within its caps, never more than the pool."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.campaigns.rules.matching import SAMPLE, Rule, Terms, matched

GIFTS = st.dictionaries(
    st.sampled_from(["oven", "trees", "kiosk"]),
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 20_000), max_size=6),
    min_size=1,
)
CAPS = st.none() | st.integers(1, 30_000)


def matches(terms, gifts):
    return {one.campaign: one.match_cents for one in matched(terms, gifts)}


def terms(rule, pool_cents=100_000, **caps):
    return Terms(rule, pool_cents, **caps)


def test_a_euro_draws_a_euro():
    assert matches(terms(Rule.EURO_FOR_EURO), {"oven": {"a": 3_000, "b": 500}}) == {"oven": 3_500}


def test_a_person_counts_up_to_their_cap_and_a_campaign_up_to_its_own():
    gifts = {"oven": {"a": 9_000, "b": 500}, "trees": {"c": 700}}

    capped = terms(Rule.EURO_FOR_EURO, person_cap_cents=2_000, campaign_cap_cents=2_100)

    assert matches(capped, gifts) == {"oven": 2_100, "trees": 700}


def test_a_pool_too_small_is_cut_in_proportion_to_the_cent():
    gifts = {"oven": {"a": 2_000}, "trees": {"b": 1_000}}

    assert matches(terms(Rule.EURO_FOR_EURO, 1_000), gifts) == {"oven": 667, "trees": 333}


def test_of_three_campaigns_with_the_same_sum_quadratic_funding_prefers_many_givers():
    found = matches(terms(Rule.QUADRATIC), SAMPLE)

    assert sum(SAMPLE["many-small"].values()) == sum(SAMPLE["one-large"].values()) == 10_000
    assert found["many-small"] > found["some"] > found["one-large"] == 0


def test_two_who_always_give_together_draw_little_under_the_pairwise_rule():
    gifts = {name: {"a": 4_900, "b": 4_900} for name in ("oven", "trees", "kiosk")}

    plain = matches(terms(Rule.QUADRATIC, 10**6), gifts)
    bounded = matches(terms(Rule.PAIRWISE, 10**6, bound_cents=5_000), gifts)

    assert sum(plain.values()) == 3 * 2 * 4_900
    assert sum(bounded.values()) < 10_000


def test_a_pairwise_rule_without_its_bound_and_a_negative_pool_are_bugs():
    with pytest.raises(ValueError, match="terms"):
        matched(terms(Rule.PAIRWISE), SAMPLE)
    with pytest.raises(ValueError, match="terms"):
        matched(terms(Rule.QUADRATIC, -1), SAMPLE)


@given(st.sampled_from(Rule), GIFTS, st.integers(0, 50_000), CAPS, CAPS)
def test_what_is_added_is_never_more_than_the_pool_nor_the_caps(
    rule, gifts, pool, person, campaign
):
    found = matched(
        Terms(rule, pool, person, campaign, 5_000 if rule is Rule.PAIRWISE else None), gifts
    )

    assert sum(one.match_cents for one in found) <= pool
    assert all(0 <= one.match_cents <= (campaign or 10**9) for one in found)
    assert all(one.counted_cents <= one.given_cents for one in found)


@given(GIFTS, st.integers(0, 50_000))
def test_a_lone_giver_draws_nothing_by_quadratic_funding(gifts, pool):
    lonely = {name: dict(list(given.items())[:1]) for name, given in gifts.items()}

    assert not any(matches(terms(Rule.QUADRATIC, pool), lonely).values())
