"""The atoms of a price: parts, and what is summed from them (shares and taxes)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from essaim.kernel.money import split_cents, tax_included_cents
from essaim.trades.food_hub.rules.terms import GOODS, Role

ORDER_LEVEL = ""  # the line key of parts that belong to the whole order
_ROLE_RANK = {role: rank for rank, role in enumerate(Role)}


class Part(NamedTuple):
    """Cents of one line that go to one beneficiary for one reason: nothing is cut finer.

    `basis` is "goods", the code of a fee, or "solidarity". `cents` contain their tax.
    """

    line_key: str
    beneficiary: str
    role: Role
    basis: str
    tax_rate_bps: int
    cents: int


class Share(NamedTuple):
    """What one beneficiary gets of an order for one reason, in cents."""

    beneficiary: str
    role: Role
    cents: int
    basis: str


class TaxPart(NamedTuple):
    """The tax of one seller at one rate: base + tax = gross, in cents."""

    seller: str
    rate_bps: int
    gross_cents: int
    base_cents: int
    tax_cents: int


class TaxTotal(NamedTuple):
    """The tax of an order at one rate: the sum over its sellers, in cents."""

    rate_bps: int
    gross_cents: int
    base_cents: int
    tax_cents: int


class InvoiceRow(NamedTuple):
    """A row of a seller's invoice; the net amounts of a rate sum to that rate's tax base."""

    line_key: str
    basis: str
    rate_bps: int
    gross_cents: int
    net_cents: int


class LinePrice(NamedTuple):
    """A line with its fees: `amount_cents` is what the buyer pays, and the sum of the parts."""

    line_key: str
    producer: str
    quantity: int
    displayed_unit_cents: int
    goods_cents: int
    amount_cents: int
    parts: tuple[Part, ...]

    @property
    def fees_cents(self) -> int:
        return self.amount_cents - self.goods_cents

    @property
    def fee_parts(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.basis != GOODS)


@dataclass(frozen=True, slots=True)
class PricedOrder:
    """A whole order, cut.

    `price_cents` is goods and fees; `solidarity_cents` what the buyer adds to it (or, negative,
    what the solidarity fund pays for them); `total_cents`, their sum, is what the buyer pays.
    Shares sum to the total. Taxes sum to the price: the tax is inside the prices, and solidarity
    is a gift or a help in paying, which changes neither what was sold nor its tax.
    """

    lines: tuple[LinePrice, ...]
    flat_parts: tuple[Part, ...]
    solidarity_parts: tuple[Part, ...]
    price_cents: int
    total_cents: int
    shares: tuple[Share, ...]
    taxes: tuple[TaxPart, ...]
    sold_by: str | None

    @property
    def solidarity_cents(self) -> int:
        return self.total_cents - self.price_cents

    @property
    def price_parts(self) -> list[Part]:
        """Every part of the price, line by line, then those of the whole order."""
        return [part for line in self.lines for part in line.parts] + list(self.flat_parts)

    @property
    def tax_totals(self) -> tuple[TaxTotal, ...]:
        """The tax per rate, lowest rate first, as the order shows it."""
        return tuple(
            TaxTotal(
                rate_bps,
                sum(tax.gross_cents for tax in self.taxes if tax.rate_bps == rate_bps),
                sum(tax.base_cents for tax in self.taxes if tax.rate_bps == rate_bps),
                sum(tax.tax_cents for tax in self.taxes if tax.rate_bps == rate_bps),
            )
            for rate_bps in sorted({tax.rate_bps for tax in self.taxes})
        )


def shares_of(parts: Iterable[Part]) -> tuple[Share, ...]:
    """Sum parts by beneficiary and basis (which implies the role); empty shares are left out."""
    cents_of: dict[tuple[str, str], int] = {}
    role_of: dict[str, Role] = {}
    for _, beneficiary, role, basis, _, cents in parts:
        key = (beneficiary, basis)
        cents_of[key] = cents_of.get(key, 0) + cents
        role_of[basis] = role
    shares = [
        Share(beneficiary, role_of[basis], cents, basis)
        for (beneficiary, basis), cents in cents_of.items()
        if cents
    ]
    return tuple(
        sorted(shares, key=lambda share: (_ROLE_RANK[share.role], share.beneficiary, share.basis))
    )


def gross_by_seller_and_rate(
    parts: Iterable[Part], sold_by: str | None
) -> dict[tuple[str, int], int]:
    """Sum parts by who invoices them and at what tax rate."""
    gross_of: dict[tuple[str, int], int] = {}
    for _, beneficiary, _, _, rate_bps, cents in parts:
        key = (beneficiary if sold_by is None else sold_by, rate_bps)
        gross_of[key] = gross_of.get(key, 0) + cents
    return gross_of


def taxes_of(parts: Iterable[Part], sold_by: str | None) -> tuple[TaxPart, ...]:
    """Return the tax contained in the parts, rounded once per seller and rate.

    That is the level of an invoice: EN 16931 rounds the tax once per rate of an invoice.
    """
    gross_of = gross_by_seller_and_rate(parts, sold_by)
    return tuple(
        _tax_part(seller, rate_bps, gross_of[seller, rate_bps])
        for seller, rate_bps in sorted(gross_of)
        if gross_of[seller, rate_bps]
    )


def _tax_part(seller: str, rate_bps: int, gross_cents: int) -> TaxPart:
    tax_cents = tax_included_cents(gross_cents, rate_bps)
    return TaxPart(seller, rate_bps, gross_cents, gross_cents - tax_cents, tax_cents)


def invoice_rows(order: PricedOrder, seller: str) -> tuple[InvoiceRow, ...]:
    """Return the rows of the seller's invoice, rate by rate, net amounts by largest remainder.

    The net amounts of a rate sum to its tax base, as BR-S-08 of EN 16931 demands. Rows of nothing
    are left out.
    """
    rows: list[InvoiceRow] = []
    for tax in order.taxes:
        if tax.seller != seller:
            continue
        parts = [
            part
            for part in order.price_parts
            if part.tax_rate_bps == tax.rate_bps
            and part.cents
            and seller in {order.sold_by, part.beneficiary}
        ]
        nets = split_cents(tax.base_cents, [part.cents for part in parts])
        rows += [
            InvoiceRow(part.line_key, part.basis, part.tax_rate_bps, part.cents, net)
            for part, net in zip(parts, nets, strict=True)
        ]
    return tuple(rows)
