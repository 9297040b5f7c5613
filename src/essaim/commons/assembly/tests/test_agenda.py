"""The agenda of a draft: written, changed, put in order; frozen once people were convened."""

from datetime import timedelta

import pytest
from django.db import transaction

from essaim.commons.assembly import actions
from essaim.commons.assembly.models import AgendaItem, BylawChange, Motion
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.rules.refusals import AgendaFrozen, ElectionTooSmall
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import DRAFTED, MEETING
from essaim.commons.assembly.tests.pages import page, post
from essaim.core.bylaws.rules import rule_book
from essaim.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: DRAFTED)


@pytest.fixture
def rate():
    return next(article for article in rule_book() if article.unit == "bps")


@pytest.fixture
def hall():
    """A draft with three points: one to hear about, a motion, an election."""
    hall = halls.build()
    hall.draft()
    actions.add_item(assembly=hall.assembly, title="Rapport")
    hall.propose("Baisser")
    actions.propose_election(
        assembly=hall.assembly, title="Conseil", text="", names=["Ada", "Bob"],
        method=Method.APPROVAL,
    )  # fmt: skip
    return hall


def titles(hall):
    return list(hall.assembly.agenda.order_by("position").values_list("position", "title"))


def point(hall, position):
    return AgendaItem.objects.get(assembly=hall.assembly, position=position)


def test_points_go_up_and_down_and_stay_at_the_ends(hall):
    actions.move_item(item=point(hall, 3), is_up=True)
    assert titles(hall) == [(1, "Rapport"), (2, "Conseil"), (3, "Baisser")]

    actions.move_item(item=point(hall, 3), is_up=False)
    actions.move_item(item=point(hall, 1), is_up=True)

    assert titles(hall) == [(1, "Rapport"), (2, "Conseil"), (3, "Baisser")]


def test_a_point_taken_off_leaves_no_hole_and_takes_its_motion_along(hall):
    gone = point(hall, 2)

    actions.remove_item(item=gone)
    actions.remove_item(item=gone)

    assert titles(hall) == [(1, "Rapport"), (2, "Conseil")]
    assert Motion.objects.count() == 1
    actions.add_item(assembly=hall.assembly, title="Divers")
    assert titles(hall)[2] == (3, "Divers")


def test_nothing_of_the_agenda_changes_after_the_notice(hall, rate):
    hall.convene()
    motion, election = point(hall, 2).motion, point(hall, 3).motion
    tries = [
        lambda: hall.propose("Autre chose"),
        lambda: actions.revise_item(item=point(hall, 1), title="Autre"),
        lambda: actions.revise_motion(motion=motion, title="Autre", text="…", is_secret=True),
        lambda: actions.revise_election(
            motion=election, title="Autre", text="", names=["Eve", "Bob"],
            method=Method.SCHULZE, seats_count=1, is_secret=False,
        ),
        lambda: actions.move_item(item=point(hall, 1), is_up=False),
        lambda: actions.remove_item(item=point(hall, 1)),
        lambda: actions.revise_draft(
            assembly=hall.assembly, kind=hall.assembly.kind, title="Autre", place="Ailleurs",
            meets_at=MEETING,
        ),
    ]  # fmt: skip

    for attempt in tries:
        with pytest.raises(AgendaFrozen), transaction.atomic():
            attempt()

    assert titles(hall) == [(1, "Rapport"), (2, "Baisser"), (3, "Conseil")]
    hall.assembly.refresh_from_db()
    assert hall.assembly.title == "Assemblée générale ordinaire"
    assert not Motion.objects.filter(method="schulze").exists()


def test_the_pages_change_each_kind_of_point_from_what_was_typed(client, hall, rate):
    board = hall.world.board
    shown = page(client, hall, "desk_point", 1, member=board)
    assert 'value="Rapport"' in shown
    post(client, hall, "desk_point", 1, title="Rapport moral", text="Lu par le conseil")
    post(client, hall, "desk_point", 2, title="Baisser", text="De moitié.", is_secret="on",
         article=rate.key, value="0", effective_date="2026-12-19")  # fmt: skip
    post(client, hall, "desk_point", 3, title="Conseil", names="Ada\nBob\nEve",
         method="majority-judgment", seats_count="2")  # fmt: skip
    alone = post(client, hall, "desk_point", 3, status=422, title="Conseil", names="Ada",
                 method="approval", seats_count="1")  # fmt: skip

    assert "candidat" in alone.content.decode()
    assert titles(hall)[0] == (1, "Rapport moral")
    motion, election = point(hall, 2).motion, point(hall, 3).motion
    assert (motion.text, motion.is_secret) == ("De moitié.", True)
    assert BylawChange.objects.get().value == 0
    assert [one["label"] for one in election.options] == ["Ada", "Bob", "Eve"]
    assert (election.seats_count, election.is_secret) == (2, False)
    again = page(client, hall, "desk_point", 2)
    assert 'value="2026-12-19"' in again
    assert f'value="{rate.key}" selected' in again
    post(client, hall, "desk_point", 2, title="Baisser", text="Sans règle.")
    assert not BylawChange.objects.exists()
    page(client, hall, "desk_point", 9, status=404)


def test_one_button_each_moves_and_takes_off(client, hall):
    shown = page(client, hall, "desk_assembly", member=hall.world.board)
    assert "Descendre le point 1" in shown
    assert "Monter le point 1" not in shown
    assert "Descendre le point 3" not in shown

    post(client, hall, "desk_order", 1, what="down")
    post(client, hall, "desk_order", 2, what="up")
    post(client, hall, "desk_order", 1, what="nothing")
    post(client, hall, "desk_order", 3, what="remove")

    assert titles(hall) == [(1, "Rapport"), (2, "Baisser")]
    hall.convene()
    for args, data in (((1,), {"what": "remove"}), ((1,), {"what": "down"})):
        post(client, hall, "desk_order", *args, **data)
    assert "il ne change plus" in page(client, hall, "desk_assembly")
    assert titles(hall) == [(1, "Rapport"), (2, "Baisser")]
    page(client, hall, "desk_point", 1, status=302)
    assert "il ne change plus" in page(client, hall, "desk_assembly")
    refused = post(client, hall, "desk_point", 1, status=422, title="Autre")
    assert "amendement" in refused.content.decode()


def test_the_meeting_itself_is_put_off_while_nobody_was_told(client, hall):
    typed = {"title": "Extraordinaire", "kind": "extraordinary", "place": "Mairie",
             "day": "2026-12-20", "time": "18:30", "is_second": "on"}  # fmt: skip
    assert 'value="2026-12-18"' in page(client, hall, "desk_change", member=hall.world.board)

    post(client, hall, "desk_change", **typed)

    hall.assembly.refresh_from_db()
    assert (hall.assembly.kind, hall.assembly.convening) == ("extraordinary", 2)
    assert hall.assembly.meets_at == MEETING + timedelta(days=1, hours=23, minutes=30)
    hall.convene()
    refused = post(client, hall, "desk_change", status=422, **typed | {"place": "Ailleurs"})
    assert "ordre du jour" in refused.content.decode()


def test_names_that_are_not_enough_revise_nothing(hall):
    with pytest.raises(ElectionTooSmall), transaction.atomic():
        actions.revise_election(
            motion=point(hall, 3).motion, title="Autre", text="", names=["Ada", "Ada"],
            method=Method.APPROVAL, seats_count=1, is_secret=True,
        )  # fmt: skip

    assert titles(hall)[2] == (3, "Conseil")
