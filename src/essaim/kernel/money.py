"""Exact money: integer cents cut, taxed and shown so that parts always sum to the whole."""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

BPS = 10_000  # basis points in a whole: 1 % is 100 bps

NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"
MINUS = "\u2212"


def divide_half_up(numerator: int, denominator: int) -> int:
    """Return `numerator / denominator` rounded to the nearest integer, halves away from zero.

    Raises:
        ValueError: the denominator is not positive.
    """
    if denominator <= 0:
        raise ValueError(f"{denominator=}")
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -magnitude if numerator < 0 else magnitude


def split_cents(total_cents: int, weights: Sequence[int | Fraction]) -> list[int]:
    """Cut `total_cents` into one part per weight, by largest remainder.

    Each part is first its exact share rounded towards zero; the cents left over then go one by
    one to the parts with the largest remainders. Equal remainders: the larger weight first, then
    the lower index. So parts sum to the total, each is less than one cent from its exact share,
    and the order of the weights changes nothing but which of two equal weights comes first.
    A negative total gives the mirror image of the positive one.

    Raises:
        ValueError: no weight, a negative weight, or only zero weights.
    """
    whole = _as_integers(weights)
    weight_sum = sum(whole)
    if weight_sum <= 0 or min(whole) < 0:
        raise ValueError(f"weights must be positive or zero and not all zero: {weights!r}")
    parts = []
    remainders = []
    magnitude = abs(total_cents)
    for weight in whole:
        part, remainder = divmod(magnitude * weight, weight_sum)
        parts.append(part)
        remainders.append(remainder)
    left_over = magnitude - sum(parts)
    if left_over:
        by_claim = sorted(
            range(len(whole)), key=lambda index: (-remainders[index], -whole[index], index)
        )
        for index in by_claim[:left_over]:
            parts[index] += 1
    return parts if total_cents >= 0 else [-part for part in parts]


def _as_integers(weights: Sequence[int | Fraction]) -> list[int]:
    """Return integers in the same proportions as `weights`."""
    common = lcm(*(weight.denominator for weight in weights))
    return [weight.numerator * (common // weight.denominator) for weight in weights]


def percent_of(cents: int, bps: int) -> int:
    """Return `bps` basis points of `cents`, in cents, halves away from zero."""
    return divide_half_up(cents * bps, BPS)


def tax_included_cents(gross_cents: int, rate_bps: int) -> int:
    """Return the tax contained in a tax-inclusive amount, in cents, halves away from zero.

    The tax is `gross x rate / (1 + rate)`. If any net amount meets the rule BR-CO-17 of EN 16931
    (tax = net x rate, rounded) and adds up to this gross, then `gross - tax` is that net amount;
    for the gross amounts that no net amount can reach, the tax is one cent from the rule.

    Raises:
        ValueError: the rate is negative.
    """
    if rate_bps < 0:
        raise ValueError(f"{rate_bps=}")
    return divide_half_up(gross_cents * rate_bps, BPS + rate_bps)


def net_of_tax(gross_cents: int, rate_bps: int) -> int:
    """Return what remains of a tax-inclusive amount without its tax, in cents."""
    return gross_cents - tax_included_cents(gross_cents, rate_bps)


def format_euros(cents: int, locale: str = "fr") -> str:
    """Return an amount as people of the locale write it: "1 234,50 €" or "€1,234.50".

    French uses a narrow no-break space for thousands and a no-break space before the sign.

    Raises:
        ValueError: the locale is neither French nor English.
    """
    euros, rest = divmod(abs(cents), 100)
    sign = MINUS if cents < 0 else ""
    language = locale[:2].lower()
    if language == "fr":
        return f"{sign}{euros:,}".replace(",", NARROW_NO_BREAK) + f",{rest:02d}{NO_BREAK}€"
    if language == "en":
        return f"{sign}€{euros:,}.{rest:02d}"
    raise ValueError(f"{locale=}")
