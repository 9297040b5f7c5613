"""What the database refuses by itself, each with the proof that the guard does it."""

import pytest
from django.db import IntegrityError, connection, transaction

from essaim.core.documents import actions, queries
from essaim.core.documents.models import Document, DocumentSeries
from essaim.core.documents.tests import factories
from essaim.core.documents.tests.factories import NOON

pytestmark = pytest.mark.django_db


def issued():
    invoice = actions.issue_invoice(agreement=factories.agreement(), now=NOON)
    actions.keep_file(document=invoice, now=NOON)
    return invoice


def drop_guards():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("document", "documentfile", "documentseries"):
            cursor.execute(f"ALTER TABLE documents_{table} DISABLE TRIGGER USER")


ATTACKS = {
    "rename": "UPDATE documents_document SET number = 'F-2026-99999'",
    "change an amount": "UPDATE documents_document SET total_cents = 1",
    "delete a document": "DELETE FROM documents_documentfile; DELETE FROM documents_document",
    "change the file": "UPDATE documents_documentfile SET pdf = ''",
    "jump": "UPDATE documents_documentseries SET next_number = next_number + 5",
    "go back": "UPDATE documents_documentseries SET next_number = 1",
    "skip": "UPDATE documents_documentseries SET next_number = next_number + 1",
    "change hands": "UPDATE documents_documentseries SET year = 2020",
}


def attack(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_keeps_what_was_issued(name):
    issued()

    with pytest.raises(IntegrityError, match="documents:"):
        attack(ATTACKS[name])


@pytest.mark.parametrize("name", ATTACKS)
def test_without_its_triggers_it_would_not(name):
    issued()
    drop_guards()

    attack(ATTACKS[name])


CHAIN_ATTACKS = {
    "was changed": (
        "UPDATE documents_document SET snapshot = jsonb_set(snapshot, '{language}', '\"en\"')"
        " WHERE sequence = 2"
    ),
    "is missing before 3": "DELETE FROM documents_document WHERE sequence = 2",
    "does not follow": "DELETE FROM documents_document WHERE sequence = 1",
    "the end is missing": "DELETE FROM documents_document WHERE sequence = 3",
}


@pytest.mark.parametrize("complaint", CHAIN_ATTACKS)
def test_even_without_triggers_the_chain_betrays_it(complaint):
    seller = factories.organisation()
    for _ in range(3):
        invoice = actions.issue_invoice(agreement=factories.agreement(seller=seller), now=NOON)
    assert queries.broken_links(invoice.series) == []

    drop_guards()
    attack(CHAIN_ATTACKS[complaint])

    series = DocumentSeries.objects.get()
    assert any(complaint in problem for problem in queries.broken_links(series))


def test_a_number_is_used_once():
    invoice = issued()
    copy = {
        field.attname: getattr(invoice, field.attname)
        for field in Document._meta.concrete_fields
        if field.name not in {"id", "public_id", "key"}
    }

    with pytest.raises(IntegrityError, match="documents_number_once"), transaction.atomic():
        Document.objects.create(key="another", **copy)


def test_only_a_credit_note_corrects():
    invoice = issued()
    copy = {
        field.attname: getattr(invoice, field.attname)
        for field in Document._meta.concrete_fields
        if field.name not in {"id", "public_id", "key", "corrects", "sequence"}
    }

    with pytest.raises(IntegrityError, match="credit_note_corrects"), transaction.atomic():
        Document.objects.create(key="another", sequence=2, corrects=invoice, **copy)
