"""A person who provides in their own name: recorded, seen, paid, and selling nothing."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from icalendar import Calendar

from essaim.core.agreements import policies, queries
from essaim.core.agreements.agenda import agenda_feed
from essaim.core.agreements.models import Agreement, JournalEvent
from essaim.core.agreements.rules import State
from essaim.core.agreements.tests.deal import NOW, made
from essaim.core.members.models import Member

pytestmark = pytest.mark.django_db


def driver():
    known = Member.objects.filter(email="dora@exemple.fr").first()
    return known or Member.objects.create_user("dora@exemple.fr", display_name="Dora")


def ride(**changes):
    """A seat in Dora's car, taken by Béa."""
    fields = {
        "provider_id": None,
        "provider_member_id": driver().pk,
        "action": JournalEvent.Action.DELIVER_SERVICE,
        "state": State.ACCEPTED,
        "takes_place_at": NOW + timedelta(days=1),
        "ends_at": NOW + timedelta(days=1, hours=1),
    }
    return made(**fields | changes)


def test_a_person_provides_and_the_journal_says_what_is_promised():
    agreement = ride()

    assert agreement.provider_name == "Dora"
    promise = JournalEvent.objects.get()
    assert (promise.action, promise.provider_id) == ("deliver_service", None)
    assert promise.provider_member == driver()


def test_both_see_the_agreement_in_their_calendar_under_the_name_of_the_other():
    agreement = ride()
    bea = agreement.receiver

    for member, other in ((driver(), "Béa"), (bea, "Dora")):
        (event,) = Calendar.from_ical(agenda_feed(member, NOW)).walk("VEVENT")
        assert str(event["DESCRIPTION"]).endswith(other)
        assert queries.agenda_of(member, since=NOW) == [agreement]
        assert policies.may_see(member, agreement, at=NOW)


def test_somebody_else_sees_nothing_of_it():
    agreement = ride()
    stranger = Member.objects.create_user("eve@exemple.fr", display_name="Ève")

    assert not policies.may_see(stranger, agreement, at=NOW)
    assert not policies.may_manage_provider(stranger, agreement)
    assert queries.agenda_of(stranger, since=NOW) == []


def test_whoever_drives_manages_their_side_and_not_the_other_one():
    agreement = ride()

    assert policies.may_manage_provider(driver(), agreement)
    assert policies.may_work_for_provider(driver(), agreement)
    assert not policies.may_manage_provider(agreement.receiver, agreement)
    assert not policies.may_act_for_receiver(driver(), agreement, at=NOW)


@pytest.mark.parametrize("both", [True, False])
def test_exactly_one_provides(both):
    workshop = made().provider_id

    with pytest.raises(IntegrityError), transaction.atomic():
        ride(
            provider_id=workshop if both else None,
            provider_member_id=driver().pk if both else None,
        )


def test_without_its_constraint_an_agreement_could_have_no_provider():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE agreements_agreement DROP CONSTRAINT agreements_one_provider")

    assert ride(provider_member_id=None).provider_name == ""


def test_a_person_has_no_seller_behind_them():
    with pytest.raises(ValueError, match="person"):
        _ = ride().seller

    assert Agreement.objects.get().provider is None
