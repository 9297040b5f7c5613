"""Weighed goods: the price follows the scale, and never exceeds the tolerance agreed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.trades.food_hub.rules import (
    PlatformTerms,
    PricedLine,
    missing_line,
    price_order,
    reweighed_line,
)
from essaim.trades.food_hub.tests import rules_strategies as some
from essaim.trades.food_hub.tests.rules_strategies import CHICKEN, EVERYDAY_FEES, EVERYDAY_TERMS

weighable = st.builds(
    PricedLine,
    line_key=st.just("w"),
    producer=st.sampled_from(some.PRODUCERS),
    unit_price_cents=st.integers(0, 5000),
    quantity=st.integers(1, 12),
    weight_g_per_item=st.integers(1, 5000),
    tax_rate_bps=st.sampled_from(some.TAX_RATES),
)


def amount_cents(line, fees=EVERYDAY_FEES, terms=EVERYDAY_TERMS):
    return price_order([line], fees, terms).lines[0].amount_cents


def test_a_lighter_chicken_costs_what_it_weighs():
    lighter = reweighed_line(CHICKEN, 1400, 1000)

    order = price_order([lighter], EVERYDAY_FEES, EVERYDAY_TERMS)

    assert amount_cents(CHICKEN) == 2087
    assert order.lines[0].goods_cents == 1680
    # (20,87 - 0,05 packing) x 1,4 / 1,5 + 0,05: the fee per item does not melt.
    assert order.lines[0].amount_cents == 1948


def test_a_heavier_chicken_costs_what_it_weighs_within_the_tolerance():
    assert reweighed_line(CHICKEN, 1600, 1000).billed_weight_g == 1600
    assert reweighed_line(CHICKEN, 1650, 1000).billed_weight_g == 1650


def test_a_much_heavier_chicken_costs_the_tolerance_and_no_more():
    assert reweighed_line(CHICKEN, 2400, 1000).billed_weight_g == 1650
    assert reweighed_line(CHICKEN, 2400, 0).billed_weight_g == 1500


def test_a_missing_item_costs_nothing_and_stays_in_sight():
    missing = reweighed_line(CHICKEN, 0, 1000)

    order = price_order([missing], EVERYDAY_FEES, EVERYDAY_TERMS)

    assert missing == missing_line(CHICKEN) == replace(CHICKEN, quantity=0)
    assert [line.line_key for line in order.lines] == ["poulet"]
    assert order.total_cents == 0
    assert (
        price_order([replace(missing, billed_weight_g=900)], [], PlatformTerms()).total_cents == 0
    )


def test_weighing_again_starts_from_what_was_ordered():
    once = reweighed_line(CHICKEN, 1400, 1000)

    assert reweighed_line(once, 1500, 1000).billed_weight_g == 1500


@pytest.mark.parametrize(
    ("line", "real_weight_g", "tolerance_bps"),
    [(CHICKEN, -1, 0), (CHICKEN, 1, -1), (replace(CHICKEN, weight_g_per_item=0), 100, 0)],
)
def test_impossible_weights_are_bugs_of_the_caller(line, real_weight_g, tolerance_bps):
    with pytest.raises(ValueError, match="tolerance_bps"):
        reweighed_line(line, real_weight_g, tolerance_bps)


@given(line=weighable, fees=some.fees, terms=some.platform_terms)
def test_the_weight_as_ordered_costs_the_price_as_displayed(line, fees, terms):
    weighed = replace(line, billed_weight_g=line.quantity * line.weight_g_per_item)

    before = price_order([line], fees, terms)
    after = price_order([weighed], fees, terms)

    assert after == before


@given(
    line=weighable,
    fees=some.fees,
    terms=some.platform_terms,
    weights=st.lists(st.integers(1, 70_000), min_size=2, max_size=2).map(sorted),
    tolerance_bps=st.integers(0, 3000),
)
def test_more_weight_never_costs_less_nor_above_the_tolerance(
    line, fees, terms, weights, tolerance_bps
):
    lighter, heavier = (
        amount_cents(reweighed_line(line, weight_g, tolerance_bps), fees, terms)
        for weight_g in weights
    )
    displayed = amount_cents(line, fees, terms)

    assert 0 <= lighter <= heavier
    # Half a cent of rounding at most above displayed x (1 + tolerance).
    assert 20_000 * heavier <= 2 * displayed * (10_000 + tolerance_bps) + 10_000


@given(line=weighable, fees=some.fees, terms=some.platform_terms, weight_g=st.integers(1, 70_000))
def test_the_parts_of_a_weighed_line_sum_and_none_is_negative(line, fees, terms, weight_g):
    order = price_order([reweighed_line(line, weight_g, 2000)], fees, terms)

    assert sum(part.cents for part in order.lines[0].parts) == order.lines[0].amount_cents
    assert all(part.cents >= 0 for part in order.lines[0].parts)
