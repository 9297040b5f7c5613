"""The screen of the room and the code for the door."""

import re

import pytest

from essaim.commons.assembly import actions
from essaim.commons.assembly.rules.amending import Amended, AmendmentKind
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import MEETING
from essaim.commons.secretariat.tests.pages import page, post
from essaim.commons.urn import actions as urn
from essaim.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MEETING)


def test_the_screen_shows_the_quorum_the_code_and_the_vote(client):
    hall, motion = halls.sitting()
    board = hall.world.board
    shown = page(client, hall, "desk_screen", member=board)
    assert "Quorum atteint" in shown
    assert "<svg" in shown
    assert "Il est proposé" not in shown
    actions.open_vote(motion=motion, now=MEETING)
    hall.vote(motion, "amina", "yes")

    shown = page(client, hall, "desk_screen")

    assert "Il est proposé" in shown
    assert "1 vote exprimé" in shown
    assert "data-essaim-live" in shown
    actions.close_vote(motion=motion, by=board, now=MEETING)
    assert "Adoptée" in page(client, hall, "desk_screen")


def test_the_screen_follows_the_amendment_that_is_voted(client):
    hall, motion = halls.sitting()
    amendment = actions.table_amendment(
        motion=motion, said=Amended(0, AmendmentKind.STRIKE, 1), associate=None,
        by=hall.world.board, now=MEETING,
    )  # fmt: skip
    actions.open_vote(motion=amendment, now=MEETING)

    assert "Supprimer le paragraphe 1" in page(client, hall, "desk_screen", member=hall.world.board)


def test_the_code_of_the_screen_changes_and_that_of_the_door_does_not(client, monkeypatch):
    hall, _ = halls.sitting()

    def drawn(name):
        return re.search(r"<svg[^>]*class=\"qr\".*?</svg>", page(client, hall, name))[0]

    client.force_login(hall.world.board)
    before = drawn("desk_screen"), drawn("desk_door")
    monkeypatch.setattr(clock, "now", lambda: MEETING.replace(minute=9))
    after = drawn("desk_screen"), drawn("desk_door")

    assert before[0] != after[0]
    assert "marquée" in page(client, hall, "desk_door")
    actions.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)
    for name in ("desk_screen", "desk_door"):
        page(client, hall, name, status=302)


def test_the_desk_sees_who_came_by_the_code(client):
    hall, _ = halls.sitting("amina", "elie")
    hall.assembly.attendances.filter(associate=hall.people["amina"]).update(how="code")

    shown = page(client, hall, "desk_presence", member=hall.world.board)

    assert shown.count("par le code") == 1
    assert "Dernières arrivées" in shown
    post(client, hall, "desk_presence", left=hall.people["amina"].number)
    assert "par le code" not in page(client, hall, "desk_presence")


def test_the_page_of_a_vote_is_read_again_while_it_only_waits(client):
    """Where there is something to type or to press, nothing is taken away under the hand."""
    hall, motion = halls.sitting(is_secret=True)
    keepers = [hall.member("elie"), hall.member("bea")]
    client.force_login(hall.world.board)

    def is_read_again(part):
        return f'hx-select="#{part}"' in page(client, hall, "desk_vote", 1)

    assert not is_read_again("now")
    poll = actions.open_vote(motion=motion, scrutineers=keepers, threshold=2, now=MEETING)
    assert is_read_again("now")
    for keeper in keepers:
        urn.take_key(poll=poll, member=keeper)
    assert not is_read_again("now")
    urn.open_poll(poll=poll, now=MEETING)
    assert is_read_again("count")
    assert not is_read_again("now")
    actions.close_vote(motion=motion, by=hall.world.board, now=MEETING)
    assert is_read_again("now")
    assert not is_read_again("count")
