"""Refunds: everybody gives back their part of what goes back to the buyer, never more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from essaim.kernel.errors import N_, RuleBroken
from essaim.kernel.money import divide_half_up, split_cents
from essaim.trades.food_hub.rules.parts import (
    ORDER_LEVEL,
    Part,
    PricedOrder,
    Share,
    TaxPart,
    shares_of,
    taxes_of,
)
from essaim.trades.food_hub.rules.pricing import solidarity_part
from essaim.trades.food_hub.rules.terms import Role


class RefundTooLarge(RuleBroken):
    """More than is left to give back; `details` has `line_key asked_cents left_cents`."""

    code = "food_hub.refund-too-large"
    sentence = N_("Only {left_cents} are left to give back on this line.")


@dataclass(frozen=True, slots=True)
class Refund:
    """What goes back, in cents: parts and shares are what each beneficiary gives up.

    `price_cents` is the refunded price (goods and fees) and the gross sum of `taxes`;
    `paid_back_cents`, the sum of the shares, is what the buyer receives: it counts the
    solidarity they had added to, or been granted on, that price.
    """

    parts: tuple[Part, ...]
    price_cents: int
    paid_back_cents: int
    shares: tuple[Share, ...]
    taxes: tuple[TaxPart, ...]


def refund_split(
    order: PricedOrder, amounts_cents: Mapping[str, int], before: Sequence[Part] = ()
) -> Refund:
    """Cut a refund into what each beneficiary gives back.

    Every part gives in proportion to what is left of it, so parts sum to the refund, no part ever
    gives more than it received, and when a line is refunded whole, in one or in many times, each
    part has given back exactly what it got. Taxes are the difference between the taxes of what
    was left before and what is left after, so those too sum to the original ones.

    Args:
        amounts_cents: price to give back per line key; `ORDER_LEVEL` for fees per order.
        before: the parts of all earlier refunds of this order.

    Raises:
        RefundTooLarge: a line has less left than asked.
        ValueError: an unknown line or a negative amount.
    """
    left = _left(order, before)
    given: list[Part] = []
    for line_key, asked_cents in sorted(amounts_cents.items()):
        given += _give_back(line_key, asked_cents, left)
    price_cents = sum(part.cents for part in given)
    solidarity = _solidarity_given(order, before, price_cents)
    parts = (*given, *solidarity)
    return Refund(
        parts=parts,
        price_cents=price_cents,
        paid_back_cents=sum(part.cents for part in parts),
        shares=shares_of(parts),
        taxes=_tax_difference(left, given, order.sold_by),
    )


def left_to_refund_cents(
    order: PricedOrder, line_keys: Iterable[str], before: Sequence[Part] = ()
) -> dict[str, int]:
    """Return what is left of each line, the amounts that refund those lines whole."""
    left = _left(order, before)
    return {key: sum(part.cents for part in left if part.line_key == key) for key in line_keys}


def _left(order: PricedOrder, before: Sequence[Part]) -> list[Part]:
    """Return the parts of the order less what was already given back of each."""
    given: dict[tuple[str, str, str], int] = {}
    for part in before:
        key = (part.line_key, part.beneficiary, part.basis)
        given[key] = given.get(key, 0) + part.cents
    return [
        part._replace(
            cents=part.cents - given.get((part.line_key, part.beneficiary, part.basis), 0)
        )
        for part in order.price_parts
    ]


def _give_back(line_key: str, asked_cents: int, left: list[Part]) -> list[Part]:
    parts = [part for part in left if part.line_key == line_key]
    if asked_cents < 0 or (not parts and line_key != ORDER_LEVEL):
        raise ValueError(f"{line_key=} {asked_cents=}")
    left_cents = sum(part.cents for part in parts)
    if asked_cents > left_cents:
        raise RefundTooLarge(line_key=line_key, asked_cents=asked_cents, left_cents=left_cents)
    if asked_cents == 0:
        return []
    shares = split_cents(asked_cents, [part.cents for part in parts])
    return [part._replace(cents=cents) for part, cents in zip(parts, shares, strict=True) if cents]


def _solidarity_given(
    order: PricedOrder, before: Sequence[Part], price_cents: int
) -> tuple[Part, ...]:
    """Return the fund's part: its proportion of all refunded so far, less what it already gave."""
    if not order.solidarity_parts or price_cents == 0:
        return ()
    refunded_before = sum(part.cents for part in before if part.role != Role.SOLIDARITY)
    given_before = sum(part.cents for part in before if part.role == Role.SOLIDARITY)
    given_cents = divide_half_up(
        order.solidarity_cents * (refunded_before + price_cents), order.price_cents
    )
    fund = order.solidarity_parts[0].beneficiary
    return solidarity_part(fund, given_cents - given_before)


def _tax_difference(
    left: list[Part], given: list[Part], sold_by: str | None
) -> tuple[TaxPart, ...]:
    negative = [part._replace(cents=-part.cents) for part in given]
    after = {(tax.seller, tax.rate_bps): tax for tax in taxes_of([*left, *negative], sold_by)}
    differences = []
    for tax in taxes_of(left, sold_by):
        rest = after.get((tax.seller, tax.rate_bps))
        gross_cents = tax.gross_cents - (rest.gross_cents if rest else 0)
        tax_cents = tax.tax_cents - (rest.tax_cents if rest else 0)
        if gross_cents:
            differences.append(
                TaxPart(tax.seller, tax.rate_bps, gross_cents, gross_cents - tax_cents, tax_cents)
            )
    return tuple(differences)
