"""Reading documents, checking their chain, reading the ledger as accounting entries."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from essaim.core.agreements.models import Agreement
from essaim.core.documents.models import Document, DocumentSeries
from essaim.core.documents.rules import digest
from essaim.core.documents.rules.entries import Balance, LedgerLine
from essaim.core.members.models import Organisation

FETCH_SIZE = 2000

ENTRIES = """
SELECT t.id::text, t.posted_at, t.kind, t.memo,
       coalesce(agreement.number, paid.number, ''),
       a.code, coalesce(o.name, a.label), a.organisation_id IS NOT NULL, e.amount
  FROM ledger_transfer t
  JOIN ledger_entry e ON e.transfer_id = t.id
  JOIN ledger_account a ON a.id = e.account_id
  LEFT JOIN members_organisation o ON o.id = a.organisation_id
  LEFT JOIN agreements_agreement agreement ON agreement.public_id = t.reference
  LEFT JOIN payments_paymentintent intent ON intent.public_id = t.reference
  LEFT JOIN agreements_agreement paid ON paid.id = intent.agreement_id
 WHERE t.unit_id = 'EUR' AND t.posted_at >= %s AND t.posted_at < %s
 ORDER BY t.posted_at, t.id, e.id
"""

BALANCES = """
SELECT a.code, coalesce(o.name, a.label), a.organisation_id IS NOT NULL, sum(e.amount)
  FROM ledger_transfer t
  JOIN ledger_entry e ON e.transfer_id = t.id
  JOIN ledger_account a ON a.id = e.account_id
  LEFT JOIN members_organisation o ON o.id = a.organisation_id
 WHERE t.unit_id = 'EUR' AND t.posted_at < %s
 GROUP BY a.code, 2, 3 HAVING sum(e.amount) <> 0 ORDER BY a.code
"""


def document_of(public_id: UUID) -> Document | None:
    """A document with what policies need of its agreement (1 query)."""
    return (
        Document.objects.select_related("agreement__provider", "agreement__receiver")
        .filter(public_id=public_id)
        .order_by()
        .first()
    )


def documents_of(agreement: Agreement) -> list[Document]:
    """The documents of an agreement, oldest first, without their snapshots (1 query)."""
    return list(
        Document.objects.filter(agreement=agreement).defer("snapshot").order_by("issued_at", "pk")
    )


def credited_cents(invoice: Document) -> dict[int, int]:
    """What credit notes already gave back, by position of the invoice's lines (1 query)."""
    credited: dict[int, int] = {}
    for snapshot in invoice.credit_notes.values_list("snapshot", flat=True):
        for line in snapshot["lines"]:
            position = line["position"]
            credited[position] = credited.get(position, 0) + line["gross_cents"]
    return credited


def broken_links(series: DocumentSeries) -> list[str]:
    """What is wrong in a series, in words: a gap, a changed document, a broken chain (1 query)."""
    found = []
    previous, expected = "", 1
    rows = series.documents.order_by("sequence").values_list("sequence", "snapshot", "sha256")
    for sequence, snapshot, sha256 in rows.iterator(chunk_size=FETCH_SIZE):
        if sequence != expected:
            found.append(f"{series}: {expected} is missing before {sequence}")
        if snapshot["previous_sha256"] != previous:
            found.append(f"{series}: {sequence} does not follow the one before")
        if digest(snapshot) != sha256:
            found.append(f"{series}: {sequence} was changed")
        previous, expected = sha256, sequence + 1
    if previous != series.last_sha256 or expected != series.next_number:
        found.append(f"{series}: the end is missing")
    return found


def cooperative() -> Organisation | None:
    """The cooperative whose books the ledger keeps (1 query)."""
    rows = Organisation.objects.filter(kind=Organisation.Kind.COOPERATIVE)
    return rows.order_by("pk").first()


def ledger_lines(*, start: date, end: date) -> Iterator[LedgerLine]:
    """The euro entries from `start` to the end of the day `end`, streamed (1 query)."""
    zone = ZoneInfo(settings.TIME_ZONE)
    for row in _streamed(ENTRIES, [midnight(start), _after(end)]):
        yield LedgerLine(
            transfer=row[0],
            day=row[1].astimezone(zone).date(),
            kind=row[2],
            memo=row[3],
            piece=row[4],
            account_code=row[5],
            account_label=row[6],
            has_organisation=row[7],
            amount_cents=row[8],
        )


def opening_balances(*, start: date) -> Iterator[Balance]:
    """What each euro account held before a day began, streamed (1 query)."""
    for code, label, has_organisation, amount in _streamed(BALANCES, [midnight(start)]):
        yield Balance(code, label, has_organisation, int(amount))


def midnight(day: date) -> datetime:
    """The instant a day begins where the books are kept."""
    return datetime.combine(day, time.min, ZoneInfo(settings.TIME_ZONE))


def _after(day: date) -> datetime:
    return midnight(date.fromordinal(day.toordinal() + 1))


def _streamed(sql: str, parameters: list[object]) -> Iterator[Any]:
    """Read a long answer through a cursor of the server: memory does not grow with it."""
    connection.ensure_connection()
    with connection.connection.cursor(name="documents_entries", withhold=True) as cursor:
        cursor.itersize = FETCH_SIZE
        cursor.execute(sql, parameters)
        yield from cursor
