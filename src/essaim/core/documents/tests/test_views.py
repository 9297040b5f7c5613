"""Pages of documents: who may open them, what they show, what they send."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from essaim.core.documents import actions
from essaim.core.documents.models import Document
from essaim.core.documents.tests import factories
from essaim.core.documents.tests.factories import NOON
from essaim.core.documents.tests.test_entries import read_back
from essaim.core.ledger.actions import open_account, post
from essaim.core.ledger.rules import Draft
from essaim.core.members.actions import allow_assistance
from essaim.core.members.models import Assistance, Organisation
from essaim.kernel import clock

pytestmark = pytest.mark.django_db

NEW_YEAR = datetime(2025, 12, 31, 23, 0, tzinfo=UTC)


@pytest.fixture
def agreement():
    return factories.agreement()


@pytest.fixture
def invoice(agreement):
    return actions.issue_invoice(agreement=agreement, now=NOON)


@pytest.fixture
def cooperative():
    return factories.organisation(
        "La Coopérative", kind=Organisation.Kind.COOPERATIVE, siren="552100554"
    )


@pytest.fixture
def clerk(cooperative):
    return factories.clerk_of(cooperative)


def pages_of(document):
    key = [document.public_id]
    return [
        reverse("documents:document", args=key),
        reverse("documents:file", args=key),
        reverse("documents:of_agreement", args=[document.agreement.public_id]),
    ]


def statuses(client, member, document):
    client.force_login(member)
    return [client.get(page).status_code for page in pages_of(document)]


def test_buyer_manager_and_clerk_open_every_page(client, invoice, clerk):
    manager = factories.manager_of(invoice.seller)

    for reader in (invoice.agreement.receiver, manager, clerk):
        assert statuses(client, reader, invoice) == [200, 200, 200]


def test_a_helper_opens_them_while_the_assistance_lasts(client, invoice):
    helper = factories.member("Henri")
    now = clock.now()
    assistance = allow_assistance(
        helper=helper,
        helped=invoice.agreement.receiver,
        scope=Assistance.Scope.ORDER,
        expires_at=now + timedelta(days=30),
        consent_note="papier signé",
        now=now - timedelta(minutes=1),
    )
    during = statuses(client, helper, invoice)

    Assistance.objects.filter(pk=assistance.pk).update(revoked_at=now)

    assert during == [200, 200, 200]
    assert statuses(client, helper, invoice) == [404, 404, 404]


def test_a_helper_who_may_only_read_reads_and_has_nothing_written(client, invoice):
    reader = factories.member("Renée")
    now = clock.now()
    allow_assistance(
        helper=reader,
        helped=invoice.agreement.receiver,
        scope=Assistance.Scope.READ,
        expires_at=now + timedelta(days=30),
        consent_note="papier signé",
        now=now - timedelta(minutes=1),
    )

    assert statuses(client, reader, invoice) == [200, 200, 404]


def test_for_a_stranger_and_another_manager_they_do_not_exist(client, invoice):
    stranger = factories.member("Autre")
    elsewhere = factories.manager_of(factories.organisation("Ailleurs"))

    assert statuses(client, stranger, invoice) == [404, 404, 404]
    assert statuses(client, elsewhere, invoice) == [404, 404, 404]


def test_a_visitor_is_sent_to_sign_in(client, invoice):
    for page in (*pages_of(invoice), reverse("documents:entries")):
        answer = client.get(page)

        assert answer.status_code == 302
        assert "login" in answer["Location"]


def test_the_page_says_what_the_paper_says(client, invoice):
    client.force_login(invoice.agreement.receiver)

    page = client.get(pages_of(invoice)[0]).content.decode()

    for text in ("Facture", "F-2026-00001", "Bière ambrée", "64,44\u00a0€", "Où va chaque euro"):
        assert text in page


def test_the_page_costs_the_same_queries_for_one_line_as_for_sixty(
    client, django_assert_max_num_queries
):
    many = [(f"Article {rank}", 1, 100, 550) for rank in range(60)]
    invoice = actions.issue_invoice(agreement=factories.agreement(lines=many), now=NOON)
    client.force_login(invoice.agreement.receiver)
    client.get(pages_of(invoice)[0])

    with django_assert_max_num_queries(6):
        client.get(pages_of(invoice)[0])


def test_the_pdf_is_made_once_and_the_large_one_each_time(client, invoice):
    client.force_login(invoice.agreement.receiver)

    first = client.get(pages_of(invoice)[1])
    again = client.get(pages_of(invoice)[1])
    large = client.get(pages_of(invoice)[1] + "?large=1")

    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"] == 'inline; filename="F-2026-00001.pdf"'
    assert first.content == again.content != large.content
    assert large.content.startswith(b"%PDF")


def test_a_buyer_asks_for_a_receipt_then_for_an_invoice(client, agreement):
    client.force_login(agreement.receiver)
    page = reverse("documents:of_agreement", args=[agreement.public_id])

    receipt = client.post(page, {"kind": "receipt"})
    invoice = client.post(
        page,
        {
            "kind": "invoice",
            "name": "Cantine du Moulin",
            "address": "4 place du Moulin",
            "postcode": "59000",
            "town": "Lille",
            "siren": "552 100 554",
            "vat_number": "FR 40 303 265 045",
        },
    )

    assert receipt.status_code == invoice.status_code == 302
    assert client.get(invoice["Location"]).status_code == 200
    buyer = Document.objects.get(kind="invoice").snapshot["buyer"]
    assert (buyer["siren"], buyer["vat_number"]) == ("552100554", "FR40303265045")
    listed = client.get(page).content.decode()
    assert "Reçu R-" in listed
    assert 'value="invoice"' not in listed


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kind": "invoice", "name": ""}, "Une réponse est à corriger"),
        ({"kind": "invoice", "name": "A", "siren": "123456789"}, "pas un numéro SIREN"),
        ({"kind": "invoice", "name": "A", "vat_number": "FR1"}, "pas un numéro de TVA"),
        ({"kind": "invoice", "name": "A", "postcode": "5900"}, "cinq chiffres"),
        ({"kind": "something"}, "Documents de"),
    ],
)
def test_a_wrong_answer_is_explained_and_nothing_is_written(client, agreement, sent, said):
    client.force_login(agreement.receiver)

    answer = client.post(reverse("documents:of_agreement", args=[agreement.public_id]), sent)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Document.objects.exists()


def test_a_refusal_is_a_sentence_on_the_page(client):
    agreement = factories.agreement(paid=False)
    client.force_login(agreement.receiver)
    page = reverse("documents:of_agreement", args=[agreement.public_id])

    answer = client.post(page, {"kind": "receipt"})

    assert answer.status_code == 422
    assert "pas de reçu à écrire" in answer.content.decode()


def credit_page(client, invoice, reader):
    client.force_login(reader)
    page = reverse("documents:credit", args=[invoice.public_id])
    return page, client.get(page)


def test_a_manager_gives_part_of_a_line_back_and_a_double_click_does_it_once(client, invoice):
    page, form = credit_page(client, invoice, factories.manager_of(invoice.seller))
    key = re.search(r'name="key" value="([^"]+)"', form.content.decode())[1]
    sent = {"key": key, "line-2": "4,99"}

    first = client.post(page, sent)
    again = client.post(page, sent)

    assert first.status_code == 302
    assert first["Location"] == again["Location"]
    note = Document.objects.get(kind="credit-note")
    assert note.total_cents == 499
    assert "Avoir" in client.get(first["Location"]).content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"line-2": "29,95"}, "Il reste au plus 29,94"),
        ({}, "Dites ce qui est rendu"),
        ({"line-1": "-1"}, "error-summary"),
        ({"line-1": "1,005"}, "error-summary"),
        ({"line-1": "beaucoup"}, "error-summary"),
    ],
)
def test_a_wrong_credit_is_explained_and_nothing_is_written(client, invoice, clerk, sent, said):
    page, _ = credit_page(client, invoice, clerk)

    answer = client.post(page, {"key": str(invoice.public_id), **sent})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Document.objects.count() == 1


def test_a_buyer_corrects_nothing(client, invoice):
    page, form = credit_page(client, invoice, invoice.agreement.receiver)

    assert form.status_code == 404
    assert client.post(page, {"line-1": "1"}).status_code == 404
    assert page not in client.get(pages_of(invoice)[0]).content.decode()


def post_payment(seller, cents, at, key):
    held = open_account(code=f"card:{seller.slug}", label="Carte", organisation_id=seller.pk)
    due = open_account(code=f"due:{seller.slug}", label="Dû", organisation_id=seller.pk)
    agreement = factories.agreement(seller=seller)
    draft = Draft(
        key=key,
        kind="payment",
        lines=((held.pk, -cents), (due.pk, cents)),
        reference=agreement.public_id,
    )
    post(drafts=[draft], now=at)
    return agreement


def test_a_clerk_takes_the_entries_of_a_year_away(client, clerk):
    seller = factories.organisation()
    post_payment(seller, 500, NEW_YEAR - timedelta(seconds=1), "before")
    first = post_payment(seller, 700, NEW_YEAR, "first instant")
    last = post_payment(seller, 900, NEW_YEAR + timedelta(days=365, seconds=-1), "last instant")
    post_payment(seller, 100, NEW_YEAR + timedelta(days=365), "after")
    client.force_login(clerk)

    answer = client.get(reverse("documents:entries"), {"start": "2026-01-01", "end": "2026-12-31"})

    assert answer["Content-Disposition"] == 'attachment; filename="552100554FEC20261231.txt"'
    entries = read_back(answer.getvalue().decode("iso8859-15"))
    found = {
        number: [
            (cells["CompteNum"], cells["PieceRef"], debit + credit) for cells, debit, credit in rows
        ]
        for (_, number), rows in entries.items()
    }
    assert found == {
        "AN00000001": [("5115", "AN2026", 5), ("411", "AN2026", 5)],
        "CB00000001": [("5115", first.number, 7), ("411", first.number, 7)],
        "CB00000002": [("5115", last.number, 9), ("411", last.number, 9)],
    }


def test_only_clerks_take_entries_away(client, clerk, invoice):
    client.force_login(invoice.agreement.receiver)
    refused = client.get(reverse("documents:entries"))
    client.force_login(clerk)
    form = client.get(reverse("documents:entries"))

    assert refused.status_code == 404
    assert form.status_code == 200
    assert "Écritures comptables" in form.content.decode()


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-02-01", "2026-01-01"), ("2025-12-31", "2026-01-01"), ("", "2026-01-01"), ("x", "y")],
)
def test_an_unclear_period_is_explained(client, clerk, start, end):
    client.force_login(clerk)

    answer = client.get(reverse("documents:entries"), {"start": start, "end": end})

    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()


def test_without_a_siren_the_file_has_no_name(client, clerk, cooperative):
    cooperative.siren = ""
    cooperative.save(update_fields=["siren"])
    client.force_login(clerk)

    answer = client.get(reverse("documents:entries"), {"start": "2026-01-01", "end": "2026-12-31"})

    assert answer.status_code == 422
    assert "SIREN" in answer.content.decode()
