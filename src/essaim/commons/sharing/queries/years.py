"""Reading what a year earned and what years before it left: one statement, whatever the size."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from essaim.commons.assembly.models import GeneralAssembly, Motion
from essaim.commons.cooperative.models import Register
from essaim.commons.sharing.models import (
    Allotment,
    Variant,
    VariantMotion,
    Year,
    YearLine,
)
from essaim.commons.sharing.rules.books import (
    COST_WORDS,
    INCOME_ACCOUNTS,
    NOT_EARNED,
    OWN_INCOME_WORD,
    Books,
    Stock,
)
from essaim.commons.sharing.rules.plain import read_books, read_sharing
from essaim.commons.sharing.rules.surplus import RESERVES, TO_PEOPLE, Sharing, Use
from essaim.core.ledger.models import Transfer
from essaim.core.members.models import Member, Organisation

# The accounts are few and named; entries are read through them, never the whole ledger.
BOOKS = """
WITH moved AS (
    SELECT number, nominal_cents * CASE WHEN from_associate_id IS NULL THEN shares
                                        WHEN to_associate_id IS NULL THEN -shares
                                        ELSE 0 END AS cents
      FROM cooperative_sharemovement
     WHERE register_id = %(register)s AND moved_at < %(end)s
), running AS (
    SELECT cents, sum(cents) OVER (ORDER BY number) AS held FROM moved
)
SELECT 'earned', account.code, sum(entry.amount)::bigint
  FROM ledger_account AS account
  JOIN ledger_entry AS entry ON entry.account_id = account.id
  JOIN ledger_transfer AS transfer ON transfer.id = entry.transfer_id
 WHERE account.unit_id = 'EUR'
   AND (account.code = ANY(%(incomes)s) OR split_part(account.code, ':', 1) = ANY(%(costs)s))
   AND transfer.posted_at >= %(start)s AND transfer.posted_at < %(end)s
   AND transfer.kind <> ALL(%(not_earned)s)
 GROUP BY account.code
 UNION ALL
SELECT 'stock', split_part(account.code, ':', 1), sum(entry.amount)::bigint
  FROM ledger_account AS account
  JOIN ledger_entry AS entry ON entry.account_id = account.id
 WHERE account.code = ANY(%(stocks)s)
 GROUP BY account.code
 UNION ALL
SELECT 'line', kind, sum(cents)::bigint FROM sharing_yearline
 WHERE year_id = %(year)s GROUP BY kind
 UNION ALL
SELECT 'capital', '', coalesce(sum(cents), 0)::bigint FROM running
 UNION ALL
SELECT 'highest', '', coalesce(max(held), 0)::bigint FROM running
"""


# What a movement brings or takes counts from its day on, at most the whole year.
SHARE_DAYS = """
WITH moved AS (
    SELECT from_associate_id, to_associate_id, shares::bigint * (
               %(day_after)s - greatest((moved_at AT TIME ZONE %(zone)s)::date, %(first_day)s)
           ) AS share_days
      FROM cooperative_sharemovement
     WHERE register_id = %(register)s AND moved_at < %(end)s
)
SELECT associate, sum(share_days)::bigint
  FROM (SELECT to_associate_id AS associate, share_days FROM moved
         UNION ALL
        SELECT from_associate_id, -share_days FROM moved) AS side
 WHERE associate IS NOT NULL
 GROUP BY associate HAVING sum(share_days) > 0
 ORDER BY associate
"""


def bounds(civil_year: int) -> tuple[datetime, datetime]:
    """The first instant of a civil year and that of the next, in local time."""
    start, end = (
        timezone.make_aware(datetime(number, 1, 1))  # noqa: DTZ001 - made aware here
        for number in (civil_year, civil_year + 1)
    )
    return start, end


def books(year: Year) -> Books:
    """What a year earned and what those before left, as it stands now (1 query).

    Entries count in the civil year of their transfer; reserves and losses are those of today.
    """
    start, end = bounds(year.civil_year)
    slug = year.register.organisation.slug
    found: dict[str, dict[str, int]] = {
        "earned": {}, "stock": {}, "line": {}, "capital": {}, "highest": {},
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            BOOKS,
            {
                "register": year.register_id,
                "year": year.pk,
                "start": start,
                "end": end,
                "incomes": [*INCOME_ACCOUNTS, f"{OWN_INCOME_WORD}:{slug}"],
                "costs": list(COST_WORDS),
                "not_earned": list(NOT_EARNED),
                "stocks": [f"{stock}:{slug}" for stock in Stock],
            },
        )
        for part, name, cents in cursor.fetchall():
            found[part][name] = cents
    return Books(
        earned=found["earned"],
        lines=found["line"],
        stocks=found["stock"],
        capital_cents=found["capital"][""],
        highest_capital_cents=found["highest"][""],
    )


def share_days(register_id: int, civil_year: int) -> dict[int, int]:
    """Shares times days held within a civil year, by associate, those who left too (1 query).

    A share counts from the local day it came to the day before it went.
    """
    start, end = bounds(civil_year)
    with connection.cursor() as cursor:
        cursor.execute(
            SHARE_DAYS,
            {
                "register": register_id,
                "end": end,
                "first_day": start.date(),
                "day_after": end.date(),
                "zone": settings.TIME_ZONE,
            },
        )
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class YearTold:
    """A closed year in a few words; `sharing` once it was adopted."""

    civil_year: int
    result_cents: int
    sharing: Sharing | None
    decision: str

    @property
    def shared(self) -> bool:
        return self.sharing is not None

    @property
    def reserves_cents(self) -> int:
        """What stays in the cooperative, losses made up included."""
        return self.sharing.cents(Use.LOSSES, *RESERVES) if self.sharing else 0

    @property
    def people_cents(self) -> int:
        return self.sharing.cents(*TO_PEOPLE) if self.sharing else 0


def closed_years(register: Register) -> list[YearTold]:
    """Every closed year, the latest first (2 queries)."""
    years = register.years.filter(closed_at__isnull=False).order_by("-civil_year")
    adopted = {
        one.year_id: one
        for one in Variant.objects.filter(year__register=register, adopted_at__isnull=False)
    }
    return [
        YearTold(
            one.civil_year, read_books(one.books or {}).result_cents,
            read_sharing(adopted[one.pk].computation) if one.pk in adopted else None,
            adopted[one.pk].decision if one.pk in adopted else "",
        )
        for one in years
    ]  # fmt: skip


def allotments_of(member: Member, register: Register) -> list[Allotment]:
    """What a member was allotted, and the organisations they manage, latest first (1 query)."""
    mine = (
        Q(member=member)
        | Q(associate__member=member)
        | Q(
            associate__organisation__memberships__member=member,
            associate__organisation__memberships__role="manager",
        )
    )
    rows = Allotment.objects.filter(mine, variant__year__register=register)
    return list(
        rows.select_related("variant__year", "associate__organisation")
        .distinct()
        .order_by("-variant__year__civil_year", "pk")
    )


def assembly_to_come(year: Year) -> GeneralAssembly | None:
    """The assembly, convened or sitting, that votes on the proposals of a year (1 query)."""
    rows = GeneralAssembly.objects.filter(
        agenda__motion__shares__variant__year=year,
        state__in=(GeneralAssembly.State.CONVENED, GeneralAssembly.State.SITTING),
    )
    return rows.order_by("meets_at").first()


def drafts(register: Register) -> list[GeneralAssembly]:
    """Assemblies being prepared, whose agenda still takes motions (1 query)."""
    rows = GeneralAssembly.objects.filter(register=register, state=GeneralAssembly.State.DRAFT)
    return list(rows.order_by("meets_at"))


def lines(year: Year) -> list[YearLine]:
    """What was entered for a year, the latest first, with its correction (1 query)."""
    rows = year.lines.select_related("recorded_by", "correction")
    return list(rows.order_by("-line_date", "-pk"))


def last_shared(register: Register) -> Year | None:
    """The last year whose surplus was shared (1 query)."""
    rows = register.years.filter(variants__adopted_at__isnull=False)
    return rows.order_by("-civil_year").first()


def shared_years(register: Register) -> set[int]:
    """The keys of the years that were shared (1 query)."""
    rows = Variant.objects.filter(year__register=register, adopted_at__isnull=False)
    return set(rows.values_list("year_id", flat=True))


def may_bring_forward(register: Register) -> bool:
    """Whether earlier reserves may still be written: once, before a year is closed (2 queries)."""
    if register.years.filter(closed_at__isnull=False).exists():
        return False
    return not Transfer.objects.filter(key=opening_key(register.organisation)).exists()


def opening_key(cooperative: Organisation) -> str:
    """The key in the ledger of what there was before."""
    return f"sharing-opening:{cooperative.slug}"


def motions_of(year: Year) -> dict[int, list[VariantMotion]]:
    """The motions of each proposal of a year, with their assembly, by its key (1 query)."""
    rows = VariantMotion.objects.filter(variant__year=year)
    found: dict[int, list[VariantMotion]] = {}
    for one in rows.select_related("motion__item__assembly").order_by("pk"):
        found.setdefault(one.variant_id, []).append(one)
    return found


def waiting_motion(variant: Variant) -> Motion | None:
    """The motion of a variant that an assembly to come, or sitting, votes on (1 query)."""
    rows = Motion.objects.filter(shares__variant=variant, declared_at=None)
    rows = rows.exclude(item__assembly__state=GeneralAssembly.State.CLOSED)
    return rows.select_related("item__assembly").order_by("pk").first()


def decision(year: Year) -> VariantMotion | None:
    """The vote that decided of a year: the first carried of the last assembly (1 query).

    Motions are voted in the order of the agenda; once one is carried, those after it fall. Nothing
    counts before the minutes are written.
    """
    rows = VariantMotion.objects.filter(variant__year=year, motion__is_adopted=True)
    rows = rows.filter(motion__item__assembly__minutes__isnull=False)
    return (
        rows.select_related("variant", "motion__item__assembly__minutes")
        .order_by("-motion__item__assembly__minutes__issued_at", "motion__item__position")
        .first()
    )


def is_carried(variant: Variant) -> bool:
    """Whether an assembly said yes to a variant, first or not (1 query)."""
    return variant.motions.filter(motion__is_adopted=True).exists()
