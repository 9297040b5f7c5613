"""Numbers of documents, the canonical form that is signed, and codes of the standards. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from essaim.kernel.errors import N_, BadInput, RuleBroken


class Kind(StrEnum):
    RECEIPT = "receipt"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"


class Operation(StrEnum):
    """Category of the operation, a mention of invoices (art. 242 nonies A, annexe II CGI)."""

    GOODS = "goods"
    SERVICES = "services"
    MIXED = "mixed"


class NotASale(RuleBroken):
    code = "documents.not-a-sale"
    sentence = N_(
        "Shares of the cooperative are not sold: they have a certificate, and neither receipt nor"
        " invoice."
    )


class NothingPaid(RuleBroken):
    code = "documents.nothing-paid"
    sentence = N_("Nothing was paid yet: there is no receipt to write.")


class TooEarly(RuleBroken):
    code = "documents.too-early"
    sentence = N_(
        "The invoice is written once everything is handed over: until then its amounts may change."
    )


class SellerUnknown(RuleBroken):
    code = "documents.seller-unknown"
    sentence = N_(
        "The law wants the SIREN number and the address of {seller} on an invoice,"
        " and they are not known."
    )


class LinesDoNotSum(RuleBroken):
    code = "documents.lines-do-not-sum"
    sentence = N_(
        "The lines add up to {lines_cents} and the agreement to {total_cents}: nothing was written."
    )


class NotAnInvoice(RuleBroken):
    code = "documents.not-an-invoice"
    sentence = N_("Only an invoice can be corrected by a credit note.")


class NothingToCredit(BadInput):
    code = "documents.nothing-to-credit"
    sentence = N_("Say what is given back: at least one line of the invoice, above zero.")


class CreditTooLarge(RuleBroken):
    code = "documents.credit-too-large"
    sentence = N_("At most {left_cents} can still be given back on “{label}”.")


class BuyerIncomplete(BadInput):
    code = "documents.buyer-incomplete"
    sentence = N_("An invoice needs the name of the buyer; a SIREN number has nine digits.")


class NoSiren(RuleBroken):
    code = "documents.no-siren"
    sentence = N_("The cooperative has no SIREN number yet: the name of this file needs it.")


class PeriodUnclear(BadInput):
    code = "documents.period-unclear"
    sentence = N_("The period must end after it starts and lie in one calendar year.")


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who an invoice is made out to. A SIREN or a VAT number makes it a professional."""

    name: str
    address: str = ""
    postcode: str = ""
    town: str = ""
    siren: str = ""
    vat_number: str = ""

    @property
    def is_professional(self) -> bool:
        return bool(self.siren or self.vat_number)

    def frozen(self) -> dict[str, Any]:
        return asdict(self) | {"is_professional": self.is_professional}


@dataclass(frozen=True, slots=True)
class Credit:
    """What is given back on a line of an invoice: its position (from 1), cents with tax."""

    position: int
    gross_cents: int
    quantity: int = 1


PREFIXES = {Kind.RECEIPT: "R", Kind.INVOICE: "F", Kind.CREDIT_NOTE: "A"}
"""Reçu, facture, avoir: the letter that opens a number."""


def number(kind: str, year: int, sequence: int) -> str:
    """Return the printed number: "F-2026-00042"; unique for a seller, growing by one."""
    return f"{PREFIXES[Kind(kind)]}-{year}-{sequence:05d}"


def canonical(snapshot: Mapping[str, Any]) -> bytes:
    """Return the one form of a snapshot that is signed: sorted keys, no useless space, UTF-8."""
    return json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(snapshot: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a snapshot, which holds the digest of the document before it."""
    return hashlib.sha256(canonical(snapshot)).hexdigest()


def operation_of(actions: frozenset[str]) -> Operation:
    """Return the category of what the journal says was done; goods when it says nothing."""
    services = bool(actions & {"deliver_service", "work", "use", "transfer_custody"})
    goods = bool(actions & {"transfer", "consume", "modify"})
    if services and goods:
        return Operation.MIXED
    return Operation.SERVICES if services else Operation.GOODS
