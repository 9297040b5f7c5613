"""The desk ends a vote that cannot be counted."""

import pytest

from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import MEETING
from essaim.commons.secretariat.tests.pages import page, post
from essaim.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MEETING)


def test_a_vote_that_cannot_go_on_is_annulled_with_its_reason_and_held_again(client):
    hall, motion = halls.sitting()
    assert "l’annuler" not in page(client, hall, "desk_vote", 1, member=hall.world.board)
    post(client, hall, "desk_vote", 1, what="open")
    assert "l’annuler" in page(client, hall, "desk_vote", 1)

    asked = post(client, hall, "desk_vote", 1, what="annul", reason="", status=422)
    assert "Ce champ est obligatoire" in asked.content.decode()
    motion.refresh_from_db()
    assert motion.poll is not None
    post(client, hall, "desk_vote", 1, what="annul", reason="Mauvaise question.")

    shown = page(client, hall, "desk_vote", 1)
    assert "vote annulé" in shown
    assert "Mauvaise question." in shown
    assert "Ouvrir le vote" in shown
