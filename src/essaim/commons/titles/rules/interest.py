"""The interest of participatory titles over a civil year, to the cent. Pure.

Source: code de commerce, art. L.228-36, to which code monétaire et financier, art. L.213-32, leads:
a fixed part, and a variable part that follows the activity or the results and bears on the nominal;
what it may bear on is capped (`issuing.VARIABLE_MAX`: two fifths of the nominal, to be verified
against art. R.228-49).
"""

from calendar import isleap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from essaim.commons.statutes.rules.law import at
from essaim.commons.titles.rules.issuing import PER_CENT, VARIABLE_MAX, YEARS_MIN
from essaim.kernel.money import BPS, divide_half_up


@dataclass(frozen=True, slots=True)
class Held:
    """A title as the interest sees it: from its issue until the day before `ended`."""

    number: int
    nominal_cents: int
    fixed_bps: int
    variable_percent: int
    issued: date
    ended: date | None = None


@dataclass(frozen=True, slots=True)
class Earned:
    """What a title earned in a year. The two parts are exact; the whole is what is posted."""

    number: int
    days: int
    fixed_cents: Fraction
    variable_cents: Fraction
    cents: int


def days_held(title: Held, year: int) -> int:
    """Return the days of a year on which a title bore interest."""
    first = max(title.issued, date(year, 1, 1))
    after = date(year + 1, 1, 1)
    if title.ended is not None:
        after = min(title.ended, after)
    return max(0, (after - first).days)


def interest(titles: Sequence[Held], *, year: int, variable_bps: int) -> list[Earned]:
    """Return what each title earned in a year, those that earned nothing left out.

    A title earns nominal x (fixed rate + part that is variable x rate of the year) x days / days of
    the year. The sum of all titles is rounded to the cent, halves up, then cut by largest
    remainder: what is posted is the sum, and each is less than a cent from the exact figure.

    Args:
        variable_bps: the rate that the contract of issue gives to the variable part this year.

    Raises:
        ValueError: a negative rate (a bug of the caller).
    """
    if variable_bps < 0:
        raise ValueError(f"{variable_bps=}")
    found = [
        (one, days, *_exact(one, days, year, variable_bps))
        for one in titles
        if (days := days_held(one, year))
    ]
    parts = _to_the_cent([fixed + variable for _one, _days, fixed, variable in found])
    return [
        Earned(one.number, days, fixed, variable, cents)
        for (one, days, fixed, variable), cents in zip(found, parts, strict=True)
        if cents
    ]


def _to_the_cent(exact: Sequence[Fraction]) -> list[int]:
    """Round amounts down, then give the cents that the rounded sum lacks to what lost most."""
    whole = sum(exact, Fraction())
    parts = [amount.numerator // amount.denominator for amount in exact]
    missing = divide_half_up(whole.numerator, whole.denominator) - sum(parts)
    by_loss = sorted(range(len(exact)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_loss[:missing]:
        parts[place] += 1
    return parts


def repayable_on(issued: date, years: int) -> date:
    """Return the first day on which the cooperative may pay a title back.

    Source: code de commerce, art. L.228-36: at its own initiative, after a delay that its contract
    says and that is not shorter than seven years.
    """
    years = max(years, int(at(YEARS_MIN, issued)))
    try:
        return issued.replace(year=issued.year + years)
    except ValueError:  # issued on a 29th of February
        return date(issued.year + years, 3, 1)


def _exact(title: Held, days: int, year: int, variable_bps: int) -> tuple[Fraction, Fraction]:
    part_of_year = Fraction(days, 366 if isleap(year) else 365)
    base = min(Fraction(title.variable_percent, PER_CENT), at(VARIABLE_MAX, title.issued))
    return (
        title.nominal_cents * Fraction(title.fixed_bps, BPS) * part_of_year,
        title.nominal_cents * base * Fraction(variable_bps, BPS) * part_of_year,
    )
