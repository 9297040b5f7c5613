"""The member's space: what concerns them, and nothing of anybody else."""

import json
from datetime import UTC, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from icalendar import Calendar

from essaim.core.members.actions import allow_assistance, give_role
from essaim.core.members.models import Assistance, Member, Organisation
from essaim.kernel import clock
from essaim.site.tests import world as worlds
from essaim.site.tests.world import deal

SOON = clock.now() + timedelta(days=2)


@pytest.fixture
def world(db):
    return worlds.build(clock.now())


@pytest.fixture
def stranger(db):
    return Member.objects.create_user("zoe@exemple.fr", display_name="Zoé")


def _coming(world, receiver=None):
    return deal(
        world, [(world.farm, 700)], proposed_at=clock.now(), place=world.hall,
        takes_place_at=SOON, ends_at=SOON + timedelta(hours=2), receiver=receiver,
    )  # fmt: skip


def _space(client, member):
    client.force_login(member)
    return client.get(reverse("my_space")).content.decode()


def test_a_visitor_is_sent_to_sign_in(client, db):
    answer = client.get(reverse("my_space"))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_what_is_coming_is_shown_with_its_place_and_its_page(client, world):
    made = _coming(world)

    page = _space(client, world.buyer)

    assert "Ferme, Semaine 47" in page
    assert "Halle, 1 place" in page
    assert str(made.public_id) in page


def test_the_clerk_finds_the_accounting_entries_and_nobody_else_does(client, world, stranger):
    cooperative = Organisation.objects.create(slug="coop", name="Coop", kind="cooperative")
    give_role(member=stranger, organisation=cooperative, role="clerk")
    entries = reverse("documents:entries")

    assert entries in _space(client, stranger)
    assert entries not in _space(client, world.buyer)


def test_the_deals_of_others_are_not_there(client, world, stranger):
    _coming(world)

    page = _space(client, stranger)

    assert "Semaine 47" not in page
    assert "amina@exemple.fr" not in page


def test_a_first_visit_is_welcomed_and_the_second_is_told_that_nothing_is_planned(client, stranger):
    first = _space(client, stranger)
    second = client.get(reverse("my_space")).content.decode()

    assert "Pour bien commencer" in first
    assert "Pour bien commencer" not in second
    assert "Rien de prévu" in second


def test_somebody_who_has_ordered_is_not_welcomed_as_new(client, world):
    _coming(world)

    assert "Pour bien commencer" not in _space(client, world.buyer)


def test_organisations_and_help_are_shown_to_both(client, world, stranger):
    give_role(member=world.buyer, organisation=world.farm, role="manager")
    allow_assistance(
        helper=world.buyer, helped=stranger, scope=Assistance.Scope.ORDER, expires_at=SOON,
        consent_note="papier signé", now=clock.now(),
    )  # fmt: skip

    helping, helped = _space(client, world.buyer), _space(client, stranger)

    assert reverse("members:people", args=["ferme"]) in helping
    assert "Vous aidez Zoé" in helping
    assert "Amina vous aide" in helped


def test_the_space_costs_the_same_queries_with_many_deals(
    client, world, django_assert_max_num_queries
):
    client.force_login(world.buyer)
    client.get(reverse("my_space"))
    for _ in range(6):
        _coming(world)

    with django_assert_max_num_queries(16):
        client.get(reverse("my_space"))


def test_the_calendar_holds_what_is_coming_and_its_key_opens_it_without_signing_in(client, world):
    made = _coming(world)

    answer = client.get(reverse("agenda_feed", args=[world.buyer.agenda_key]))

    assert answer["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["SUMMARY"] == "Semaine 47"
    assert event["UID"] == f"{made.public_id}@essaim"
    assert event["LOCATION"] == "Halle, 1 place"
    assert event.decoded("DTSTART") == SOON.replace(microsecond=0).astimezone(UTC)


def test_a_revoked_calendar_address_answers_no_more(client, world):
    old = world.buyer.agenda_key
    client.force_login(world.buyer)

    client.post(reverse("renew_agenda"))

    world.buyer.refresh_from_db()
    assert client.get(reverse("agenda_feed", args=[old])).status_code == 404
    assert client.get(reverse("agenda_feed", args=[world.buyer.agenda_key])).status_code == 200
    assert client.get(reverse("agenda_feed", args=[uuid4()])).status_code == 404


def test_looking_at_the_page_does_not_revoke_the_calendar(client, world):
    client.force_login(world.buyer)

    assert client.get(reverse("renew_agenda")).status_code == 405


def test_the_language_chosen_is_kept_and_spoken(client, world):
    client.force_login(world.buyer)

    client.post(reverse("choose_language"), {"language": "en"})

    assert '<html lang="en"' in client.get(reverse("my_space")).content.decode()
    world.buyer.refresh_from_db()
    assert world.buyer.language == "en"


def test_a_language_that_does_not_exist_changes_nothing(client, world):
    client.force_login(world.buyer)

    answer = client.post(reverse("choose_language"), {"language": "xx"})

    assert answer.status_code == 422
    world.buyer.refresh_from_db()
    assert world.buyer.language == "fr"


def test_one_file_holds_what_is_known_of_a_member_and_nothing_secret(client, world, stranger):
    _coming(world)
    _coming(world, receiver=stranger)
    client.force_login(world.buyer)

    answer = client.get(reverse("my_data_file"))

    body = json.loads(answer.content)
    assert body["member"]["email"] == "amina@exemple.fr"
    assert len(body["agreements"]) == 1
    assert body["agreements"][0]["shares"] == [{"label": "part", "amount_cents": 700}]
    assert "password" not in answer.content.decode()
    assert "agenda_key" not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_the_page_of_data_leads_to_the_file(client, world):
    client.force_login(world.buyer)

    assert reverse("my_data_file") in client.get(reverse("my_data")).content.decode()
