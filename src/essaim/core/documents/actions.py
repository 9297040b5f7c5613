"""Issuing documents: a number without gap, a frozen snapshot, and nothing changes afterwards."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from essaim.core.agreements.models import Agreement
from essaim.core.agreements.rules import CAPITAL, State
from essaim.core.documents import queries, rendering, snapshots
from essaim.core.documents.models import Document, DocumentFile, DocumentSeries
from essaim.core.documents.rules import (
    Billable,
    Buyer,
    BuyerIncomplete,
    Credit,
    CreditTooLarge,
    Kind,
    LinesDoNotSum,
    NotAnInvoice,
    NotASale,
    NothingPaid,
    NothingToCredit,
    SellerUnknown,
    TooEarly,
    bill,
    digest,
    number,
)
from essaim.core.members.models import Organisation

HANDED_OVER = frozenset({State.FULFILLED, State.SETTLED})
SIREN_DIGITS = 9
SOLIDARITY = "solidarity"
"""Role of the share that makes a total higher or lower than its lines."""


@transaction.atomic
def issue_receipt(*, agreement: Agreement, now: datetime) -> Document:
    """Write what was bought and what was paid for it; asking again gives the same receipt.

    Raises:
        NotASale: it is a subscription of capital.
        NothingPaid: no payment has come yet.
        LinesDoNotSum: the lines of the agreement do not add up to its total.
    """
    key = f"receipt:{agreement.public_id}"
    if known := _known(key):
        return known
    agreement = _loaded(agreement)
    _check_sale(agreement)
    payments = snapshots.payments_of(agreement)
    if not payments:
        raise NothingPaid
    body = snapshots.of_agreement(
        agreement,
        kind=Kind.RECEIPT,
        buyer=Buyer(name=agreement.receiver.display_name),
        counted=_bill_of(agreement),
        payments=payments,
    )
    return _issue(key=key, kind=Kind.RECEIPT, agreement=agreement, body=body, now=now)


@transaction.atomic
def issue_invoice(*, agreement: Agreement, now: datetime, buyer: Buyer | None = None) -> Document:
    """Invoice an agreement that is handed over; asking again gives the same invoice.

    Args:
        buyer: who it is made out to; by default the member who received, by their name.

    Raises:
        NotASale: it is a subscription of capital.
        TooEarly: nothing is handed over yet, its amounts may still change.
        SellerUnknown: the seller has no SIREN number or no address; `details` has `seller`.
        BuyerIncomplete: no name, or a SIREN number without nine digits.
        LinesDoNotSum: the lines of the agreement do not add up to its total.
    """
    key = f"invoice:{agreement.public_id}"
    if known := _known(key):
        return known
    agreement = _loaded(agreement)
    _check_sale(agreement)
    if agreement.state not in HANDED_OVER:
        raise TooEarly
    _check_seller(agreement.seller)
    buyer = buyer or Buyer(name=agreement.receiver.display_name)
    _check_buyer(buyer)
    body = snapshots.of_agreement(
        agreement,
        kind=Kind.INVOICE,
        buyer=buyer,
        counted=_bill_of(agreement),
        payments=snapshots.payments_of(agreement),
    )
    return _issue(key=key, kind=Kind.INVOICE, agreement=agreement, body=body, now=now)


@transaction.atomic
def issue_credit_note(
    *, document: Document, lines: Sequence[Credit], key: str, now: datetime
) -> Document:
    """Correct an invoice by giving back some of its lines, all or part; once per `key`.

    Raises:
        NotAnInvoice: receipts and credit notes are not corrected this way.
        NothingToCredit: no line, an unknown one, or nothing above zero.
        CreditTooLarge: with the earlier credit notes, more than was invoiced on a line.
    """
    key = f"credit-note:{key}"
    # The lock makes simultaneous credit notes of one invoice queue up.
    invoice = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if known := _known(key):
        return known
    if invoice.kind != Kind.INVOICE:
        raise NotAnInvoice
    _check_credits(invoice, lines)
    body = snapshots.of_credit_note(invoice, lines)
    return _issue(
        key=key,
        kind=Kind.CREDIT_NOTE,
        agreement=_loaded(invoice.agreement),
        body=body,
        now=now,
        corrects=invoice,
    )


@transaction.atomic
def keep_file(*, document: Document, now: datetime) -> DocumentFile:
    """Return the printed form of a document, made the first time it is asked for."""
    known = DocumentFile.objects.filter(document=document).order_by().first()
    if known is not None:
        return known
    pdf, xml = rendering.render(document.snapshot)
    kept, _ = DocumentFile.objects.get_or_create(
        document=document,
        defaults={
            "pdf": pdf,
            "xml": xml,
            "sha256": hashlib.sha256(pdf).hexdigest(),
            "rendered_at": now,
        },
    )
    return kept


def _issue(
    *,
    key: str,
    kind: Kind,
    agreement: Agreement,
    body: dict[str, Any],
    now: datetime,
    corrects: Document | None = None,
) -> Document:
    """Number, date, chain, freeze. The caller's transaction holds the lock until its end."""
    series = lock_series(seller_id=agreement.seller.pk, kind=kind, now=now)
    if known := _known(key):  # somebody else issued it while we waited for the lock
        return known
    issued_at = max(now, series.last_issued_at or now)
    sequence = series.next_number
    printed = number(kind, series.year, sequence)
    snapshot = body | {
        "number": printed,
        "issued_at": issued_at.isoformat(),
        "issued_on": timezone.localtime(issued_at).date().isoformat(),
        "previous_sha256": series.last_sha256,
    }
    document = Document.objects.create(
        key=key,
        kind=kind.value,
        series=series,
        sequence=sequence,
        number=printed,
        seller_id=agreement.seller.pk,
        agreement=agreement,
        corrects=corrects,
        issued_at=issued_at,
        total_cents=snapshot["totals"]["gross_cents"],
        snapshot=snapshot,
        sha256=digest(snapshot),
    )
    series.next_number = sequence + 1
    series.last_issued_at = issued_at
    series.last_sha256 = document.sha256
    series.save(update_fields=["next_number", "last_issued_at", "last_sha256"])
    return document


def lock_series(*, seller_id: int, kind: Kind, now: datetime) -> DocumentSeries:
    """Return the seller's series of this year, locked: the next transaction waits for this one."""
    identity = {
        "seller_id": seller_id,
        "kind": kind.value,
        "year": timezone.localtime(now).year,
    }
    # No race: an insertion that meets another's waits for its end, then gives way.
    DocumentSeries.objects.bulk_create([DocumentSeries(**identity)], ignore_conflicts=True)
    return DocumentSeries.objects.select_for_update(of=("self",)).get(**identity)


def _known(key: str) -> Document | None:
    return Document.objects.filter(key=key).order_by().first()


def _loaded(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_related("provider", "receiver", "place__commune").get(
        pk=agreement.pk
    )


def _bill_of(agreement: Agreement) -> Any:
    lines = [
        Billable(line.label, line.quantity, line.amount_cents, line.tax_rate_bps)
        for line in agreement.lines.order_by("position")
    ]
    # What the buyer gives to a solidarity fund, or receives from it, is nobody's price: no VAT.
    lines += [
        Billable(share.label, 1, share.amount_cents, 0)
        for share in agreement.shares.filter(role=SOLIDARITY).order_by("position")
    ]
    counted = bill(lines, is_vat_liable=agreement.seller.is_vat_liable)
    if counted.gross_cents != agreement.total_cents:
        raise LinesDoNotSum(lines_cents=counted.gross_cents, total_cents=agreement.total_cents)
    return counted


def _check_sale(agreement: Agreement) -> None:
    """Capital is no turnover, and a person who shares costs sells nothing: no paper of sale."""
    if agreement.provider is None or agreement.shares.filter(role=CAPITAL).exists():
        raise NotASale


def _check_seller(seller: Organisation) -> None:
    if not (seller.siren and seller.address and seller.postcode and seller.town):
        raise SellerUnknown(seller=seller.name)


def _check_buyer(buyer: Buyer) -> None:
    if not buyer.name.strip():
        raise BuyerIncomplete
    if buyer.siren and not (buyer.siren.isdecimal() and len(buyer.siren) == SIREN_DIGITS):
        raise BuyerIncomplete


def _check_credits(invoice: Document, lines: Sequence[Credit]) -> None:
    invoiced = {line["position"]: line for line in invoice.snapshot["lines"]}
    if not lines or len({line.position for line in lines}) < len(lines):
        raise NothingToCredit
    credited = queries.credited_cents(invoice)
    for line in lines:
        known = invoiced.get(line.position)
        if known is None or line.gross_cents <= 0 or line.quantity < 1:
            raise NothingToCredit
        left = known["gross_cents"] - credited.get(line.position, 0)
        if line.gross_cents > left:
            raise CreditTooLarge(left_cents=left, label=known["label"])
