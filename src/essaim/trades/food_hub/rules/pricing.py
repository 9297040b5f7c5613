"""The price of an order, cut to the cent: docs/explanation/fees-and-rounding.md tells why.

The price of one item is rounded once; everything else is multiplied or cut, never rounded again,
so what the shelf, the basket, the receipt and the shares say always agrees.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from essaim.kernel.money import BPS, divide_half_up, percent_of
from essaim.trades.food_hub.rules.parts import (
    ORDER_LEVEL,
    LinePrice,
    Part,
    PricedOrder,
    shares_of,
    taxes_of,
)
from essaim.trades.food_hub.rules.terms import (
    GOODS,
    SOLIDARITY,
    FeeKind,
    FeePlan,
    FeeTerm,
    PlatformTerms,
    PricedLine,
    Role,
    plan_fees,
)

GRAIN = BPS  # entitlements are counted in ten-thousandths of a cent, where percentages are whole


@dataclass(frozen=True, slots=True)
class _Tariff:
    """The fees that the goods of one producer bear, ready for multiplying."""

    terms: tuple[FeeTerm, ...]  # proportional ones
    slots: tuple[int, ...]  # their places in the order's memory of fractions of a cent
    price_factors: tuple[int, ...]
    weight_factors: tuple[int, ...]
    per_item: tuple[FeeTerm, ...]
    per_item_cents: int

    def entitlements(self, line: PricedLine) -> list[int]:
        """Return what each proportional fee should get of one item, in grains."""
        price_cents, weight_g = line.unit_price_cents, line.weight_g_per_item
        return [
            by_price * price_cents + by_weight * weight_g
            for by_price, by_weight in zip(self.price_factors, self.weight_factors, strict=True)
        ]


def price_order(
    lines: Sequence[PricedLine],
    fees: Sequence[FeeTerm],
    terms: PlatformTerms,
    solidarity_bps: int = 0,
) -> PricedOrder:
    """Price an order and cut it into everybody's shares, in cents that sum exactly.

    The order of `lines` and `fees` changes nothing: fractions of a cent travel from line to line
    in the order of the line keys, between fees in the order of their codes.

    Args:
        solidarity_bps: what the buyer chose to pay more (or less), on goods and fees.

    Raises:
        ValueError: two lines or fees share a key, or the discount exceeds the price.
    """
    if solidarity_bps < -BPS:
        raise ValueError(f"{solidarity_bps=}")
    plan = plan_fees(fees, terms)
    priced = _price_lines(lines, plan)
    flat_parts = _flat_parts(lines, plan)
    price_parts = [part for line in priced for part in line.parts]
    price_parts += flat_parts
    price_cents = sum(line.amount_cents for line in priced) + sum(part.cents for part in flat_parts)
    solidarity_cents = percent_of(price_cents, solidarity_bps)
    solidarity = solidarity_part(terms.solidarity_key, solidarity_cents)
    return PricedOrder(
        lines=priced,
        flat_parts=flat_parts,
        solidarity_parts=solidarity,
        price_cents=price_cents,
        total_cents=price_cents + solidarity_cents,
        shares=shares_of((*price_parts, *solidarity)),
        taxes=taxes_of(price_parts, terms.sold_by),
        sold_by=terms.sold_by,
    )


def displayed_unit_price_cents(
    line: PricedLine, fees: Sequence[FeeTerm], terms: PlatformTerms
) -> int:
    """Return the price of one item on the shelf: goods and fees, without flat fees, in cents.

    It is a promise: `quantity` items cost exactly `quantity` times it.
    """
    return displayed_unit_prices_cents([line], fees, terms)[0]


def displayed_unit_prices_cents(
    lines: Sequence[PricedLine], fees: Sequence[FeeTerm], terms: PlatformTerms
) -> list[int]:
    """Return the shelf prices of many items at once, in the order of `lines`."""
    plan = plan_fees(fees, terms)
    tariffs = {producer: _tariff(plan, producer) for producer in {line.producer for line in lines}}
    return [
        line.unit_price_cents
        + _pot_per_item_cents(tariffs[line.producer].entitlements(line))
        + tariffs[line.producer].per_item_cents
        for line in lines
    ]


def solidarity_part(solidarity_key: str, cents: int) -> tuple[Part, ...]:
    """Return the part of the solidarity fund (negative: it pays), or none."""
    if cents == 0:
        return ()
    return (Part(ORDER_LEVEL, solidarity_key, Role.SOLIDARITY, SOLIDARITY, 0, cents),)


def _tariff(plan: FeePlan, producer: str) -> _Tariff:
    chosen = [(slot, fee) for slot, fee in enumerate(plan.proportional) if fee.applies(producer)]
    per_item = tuple(fee for fee in plan.per_item if fee.applies(producer))
    return _Tariff(
        terms=tuple(fee for _, fee in chosen),
        slots=tuple(slot for slot, _ in chosen),
        price_factors=tuple(fee.amount if fee.kind == FeeKind.PERCENT else 0 for _, fee in chosen),
        # cents per kilogram x grams = thousandths of a cent: ten grains each.
        weight_factors=tuple(
            fee.amount * (GRAIN // 1000) if fee.kind == FeeKind.PER_KILO else 0 for _, fee in chosen
        ),
        per_item=per_item,
        per_item_cents=sum(fee.amount for fee in per_item),
    )


def _pot_per_item_cents(entitlements: list[int]) -> int:
    """Return the proportional fees of one item, rounded together once, halves up."""
    return divide_half_up(sum(entitlements), GRAIN)


def _price_lines(lines: Sequence[PricedLine], plan: FeePlan) -> tuple[LinePrice, ...]:
    """Price each line, carrying fractions of a cent from one to the next."""
    carried = [0] * len(plan.proportional)
    tariffs: dict[str, _Tariff] = {}
    priced: dict[str, LinePrice] = {}
    for line in sorted(lines, key=lambda line: line.line_key):
        tariff = tariffs.get(line.producer)
        if tariff is None:
            tariff = tariffs[line.producer] = _tariff(plan, line.producer)
        priced[line.line_key] = _price_line(line, tariff, carried)
    if len(priced) < len(lines):
        raise ValueError("two lines have the same key")
    return tuple(priced[line.line_key] for line in lines)


def _price_line(line: PricedLine, tariff: _Tariff, carried: list[int]) -> LinePrice:
    key, quantity = line.line_key, line.quantity
    entitlements = tariff.entitlements(line)
    pot_per_item_cents = _pot_per_item_cents(entitlements)
    goods_cents, pot_cents = _goods_and_pot_cents(line, pot_per_item_cents)
    parts = [Part(key, line.producer, Role.PRODUCER, GOODS, line.tax_rate_bps, goods_cents)]
    pot_shares = _share_pot(pot_cents, entitlements, carried, tariff.slots)
    for fee, cents in zip(tariff.terms, pot_shares, strict=True):
        rate_bps = line.tax_rate_bps if fee.inherits_tax else fee.tax_rate_bps
        parts.append(Part(key, fee.beneficiary, fee.role, fee.code, rate_bps, cents))
    for fee in tariff.per_item:
        rate_bps = line.tax_rate_bps if fee.inherits_tax else fee.tax_rate_bps
        cents = fee.amount * quantity
        parts.append(Part(key, fee.beneficiary, fee.role, fee.code, rate_bps, cents))
    return LinePrice(
        line_key=key,
        producer=line.producer,
        quantity=quantity,
        displayed_unit_cents=line.unit_price_cents + pot_per_item_cents + tariff.per_item_cents,
        goods_cents=goods_cents,
        amount_cents=goods_cents + pot_cents + tariff.per_item_cents * quantity,
        parts=tuple(parts),
    )


def _goods_and_pot_cents(line: PricedLine, pot_per_item_cents: int) -> tuple[int, int]:
    """Return the goods and the proportional fees of a line, by the rule of three once weighed."""
    if line.billed_weight_g is None or line.quantity == 0:
        return line.quantity * line.unit_price_cents, line.quantity * pot_per_item_cents
    weight_g, nominal_g = line.billed_weight_g, line.weight_g_per_item
    goods_cents = divide_half_up(line.unit_price_cents * weight_g, nominal_g)
    with_pot_cents = divide_half_up(
        (line.unit_price_cents + pot_per_item_cents) * weight_g, nominal_g
    )
    return goods_cents, with_pot_cents - goods_cents


def _share_pot(
    pot_cents: int, entitlements: list[int], carried: list[int], slots: tuple[int, ...]
) -> list[int]:
    """Cut the pot of a line between its fees, and remember who is still owed what.

    Each fee claims its proportion of the pot, to the grain (the grains left over, fewer than
    there are fees, go to the first), plus what earlier lines left it owed. Whole cents are given,
    then the missing ones go to whoever is owed most. `carried` (in grains, one slot per fee of
    the order) is updated: so over an order every fee comes out right.

    The result is the same as giving the cents one by one, each to the fee then owed most, the
    first of equals; starting from whole cents only saves time.
    """
    shares = [0] * len(slots)
    if pot_cents == 0:
        return shares
    concerned = [place for place, entitlement in enumerate(entitlements) if entitlement]
    pot_grains, whole = pot_cents * GRAIN, sum(entitlements)
    owed = [pot_grains * entitlements[place] // whole for place in concerned]
    owed[0] += pot_grains - sum(owed)
    owed = [claim + carried[slots[place]] for place, claim in zip(concerned, owed, strict=True)]
    given = [claim // GRAIN if claim > 0 else 0 for claim in owed]
    owed = [claim - cents * GRAIN for claim, cents in zip(owed, given, strict=True)]
    missing_cents = pot_cents - sum(given)
    for _ in range(missing_cents):
        _move_cent(owed, given, owed.index(max(owed)), 1)
    for _ in range(-missing_cents):
        takers = [index for index in reversed(range(len(given))) if given[index]]
        _move_cent(owed, given, min(takers, key=owed.__getitem__), -1)
    for place, cents, claim in zip(concerned, given, owed, strict=True):
        shares[place] = cents
        carried[slots[place]] = claim
    return shares


def _move_cent(owed: list[int], given: list[int], index: int, cents: int) -> None:
    given[index] += cents
    owed[index] -= cents * GRAIN


def _flat_parts(lines: Sequence[PricedLine], plan: FeePlan) -> tuple[Part, ...]:
    """Return the fees per order, due once as soon as one line they concern is bought."""
    producers = {line.producer for line in lines if line.quantity}
    return tuple(
        Part(ORDER_LEVEL, fee.beneficiary, fee.role, fee.code, fee.tax_rate_bps, fee.amount)
        for fee in plan.flat
        if any(fee.applies(producer) for producer in producers)
    )
