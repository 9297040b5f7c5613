"""The invoice for machines: valid for its XSD, and its sums hold when read back from the XML."""

import logging
from decimal import ROUND_HALF_UP, Decimal
from xml.etree import ElementTree as ET

import facturx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaim.core.documents.rendering.facturx import SPACES, cross_industry_invoice
from essaim.core.documents.rules import Kind
from essaim.core.documents.tests.factories import CANTEEN, snapshot

logging.getLogger("factur-x").setLevel(logging.CRITICAL)

CENT = Decimal("0.01")
LINES = st.lists(
    st.tuples(
        st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=40),
        st.integers(1, 40),
        st.integers(-500, 400_000).filter(bool),
        st.sampled_from((0, 210, 550, 1000, 2000)),
    ),
    min_size=1,
    max_size=8,
)
CASES = {
    "consumer": snapshot(),
    "company": snapshot(buyer=CANTEEN),
    "company that has not paid": snapshot(buyer=CANTEEN, paid=0),
    "seller out of VAT": snapshot(is_vat_liable=False, buyer=CANTEEN),
    "credit note": snapshot(kind=Kind.CREDIT_NOTE, buyer=CANTEEN, paid=0),
    "discount": snapshot(lines=[("Pommes", 3, 1000, 550), ("Remise", 1, -100, 550)]),
    "rounding": snapshot(lines=[("Clou", 1, 3, 2000)]),
    "price lowered by a fund": snapshot(lines=[("Pommes", 1, 1000, 550), ("Fonds", 1, -300, 0)]),
    "with and without VAT": snapshot(lines=[("Pommes", 1, 1000, 550), ("Don", 1, 200, 0)]),
}


def read(root, path):
    return root.findall(path, SPACES)


def amount(root, path):
    found = read(root, path)
    return Decimal(found[0].text) if found else Decimal(0)


def broken_rules(xml):
    """Business rules of EN 16931 that an invoice breaks, read from the XML alone."""
    root = ET.fromstring(xml)
    lines = read(root, ".//ram:IncludedSupplyChainTradeLineItem")
    header = ".//ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:"
    line_total = amount(root, f"{header}LineTotalAmount")
    basis = amount(root, f"{header}TaxBasisTotalAmount")
    tax_total = amount(root, f"{header}TaxTotalAmount")
    grand = amount(root, f"{header}GrandTotalAmount")
    due = amount(root, f"{header}DuePayableAmount")
    paid = amount(root, f"{header}TotalPrepaidAmount")
    rounding = amount(root, f"{header}RoundingAmount")
    groups = read(root, ".//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax")
    nets = [amount(line, ".//ram:LineTotalAmount") for line in lines]
    found = []
    if line_total != sum(nets):
        found.append("BR-CO-10")
    if basis != line_total:
        found.append("BR-CO-13")
    if tax_total != sum(amount(group, "ram:CalculatedAmount") for group in groups):
        found.append("BR-CO-14")
    if grand != basis + tax_total:
        found.append("BR-CO-15")
    if due != grand - paid + rounding:
        found.append("BR-CO-16")
    for group in groups:
        rate, base = amount(group, "ram:RateApplicablePercent"), amount(group, "ram:BasisAmount")
        expected = (base * rate / 100).quantize(CENT, ROUND_HALF_UP)
        if amount(group, "ram:CalculatedAmount") != expected:
            found.append("BR-CO-17")
        of_rate = [
            net
            for line, net in zip(lines, nets, strict=True)
            if amount(line, ".//ram:RateApplicablePercent") == rate
        ]
        if base != sum(of_rate):
            found.append("BR-S-08")
    if any(amount(line, ".//ram:ChargeAmount") < 0 for line in lines):
        found.append("BR-27")
    for line, net in zip(lines, nets, strict=True):
        price = amount(line, ".//ram:ChargeAmount") * amount(line, ".//ram:BilledQuantity")
        if price.quantize(CENT, ROUND_HALF_UP) != net:
            found.append("price x quantity")
    return found


@pytest.mark.parametrize("name", CASES)
def test_the_xml_is_valid_and_its_sums_hold(name):
    xml = cross_industry_invoice(CASES[name])

    assert facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
    assert broken_rules(xml) == []


@settings(max_examples=60, deadline=None)
@given(lines=LINES, is_vat_liable=st.booleans())
def test_any_invoice_is_valid_and_says_what_was_agreed(lines, is_vat_liable):
    facts = snapshot(lines=lines, is_vat_liable=is_vat_liable, paid=0)

    xml = cross_industry_invoice(facts)

    assert facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
    assert broken_rules(xml) == []
    due = amount(ET.fromstring(xml), ".//ram:DuePayableAmount")
    assert due * 100 == sum(line[2] for line in lines)


def test_letters_that_xml_cannot_hold_are_left_out():
    xml = cross_industry_invoice(snapshot(lines=[("Pain\x07 \uffff\ufffe noir", 1, 100, 550)]))

    assert read(ET.fromstring(xml), ".//ram:SpecifiedTradeProduct/ram:Name")[0].text == "Pain  noir"


def test_a_wrong_cent_is_seen():
    xml = cross_industry_invoice(CASES["consumer"])
    wrong = xml.replace(b"<ram:CalculatedAmount>2.00<", b"<ram:CalculatedAmount>2.01<")

    assert wrong != xml
    assert set(broken_rules(wrong)) == {"BR-CO-14", "BR-CO-17"}


def test_a_credit_note_names_the_invoice_it_corrects():
    root = ET.fromstring(cross_industry_invoice(CASES["credit note"]))

    assert read(root, ".//rsm:ExchangedDocument/ram:TypeCode")[0].text == "381"
    assert read(root, ".//ram:InvoiceReferencedDocument/ram:IssuerAssignedID")[0].text == (
        "F-2026-00041"
    )


def test_late_fees_are_told_to_companies_only():
    company = ET.fromstring(cross_industry_invoice(CASES["company"]))
    consumer = ET.fromstring(cross_industry_invoice(CASES["consumer"]))

    codes = [node.text for node in read(company, ".//ram:SubjectCode")]
    assert codes == ["PMT", "PMD", "AAB"]
    assert read(consumer, ".//ram:IncludedNote") == []


def test_a_seller_out_of_vat_says_why():
    root = ET.fromstring(cross_industry_invoice(CASES["seller out of VAT"]))

    assert read(root, ".//ram:ExemptionReason")[0].text == "TVA non applicable, art. 293 B du CGI"
    assert read(root, ".//ram:ExemptionReasonCode")[0].text == "VATEX-FR-FRANCHISE"
