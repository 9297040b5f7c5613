"""The assembly of last spring in the demo."""

from datetime import timedelta

import pytest

from essaim.commons.assembly.models import Minutes
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.minutes import demo, queries


@pytest.mark.django_db
def test_the_demo_has_minutes_that_wait_for_two_signatures():
    founded = coop.NOW - timedelta(days=200)
    world = coop.build()
    for number in range(14):
        world.join(coop.person(f"voisin{number}"), now=founded)
    world.board.email = "clara.nguyen@exemple.fr"
    world.board.save(update_fields=["email"])

    demo.sow(coop.NOW)

    lines = queries.lines(Minutes.objects.get())
    assert [bool(line.signature) for line in lines].count(True) == 2
    assert [bool(line.signature) for line in lines].count(False) == 2


@pytest.mark.django_db
def test_without_a_cooperative_nothing_is_sown():
    demo.sow(coop.NOW)

    assert not Minutes.objects.exists()
