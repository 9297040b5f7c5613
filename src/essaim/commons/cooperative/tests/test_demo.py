"""The cooperative of the demo: lawful, complete, sown in few statements."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from essaim.commons.cooperative import demo, queries
from essaim.commons.cooperative.models import Exit, ShareRequest
from essaim.commons.cooperative.rules.register import created, replay
from essaim.core.ledger import queries as ledger
from essaim.core.members.models import Member, Organisation
from essaim.core.territories.models import Territory

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
CAST = (
    "Clara Nguyen", "Yann Lefebvre", "Amina Benali", "Odile Fontaine", "Inès Carlier",
    "Karim Haddad", "Paul Dubois",
)  # fmt: skip


@pytest.fixture
def sown(db):
    Territory.objects.create(slug="mel", name="MEL", created_at=NOW)
    for slug, kind in (("essaim-lille", "cooperative"), ("ville-de-lille", "local-authority")):
        Organisation.objects.create(slug=slug, name=slug, kind=kind)
    for name in CAST:
        Member.objects.create_user(f"{name.split()[0].lower()}@exemple.fr", display_name=name)
    with CaptureQueriesContext(connection) as statements:
        demo.sow(NOW)
    return queries.the_register(), len(statements)


def test_sixty_associates_in_four_colleges_requests_and_a_departure(sown):
    register, statements_count = sown
    held = queries.totals(register, at=NOW)

    assert 55 <= held.associates_count <= 60
    assert len(held.colleges) == 4
    assert statements_count < 300
    states = ShareRequest.objects.order_by("asked_at").values_list("state", flat=True)
    assert list(states) == ["paid", "asked", "waiting"]
    assert Exit.objects.get().instalments.count() == 5


def test_its_books_hold_its_capital(sown):
    register, _ = sown
    rows = list(queries.movements(register))

    assert sum(replay(rows).values()) == created(rows)
    assert ledger.imbalances() == []
