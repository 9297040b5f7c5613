"""Participatory titles: who may issue them, and within which bounds, on a day. Pure.

Source: code de commerce, art. L.228-36 and L.228-37. What was read comes from secondary sources:
each value is dated, and says what is to be verified.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from essaim.commons.statutes.rules.law import READ, Dated, NotKnown, Parameter, at
from essaim.commons.statutes.rules.statutes import SARL, Form
from essaim.commons.titles.rules.refusals import (
    NotForThisForm,
    TooShort,
    TooVariable,
)

SA = frozenset({Form.SCIC_SA, Form.SCOP_SA})
L_228_36 = "code de commerce, art. L.228-36"
PER_CENT = 100


@dataclass(frozen=True, slots=True)
class Issuers:
    """The forms that may issue titles, from `since` until the day before `until`."""

    forms: frozenset[Form]
    since: date
    until: date | None
    source: str


ISSUERS = (
    Issuers(SA | SARL, READ, None, f"{L_228_36}\u00a0: SA et SARL coopératives (SAS à vérifier)"),
)
YEARS_MIN = Parameter(
    "title-years-min", "years", (Dated(Fraction(7), READ, None, f"{L_228_36} (à vérifier)"),)
)
VARIABLE_MAX = Parameter(
    "title-variable-max", "part",
    (Dated(Fraction(2, 5), READ, None, f"{L_228_36} (à vérifier)"),),
)  # fmt: skip


def issuers_at(day: date) -> Issuers:
    """Return the forms allowed on a day.

    Raises:
        NotKnown: nothing is recorded for this day.
    """
    for row in ISSUERS:
        if row.since <= day and (row.until is None or day < row.until):
            return row
    raise NotKnown(f"title issuers on {day}")


def may_issue(form: Form, day: date) -> bool:
    return form in issuers_at(day).forms


def check_title(form: Form, *, years: int, variable_percent: int, day: date) -> None:
    """See that this cooperative may issue this title on this day.

    Args:
        variable_percent: of the nominal, on which a variable interest is computed.

    Raises:
        NotForThisForm, TooShort, TooVariable: it may not.
    """
    allowed = issuers_at(day)
    if form not in allowed.forms:
        raise NotForThisForm(source=allowed.source)
    years_min = int(at(YEARS_MIN, day))
    if years < years_min:
        raise TooShort(years_min=years_min)
    percent_max = int(at(VARIABLE_MAX, day) * PER_CENT)
    if not 0 <= variable_percent <= percent_max:
        raise TooVariable(percent_max=percent_max)
