"""The invoice for machines: Cross Industry Invoice, profile EN 16931, from a frozen snapshot."""

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from essaim.core.documents.rules.amounts import net_price

SPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
GUIDELINE = "urn:cen.eu:en16931:2017"
TYPE_CODES = {"invoice": "380", "credit-note": "381"}
PROCESSES = {"goods": "B1", "services": "S1", "mixed": "M1"}
"""Business process (BT-23) as France reads it: the category of the operation."""
MEANS_CODES = {"card": "48", "cash": "10", "bank-transfer": "30"}
SIREN_SCHEME = "0002"
SIREN_ADDRESS_SCHEME = "0225"
ONE = "C62"
NOT_LETTERS = frozenset("\ufffe\uffff")

Node = ET.Element
Snapshot = Mapping[str, Any]


def cross_industry_invoice(snapshot: Snapshot) -> bytes:
    """Return the XML of an invoice or a credit note, ready to be embedded.

    The same snapshot always gives the same bytes. Amounts are those of the snapshot, never counted
    again; only their signs follow the standard (a line below zero has a negative quantity).
    """
    for prefix, space in SPACES.items():
        ET.register_namespace(prefix, space)
    root = ET.Element(_tag("rsm:CrossIndustryInvoice"))
    context = _add(root, "rsm:ExchangedDocumentContext")
    process = _add(context, "ram:BusinessProcessSpecifiedDocumentContextParameter")
    _add(process, "ram:ID", PROCESSES[snapshot["operation"]])
    guideline = _add(context, "ram:GuidelineSpecifiedDocumentContextParameter")
    _add(guideline, "ram:ID", GUIDELINE)
    _document(root, snapshot)
    transaction = _add(root, "rsm:SupplyChainTradeTransaction")
    for line_number, line in enumerate(snapshot["lines"], start=1):
        _line(transaction, line_number, line, snapshot)
    _agreement(transaction, snapshot)
    _delivery(transaction, snapshot)
    _settlement(transaction, snapshot)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def _document(root: Node, snapshot: Snapshot) -> None:
    document = _add(root, "rsm:ExchangedDocument")
    _add(document, "ram:ID", snapshot["number"])
    _add(document, "ram:TypeCode", TYPE_CODES[snapshot["kind"]])
    _date(_add(document, "ram:IssueDateTime"), snapshot["issued_on"])
    for subject, sentence in snapshot["mentions"].items():
        note = _add(document, "ram:IncludedNote")
        _add(note, "ram:Content", sentence)
        _add(note, "ram:SubjectCode", subject)


def _line(transaction: Node, line_number: int, line: Snapshot, snapshot: Snapshot) -> None:
    item = _add(transaction, "ram:IncludedSupplyChainTradeLineItem")
    _add(_add(item, "ram:AssociatedDocumentLineDocument"), "ram:LineID", str(line_number))
    _add(_add(item, "ram:SpecifiedTradeProduct"), "ram:Name", line["label"])
    price = _add(_add(item, "ram:SpecifiedLineTradeAgreement"), "ram:NetPriceProductTradePrice")
    _add(price, "ram:ChargeAmount", net_price(line["net_cents"], line["quantity"]))
    quantity = -line["quantity"] if line["net_cents"] < 0 else line["quantity"]
    delivery = _add(item, "ram:SpecifiedLineTradeDelivery")
    _add(delivery, "ram:BilledQuantity", str(quantity), unitCode=ONE)
    settlement = _add(item, "ram:SpecifiedLineTradeSettlement")
    tax = _add(settlement, "ram:ApplicableTradeTax")
    _add(tax, "ram:TypeCode", "VAT")
    _add(tax, "ram:CategoryCode", _category(snapshot, line["rate_bps"]))
    _add(tax, "ram:RateApplicablePercent", _amount(line["rate_bps"]))
    total = _add(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation")
    _add(total, "ram:LineTotalAmount", _amount(line["net_cents"]))


def _agreement(transaction: Node, snapshot: Snapshot) -> None:
    agreement = _add(transaction, "ram:ApplicableHeaderTradeAgreement")
    seller = snapshot["seller"]
    party = _add(agreement, "ram:SellerTradeParty")
    _party(party, seller)
    tax_id, scheme = (
        (seller["vat_number"], "VA") if seller["vat_number"] else (seller["siren"], "FC")
    )
    _add(_add(party, "ram:SpecifiedTaxRegistration"), "ram:ID", tax_id, schemeID=scheme)
    buyer = snapshot["buyer"]
    party = _add(agreement, "ram:BuyerTradeParty")
    _party(party, buyer)
    if buyer["vat_number"]:
        registration = _add(party, "ram:SpecifiedTaxRegistration")
        _add(registration, "ram:ID", buyer["vat_number"], schemeID="VA")
    order = _add(agreement, "ram:BuyerOrderReferencedDocument")
    _add(order, "ram:IssuerAssignedID", snapshot["agreement"]["number"])


def _party(party: Node, facts: Snapshot) -> None:
    _add(party, "ram:Name", facts["name"])
    if facts.get("legal_form"):
        _add(party, "ram:Description", facts["legal_form"])
    if facts["siren"]:
        organisation = _add(party, "ram:SpecifiedLegalOrganization")
        _add(organisation, "ram:ID", facts["siren"], schemeID=SIREN_SCHEME)
    _address(party, facts)
    if facts["siren"]:
        communication = _add(party, "ram:URIUniversalCommunication")
        _add(communication, "ram:URIID", facts["siren"], schemeID=SIREN_ADDRESS_SCHEME)


def _address(party: Node, facts: Snapshot) -> None:
    address = _add(party, "ram:PostalTradeAddress")
    if facts["postcode"]:
        _add(address, "ram:PostcodeCode", facts["postcode"])
    if facts["address"]:
        _add(address, "ram:LineOne", facts["address"])
    if facts["town"]:
        _add(address, "ram:CityName", facts["town"])
    _add(address, "ram:CountryID", "FR")


def _delivery(transaction: Node, snapshot: Snapshot) -> None:
    delivery = _add(transaction, "ram:ApplicableHeaderTradeDelivery")
    place = snapshot["agreement"]["place"]
    if place:
        party = _add(delivery, "ram:ShipToTradeParty")
        _add(party, "ram:Name", place["name"])
        _address(party, place)
    event = _add(delivery, "ram:ActualDeliverySupplyChainEvent")
    _date(_add(event, "ram:OccurrenceDateTime"), snapshot["executed_on"])


def _settlement(transaction: Node, snapshot: Snapshot) -> None:
    settlement = _add(transaction, "ram:ApplicableHeaderTradeSettlement")
    _add(settlement, "ram:InvoiceCurrencyCode", "EUR")
    _payment_means(settlement, snapshot)
    for group in snapshot["taxes"]:
        tax = _add(settlement, "ram:ApplicableTradeTax")
        _add(tax, "ram:CalculatedAmount", _amount(group["tax_cents"]))
        _add(tax, "ram:TypeCode", "VAT")
        if group["reason"]:
            _add(tax, "ram:ExemptionReason", group["reason"])
        _add(tax, "ram:BasisAmount", _amount(group["net_cents"]))
        _add(tax, "ram:CategoryCode", group["category"])
        if group["reason_code"]:
            _add(tax, "ram:ExemptionReasonCode", group["reason_code"])
        _add(tax, "ram:RateApplicablePercent", _amount(group["rate_bps"]))
    if snapshot["totals"]["due_cents"] > 0:
        terms = _add(settlement, "ram:SpecifiedTradePaymentTerms")
        _date(_add(terms, "ram:DueDateDateTime"), snapshot["issued_on"])
    _totals(settlement, snapshot["totals"])
    if snapshot["corrects"]:
        reference = _add(settlement, "ram:InvoiceReferencedDocument")
        _add(reference, "ram:IssuerAssignedID", snapshot["corrects"]["number"])
        day = _add(reference, "ram:FormattedIssueDateTime")
        _date(day, snapshot["corrects"]["issued_on"], name="qdt:DateTimeString")


def _payment_means(settlement: Node, snapshot: Snapshot) -> None:
    used = sorted({MEANS_CODES.get(payment["means"], "1") for payment in snapshot["payments"]})
    iban = snapshot["seller"]["iban"].replace(" ", "")
    if not used and snapshot["kind"] == "invoice" and iban:
        used = [MEANS_CODES["bank-transfer"]]
    for code in used:
        means = _add(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
        _add(means, "ram:TypeCode", code)
        if code == MEANS_CODES["bank-transfer"] and iban:
            account = _add(means, "ram:PayeePartyCreditorFinancialAccount")
            _add(account, "ram:IBANID", iban)


def _totals(settlement: Node, totals: Snapshot) -> None:
    summary = _add(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _add(summary, "ram:LineTotalAmount", _amount(totals["net_cents"]))
    _add(summary, "ram:TaxBasisTotalAmount", _amount(totals["net_cents"]))
    _add(summary, "ram:TaxTotalAmount", _amount(totals["tax_cents"]), currencyID="EUR")
    if totals["rounding_cents"]:
        _add(summary, "ram:RoundingAmount", _amount(totals["rounding_cents"]))
    _add(summary, "ram:GrandTotalAmount", _amount(totals["net_cents"] + totals["tax_cents"]))
    if totals["paid_cents"]:
        _add(summary, "ram:TotalPrepaidAmount", _amount(totals["paid_cents"]))
    _add(summary, "ram:DuePayableAmount", _amount(totals["due_cents"]))


def _category(snapshot: Snapshot, rate_bps: int) -> str:
    return next(str(tax["category"]) for tax in snapshot["taxes"] if tax["rate_bps"] == rate_bps)


def _date(parent: Node, iso_day: str, *, name: str = "udt:DateTimeString") -> None:
    _add(parent, name, iso_day.replace("-", ""), format="102")


def _amount(hundredths: int) -> str:
    """Return cents (or basis points) as a decimal number: -5 → "-0.05"."""
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"


def _add(parent: Node, name: str, text: str | None = None, **attributes: str) -> Node:
    node = ET.SubElement(parent, _tag(name), attributes)
    if text is not None:
        node.text = _legal(text)
    return node


def _tag(name: str) -> str:
    prefix, local = name.split(":")
    return f"{{{SPACES[prefix]}}}{local}"


def _legal(text: str) -> str:
    """Leave out what XML 1.0 cannot hold: control characters and two that are no letters."""
    return "".join(letter for letter in text if (letter >= " " and letter not in NOT_LETTERS))
