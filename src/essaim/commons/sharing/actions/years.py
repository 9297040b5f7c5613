"""Opening a year, entering what the ledger does not know, closing it once."""

from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from essaim.commons.cooperative.models import Register
from essaim.commons.sharing import queries
from essaim.commons.sharing.actions import books
from essaim.commons.sharing.models import Variant, Year, YearLine
from essaim.commons.sharing.rules.books import Kind
from essaim.commons.sharing.rules.plain import read_books
from essaim.commons.sharing.rules.refusals import (
    AlreadyBroughtForward,
    AlreadyCorrected,
    DayOutsideYear,
    EarlierYearNotShared,
    NothingWritten,
    YearClosed,
    YearNotOver,
)
from essaim.core.ledger.models import Transfer
from essaim.core.members.models import Member


@transaction.atomic
def open_year(*, register: Register, civil_year: int, now: datetime) -> Year:
    """Return a civil year of a cooperative, opened when it does not exist yet."""
    year, _ = Year.objects.get_or_create(
        register=register, civil_year=civil_year, defaults={"opened_at": now}
    )
    return year


@transaction.atomic
def write_line(
    *, year: Year, kind: Kind, label: str, cents: int, line_date: date, by: Member, now: datetime
) -> YearLine:
    """Enter an income, a charge or a subsidy that the ledger does not know.

    Nothing entered is changed: a mistake is corrected by a line of the opposite amount.

    Raises:
        YearClosed: nothing is added to a closed year.
        DayOutsideYear: the day is of another year.
        NothingWritten: no label, or no amount.
    """
    year = lock(year)
    if year.closed_at is not None:
        raise YearClosed(civil_year=year.civil_year)
    if line_date.year != year.civil_year:
        raise DayOutsideYear(civil_year=year.civil_year)
    if not label.strip() or not cents:
        raise NothingWritten
    return YearLine.objects.create(
        year=year, kind=kind.value, label=label.strip()[:200], cents=cents, line_date=line_date,
        recorded_at=now, recorded_by=by,
    )  # fmt: skip


@transaction.atomic
def correct_line(*, line: YearLine, by: Member, now: datetime) -> YearLine:
    """Take a line back whole, by a line of the opposite amount that names it; once.

    Raises:
        YearClosed: nothing is added to a closed year.
        AlreadyCorrected: it was taken back, or is itself a correction.
    """
    year = lock(line.year)
    if year.closed_at is not None:
        raise YearClosed(civil_year=year.civil_year)
    if line.corrects_id is not None or YearLine.objects.filter(corrects=line).exists():
        raise AlreadyCorrected
    return YearLine.objects.create(
        year=year, kind=line.kind, label=line.label, cents=-line.cents, line_date=line.line_date,
        corrects=line, recorded_at=now, recorded_by=by,
    )  # fmt: skip


@transaction.atomic
def bring_forward(
    *, register: Register, legal_cents: int, statutory_cents: int, losses_cents: int, now: datetime
) -> None:
    """Write, once, the reserves and losses a cooperative had before it kept its books here.

    Raises:
        AlreadyBroughtForward: they were. YearClosed: a year was closed without them.
        ValueError: a negative amount, or nothing to write (a bug of the caller).
    """
    amounts = (legal_cents, statutory_cents, losses_cents)
    if min(amounts) < 0 or not any(amounts):
        raise ValueError(f"{amounts=}")
    cooperative = register.organisation
    key = queries.opening_key(cooperative)
    _lock_register(register)
    years = Year.objects.filter(register=register, closed_at__isnull=False)
    closed = years.order_by("civil_year").first()
    if closed is not None:
        raise YearClosed(civil_year=closed.civil_year)
    if Transfer.objects.filter(key=key).exists():
        raise AlreadyBroughtForward
    books.move(
        cooperative,
        {
            "legal-reserve": legal_cents,
            "statutory-reserve": statutory_cents,
            "losses-carried": -losses_cents,
            # Reserves and losses of the same amount leave nothing for this one.
            "opening": losses_cents - legal_cents - statutory_cents,
        },
        key=key, kind="reserves-brought-forward", reference=cooperative.public_id,
        memo="Reprise des réserves et des pertes", now=now,
    )  # fmt: skip


@transaction.atomic
def close_year(*, year: Year, by: Member, now: datetime) -> Year:
    """Close a year that is over: what it earned is read and frozen; a loss is carried forward.

    Raises:
        YearNotOver: it is not over. YearClosed: it was closed, or a later one was.
        EarlierYearNotShared: what the one before leaves is not decided yet.
    """
    _lock_register(year.register)
    year = lock(year)
    if year.closed_at is not None:
        raise YearClosed(civil_year=year.civil_year)
    _check_its_turn(year)
    _start, end = queries.bounds(year.civil_year)
    if now < end:
        raise YearNotOver(civil_year=year.civil_year)
    found = queries.books(year)
    year.books, year.closed_at, year.closed_by = asdict(found), now, by
    year.save(update_fields=["books", "closed_at", "closed_by"])
    if found.result_cents < 0:
        books.move(
            year.register.organisation,
            {"result": -found.result_cents, "losses-carried": found.result_cents},
            key=f"loss:{year.public_id}", kind="loss-carried", reference=year.public_id,
            memo=str(year.civil_year), now=now,
        )  # fmt: skip
    return year


def lock(year: Year) -> Year:
    """Lock a year and read it afresh, its cooperative loaded (1 query)."""
    rows = Year.objects.select_for_update(of=("self",))
    return rows.select_related("register__organisation").get(pk=year.pk)


def _lock_register(register: Register) -> None:
    """Years of a cooperative are closed one at a time: each starts from what the others left."""
    Register.objects.select_for_update(of=("self",), no_key=True).get(pk=register.pk)


def _check_its_turn(year: Year) -> None:
    others = Year.objects.filter(register=year.register_id).order_by("civil_year")
    later = others.filter(civil_year__gt=year.civil_year, closed_at__isnull=False).first()
    if later is not None:
        raise YearClosed(civil_year=later.civil_year)
    earlier = others.filter(civil_year__lt=year.civil_year)
    shared = Variant.objects.filter(year__in=earlier, adopted_at__isnull=False)
    for before in earlier.exclude(pk__in=shared.values("year")):
        if before.books is None or read_books(before.books).result_cents > 0:
            raise EarlierYearNotShared(civil_year=before.civil_year)
