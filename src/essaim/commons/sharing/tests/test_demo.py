"""What the demo shows of sharing: a year shared by a vote, a year being written."""

from datetime import UTC, datetime

import pytest

from essaim.commons.cooperative.tests import test_demo as cooperative
from essaim.commons.cooperative.tests.test_demo import sown
from essaim.commons.sharing import demo, queries
from essaim.commons.sharing.models import Quarter, Variant, Year
from essaim.core.ledger import queries as ledger

__all__ = ["sown"]
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def test_last_year_was_shared_by_an_assembly_and_this_year_is_being_written(sown):
    assert cooperative.NOW == NOW

    demo.sow(NOW)

    register = Year.objects.order_by("pk")[0].register
    shared = queries.closed_years(register)[0]
    assert (shared.civil_year, shared.result_cents) == (2025, 995_000)
    assert shared.sharing.reserves_cents == 995_000
    assert [one.adopted_at is not None for one in Variant.objects.order_by("pk")] == [True, False]
    assert [m.is_adopted for m in _motions()] == [True, False]
    assert Year.objects.get(civil_year=2026).closed_at is None
    past, coming = Quarter.objects.order_by("number")
    assert (past.paid_cents, past.after_cents) == (130_000, 70_000)
    assert queries.reconciliation(past).agrees
    assert (coming.paid_at, coming.ballots.count()) == (None, 3)
    assert ledger.imbalances() == []


def _motions():
    rows = Variant.objects.order_by("pk").select_related()
    return [one.motions.get().motion for one in rows]


@pytest.mark.django_db
def test_without_a_cooperative_there_is_no_year():
    demo.sow(NOW)

    assert not Year.objects.exists()


def test_early_in_a_year_the_last_one_is_not_closed_yet(sown):
    demo.sow(datetime(2027, 1, 20, 10, 0, tzinfo=UTC))

    assert Year.objects.get(civil_year=2026).closed_at is None
