"""The assemblies of the demo: one to open at once, one with a rule to change and seats to fill."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from essaim.commons.assembly import actions, demo, queries
from essaim.commons.assembly.models import GeneralAssembly, Motion, Proxy
from essaim.commons.cooperative.tests import test_demo as cooperative
from essaim.commons.cooperative.tests.test_demo import sown

__all__ = ["sown"]
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def test_sixty_associates_are_convened_to_two_votes_in_few_statements(sown):
    assert cooperative.NOW == NOW

    with CaptureQueriesContext(connection) as statements:
        demo.sow(NOW)

    today, later = GeneralAssembly.objects.order_by("meets_at")
    assert actions.open_meeting(assembly=today, now=NOW).state == "sitting"
    assert later.state == "convened"
    assert queries.entitled_at(later).count() > 50
    to_come = Motion.objects.filter(item__assembly=later).order_by("pk")
    assert [one.is_secret for one in to_come] == [False, True]
    assert to_come[0].changes.count() == 1
    assert Proxy.objects.get().holder.member.display_name == "Amina Benali"
    assert len(statements) < 500


@pytest.mark.django_db
def test_without_a_cooperative_there_is_no_assembly():
    demo.sow(NOW)

    assert not GeneralAssembly.objects.exists()
