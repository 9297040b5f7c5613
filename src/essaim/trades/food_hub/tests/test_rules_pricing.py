"""An order is priced so that whatever is shown, before and after, sums to the cent."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.trades.food_hub.rules import (
    ORDER_LEVEL,
    FeeKind,
    FeeTerm,
    PlatformTerms,
    PricedLine,
    Role,
    Share,
    SolidarityOutOfBounds,
    check_solidarity,
    displayed_unit_price_cents,
    displayed_unit_prices_cents,
    max_sellable,
    price_order,
    stock_units_needed,
)
from essaim.trades.food_hub.tests import rules_strategies as some
from essaim.trades.food_hub.tests.rules_strategies import (
    CARROTS,
    EVERYDAY_FEES,
    EVERYDAY_TERMS,
    FLOUR,
)

NO_TERMS = PlatformTerms()


def percent(code, bps, **changes):
    fee = FeeTerm(code, code, FeeKind.PERCENT, bps, Role.HUB, code)
    return replace(fee, **changes)


def cents_by_fee(order):
    return {share.basis: share.cents for share in order.shares}


def test_an_everyday_order_says_where_each_euro_goes():
    order = price_order([CARROTS, FLOUR], EVERYDAY_FEES, EVERYDAY_TERMS)

    assert [line.displayed_unit_cents for line in order.lines] == [299, 394]
    assert [line.amount_cents for line in order.lines] == [897, 788]
    assert order.price_cents == order.total_cents == 897 + 788 + 150
    assert order.shares == (
        Share("ferme", Role.PRODUCER, 720, "goods"),
        Share("moulin", Role.PRODUCER, 630, "goods"),
        Share("reseau", Role.COORDINATOR, 48, "coordination"),
        Share("hub", Role.HUB, 108, "hub"),
        Share("hub", Role.HUB, 25, "packing"),
        Share("hub", Role.HUB, 150, "pickup"),
        Share("hub", Role.HUB, 120, "transport"),
        Share("platform", Role.PLATFORM, 27, "platform"),
        Share("commons", Role.COMMONS, 7, "commons"),
    )


def test_an_empty_basket_costs_nothing_not_even_the_fee_per_order():
    order = price_order([], EVERYDAY_FEES, EVERYDAY_TERMS, 2500)

    assert (order.price_cents, order.total_cents) == (0, 0)
    assert (order.lines, order.shares, order.taxes, order.flat_parts) == ((), (), (), ())


def test_a_flat_fee_is_due_once_when_goods_it_concerns_are_bought():
    flat = replace(EVERYDAY_FEES[-1], applies_to=frozenset({"moulin"}))
    absent = replace(FLOUR, quantity=0)

    without = price_order([CARROTS, absent], [flat], NO_TERMS)
    with_flour = price_order([CARROTS, FLOUR], [flat], NO_TERMS)

    assert without.flat_parts == ()
    assert [(part.line_key, part.cents) for part in with_flour.flat_parts] == [(ORDER_LEVEL, 150)]


def test_a_fee_is_borne_only_by_the_producers_it_concerns():
    fee = percent("hub", 1000, applies_to=frozenset({"ferme"}))

    order = price_order([CARROTS, FLOUR], [fee], NO_TERMS)

    assert [line.fees_cents for line in order.lines] == [72, 0]
    assert [part.cents for part in order.lines[0].fee_parts] == [72]
    assert order.lines[1].fee_parts == ()


def test_no_fee_bears_a_fee():
    fees = [percent("a", 1000), percent("b", 1000)]

    order = price_order([replace(CARROTS, unit_price_cents=1000, quantity=1)], fees, NO_TERMS)

    assert order.price_cents == 1200


def test_the_fees_of_one_item_are_rounded_together_once():
    half_cents = [percent("a", 50), percent("b", 50)]
    item = PricedLine("x", "ferme", 100, 1)

    assert displayed_unit_price_cents(item, half_cents, NO_TERMS) == 101
    assert displayed_unit_price_cents(item, half_cents[:1], NO_TERMS) == 101
    assert displayed_unit_price_cents(replace(item, unit_price_cents=99), half_cents, NO_TERMS) == (
        100
    )


def test_a_fraction_of_a_cent_is_carried_to_the_next_line():
    fees = [percent("a", 150), percent("b", 150)]
    lines = [PricedLine(f"line-{number:02d}", "ferme", 100, 1) for number in range(20)]

    order = price_order(lines, fees, NO_TERMS)

    assert cents_by_fee(order) == {"goods": 2000, "a": 30, "b": 30}


def test_a_tiny_rate_gets_its_due_from_many_cheap_goods():
    fees = [percent("hub", 1000)]
    lines = [PricedLine(f"line-{number:02d}", "ferme", 90, 1) for number in range(20)]

    order = price_order(lines, fees, PlatformTerms(commons_bps=50))

    assert cents_by_fee(order) == {"goods": 1800, "hub": 171, "commons": 9}


def test_a_pot_too_small_for_all_who_are_owed_leaves_the_last_of_equals_waiting():
    farm_only = frozenset({"ferme"})
    fees = [
        percent("a", 300, applies_to=farm_only),
        percent("b", 300, applies_to=farm_only),
        percent("c", 100),
        percent("d", 100),
    ]
    lines = [
        PricedLine("1", "ferme", 50, 1),
        PricedLine("2", "moulin", 50, 1),
        PricedLine("3", "ferme", 25, 1),
    ]

    order = price_order(lines, fees, NO_TERMS)

    # Line 1 leaves c and d half a cent each; line 2 owes both a whole cent and has only one.
    assert [[part.cents for part in line.fee_parts] for line in order.lines] == [
        [2, 2, 0, 0],
        [1, 0],
        [1, 0, 0, 1],
    ]


@given(lines=some.lines, fees=some.fees, terms=some.platform_terms, factor=some.solidarity)
def test_everything_shown_sums_to_the_cent(lines, fees, terms, factor):
    order = price_order(lines, fees, terms, factor)

    for line in order.lines:
        assert sum(part.cents for part in line.parts) == line.amount_cents
        assert line.goods_cents + sum(part.cents for part in line.fee_parts) == line.amount_cents
    assert sum(part.cents for part in order.price_parts) == order.price_cents
    assert sum(share.cents for share in order.shares) == order.total_cents
    assert order.price_cents + order.solidarity_cents == order.total_cents
    assert sum(tax.base_cents + tax.tax_cents for tax in order.tax_totals) == order.price_cents


@given(lines=some.lines, fees=some.fees, terms=some.platform_terms)
def test_the_shelf_price_times_the_quantity_is_what_is_paid(lines, fees, terms):
    order = price_order(lines, fees, terms)

    shelf = displayed_unit_prices_cents(lines, fees, terms)

    for line, priced, shelf_cents in zip(lines, order.lines, shelf, strict=True):
        assert priced.line_key == line.line_key
        assert priced.displayed_unit_cents == shelf_cents
        assert priced.amount_cents == line.quantity * shelf_cents
        assert shelf_cents == displayed_unit_price_cents(line, fees, terms)


@given(lines=some.lines, fees=some.fees, terms=some.platform_terms)
def test_the_shelf_price_is_at_most_half_a_cent_from_the_exact_price(lines, fees, terms):
    shelf = displayed_unit_prices_cents(lines, fees, terms)

    for line, shelf_cents in zip(lines, shelf, strict=True):
        exact = Fraction(line.unit_price_cents * (10_000 + terms.platform_bps + terms.commons_bps))
        exact /= 10_000
        for fee in fees:
            if fee.applies(line.producer):
                exact += {
                    FeeKind.PERCENT: Fraction(line.unit_price_cents * fee.amount, 10_000),
                    FeeKind.PER_ITEM: fee.amount,
                    FeeKind.PER_KILO: Fraction(fee.amount * line.weight_g_per_item, 1000),
                    FeeKind.FLAT_ORDER: 0,
                }[fee.kind]
        assert abs(shelf_cents - exact) <= Fraction(1, 2)


@given(lines=some.lines, fees=some.fees, terms=some.platform_terms, factor=some.solidarity)
def test_a_producer_receives_exactly_the_price_they_asked(lines, fees, terms, factor):
    order = price_order(lines, fees, terms, factor)

    for producer in some.PRODUCERS:
        asked = sum(
            line.unit_price_cents * line.quantity for line in lines if line.producer == producer
        )
        received = sum(
            share.cents
            for share in order.shares
            if (share.beneficiary, share.basis) == (producer, "goods")
        )
        assert received == asked


@given(lines=some.lines, fees=some.fees, terms=some.platform_terms, seed=st.integers(0, 10**6))
def test_the_order_of_lines_and_fees_changes_nothing(lines, fees, terms, seed):
    before = price_order(lines, fees, terms)
    shuffled_lines, shuffled_fees = lines.copy(), fees.copy()
    Random(seed).shuffle(shuffled_lines)
    Random(seed + 1).shuffle(shuffled_fees)

    after = price_order(shuffled_lines, shuffled_fees, terms)

    assert (after.shares, after.taxes) == (before.shares, before.taxes)
    assert {line.line_key: line for line in after.lines} == {
        line.line_key: line for line in before.lines
    }


@given(lines=some.lines, fees=some.fees, terms=some.platform_terms)
def test_nobody_is_far_from_their_proportion_of_the_fees_collected(lines, fees, terms):
    order = price_order(lines, fees, terms)
    proportional = [fee for fee in fees if fee.kind in {FeeKind.PERCENT, FeeKind.PER_KILO}]
    exact = dict.fromkeys([fee.code for fee in proportional] + ["platform", "commons"], Fraction(0))
    for line, priced in zip(lines, order.lines, strict=True):
        due = {
            fee.code: Fraction(
                line.unit_price_cents * fee.amount
                if fee.kind == FeeKind.PERCENT
                else fee.amount * line.weight_g_per_item * 10
            )
            for fee in proportional
            if fee.applies(line.producer)
        }
        due["platform"] = Fraction(line.unit_price_cents * terms.platform_bps)
        due["commons"] = Fraction(line.unit_price_cents * terms.commons_bps)
        pot = sum(part.cents for part in priced.parts if part.basis in due)
        for code, weight in due.items():
            exact[code] += pot * weight / (sum(due.values()) or 1)

    received = cents_by_fee(order)

    for code, cents in exact.items():
        assert abs(received.get(code, 0) - cents) < 2


@given(lines=some.lines, fees=some.fees, terms=some.platform_terms, factor=some.solidarity)
def test_solidarity_changes_nobodys_share_but_the_funds(lines, fees, terms, factor):
    plain = price_order(lines, fees, terms)

    chosen = price_order(lines, fees, terms, factor)

    others = tuple(share for share in chosen.shares if share.role != Role.SOLIDARITY)
    fund = sum(share.cents for share in chosen.shares if share.role == Role.SOLIDARITY)
    assert others == plain.shares
    assert (chosen.lines, chosen.taxes) == (plain.lines, plain.taxes)
    assert chosen.total_cents == plain.total_cents + fund
    assert chosen.total_cents >= 0


def test_paying_more_feeds_the_fund_and_paying_less_draws_on_it():
    more = price_order([CARROTS], [], NO_TERMS, 2500)
    less = price_order([CARROTS], [], NO_TERMS, -3000)

    assert (more.total_cents, more.solidarity_cents) == (900, 180)
    assert less.shares == (
        Share("ferme", Role.PRODUCER, 720, "goods"),
        Share("solidarity", Role.SOLIDARITY, -216, "solidarity"),
    )
    assert less.total_cents == 504


def test_nobody_is_paid_to_take_goods():
    with pytest.raises(ValueError, match="solidarity_bps"):
        price_order([CARROTS], [], NO_TERMS, -10_001)


@pytest.mark.parametrize("asked", [-3000, 0, 5000])
def test_a_solidarity_factor_within_the_bounds_of_the_hub_is_accepted(asked):
    check_solidarity(asked, min_bps=-3000, max_bps=5000)


@pytest.mark.parametrize("asked", [-3001, 1251])
def test_a_solidarity_factor_outside_the_bounds_of_the_hub_is_refused(asked):
    with pytest.raises(SolidarityOutOfBounds) as refusal:
        check_solidarity(asked, min_bps=-3000, max_bps=1250)

    assert refusal.value.code == "food_hub.solidarity-out-of-bounds"
    assert refusal.value.details == {
        "asked_bps": asked,
        "min_percent": "-30",
        "max_percent": "12.5",
    }


@pytest.mark.parametrize(
    "make",
    [
        lambda: percent("", 100),
        lambda: percent("a", -1),
        lambda: percent("a", 100, tax_rate_bps=-1),
        lambda: percent("a", 100, kind=FeeKind.FLAT_ORDER, inherits_tax=True),
        lambda: PlatformTerms(commons_bps=-1),
        lambda: PricedLine("", "ferme", 100, 1),
        lambda: PricedLine("x", "ferme", -100, 1),
        lambda: PricedLine("x", "ferme", 100, -1),
        lambda: PricedLine("x", "ferme", 100, 1, billed_weight_g=500),
        lambda: PricedLine("x", "ferme", 100, 1, 500, billed_weight_g=-1),
        lambda: price_order([CARROTS, CARROTS], [], NO_TERMS),
        lambda: price_order([CARROTS], [percent("a", 1), percent("a", 2)], NO_TERMS),
        lambda: price_order([CARROTS], [percent("goods", 1)], NO_TERMS),
        lambda: stock_units_needed(0, 1),
        lambda: stock_units_needed(6, -1),
        lambda: max_sellable(24, 0),
        lambda: max_sellable(-1, 6),
    ],
)
def test_impossible_numbers_are_bugs_of_the_caller(make):
    with pytest.raises(ValueError, match=r".+"):
        make()


def test_a_pool_of_24_jars_is_4_cases_of_6_or_24_singles():
    assert max_sellable(24, 6) == 4
    assert max_sellable(24, 1) == 24
    assert max_sellable(23, 6) == 3
    assert stock_units_needed(6, 4) == 24


@given(pool=st.integers(0, 10**6), size=st.integers(1, 500))
def test_what_is_sellable_fits_in_the_pool_and_one_pack_more_does_not(pool, size):
    packs = max_sellable(pool, size)

    assert stock_units_needed(size, packs) <= pool < stock_units_needed(size, packs + 1)
