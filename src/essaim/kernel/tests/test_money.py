"""Money is exact: parts sum, shares are fair, taxes and texts are right."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.kernel.money import (
    divide_half_up,
    format_euros,
    net_of_tax,
    percent_of,
    split_cents,
    tax_included_cents,
)

cents = st.integers(-(10**12), 10**12)
int_weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)
exact_weights = st.lists(
    st.one_of(st.integers(0, 1000), st.fractions(0, 1000, max_denominator=50)),
    min_size=1,
    max_size=8,
).filter(any)
rates_bps = st.sampled_from([210, 550, 1000, 2000])


def test_the_cent_left_over_goes_to_the_largest_remainder():
    assert split_cents(100, [1, 1, 1]) == [34, 33, 33]
    assert split_cents(10, [70, 22, 8]) == [7, 2, 1]
    assert split_cents(1, [1, 2]) == [0, 1]


def test_equal_remainders_go_to_the_larger_weight_then_to_the_first():
    assert split_cents(2, [1, 3]) == [0, 2]
    assert split_cents(2, [3, 1]) == [2, 0]
    assert split_cents(1, [5, 5]) == [1, 0]


def test_weights_may_be_exact_fractions():
    assert split_cents(100, [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]) == [50, 33, 17]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [2, -1], [-1], [Fraction(-1, 2), 1]])
def test_weights_that_share_nothing_are_a_bug_of_the_caller(weights):
    with pytest.raises(ValueError, match="weights must be positive or zero and not all zero"):
        split_cents(100, weights)


@pytest.mark.parametrize("chunk", range(10))
def test_a_million_random_splits_give_back_every_cent(chunk):
    random = Random(chunk)
    draw = random.random

    for _ in range(100_000):
        total = int(draw() * 2_000_001) - 1_000_000
        weights = [int(draw() * 10_000) for _ in range(1 + int(draw() * 6))]
        weights[0] += 1
        weight_sum = sum(weights)

        parts = split_cents(total, weights)

        assert sum(parts) == total
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part * weight_sum - total * weight) < weight_sum


@given(total=cents, weights=exact_weights)
def test_a_part_is_less_than_a_cent_from_its_exact_share(total, weights):
    parts = split_cents(total, weights)

    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total) * weight / sum(weights)) < 1


@given(total=cents, weights=int_weights, seed=st.integers(0, 10**6))
def test_the_order_of_the_weights_changes_nobodys_part(total, weights, seed):
    shuffled = weights.copy()
    Random(seed).shuffle(shuffled)

    before = sorted(zip(weights, split_cents(total, weights), strict=True))
    after = sorted(zip(shuffled, split_cents(total, shuffled), strict=True))

    assert after == before


@given(total=cents, weights=int_weights)
def test_a_refund_is_the_mirror_of_a_payment(total, weights):
    assert split_cents(-total, weights) == [-part for part in split_cents(total, weights)]


@given(total=st.integers(0, 10**9), remaining=int_weights)
def test_no_part_exceeds_its_weight_when_the_total_does_not_exceed_their_sum(total, remaining):
    total = min(total, sum(remaining))

    parts = split_cents(total, remaining)

    assert all(0 <= part <= rest for part, rest in zip(parts, remaining, strict=True))


def test_halves_round_away_from_zero():
    assert divide_half_up(5, 2) == 3
    assert divide_half_up(-5, 2) == -3
    assert divide_half_up(-4, 3) == -1
    assert divide_half_up(0, 7) == 0


@pytest.mark.parametrize("denominator", [0, -2])
def test_a_denominator_is_positive(denominator):
    with pytest.raises(ValueError, match="denominator"):
        divide_half_up(1, denominator)


@given(amount=cents, bps=st.integers(-20_000, 20_000))
def test_a_percentage_is_the_nearest_cent(amount, bps):
    exact = Fraction(amount * bps, 10_000)

    rounded = percent_of(amount, bps)

    assert abs(rounded - exact) <= Fraction(1, 2)
    if abs(rounded - exact) == Fraction(1, 2):
        assert abs(rounded) > abs(exact)


def test_the_tax_of_everyday_prices():
    assert tax_included_cents(1055, 550) == 55
    assert net_of_tax(1055, 550) == 1000
    assert tax_included_cents(1200, 2000) == 200
    assert tax_included_cents(999, 0) == 0
    assert tax_included_cents(-1055, 550) == -55


def test_a_tax_rate_is_never_negative():
    with pytest.raises(ValueError, match="rate_bps"):
        tax_included_cents(100, -1)


@given(gross=st.integers(-(10**9), 10**9), rate=rates_bps)
def test_net_and_tax_sum_and_meet_the_invoice_rule_within_a_cent(gross, rate):
    net, tax = net_of_tax(gross, rate), tax_included_cents(gross, rate)

    assert net + tax == gross
    assert abs(percent_of(net, rate) - tax) <= 1


@given(net=st.integers(-(10**9), 10**9), rate=rates_bps)
def test_every_gross_that_an_invoice_rule_can_reach_is_cut_by_that_rule(net, rate):
    tax = percent_of(net, rate)

    assert net_of_tax(net + tax, rate) == net
    assert tax_included_cents(net + tax, rate) == tax


def test_euros_are_written_as_in_french():
    assert format_euros(123_450) == "1\u202f234,50\u00a0€"
    assert format_euros(123_456_789_00, "fr-FR") == "123\u202f456\u202f789,00\u00a0€"
    assert format_euros(-5) == "\u22120,05\u00a0€"
    assert format_euros(0) == "0,00\u00a0€"


def test_euros_are_written_as_in_english():
    assert format_euros(123_450, "en") == "€1,234.50"
    assert format_euros(-123, "en-GB") == "\u2212€1.23"


def test_an_unknown_locale_is_a_bug_of_the_caller():
    with pytest.raises(ValueError, match="locale"):
        format_euros(1, "tlh")
