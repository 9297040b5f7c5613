"""Issuing: once per agreement, frozen for ever, refused with a reason and nothing written."""

import pytest
from django.db import transaction

from essaim.core.agreements.models import Agreement, JournalEvent
from essaim.core.agreements.rules import CAPITAL, State
from essaim.core.documents import actions, queries
from essaim.core.documents.models import Document, DocumentFile, DocumentSeries
from essaim.core.documents.rules import (
    Buyer,
    BuyerIncomplete,
    Credit,
    CreditTooLarge,
    LinesDoNotSum,
    NotAnInvoice,
    NotASale,
    NothingPaid,
    NothingToCredit,
    SellerUnknown,
    TooEarly,
)
from essaim.core.documents.tests import factories
from essaim.core.documents.tests.factories import CANTEEN, NOON
from essaim.core.members.models import Member

pytestmark = pytest.mark.django_db


def invoice_of(agreement):
    return actions.issue_invoice(agreement=agreement, now=NOON)


def test_a_receipt_says_what_was_bought_and_what_was_really_paid():
    agreement = factories.agreement(paid=False)
    factories.pay(agreement, 7000, refunded_cents=556, means="cash")

    receipt = actions.issue_receipt(agreement=agreement, now=NOON)

    assert receipt.number == "R-2026-00001"
    assert receipt.total_cents == 6444
    assert receipt.snapshot["totals"]["paid_cents"] == 6444
    assert receipt.snapshot["payments"] == [
        {"means": "cash", "amount_cents": 6444, "paid_on": "2026-11-22"}
    ]


def test_asking_twice_gives_the_same_document():
    agreement = factories.agreement()

    first = invoice_of(agreement)
    again = actions.issue_invoice(agreement=agreement, now=NOON, buyer=CANTEEN)

    assert again == first
    assert again.snapshot["buyer"]["name"] == agreement.receiver.display_name
    assert Document.objects.count() == 1


def test_numbers_grow_by_one_for_each_seller_kind_and_year():
    seller, other = factories.organisation(), factories.organisation("Une autre")
    of_seller = [invoice_of(factories.agreement(seller=seller)).number for _ in range(3)]
    of_other = invoice_of(factories.agreement(seller=other)).number
    receipt = actions.issue_receipt(agreement=factories.agreement(seller=seller), now=NOON)
    next_year = actions.issue_invoice(
        agreement=factories.agreement(seller=seller), now=NOON.replace(year=2027)
    )

    assert of_seller == ["F-2026-00001", "F-2026-00002", "F-2026-00003"]
    assert of_other == "F-2026-00001"
    assert receipt.number == "R-2026-00001"
    assert next_year.number == "F-2027-00001"


def test_a_rollback_gives_the_number_back():
    seller = factories.organisation()

    class Regret(Exception):
        pass

    def issue_then_regret():
        with transaction.atomic():
            invoice_of(factories.agreement(seller=seller))
            raise Regret

    with pytest.raises(Regret):
        issue_then_regret()
    kept = invoice_of(factories.agreement(seller=seller))

    assert kept.number == "F-2026-00001"
    assert queries.broken_links(kept.series) == []


def test_dates_never_go_back_when_numbers_go_up():
    seller = factories.organisation()
    first = invoice_of(factories.agreement(seller=seller))

    late_clock = NOON.replace(hour=3)
    second = actions.issue_invoice(agreement=factories.agreement(seller=seller), now=late_clock)

    assert second.issued_at == first.issued_at


def test_nothing_changes_when_people_and_organisations_change_afterwards():
    agreement = factories.agreement()
    invoice = invoice_of(agreement)
    before = dict(invoice.snapshot)

    agreement.receiver.display_name = "Un autre nom"
    agreement.receiver.save(update_fields=["display_name"])
    agreement.provider.name = "Une autre enseigne"
    agreement.provider.save(update_fields=["name"])
    agreement.lines.update(label="Autre chose")
    invoice.refresh_from_db()

    assert invoice.snapshot == before
    assert invoice_of(agreement).snapshot == before
    assert queries.broken_links(invoice.series) == []


def test_the_file_is_made_once_and_kept():
    invoice = invoice_of(factories.agreement())

    first = actions.keep_file(document=invoice, now=NOON)
    again = actions.keep_file(document=invoice, now=NOON.replace(year=2030))

    assert again == first
    assert again.rendered_at == NOON
    assert bytes(first.pdf).startswith(b"%PDF-1.7")
    assert b"EN 16931" in bytes(first.pdf)
    assert b"CrossIndustryInvoice" in bytes(first.xml)


def test_two_requests_for_one_file_keep_the_first():
    invoice = invoice_of(factories.agreement())
    DocumentFile.objects.create(document=invoice, pdf=b"first", sha256="", rendered_at=NOON)

    assert bytes(actions.keep_file(document=invoice, now=NOON).pdf) == b"first"


def test_a_company_gets_its_numbers_and_the_late_fees():
    agreement = factories.agreement()

    invoice = actions.issue_invoice(agreement=agreement, now=NOON, buyer=CANTEEN)

    assert invoice.snapshot["buyer"]["siren"] == "552100554"
    assert set(invoice.snapshot["mentions"]) == {"PMT", "PMD", "AAB"}
    assert "40" in invoice.snapshot["mentions"]["PMT"]


def test_a_seller_out_of_vat_invoices_without_tax_and_says_the_article():
    seller = factories.organisation(is_vat_liable=False, vat_number="")

    invoice = invoice_of(factories.agreement(seller=seller))

    (tax,) = invoice.snapshot["taxes"]
    assert (tax["category"], tax["tax_cents"], tax["net_cents"]) == ("E", 0, 6444)
    assert tax["reason"] == "TVA non applicable, art. 293 B du CGI"
    assert invoice.snapshot["mentions"] == {"TXD": tax["reason"]}


def test_the_category_of_the_operation_comes_from_the_journal():
    agreement = factories.agreement()
    JournalEvent.objects.create(
        agreement=agreement,
        trade="test",
        phase="event",
        action="deliver_service",
        resource="Réparation",
        quantity=1,
        quantity_unit="hour",
        happened_at=NOON,
    )

    assert invoice_of(agreement).snapshot["operation"] == "services"


def test_an_english_reader_gets_english_mentions():
    agreement = factories.agreement(buyer=factories.member(language="en-GB"))

    invoice = actions.issue_invoice(agreement=agreement, now=NOON, buyer=CANTEEN)

    assert invoice.snapshot["language"] == "en"
    assert invoice.snapshot["mentions"]["AAB"] == "No discount for early payment."


@pytest.mark.parametrize("cents", [-300, 250])
def test_a_solidarity_price_is_a_line_without_tax_and_the_total_is_what_was_agreed(cents):
    agreement = factories.agreement(solidarity_cents=cents)

    invoice = invoice_of(agreement)

    assert invoice.total_cents == agreement.total_cents == 6444 + cents
    line = invoice.snapshot["lines"][-1]
    assert (line["label"], line["net_cents"], line["rate_bps"]) == ("Caisse solidaire", cents, 0)
    assert queries.broken_links(invoice.series) == []


def expect_refusal(refusal, act):
    before = Document.objects.count(), DocumentSeries.objects.count()

    with pytest.raises(refusal) as refused:
        act()

    assert (Document.objects.count(), DocumentSeries.objects.count()) == before
    return refused.value.details


def test_no_receipt_before_a_payment():
    agreement = factories.agreement(paid=False)

    expect_refusal(NothingPaid, lambda: actions.issue_receipt(agreement=agreement, now=NOON))


def test_no_receipt_when_everything_was_given_back():
    agreement = factories.agreement(paid=False)
    factories.pay(agreement, 6444, refunded_cents=6444)

    expect_refusal(NothingPaid, lambda: actions.issue_receipt(agreement=agreement, now=NOON))


def test_capital_has_neither_invoice_nor_receipt():
    agreement = factories.agreement()
    agreement.shares.update(role=CAPITAL)

    expect_refusal(NotASale, lambda: invoice_of(agreement))
    expect_refusal(NotASale, lambda: actions.issue_receipt(agreement=agreement, now=NOON))


def test_a_person_who_shares_costs_sells_nothing():
    agreement = factories.agreement()
    person = Member.objects.create_user("dora@exemple.fr", display_name="Dora")
    Agreement.objects.filter(pk=agreement.pk).update(provider=None, provider_member=person)

    expect_refusal(NotASale, lambda: invoice_of(agreement))
    expect_refusal(NotASale, lambda: actions.issue_receipt(agreement=agreement, now=NOON))


def test_no_invoice_before_everything_is_handed_over():
    agreement = factories.agreement(state=State.ACCEPTED)

    expect_refusal(TooEarly, lambda: invoice_of(agreement))


@pytest.mark.parametrize("missing", ["siren", "address", "postcode", "town"])
def test_no_invoice_from_a_seller_the_law_cannot_find(missing):
    agreement = factories.agreement(seller=factories.organisation(**{missing: ""}))

    details = expect_refusal(SellerUnknown, lambda: invoice_of(agreement))

    assert details == {"seller": "La Halle de Fives"}


@pytest.mark.parametrize("buyer", [Buyer("  "), Buyer("Cantine", siren="12345678X")])
def test_no_invoice_to_nobody_or_to_a_wrong_number(buyer):
    agreement = factories.agreement()

    expect_refusal(
        BuyerIncomplete,
        lambda: actions.issue_invoice(agreement=agreement, now=NOON, buyer=buyer),
    )


def test_no_document_when_lines_and_total_disagree():
    agreement = factories.agreement()
    agreement.lines.filter(position=1).update(amount_cents=1251)

    details = expect_refusal(LinesDoNotSum, lambda: invoice_of(agreement))

    assert details == {"lines_cents": 6445, "total_cents": 6444}


def test_a_credit_note_gives_back_part_of_a_line_and_names_the_invoice():
    invoice = invoice_of(factories.agreement())

    note = actions.issue_credit_note(
        document=invoice, lines=[Credit(2, 499)], key="broken bottle", now=NOON
    )

    assert note.number == "A-2026-00001"
    assert note.corrects == invoice
    assert note.total_cents == 499
    assert note.snapshot["corrects"] == {"number": "F-2026-00001", "issued_on": "2026-11-27"}
    (line,) = note.snapshot["lines"]
    assert (line["label"], line["net_cents"], line["position"]) == ("Bière ambrée", 416, 2)
    assert note.snapshot["totals"]["due_cents"] == 499
    assert note.snapshot["seller"] == invoice.snapshot["seller"]


def test_a_credit_note_asked_twice_is_written_once():
    invoice = invoice_of(factories.agreement())
    ask = {"document": invoice, "lines": [Credit(1, 1250)], "key": "mistake", "now": NOON}

    first = actions.issue_credit_note(**ask)
    again = actions.issue_credit_note(**ask)

    assert again == first


def test_a_whole_credit_note_mirrors_its_invoice():
    invoice = invoice_of(factories.agreement())
    every = [
        Credit(line["position"], line["gross_cents"], line["quantity"])
        for line in invoice.snapshot["lines"]
    ]

    note = actions.issue_credit_note(document=invoice, lines=every, key="all", now=NOON)

    assert note.snapshot["lines"] == invoice.snapshot["lines"]
    assert note.snapshot["taxes"] == invoice.snapshot["taxes"]


def test_no_more_is_credited_than_was_invoiced():
    invoice = invoice_of(factories.agreement())
    actions.issue_credit_note(document=invoice, lines=[Credit(1, 1000)], key="one", now=NOON)

    details = expect_refusal(
        CreditTooLarge,
        lambda: actions.issue_credit_note(
            document=invoice, lines=[Credit(1, 251)], key="two", now=NOON
        ),
    )

    assert details == {"left_cents": 250, "label": "Pommes de terre Charlotte"}


@pytest.mark.parametrize(
    "lines", [[], [Credit(9, 1)], [Credit(1, 0)], [Credit(1, 5, 0)], [Credit(1, 5), Credit(1, 5)]]
)
def test_a_credit_note_says_what_is_given_back(lines):
    invoice = invoice_of(factories.agreement())

    expect_refusal(
        NothingToCredit,
        lambda: actions.issue_credit_note(document=invoice, lines=lines, key="k", now=NOON),
    )


def test_a_receipt_is_not_corrected_by_a_credit_note():
    receipt = actions.issue_receipt(agreement=factories.agreement(), now=NOON)

    expect_refusal(
        NotAnInvoice,
        lambda: actions.issue_credit_note(
            document=receipt, lines=[Credit(1, 5)], key="k", now=NOON
        ),
    )
