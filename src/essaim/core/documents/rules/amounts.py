"""From prices with tax included to the arithmetic of an invoice, to the cent. Pure.

People pay whole cents with the tax inside; the European standard EN 16931 counts the other way,
from net amounts up. Both must meet: what is invoiced is exactly what was agreed. For each rate:

1. the net amount of the rate is its gross amount without the tax it contains (BT-116);
2. its tax is that net amount times the rate, rounded (BR-CO-17), hence BT-117;
3. a few gross amounts cannot be reached that way (3 cents at 20 %: net 2 makes 2, net 3 makes 4).
   Then the nearest net amount is taken and the cent of difference is written down as rounding
   (BT-114); two such rates are pushed in opposite directions, so the rounding of a document is
   never above one cent;
4. the net amount of the rate is shared between its lines by largest remainder, so lines always
   add up to it (BR-CO-10, BR-S-08, BR-E-08).

| article | rate | gross | net of the line |
| --- | --- | --- | --- |
| bread | 5,5 % | 3,20 | 3,03 |
| cheese | 5,5 % | 4,15 | 3,94 |
| rate 5,5 % | | 7,35 | 6,97 + tax 0,38 = 7,35 |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from essaim.kernel.money import BPS, net_of_tax, percent_of

RATE_BPS_MAX = 5_000
PRICE_DECIMALS_MAX = 10


@dataclass(frozen=True, slots=True)
class Billable:
    """One agreed line: `gross_cents` is tax included and may be negative (a discount)."""

    label: str
    quantity: int
    gross_cents: int
    rate_bps: int


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line of an invoice; `quantity x net_price`, rounded to the cent, is `net_cents`.

    `net_price` is the price of one, in euros without tax, with as many decimals as that takes.
    """

    label: str
    quantity: int
    gross_cents: int
    rate_bps: int
    net_cents: int
    net_price: str


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """All lines of one rate: net amount (BT-116) and tax (BT-117)."""

    rate_bps: int
    net_cents: int
    tax_cents: int


@dataclass(frozen=True, slots=True)
class Bill:
    """Lines, taxes and totals: `net + tax + rounding = gross`, what was agreed."""

    lines: tuple[BilledLine, ...]
    taxes: tuple[TaxGroup, ...]
    net_cents: int
    tax_cents: int
    rounding_cents: int
    gross_cents: int


def bill(lines: Sequence[Billable], *, is_vat_liable: bool) -> Bill:
    """Return the invoice of these lines; a seller that is not liable invoices everything at rate 0.

    Lines without amount and without quantity are left out.

    Raises:
        ValueError: a rate is out of range, or a quantity is negative (a bug of the caller).
    """
    kept = [_checked(line, is_vat_liable) for line in lines if line.quantity or line.gross_cents]
    nets = [0] * len(kept)
    taxes: list[TaxGroup] = []
    rounding = 0
    for rate in sorted({line.rate_bps for line in kept}):
        indexes = [index for index, line in enumerate(kept) if line.rate_bps == rate]
        grosses = [kept[index].gross_cents for index in indexes]
        net, tax = _net_and_tax(sum(grosses), rate, rounding)
        rounding += sum(grosses) - net - tax
        taxes.append(TaxGroup(rate, net, tax))
        for index, part in zip(indexes, share_net(net, grosses, rate), strict=True):
            nets[index] = part
    billed = tuple(
        BilledLine(
            label=line.label,
            quantity=line.quantity,
            gross_cents=line.gross_cents,
            rate_bps=line.rate_bps,
            net_cents=net,
            net_price=net_price(net, line.quantity),
        )
        for line, net in zip(kept, nets, strict=True)
    )
    return Bill(
        lines=billed,
        taxes=tuple(taxes),
        net_cents=sum(nets),
        tax_cents=sum(group.tax_cents for group in taxes),
        rounding_cents=rounding,
        gross_cents=sum(line.gross_cents for line in kept),
    )


def _checked(line: Billable, is_vat_liable: bool) -> Billable:  # noqa: FBT001 - private
    if not 0 <= line.rate_bps <= RATE_BPS_MAX or line.quantity < 0:
        raise ValueError(f"{line=}")
    rate = line.rate_bps if is_vat_liable else 0
    return Billable(line.label, max(line.quantity, 1), line.gross_cents, rate)


def _net_and_tax(gross_cents: int, rate_bps: int, rounding_cents: int) -> tuple[int, int]:
    """Return a net amount whose tax obeys BR-CO-17 and that comes nearest to the gross amount.

    `rounding_cents` is what earlier rates left over: among equals, the choice that cancels it wins.
    """
    nearest = net_of_tax(gross_cents, rate_bps)
    best: tuple[tuple[int, int, int], int, int] | None = None
    for net in (nearest, nearest - 1, nearest + 1):
        tax = percent_of(net, rate_bps)
        left = gross_cents - net - tax
        merit = (abs(left), abs(rounding_cents + left), abs(net - nearest))
        if best is None or merit < best[0]:
            best = (merit, net, tax)
    if best is None:  # pragma: no cover - three candidates were tried
        raise AssertionError
    return best[1], best[2]


def share_net(net_cents: int, grosses_cents: Sequence[int], rate_bps: int) -> list[int]:
    """Cut the net amount of a rate between its lines by largest remainder; parts sum to it.

    Each part is within two cents of the line's exact net amount; a line of zero stays zero.
    """
    exact = [Fraction(gross * BPS, BPS + rate_bps) for gross in grosses_cents]
    parts = [amount.__floor__() for amount in exact]
    left_over = net_cents - sum(parts)
    claims = [index for index, gross in enumerate(grosses_cents) if gross]
    if left_over > 0:
        claims.sort(key=lambda index: (parts[index] - exact[index], index))
    else:
        claims.sort(key=lambda index: (-abs(parts[index]), index))
    for step in range(abs(left_over)):
        parts[claims[step % len(claims)]] += 1 if left_over > 0 else -1
    return parts


def net_price(net_cents: int, quantity: int) -> str:
    """Return the shortest decimal price of one, in euros, that multiplies back to `net_cents`.

    Never negative: a line below zero has a negative quantity on the invoice (BR-27).
    """
    target = Decimal(abs(net_cents)).scaleb(-2)
    for decimals in range(2, PRICE_DECIMALS_MAX + 1):
        price = (target / quantity).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        if (price * quantity).quantize(Decimal("0.01"), ROUND_HALF_UP) == target:
            return str(price)
    raise ValueError(f"{net_cents=} {quantity=}")
