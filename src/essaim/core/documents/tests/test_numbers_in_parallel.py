"""Numbers without gap nor double while many transactions issue at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from essaim.core.documents import actions, queries
from essaim.core.documents.models import Document, DocumentSeries
from essaim.core.documents.tests import factories
from essaim.core.documents.tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 8
EACH = 6


class ChangeOfMind(Exception):
    pass


def in_parallel(tasks):
    """Run each task in a thread with a connection of its own; return what each gave or raised."""

    def run(task):
        try:
            return task()
        except (IntegrityError, ChangeOfMind) as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, tasks))


def issue(agreement, *, give_up=False):
    with transaction.atomic():
        document = actions.issue_invoice(agreement=agreement, now=NOON)
        if give_up:
            raise ChangeOfMind
        return document


def test_parallel_issues_leave_no_gap_and_no_double_even_when_some_give_up():
    seller = factories.organisation()
    agreements = [factories.agreement(seller=seller) for _ in range(WORKERS * EACH)]

    results = in_parallel(
        [
            lambda made=made, rank=rank: issue(made, give_up=rank % 3 == 0)
            for rank, made in enumerate(agreements)
        ]
    )

    kept = [result for result in results if isinstance(result, Document)]
    given_up = len(results) - len(kept)
    assert given_up == WORKERS * EACH // 3
    assert sorted(document.sequence for document in kept) == list(range(1, len(kept) + 1))
    assert queries.broken_links(DocumentSeries.objects.get()) == []


def test_one_agreement_asked_for_many_times_at_once_has_one_invoice():
    agreement = factories.agreement()

    results = in_parallel([lambda: issue(agreement)] * WORKERS)

    assert len({document.pk for document in results}) == 1
    assert DocumentSeries.objects.get().next_number == 2


def test_without_the_lock_two_sellers_clerks_take_the_same_number(monkeypatch):
    seller = factories.organisation()
    first, *agreements = [factories.agreement(seller=seller) for _ in range(3)]
    issue(first)
    both_have_read = threading.Barrier(2, timeout=30)

    def read_without_lock(*, seller_id, kind, now):
        series = DocumentSeries.objects.get(
            seller_id=seller_id, kind=kind.value, year=timezone.localtime(now).year
        )
        both_have_read.wait()
        return series

    monkeypatch.setattr(actions, "lock_series", read_without_lock)

    results = in_parallel([lambda made=made: issue(made) for made in agreements])

    refused = [result for result in results if isinstance(result, IntegrityError)]
    assert len(refused) == 1
    assert "documents_number_once" in str(refused[0])


def test_with_the_lock_the_same_two_both_succeed():
    seller = factories.organisation()
    first, *agreements = [factories.agreement(seller=seller) for _ in range(3)]
    issue(first)

    results = in_parallel([lambda made=made: issue(made) for made in agreements])

    assert sorted(document.number for document in results) == ["F-2026-00002", "F-2026-00003"]
