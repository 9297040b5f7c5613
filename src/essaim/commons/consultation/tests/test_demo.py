"""The consultations of the demo: a question to answer, one counted with voices given."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from essaim.commons.consultation import demo, wording
from essaim.commons.consultation.models import Consultation, Subject
from essaim.commons.cooperative.tests.test_demo import sown

__all__ = ["sown"]
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def test_one_question_is_open_and_one_shows_both_results(sown):
    with CaptureQueriesContext(connection) as statements:
        demo.sow(NOW)

    assert Subject.objects.count() == 3
    counted, asked = Consultation.objects.order_by("closes_at")
    assert asked.closes_at > NOW
    alone, together = wording.results(counted)
    assert together.voices_count > alone.voices_count > 10
    assert alone.first != together.first
    assert len(statements) < 400


@pytest.mark.django_db
def test_without_a_cooperative_nobody_is_consulted():
    demo.sow(NOW)

    assert not Subject.objects.exists()
