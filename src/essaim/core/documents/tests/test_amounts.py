"""What is invoiced is what was agreed, and every sum of EN 16931 holds, for any lines."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaim.core.documents.rules import Billable, bill
from essaim.core.documents.rules.amounts import net_price, share_net

RATES = (0, 210, 550, 1000, 2000)
LINES = st.lists(
    st.builds(
        Billable,
        label=st.just("Article"),
        quantity=st.integers(1, 60),
        gross_cents=st.one_of(st.integers(-300, 300), st.integers(1, 2_000_000)),
        rate_bps=st.one_of(st.sampled_from(RATES), st.integers(0, 5000)),
    ),
    min_size=1,
    max_size=14,
)


def rounded(amount):
    """Halves away from zero, counted with decimals: not the way of the rule itself."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


@settings(max_examples=400)
@given(lines=LINES)
def test_what_is_invoiced_is_what_was_agreed(lines):
    counted = bill(lines, is_vat_liable=True)

    assert counted.gross_cents == sum(line.gross_cents for line in lines)
    assert counted.net_cents + counted.tax_cents + counted.rounding_cents == counted.gross_cents
    assert abs(counted.rounding_cents) <= 1


@settings(max_examples=400)
@given(lines=LINES)
def test_every_sum_of_the_european_standard_holds(lines):
    counted = bill(lines, is_vat_liable=True)

    assert counted.net_cents == sum(line.net_cents for line in counted.lines)
    assert counted.net_cents == sum(group.net_cents for group in counted.taxes)
    assert counted.tax_cents == sum(group.tax_cents for group in counted.taxes)
    for group in counted.taxes:
        of_rate = [line for line in counted.lines if line.rate_bps == group.rate_bps]
        assert group.net_cents == sum(line.net_cents for line in of_rate)
        assert group.tax_cents == rounded(Decimal(group.net_cents) * group.rate_bps / 10_000)


@settings(max_examples=400)
@given(lines=LINES)
def test_each_line_is_within_two_cents_of_its_exact_net_amount(lines):
    counted = bill(lines, is_vat_liable=True)

    for line in counted.lines:
        exact = Fraction(line.gross_cents * 10_000, 10_000 + line.rate_bps)
        assert abs(line.net_cents - exact) < 2
        price = Decimal(line.net_price) * line.quantity * 100
        assert rounded(price) == abs(line.net_cents)


@given(lines=LINES)
def test_a_seller_out_of_vat_invoices_what_is_paid_without_tax(lines):
    counted = bill(lines, is_vat_liable=False)

    assert counted.net_cents == counted.gross_cents
    assert counted.tax_cents == counted.rounding_cents == 0
    assert {group.rate_bps for group in counted.taxes} <= {0}


def test_a_gross_amount_that_no_net_amount_reaches_is_rounded_by_one_cent_and_said_so():
    counted = bill([Billable("Clou", 1, 3, 2000)], is_vat_liable=True)

    assert (counted.net_cents, counted.tax_cents, counted.rounding_cents) == (2, 0, 1)


def test_two_roundings_cancel_each_other():
    counted = bill([Billable("Clou", 1, 3, 2000), Billable("Vis", 1, 5, 1000)], is_vat_liable=True)

    assert counted.rounding_cents == 0
    assert counted.net_cents + counted.tax_cents == 8


def test_a_line_without_amount_and_quantity_is_left_out_and_a_free_one_stays():
    counted = bill(
        [Billable("Manquant", 0, 0, 550), Billable("Offert", 1, 0, 550)], is_vat_liable=True
    )

    assert [(line.label, line.net_cents) for line in counted.lines] == [("Offert", 0)]


@pytest.mark.parametrize(
    "line",
    [Billable("Loin", 1, 100, -1), Billable("Trop", 1, 100, 5001), Billable("Moins", -1, 1, 0)],
)
def test_a_line_out_of_range_is_a_bug_of_the_caller(line):
    with pytest.raises(ValueError, match="line="):
        bill([line], is_vat_liable=True)


@pytest.mark.parametrize(
    ("net_cents", "quantity", "price"),
    [(1185, 2, "5.925"), (2495, 6, "4.158"), (100, 3, "0.333"), (0, 4, "0.00"), (-100, 1, "1.00")],
)
def test_the_shortest_price_that_multiplies_back_is_printed(net_cents, quantity, price):
    assert net_price(net_cents, quantity) == price


def test_a_cent_less_is_taken_from_the_largest_line():
    assert share_net(8, [10, 1], 2000) == [8, 0]
