"""Paper: PDF/A-3 with the XML inside, the same bytes for the same facts, printed French."""

from io import BytesIO

import facturx
import pytest
from pypdf import PdfReader

from essaim.core.documents.rendering import render
from essaim.core.documents.rendering.sheet import sheet
from essaim.core.documents.rules import Kind
from essaim.core.documents.tests.factories import CANTEEN, GROCERIES, snapshot

NARROW, NO_BREAK = "\u202f", "\u00a0"
MANY = [(f"Article {rank} de la longue commande", rank, 100 * rank, 550) for rank in range(1, 61)]


def text_of(pdf):
    pages = PdfReader(BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_an_invoice_is_pdf_a_3_and_carries_its_xml():
    pdf, xml = render(snapshot())

    reader = PdfReader(BytesIO(pdf))
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in metadata
    assert reader.attachments["factur-x.xml"] == [xml]
    (attached,) = reader.trailer["/Root"]["/AF"]
    assert attached.get_object()["/AFRelationship"] == "/Data"
    assert reader.trailer["/Root"]["/OutputIntents"]
    assert facturx.get_xml_from_pdf(pdf) == ("factur-x.xml", xml)


def test_every_font_is_embedded():
    reader = PdfReader(BytesIO(render(snapshot())[0]))

    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    descriptors = [font["/DescendantFonts"][0]["/FontDescriptor"] for font in fonts]
    assert descriptors
    assert all({"/FontFile2", "/FontFile3"} & set(descriptor) for descriptor in descriptors)


def test_a_receipt_is_a_plain_pdf_a_without_xml():
    pdf, xml = render(snapshot(kind=Kind.RECEIPT))

    assert xml is None
    assert PdfReader(BytesIO(pdf)).attachments == {}


@pytest.mark.parametrize("kind", list(Kind))
def test_the_same_facts_give_the_same_bytes_at_any_time(kind, monkeypatch):
    facts = snapshot(kind=kind)
    first, _ = render(facts)
    monkeypatch.setattr(facturx.facturx, "_get_pdf_timestamp", lambda: "D:20300101000000+00'00'")
    monkeypatch.setattr(
        facturx.facturx, "_get_metadata_timestamp", lambda: "2030-01-01T00:00:00+00:00"
    )

    second, _ = render(facts)

    assert first == second


def test_sixty_lines_fill_several_pages_and_none_is_lost():
    pdf, _ = render(snapshot(lines=MANY))

    text = text_of(pdf)
    pages = len(PdfReader(BytesIO(pdf)).pages)
    assert pages >= 3
    assert f"Page {pages} sur {pages}" in text
    assert all(label in text for label, *_ in MANY)
    assert "suite" in text


def test_large_letters_say_the_same_on_more_paper():
    normal, _ = render(snapshot())
    large, _ = render(snapshot(), is_large=True)

    for label, *_ in GROCERIES:
        assert label in text_of(normal)
        assert label in text_of(large)
    assert len(PdfReader(BytesIO(large)).pages) > len(PdfReader(BytesIO(normal)).pages)


def test_any_name_can_be_printed():
    facts = snapshot(lines=[("Thé 日本 🐝 \x07 Łódź", 1, 100, 550)])

    pdf, xml = render(facts)

    assert "Thé □□ □" in text_of(pdf)
    assert "Łódź" in text_of(pdf)
    assert "日本".encode() in xml


def test_amounts_and_days_are_written_in_french():
    texts = sheet(snapshot(kind=Kind.CREDIT_NOTE, lines=[("Panier", 1, 123_456, 550)]))

    assert texts["title"] == "Avoir"
    assert texts["lines"][0][-1] == f"1{NARROW}234,56{NO_BREAK}€"
    assert texts["lines"][0][3] == f"5,5{NARROW}%"
    dates = f"F-2026-00041 du 1er{NO_BREAK}décembre{NO_BREAK}2026"
    assert ["Corrige la facture", dates] in texts["facts"]
    assert f"SIREN 732{NARROW}829{NARROW}320" in texts["seller"]["lines"]


@pytest.mark.parametrize(
    ("paid", "label", "tone"),
    [(6444, "Payé", "paid"), (0, "À payer", "due"), (7000, "À vous rendre", "plenty")],
)
def test_the_last_word_says_what_is_left(paid, label, tone):
    due = sheet(snapshot(paid=paid))["due"]

    assert (due["label"], due["tone"]) == (label, tone)


def test_an_unpaid_invoice_says_how_to_pay_and_a_company_what_lateness_costs():
    mentions = sheet(snapshot(buyer=CANTEEN, paid=0))["mentions"]

    assert mentions[0] == "Payable à réception."
    assert f"FR76{NARROW}3000" in mentions[1]
    assert "Indemnité de 40 €." in mentions


def test_the_letter_of_the_seller_is_not_an_article():
    facts = snapshot()
    facts["seller"] = facts["seller"] | {"name": "L’Épicerie"}

    assert sheet(snapshot())["initial"] == "H"
    assert sheet(facts)["initial"] == "É"
    assert sheet(snapshot() | {"seller": facts["seller"] | {"name": "…"}})["initial"] == "·"


def test_a_fund_that_pays_part_of_the_price_is_said_and_not_drawn():
    shares = [{"label": "Ferme", "amount_cents": 1000}, {"label": "Caisse", "amount_cents": -300}]
    facts = snapshot(lines=[("Pommes", 1, 1000, 550), ("Caisse", 1, -300, 0)])

    bar = sheet(facts | {"shares": shares})["shares"]
    pdf, _ = render(facts | {"shares": shares})

    assert [(part["label"], part["width"]) for part in bar] == [("Ferme", 1000), ("Caisse", 0)]
    assert "−3,00 €" in text_of(pdf).replace("\xa0", " ")


def test_a_document_in_english_reads_in_english():
    texts = sheet(snapshot() | {"language": "en"})

    assert texts["title"] == "Invoice"
    assert texts["due"]["amount"] == "€64.44"
