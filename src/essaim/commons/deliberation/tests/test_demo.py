"""The deliberations of the demo: every step of a proposal to see, rounds under way."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from essaim.commons.cooperative.tests.test_demo import sown
from essaim.commons.deliberation import demo, queries
from essaim.commons.deliberation.models import Comment, Proposal, Round
from essaim.commons.deliberation.rules.proposals import State

__all__ = ["sown"]
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def test_there_is_something_to_read_to_schedule_and_to_answer(sown):
    with CaptureQueriesContext(connection) as statements:
        demo.sow(NOW)

    states = sorted(Proposal.objects.values_list("state", flat=True))
    assert states == [State.EXPIRED, State.OPEN, State.REACHED]
    discussed = Proposal.objects.get(state=State.OPEN)
    assert discussed.version_number == 2
    assert 0 < queries.standing(discussed).count() < discussed.needed_count
    assert Comment.objects.filter(parent__isnull=False).count() == 1
    assert sorted(Round.objects.values_list("kind", flat=True)) == ["advice", "consent"]
    assert len(statements) < 400


@pytest.mark.django_db
def test_without_a_cooperative_nobody_deliberates():
    demo.sow(NOW)

    assert not Proposal.objects.exists()
