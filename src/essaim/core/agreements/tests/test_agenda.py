"""The private calendar: what was agreed, read back by a calendar program, and revoked at will."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from icalendar import Calendar

from essaim.core.agreements.actions import move
from essaim.core.agreements.agenda import agenda_feed
from essaim.core.agreements.models import Agreement, Transition
from essaim.core.agreements.rules import State
from essaim.core.members.actions import renew_agenda_key
from essaim.core.members.models import Member, Organisation
from essaim.core.territories.models import Commune, Place, Territory

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 26, 16, 30, tzinfo=UTC)
_serial = count(1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return Member.objects.create(email="amina@essaim.example", display_name="Amina")


@pytest.fixture
def hall():
    commune = Commune.objects.create(
        code="99350",
        name="Val-d’Essaim",
        search_text=" val d essaim",
        postcodes=["99000"],
        population=900,
        departement="99",
        region="99",
    )
    return Place.objects.create(
        name="Halle de Fives",
        kind="hall",
        address="12, rue de la Fosse ; porte B",
        commune=commune,
        lat=50.6,
        lng=3.0,
        shown_lat=50.6,
        shown_lng=3.0,
        cell_r9=1,
        created_at=NOW,
    )


def agreement(member, *, state=State.ACCEPTED, starts_at=THURSDAY, place=None, **fields):
    territory, _ = Territory.objects.get_or_create(
        slug="val", defaults={"name": "Val-d’Essaim", "created_at": NOW}
    )
    provider, _ = Organisation.objects.get_or_create(
        slug="halle", defaults={"name": "La Halle, à Fives"}
    )
    made = Agreement.objects.create(
        number=f"T{next(_serial)}",
        territory=territory,
        trade="test",
        provider=provider,
        receiver=member,
        placed_by=member,
        total_cents=0,
        state=state.value,
        proposed_at=NOW,
        takes_place_at=starts_at,
        ends_at=starts_at and starts_at + timedelta(hours=2),
        place=place,
        **{"title": "Panier, du jeudi ; à retirer", **fields},
    )
    Transition.objects.create(agreement=made, to_state=state.value, done_at=NOW)
    return made


def events_of(feed):
    return Calendar.from_ical(feed).walk("VEVENT")


def test_an_agreement_with_a_date_is_an_event_at_its_place(member, hall):
    made = agreement(member, place=hall)

    (event,) = events_of(agenda_feed(member, NOW))

    assert event["UID"] == f"{made.public_id}@essaim"
    assert event["SUMMARY"] == "Panier, du jeudi ; à retirer"
    assert event["LOCATION"] == "Halle de Fives, 12, rue de la Fosse ; porte B, Val-d’Essaim"
    assert event.decoded("DTSTART") == THURSDAY
    assert event.decoded("DTEND") == THURSDAY + timedelta(hours=2)
    assert made.number in event["DESCRIPTION"]
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 0)


def test_a_cancelled_agreement_stays_as_cancelled_with_a_higher_sequence(member):
    made = agreement(member)
    before = events_of(agenda_feed(member, NOW))[0]

    move(agreement=made, to_state=State.CANCELLED, by=member, now=NOW)

    (event,) = events_of(agenda_feed(member, NOW))
    assert event["UID"] == before["UID"]
    assert event["STATUS"] == "CANCELLED"
    assert event["SEQUENCE"] == before["SEQUENCE"] + 1


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State.PROPOSED, "TENTATIVE"),
        (State.FULFILLED, "CONFIRMED"),
        (State.DISPUTED, "CONFIRMED"),
        (State.EXPIRED, "CANCELLED"),
        (State.DECLINED, "CANCELLED"),
    ],
)
def test_each_state_has_its_status(member, state, status):
    agreement(member, state=state)

    assert events_of(agenda_feed(member, NOW))[0]["STATUS"] == status


def test_what_has_no_date_or_is_long_past_or_another_s_is_left_out(member):
    stranger = Member.objects.create(email="other@essaim.example", display_name="Autre")
    agreement(member, starts_at=None)
    agreement(member, starts_at=NOW - timedelta(days=61))
    agreement(stranger)
    agreement(member, title="À garder")

    assert [event["SUMMARY"] for event in events_of(agenda_feed(member, NOW))] == ["À garder"]


def test_the_feed_costs_one_query_whatever_its_length(member, hall, django_assert_num_queries):
    for _ in range(5):
        agreement(member, place=hall)

    with django_assert_num_queries(1):
        agenda_feed(member, NOW)


def test_the_file_is_folded_and_ends_its_lines_as_the_standard_says(member):
    agreement(member, title="é" * 120)

    lines = agenda_feed(member, NOW).split(b"\r\n")

    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert max(map(len, lines)) <= 75


def test_the_secret_address_answers_without_signing_in_until_it_is_renewed(member, client):
    agreement(member)
    address = f"/agenda/{member.agenda_key}.ics"

    answer = client.get(address)
    renew_agenda_key(member=member)
    after = client.get(address)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"].startswith("private")
    assert len(events_of(answer.content)) == 1
    assert after.status_code == 404
    assert client.get(f"/agenda/{member.agenda_key}.ics").status_code == 200


def test_a_member_who_left_has_no_feed(member, client):
    member.is_active = False
    member.save(update_fields=["is_active"])

    assert client.get(f"/agenda/{member.agenda_key}.ics").status_code == 404
    assert client.get("/agenda/nothing.ics").status_code == 404
