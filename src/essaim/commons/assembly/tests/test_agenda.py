"""The agenda of a draft: written, changed, put in order; frozen once people were convened."""

import pytest
from django.db import transaction

from essaim.commons.assembly import actions
from essaim.commons.assembly.models import AgendaItem, Motion
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.rules.refusals import AgendaFrozen, ElectionTooSmall
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import MEETING

pytestmark = pytest.mark.django_db


def agenda_of_three():
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


@pytest.fixture
def hall():
    return agenda_of_three()


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


def test_nothing_of_the_agenda_changes_after_the_notice(hall):
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


def test_names_that_are_not_enough_revise_nothing(hall):
    with pytest.raises(ElectionTooSmall), transaction.atomic():
        actions.revise_election(
            motion=point(hall, 3).motion, title="Autre", text="", names=["Ada", "Ada"],
            method=Method.APPROVAL, seats_count=1, is_secret=True,
        )  # fmt: skip

    assert titles(hall)[2] == (3, "Conseil")
