"""Arriving by the code of the room: of this minute, of this assembly, seen by the desk."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.assembly import actions as assembly
from essaim.commons.assembly.models import Attendance
from essaim.commons.assembly.rules.refusals import NotEntitled
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import DRAFTED, MEETING
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.secretariat import actions, codes
from essaim.commons.secretariat.rules import presence_codes
from essaim.commons.secretariat.rules.refusals import CodeTooOld, DoorsClosed
from essaim.commons.secretariat.tests.pages import address, page, post
from essaim.core.members.models import Membership, Organisation
from essaim.kernel import clock


@given(st.integers(0, 3600), st.integers(-300, 3600))
def test_a_code_serves_from_its_minute_to_the_end_of_the_second_next(made_s, waited_s):
    slot = presence_codes.slot_at(MEETING + timedelta(seconds=made_s))

    serves = presence_codes.serves(slot, MEETING + timedelta(seconds=made_s + waited_s))

    assert serves is (0 <= (made_s + waited_s) // 60 - made_s // 60 <= 2)


def test_what_is_no_minute_serves_never():
    assert not presence_codes.serves("demain", MEETING)
    assert presence_codes.serves(presence_codes.PRINTED, MEETING)


@pytest.fixture(autouse=True)
def time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MEETING)


@pytest.fixture
def hall():
    hall = halls.build()
    hall.draft()
    hall.propose()
    hall.convene()
    return hall


def code(hall, at=MEETING):
    return codes.code_of(hall.assembly, presence_codes.slot_at(at))


def come(hall, name="amina", now=MEETING, **changed):
    return actions.arrive_by_code(
        assembly=hall.assembly, associate=hall.people[name], now=now,
        code=changed.get("code", code(hall)),
    )  # fmt: skip


@pytest.mark.django_db
def test_who_scans_the_screen_is_in_the_room_and_marked_as_such(hall):
    found = come(hall)

    assert found.how == "code"


@pytest.mark.django_db
def test_a_photograph_of_the_screen_is_soon_too_old_and_no_other_assembly_takes_it(hall):
    other = halls.Hall(hall.world, hall.people)
    other.draft(title="Autre")
    for changed in (
        {"code": code(hall, MEETING - timedelta(minutes=3))},
        {"code": code(other)},
        {"code": code(hall) + "x"},
        {"code": "nothing"},
    ):
        with pytest.raises(CodeTooOld), transaction.atomic():
            come(hall, **changed)

    assert not Attendance.objects.exists()


@pytest.mark.django_db
def test_doors_open_two_hours_before_and_close_with_the_meeting(hall):
    door = codes.code_of(hall.assembly, presence_codes.PRINTED)
    for now in (DRAFTED, MEETING - timedelta(hours=2, seconds=1)):
        with pytest.raises(DoorsClosed), transaction.atomic():
            come(hall, now=now, code=door)
    come(hall, now=MEETING - timedelta(hours=2), code=door)
    hall.open("bea", "elie")
    assembly.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)
    hall.assembly.refresh_from_db()

    with pytest.raises(DoorsClosed), transaction.atomic():
        come(hall, "david", code=door)


@pytest.mark.django_db
def test_who_has_no_vote_does_not_arrive(hall):
    late = hall.world.join(coop.person("zoe"), shares=1, now=DRAFTED + timedelta(hours=1))

    with pytest.raises(NotEntitled), transaction.atomic():
        actions.arrive_by_code(assembly=hall.assembly, associate=late, code=code(hall), now=MEETING)


@pytest.mark.django_db
def test_the_page_asks_once_more_and_two_taps_are_one_arrival(client, hall):
    amina = hall.member("amina")
    shown = page(client, hall, "desk_arrive", code(hall), member=amina)
    assert "Je suis dans la salle" in shown
    assert not Attendance.objects.exists()

    for _tap in range(2):
        post(client, hall, "desk_arrive", code(hall), member=amina)

    assert Attendance.objects.count() == 1
    old = code(hall, MEETING - timedelta(minutes=5))
    assert "ne sert plus" in page(client, hall, "desk_arrive", old, status=422)
    assert "pas de voix" in page(client, hall, "desk_arrive", code(hall), member=hall.world.board)
    page(client, hall, "desk_arrive", code(hall), member=coop.person("passant"), status=404)
    client.logout()
    assert client.get(address(hall, "desk_arrive", code(hall))).status_code == 302


@pytest.mark.django_db
def test_who_stands_for_an_organisation_too_arrives_for_both(client):
    hall = halls.build()
    farm = Organisation.objects.get(slug="ferme")
    early = DRAFTED - timedelta(days=2)
    hall.world.join(hall.world.farmer, "producers", 5, organisation=farm, now=early)
    Membership.objects.get_or_create(member=hall.member("amina"), organisation=farm, role="manager")
    hall.draft()
    hall.propose()
    hall.convene()

    post(client, hall, "desk_arrive", code(hall), member=hall.member("amina"))

    assert Attendance.objects.filter(how="code").count() == 2
