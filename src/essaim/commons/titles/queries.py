"""Reading the register of titles: who holds what, what is owed, what each year earned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from essaim.commons.cooperative.models import Register
from essaim.commons.titles.models import Interest, InterestYear, Title, TitleEnd
from essaim.commons.titles.rules.interest import Earned, interest
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Account
from essaim.core.members.models import Member

CANCELLED = TitleEnd.Kind.CANCELLED


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A title and what it earned in a year, with who holds it."""

    title: Title
    earned: Earned


@dataclass(frozen=True, slots=True)
class Owned:
    """A title of a member, with what it earned by year."""

    title: Title
    end: TitleEnd | None
    interest: Sequence[Interest]

    @property
    def earned_cents(self) -> int:
        return sum(one.cents for one in self.interest)


def titles(register: Register) -> "QuerySet[Title]":
    """The whole register, by number; lazy."""
    return register.titles.select_related("holder", "end").order_by("number")


def end_of(title: Title) -> TitleEnd | None:
    """The line that ended a title, None while it goes on (0 queries after `titles`)."""
    return getattr(title, "end", None)


def outstanding_cents(register: Register) -> int:
    """What the cooperative owes to those who hold its titles (1 query)."""
    going_on = register.titles.filter(end=None)
    return int(going_on.aggregate(total=Sum("nominal_cents", default=0))["total"])


def reconciles(register: Register) -> bool:
    """Whether the ledger holds what the register says (3 queries)."""
    code = f"titles:{register.organisation.slug}"
    account = Account.objects.filter(code=code).order_by().first()
    return outstanding_cents(register) == (0 if account is None else ledger.balance(account))


def preview(register: Register, *, civil_year: int, variable_bps: int) -> list[PreviewRow]:
    """What each title earned in a year at this rate, by number (1 query)."""
    rows = {one.number: one for one in titles(register)}
    held = [one.held(end_of(one)) for one in rows.values()]
    found = interest(held, year=civil_year, variable_bps=variable_bps)
    return [PreviewRow(rows[one.number], one) for one in found]


def years_posted(register: Register) -> "QuerySet[InterestYear]":
    """Years whose interest was posted, the last one first, with their sums; lazy."""
    rows = register.title_years.annotate(total_cents=Sum("rows__cents", default=0))
    return rows.order_by("-civil_year")


def earliest_year_left(register: Register, today: date) -> int | None:
    """The first year that is over and whose interest waits, None when there is none (2 queries)."""
    first = register.titles.order_by("number").values_list("issued_at__year", flat=True).first()
    if first is None:
        return None
    posted = set(register.title_years.values_list("civil_year", flat=True))
    return next((year for year in range(first, today.year) if year not in posted), None)


def owned(member: Member) -> list[Owned]:
    """The titles of a member with their interest, by number (2 queries).

    What a cancelled title had earned was taken back with it, and is not told.
    """
    rows = member.titles.select_related("register__organisation", "end").order_by("number", "pk")
    interest_rows: dict[int, list[Interest]] = {}
    for one in Interest.objects.filter(title__holder=member).order_by("civil_year"):
        interest_rows.setdefault(one.title_id, []).append(one)
    return [
        Owned(one, end, [] if end and end.kind == CANCELLED else interest_rows.get(one.pk, []))
        for one in rows
        for end in [end_of(one)]
    ]
