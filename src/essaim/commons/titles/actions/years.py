"""The interest of a year: computed, shown, then posted once, title by title."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from essaim.commons.cooperative.models import Register
from essaim.commons.titles import queries
from essaim.commons.titles.actions import books
from essaim.commons.titles.models import Interest, InterestYear
from essaim.commons.titles.rules.refusals import (
    EarlierYearLeft,
    NoBasis,
    NothingEarned,
    YearGoingOn,
    YearPosted,
)
from essaim.core.ledger.actions import post
from essaim.core.ledger.rules import Draft
from essaim.core.members.models import Member


@transaction.atomic
def post_interest(
    *, register: Register, civil_year: int, variable_bps: int, basis: str, by: Member,
    now: datetime,
) -> InterestYear:  # fmt: skip
    """Post what each title earned in a year that is over: one transfer a title, once a year.

    Posted again at the same rate, nothing changes. The sums are those of `interest.interest`:
    code de commerce, art. L.228-36; code monétaire et financier, art. L.213-32.

    Args:
        variable_bps: the rate that the contract of issue gives to the variable part this year.
        basis: the figures of the year that give this rate.

    Raises:
        NoBasis: no figures are named. YearGoingOn: it is not over. EarlierYearLeft: another year
        waits before it. YearPosted: it was, at another rate. NothingEarned: no title was there yet.
    """
    if not basis.strip():
        raise NoBasis
    if civil_year >= localdate(now).year:
        raise YearGoingOn(civil_year=str(civil_year))
    rows = Register.objects.select_for_update(of=("self",)).select_related("organisation")
    register = rows.get(pk=register.pk)
    known = register.title_years.filter(civil_year=civil_year).order_by().first()
    if known is not None:
        if known.variable_bps != variable_bps:
            raise YearPosted(civil_year=str(civil_year))
        return known
    left = queries.earliest_year_left(register, localdate(now))
    if left is None or civil_year < left:
        raise NothingEarned(civil_year=str(civil_year))
    if left < civil_year:
        raise EarlierYearLeft(civil_year=str(left))
    found = queries.preview(register, civil_year=civil_year, variable_bps=variable_bps)
    year = InterestYear.objects.create(
        register=register, civil_year=civil_year, variable_bps=variable_bps,
        basis=basis.strip()[:200], posted_at=now, posted_by=by,
    )  # fmt: skip
    _post(year, found, now)
    return year


def _post(year: InterestYear, found: list[queries.PreviewRow], now: datetime) -> None:
    cooperative = year.register.organisation
    cost, due = books.interest_cost(cooperative).pk, books.interest_due(cooperative).pk
    drafts = [
        Draft(
            key=f"{books.INTEREST}:{row.title.public_id}:{year.civil_year}", kind=books.INTEREST,
            lines=((cost, -row.earned.cents), (due, row.earned.cents)),
            reference=row.title.public_id, memo=f"n° {row.title.number}, {year.civil_year}",
        )
        for row in found
    ]  # fmt: skip
    transfers = post(drafts=drafts, now=now) if drafts else []
    Interest.objects.bulk_create(
        Interest(
            title=row.title, civil_year=year.civil_year, year=year, days=row.earned.days,
            cents=row.earned.cents, transfer_id=transfer_id,
        )
        for row, transfer_id in zip(found, transfers, strict=True)
    )  # fmt: skip
