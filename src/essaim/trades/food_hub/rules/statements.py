"""Statements: what a producer, or anybody with a share, is owed for a cycle, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from essaim.trades.food_hub.rules.parts import PricedOrder, Share, TaxTotal
from essaim.trades.food_hub.rules.refunds import Refund


class Deal(NamedTuple):
    """An order as it was settled, with the refunds made since."""

    order_key: str
    order: PricedOrder
    refunds: Sequence[Refund] = ()


class StatementRow(NamedTuple):
    """What one order brought for one reason, in cents: due = sold - refunded."""

    order_key: str
    basis: str
    sold_cents: int
    refunded_cents: int
    due_cents: int


@dataclass(frozen=True, slots=True)
class Statement:
    """Rows and their sums, in cents; `taxes` is what the beneficiary itself invoiced, per rate.

    When another organisation sells everything, that one invoices and `taxes` is empty here.
    """

    beneficiary: str
    rows: tuple[StatementRow, ...]
    sold_cents: int
    refunded_cents: int
    due_cents: int
    taxes: tuple[TaxTotal, ...]


def statement(beneficiary: str, deals: Iterable[Deal]) -> Statement:
    """Return the statement of one beneficiary over many orders; every column adds up.

    The taxes are sums of the taxes of each order, never computed again on a total, so the
    statement agrees with the invoices.
    """
    settled = list(deals)
    rows = [row for deal in settled for row in _rows(beneficiary, deal)]
    return Statement(
        beneficiary=beneficiary,
        rows=tuple(rows),
        sold_cents=sum(row.sold_cents for row in rows),
        refunded_cents=sum(row.refunded_cents for row in rows),
        due_cents=sum(row.due_cents for row in rows),
        taxes=_taxes(beneficiary, settled),
    )


def _rows(beneficiary: str, deal: Deal) -> list[StatementRow]:
    sold = _cents_by_basis(beneficiary, deal.order.shares)
    refunded = _cents_by_basis(
        beneficiary, [share for refund in deal.refunds for share in refund.shares]
    )
    return [
        StatementRow(
            deal.order_key, basis, cents, refunded.get(basis, 0), cents - refunded.get(basis, 0)
        )
        for basis, cents in sorted(sold.items())
    ]


def _cents_by_basis(beneficiary: str, shares: Iterable[Share]) -> dict[str, int]:
    cents_of: dict[str, int] = {}
    for share in shares:
        if share.beneficiary == beneficiary:
            cents_of[share.basis] = cents_of.get(share.basis, 0) + share.cents
    return cents_of


def _taxes(beneficiary: str, deals: list[Deal]) -> tuple[TaxTotal, ...]:
    signed = [(1, tax) for deal in deals for tax in deal.order.taxes]
    signed += [(-1, tax) for deal in deals for refund in deal.refunds for tax in refund.taxes]
    own = [(sign, tax) for sign, tax in signed if tax.seller == beneficiary]
    return tuple(
        TaxTotal(
            rate_bps,
            sum(sign * tax.gross_cents for sign, tax in own if tax.rate_bps == rate_bps),
            sum(sign * tax.base_cents for sign, tax in own if tax.rate_bps == rate_bps),
            sum(sign * tax.tax_cents for sign, tax in own if tax.rate_bps == rate_bps),
        )
        for rate_bps in sorted({tax.rate_bps for _, tax in own})
    )
