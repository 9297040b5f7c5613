"""What is frozen in a document: plain facts (integers, texts, dates), enough to print it alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from essaim.core.agreements.models import Agreement, JournalEvent
from essaim.core.agreements.rules import State
from essaim.core.documents.models import Document
from essaim.core.documents.rules import (
    Bill,
    Billable,
    Buyer,
    Credit,
    Kind,
    Operation,
    bill,
    operation_of,
)
from essaim.core.members.models import Organisation
from essaim.core.payments.rules import IntentState

VERSION = 1
LANGUAGES = ("fr", "en")
SELLER_FIELDS = (
    "name", "legal_form", "siren", "vat_number", "is_vat_liable", "iban", "address", "postcode",
    "town", "email", "phone",
)  # fmt: skip


def of_agreement(
    agreement: Agreement,
    *,
    kind: Kind,
    buyer: Buyer,
    counted: Bill,
    payments: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return the facts of a receipt or an invoice, but its number, dates and digest (3 queries)."""
    language = _language(agreement.receiver.language)
    operation = _operation(agreement)
    positions = range(1, len(counted.lines) + 1)
    with translation.override(language):
        mentions = _mentions(agreement.seller, buyer, kind)
        taxes = _taxes(counted, agreement.seller)
    paid = sum(payment["amount_cents"] for payment in payments)
    return {
        "version": VERSION,
        "kind": kind.value,
        "language": language,
        "operation": operation.value,
        "executed_on": _day(_executed_at(agreement)),
        "agreement": _header(agreement),
        "seller": {name: getattr(agreement.seller, name) for name in SELLER_FIELDS},
        "buyer": buyer.frozen(),
        "lines": _lines(counted, positions),
        "taxes": taxes,
        "totals": _totals(counted, paid_cents=paid),
        "payments": payments,
        "shares": _shares(agreement),
        "mentions": mentions,
        "corrects": None,
    }


def of_credit_note(invoice: Document, credits_: Sequence[Credit]) -> dict[str, Any]:
    """Return the facts of a credit note: the invoice's parties, the lines given back."""
    before = invoice.snapshot
    invoiced = {line["position"]: line for line in before["lines"]}
    lines = [
        Billable(
            label=invoiced[line.position]["label"],
            quantity=line.quantity,
            gross_cents=line.gross_cents,
            rate_bps=invoiced[line.position]["rate_bps"],
        )
        for line in credits_
    ]
    counted = bill(lines, is_vat_liable=True)  # the rates are those of the invoice
    reasons = {tax["rate_bps"]: tax for tax in before["taxes"]}
    return {
        **before,
        "kind": Kind.CREDIT_NOTE.value,
        "lines": _lines(counted, [line.position for line in credits_]),
        "taxes": [
            reasons[group.rate_bps] | {"net_cents": group.net_cents, "tax_cents": group.tax_cents}
            for group in counted.taxes
        ],
        "totals": _totals(counted, paid_cents=0),
        "payments": [],
        "shares": [],
        "corrects": {"number": before["number"], "issued_on": before["issued_on"]},
    }


def payments_of(agreement: Agreement) -> list[dict[str, Any]]:
    """What was really paid, refunds taken off, oldest first (1 query)."""
    rows = agreement.payments.filter(state=IntentState.PAID).order_by("settled_at", "pk")
    return [
        {
            "means": row.means,
            "amount_cents": row.amount_cents - row.refunded_cents,
            "paid_on": _day(row.settled_at or row.created_at),
        }
        for row in rows
        if row.amount_cents > row.refunded_cents
    ]


def _header(agreement: Agreement) -> dict[str, Any]:
    place = agreement.place
    return {
        "number": agreement.number,
        "title": agreement.title,
        "made_on": _day(agreement.proposed_at),
        # The address of a home is nobody's business on paper: its town says enough.
        "place": place
        and {
            "name": place.name,
            "address": "" if place.is_home else place.address,
            "town": place.commune.name,
            "postcode": (place.commune.postcodes or [""])[0],
        },
    }


def _lines(counted: Bill, positions: Sequence[int]) -> list[dict[str, Any]]:
    return [
        {
            "position": position,
            "label": line.label,
            "quantity": line.quantity,
            "rate_bps": line.rate_bps,
            "gross_cents": line.gross_cents,
            "net_cents": line.net_cents,
            "net_price": line.net_price,
        }
        for position, line in zip(positions, counted.lines, strict=True)
    ]


def _taxes(counted: Bill, seller: Organisation) -> list[dict[str, Any]]:
    """One row a rate; what bears no tax says why (categories S and E of EN 16931)."""
    if seller.is_vat_liable:
        reason, code = _("Not subject to VAT"), ""
    else:
        reason, code = "TVA non applicable, art. 293 B du CGI", "VATEX-FR-FRANCHISE"
    return [
        {
            "category": "S" if group.rate_bps else "E",
            "rate_bps": group.rate_bps,
            "net_cents": group.net_cents,
            "tax_cents": group.tax_cents,
            "reason": "" if group.rate_bps else reason,
            "reason_code": "" if group.rate_bps else code,
        }
        for group in counted.taxes
    ]


def _totals(counted: Bill, *, paid_cents: int) -> dict[str, int]:
    return {
        "net_cents": counted.net_cents,
        "tax_cents": counted.tax_cents,
        "rounding_cents": counted.rounding_cents,
        "gross_cents": counted.gross_cents,
        "paid_cents": paid_cents,
        "due_cents": counted.gross_cents - paid_cents,
    }


def _shares(agreement: Agreement) -> list[dict[str, Any]]:
    rows = agreement.shares.order_by("position").values_list("label", "amount_cents")
    return [{"label": label, "amount_cents": amount} for label, amount in rows if amount]


def _mentions(seller: Organisation, buyer: Buyer, kind: Kind) -> dict[str, str]:
    """Sentences the law wants, by the subject code of EN 16931 (UNTDID 4451)."""
    mentions = {}
    if kind is Kind.INVOICE and buyer.is_professional:
        # Art. L441-9 and L441-10 of the commercial code; never shown to consumers.
        mentions = {
            "PMT": _("For late payment, a fixed sum of €40 is due for the cost of recovery."),
            "PMD": _("Late penalties: three times the legal interest rate."),
            "AAB": _("No discount for early payment."),
        }
    if not seller.is_vat_liable:
        mentions["TXD"] = "TVA non applicable, art. 293 B du CGI"
    return mentions


def _operation(agreement: Agreement) -> Operation:
    actions = JournalEvent.objects.filter(agreement=agreement).values_list("action", flat=True)
    return operation_of(frozenset(actions.distinct()))


def _executed_at(agreement: Agreement) -> datetime:
    """The instant it was handed over; before that, when it is to take place."""
    row = (
        agreement.transitions.filter(to_state=State.FULFILLED)
        .order_by("-done_at")
        .values_list("done_at", flat=True)
        .first()
    )
    return row or agreement.takes_place_at or agreement.proposed_at


def _day(moment: datetime) -> str:
    return timezone.localtime(moment).date().isoformat()


def _language(code: str) -> str:
    return code[:2] if code[:2] in LANGUAGES else LANGUAGES[0]
