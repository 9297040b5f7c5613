"""A statement adds up: by row, by column, with its invoices and with everybody else's."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from essaim.trades.food_hub.rules import (
    Deal,
    PlatformTerms,
    StatementRow,
    TaxTotal,
    left_to_refund_cents,
    price_order,
    refund_split,
    statement,
)
from essaim.trades.food_hub.tests import rules_strategies as some
from essaim.trades.food_hub.tests.rules_strategies import (
    CARROTS,
    CHICKEN,
    EVERYDAY_FEES,
    EVERYDAY_TERMS,
    FLOUR,
)

orders = st.builds(price_order, some.lines, some.fees, some.platform_terms, some.solidarity)


def test_a_producer_reads_what_each_order_brought():
    first = price_order([CARROTS, FLOUR], EVERYDAY_FEES, EVERYDAY_TERMS)
    second = price_order([CHICKEN], EVERYDAY_FEES, EVERYDAY_TERMS)
    refund = refund_split(first, {"carottes": 299})

    read = statement("ferme", [Deal("A1", first, [refund]), Deal("A2", second)])

    assert read.rows == (
        StatementRow("A1", "goods", 720, 240, 480),
        StatementRow("A2", "goods", 1800, 0, 1800),
    )
    assert (read.sold_cents, read.refunded_cents, read.due_cents) == (2520, 240, 2280)
    assert read.taxes == (TaxTotal(550, 2280, 2161, 119),)


def test_a_producer_who_sells_to_the_hub_invoices_the_hub_not_the_buyers():
    order = price_order([CARROTS], EVERYDAY_FEES, PlatformTerms(sold_by="hub"))

    read = statement("ferme", [Deal("A1", order)])

    assert read.due_cents == 720
    assert read.taxes == ()


def test_someone_without_a_share_has_an_empty_statement():
    order = price_order([CARROTS], [], PlatformTerms())

    read = statement("moulin", [Deal("A1", order)])

    assert (read.rows, read.due_cents, read.taxes) == ((), 0, ())


# Orders are large to draw: on a loaded machine that alone is slow, and proves nothing.
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(priced=st.lists(orders, max_size=3), data=st.data())
def test_statements_add_up_and_together_are_all_the_money(priced, data):
    deals = []
    for number, order in enumerate(priced):
        left = left_to_refund_cents(order, [line.line_key for line in order.lines])
        amounts = {key: data.draw(st.integers(0, cents)) for key, cents in left.items()}
        deals.append(Deal(f"A{number}", order, [refund_split(order, amounts)]))
    everybody = {share.beneficiary for deal in deals for share in deal.order.shares}

    statements = [statement(beneficiary, deals) for beneficiary in sorted(everybody)]

    for read in statements:
        assert read.sold_cents - read.refunded_cents == read.due_cents
        assert sum(row.due_cents for row in read.rows) == read.due_cents
        assert all(tax.base_cents + tax.tax_cents == tax.gross_cents for tax in read.taxes)
    paid = sum(deal.order.total_cents for deal in deals)
    paid_back = sum(refund.paid_back_cents for deal in deals for refund in deal.refunds)
    assert sum(read.due_cents for read in statements) == paid - paid_back
