"""Every number that a law gives to cooperatives: value, unit, from when, until when, source.

`at(PARAMETER, day)` is the only way to read one. What is not known for a day is not guessed: asking
for it raises `NotKnown`. A new law is one more `Dated` row here, and nothing else in the code.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

READ = date(2022, 2, 23)
"""First day of the versions that were read, for values whose beginning is not established."""


class NotKnown(LookupError):
    """This parameter has no known value on this day."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A value in force from `since` until the day before `until` (None: still in force)."""

    value: Fraction
    since: date
    until: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of the law. `unit`: part of a whole, days, years, count, per cent, pence."""

    key: str
    unit: str
    values: tuple[Dated, ...]


def at(parameter: Parameter, day: date) -> Fraction:
    """Return the value of a parameter on a day.

    Raises:
        NotKnown: no value is known for this day.
    """
    return dated_at(parameter, day).value


def dated_at(parameter: Parameter, day: date) -> Dated:
    """Return the value of a parameter on a day with its dates and its source.

    Raises:
        NotKnown: no value is known for this day.
    """
    for dated in parameter.values:
        if dated.since <= day and (dated.until is None or day < dated.until):
            return dated
    raise NotKnown(f"{parameter.key} on {day}")


def _once(value: Fraction | int, source: str, since: date = READ) -> tuple[Dated, ...]:
    return (Dated(Fraction(value), since, None, source),)


LOI_1947 = "loi 47-1775 du 10 septembre 1947"
LOI_1901 = "loi du 1er juillet 1901, art. 1"
LOI_1978 = "loi 78-763 du 19 juillet 1978 (Scop)"

CATEGORIES_MIN = Parameter("categories-min", "count", _once(3, f"{LOI_1947}, art. 19 septies"))
COLLEGES_MIN = Parameter(
    "colleges-min", "count", _once(3, f"{LOI_1947}, art. 19 octies (à vérifier)")
)
COLLEGE_WEIGHT_MIN = Parameter(
    "college-weight-min", "part", _once(Fraction(1, 10), f"{LOI_1947}, art. 19 octies")
)
COLLEGE_WEIGHT_MAX = Parameter(
    "college-weight-max", "part", _once(Fraction(1, 2), f"{LOI_1947}, art. 19 octies")
)
AUTHORITIES_CAPITAL_MAX = Parameter(
    "authorities-capital-max",
    "part",
    (
        Dated(Fraction(1, 5), date(2001, 7, 18), date(2014, 8, 2), f"{LOI_1947}, art. 19 septies"),
        Dated(
            Fraction(1, 2),
            date(2014, 8, 2),
            None,
            f"{LOI_1947}, art. 19 septies (loi 2014-856 du 31 juillet 2014)",
        ),
    ),
)

PROXY_FEW_ASSOCIATES = Parameter("proxy-few-associates", "count", _once(20, LOI_1978))
PROXY_EXTRA_AMONG_FEW = Parameter("proxy-extra-among-few", "count", _once(1, LOI_1978))
PROXY_SHARE_MAX = Parameter("proxy-share-max", "part", _once(Fraction(1, 20), LOI_1978))

NOTICE_SARL_ORDINARY = Parameter(
    "notice-sarl-ordinary", "days", _once(15, "code de commerce, SARL (à vérifier)")
)
NOTICE_SARL_EXTRAORDINARY = Parameter(
    "notice-sarl-extraordinary", "days", _once(21, "code de commerce, SARL (à vérifier)")
)
NOTICE_SA_FIRST = Parameter("notice-sa-first", "days", _once(15, "code de commerce, art. R.225-69"))
NOTICE_SA_SECOND = Parameter(
    "notice-sa-second", "days", _once(10, "code de commerce, art. R.225-69")
)
ELECTRONIC_CONSENT_AHEAD = Parameter(
    "electronic-consent-ahead", "days", _once(20, "code de commerce, SARL (à vérifier)")
)

LEGAL_RESERVE = Parameter("legal-reserve", "part", _once(Fraction(15, 100), f"{LOI_1947}, art. 16"))
STATUTORY_RESERVE_MIN = Parameter(
    "statutory-reserve-min", "part", _once(Fraction(1, 2), f"{LOI_1947}, art. 19 nonies")
)
WORKERS_SHARE_MIN = Parameter(
    "workers-share-min", "part", _once(Fraction(1, 4), f"{LOI_1978}, art. 33")
)
INTEREST_MARGIN = Parameter(
    "interest-margin", "per cent", _once(2, f"{LOI_1947}, art. 14: TMO moyen + 2 points")
)
INTEREST_YEARS = Parameter("interest-years", "years", _once(3, f"{LOI_1947}, art. 14"))
EXIT_YEARS_USUAL = Parameter(
    "exit-years-usual", "years", _once(5, "usage des statuts publiés (Aptic), à vérifier")
)
UK_WITHDRAWABLE_MAX = Parameter(
    "uk-withdrawable-max",
    "pence",
    _once(10_000_000, "Co-operative and Community Benefit Societies"),
)

_TMO_SOURCE = "taux moyen de rendement des obligations des sociétés privées, publié chaque semestre"
_TMO_HALVES = {
    (2021, 1): "0.20", (2021, 2): "0.27",
    (2022, 1): "1.325", (2022, 2): "2.51",
    (2023, 1): "3.14", (2023, 2): "3.37",
}  # fmt: skip


def _half(year: int, half: int) -> tuple[date, date]:
    return (
        (date(year, 1, 1), date(year, 7, 1))
        if half == 1
        else (date(year, 7, 1), date(year + 1, 1, 1))
    )


TMO = Parameter(
    "tmo",
    "per cent",
    tuple(
        Dated(Fraction(rate), *_half(year, half), _TMO_SOURCE)
        for (year, half), rate in _TMO_HALVES.items()
    ),
)


def interest_cap(assembly_day: date) -> Fraction:
    """Return the highest rate shares may earn by a decision of this day, in per cent.

    It is the mean of the TMO over the calendar years before the assembly, plus a margin.

    Raises:
        NotKnown: the TMO of one of these half-years is not known.
    """
    years = int(at(INTEREST_YEARS, assembly_day))
    halves = [
        at(TMO, _half(year, half)[0])
        for year in range(assembly_day.year - years, assembly_day.year)
        for half in (1, 2)
    ]
    return sum(halves, Fraction()) / len(halves) + at(INTEREST_MARGIN, assembly_day)


def parameters() -> list[Parameter]:
    """Return every parameter, in the order of this file."""
    return [value for value in globals().values() if isinstance(value, Parameter)]


def last_day(dated: Dated) -> date | None:
    """Return the last day a value is in force, None while it is."""
    return dated.until - timedelta(days=1) if dated.until else None
