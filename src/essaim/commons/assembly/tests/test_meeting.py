"""From the notice to the minutes: what is done, and what is refused and leaves no trace."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction

from essaim.commons.assembly import actions, queries
from essaim.commons.assembly.actions import Change
from essaim.commons.assembly.models import Attendance, Minutes, Notice, Proxy
from essaim.commons.assembly.rules.refusals import (
    AlreadyThere,
    BeforeTheHour,
    EmptyAgenda,
    HolderAbsent,
    NoProxy,
    NoQuorum,
    NotEntitled,
    NoticeTooShort,
    NotThere,
    OwnProxy,
    PrincipalPresent,
    TooManyProxies,
    VoteUnderWay,
    WrongStep,
)
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import DRAFTED, MEETING, NEXT_DAY
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.urn import actions as urn
from essaim.commons.urn.models import RollEntry
from essaim.core.agreements.models import Agreement
from essaim.core.bylaws import queries as bylaws
from essaim.core.bylaws.models import ArticleValue
from essaim.core.bylaws.rules import OutOfBounds, rule_book
from essaim.core.members.models import Member
from essaim.core.messages.models import OutgoingEmail

pytestmark = pytest.mark.django_db


@pytest.fixture
def rate():
    """A rule of the platform, whichever trade declares it."""
    return next(article for article in rule_book() if article.unit == "bps")


def lower(rate, effective_at=NEXT_DAY):
    return [Change(rate, rate.minimum, effective_at)]


def test_everybody_with_a_vote_is_convened_once_with_the_proof_of_it():
    hall = halls.build()
    hall.draft()
    hall.propose()
    OutgoingEmail.objects.all().delete()

    hall.convene()

    assert Notice.objects.filter(channel="email").count() == 6
    sent = OutgoingEmail.objects.values_list("public_id", flat=True)
    assert set(sent) == set(Notice.objects.values_list("email_id", flat=True))
    assert "1. Baisser les frais" in OutgoingEmail.objects.order_by("pk")[0].body


def test_each_is_convened_in_their_own_language():
    hall = halls.build()
    Member.objects.filter(pk=hall.member("bea").pk).update(language="en")
    hall.draft()
    hall.propose()
    OutgoingEmail.objects.all().delete()

    hall.convene()

    said = dict(OutgoingEmail.objects.values_list("recipient", "body"))
    assert "You are convened" in said["bea@exemple.fr"]
    assert "Vous êtes convoqué" in said["amina@exemple.fr"]


def test_a_notice_sent_too_late_is_refused_and_nobody_is_told():
    hall = halls.build()
    hall.draft(meets_at=DRAFTED + timedelta(days=15))
    hall.propose()
    OutgoingEmail.objects.all().delete()

    with pytest.raises(NoticeTooShort) as refusal, transaction.atomic():
        hall.convene()

    assert refusal.value.details["days"] == 15
    assert "11 décembre" in refusal.value.details["earliest_on"]
    assert not OutgoingEmail.objects.exists()
    assert not Notice.objects.exists()


def test_an_empty_agenda_convenes_nobody():
    hall = halls.build()
    hall.draft()

    with pytest.raises(EmptyAgenda):
        hall.convene()


def test_the_agenda_no_longer_changes_once_people_were_convened():
    hall = halls.build()
    hall.draft()
    hall.propose()
    hall.convene()

    with pytest.raises(WrongStep):
        hall.propose("Autre chose")


def test_a_rule_out_of_its_bounds_is_not_even_proposed(rate):
    hall = halls.build()
    hall.draft()

    with pytest.raises(OutOfBounds):
        hall.propose(changes=[Change(rate, rate.maximum + 1, NEXT_DAY)])

    assert not hall.assembly.agenda.exists()


def test_who_joins_after_the_notice_has_no_vote_at_this_assembly():
    hall = halls.build()
    hall.draft()
    hall.propose()
    hall.convene()
    late = hall.world.join(coop.person("zoe"), shares=1, now=DRAFTED + timedelta(hours=1))

    with pytest.raises(NotEntitled):
        actions.arrive(assembly=hall.assembly, associate=late, how="room", now=MEETING)

    assert not Attendance.objects.exists()


def test_the_quorum_weighs_colleges_and_counts_proxies_of_those_there():
    hall = halls.build()
    hall.draft()
    hall.propose()
    hall.convene()
    hall.arrive("amina")
    hall.give("bea", "amina")
    hall.give("fanny", "elie")  # Élie is not there

    found = queries.attendance(hall.assembly)

    # Two users of four, of a college of 35 % out of the 55 % that is not empty.
    assert found.there == Fraction(35, 55) * Fraction(2, 4)
    assert (found.present_count, found.represented_count, found.entitled_count) == (1, 1, 6)
    assert found.is_quorate


def test_the_quorum_is_counted_in_two_queries(django_assert_num_queries):
    hall, _ = halls.sitting("amina", "bea", "elie")

    with django_assert_num_queries(2):
        queries.attendance(hall.assembly)


def test_where_only_the_active_count_those_who_received_nothing_in_a_year_are_left_out():
    basis = ('[quorums.ordinary]\nbasis = "colleges"', '[quorums.ordinary]\nbasis = "active"')
    hall = halls.build(basis=basis)
    hall.draft()
    hall.propose()
    hall.convene()
    hall.arrive("amina")

    found = queries.attendance(hall.assembly)

    # Subscribing shares is an agreement: all six were active within the year.
    assert found.there == Fraction(1, 6)
    Agreement.objects.exclude(receiver=hall.member("amina")).update(
        proposed_at=DRAFTED - timedelta(days=400)
    )
    assert queries.attendance(hall.assembly).there == 1


def test_without_the_quorum_the_meeting_does_not_open():
    hall = halls.build()
    hall.draft()
    hall.propose()
    hall.convene()

    with pytest.raises(NoQuorum) as refusal:
        hall.open("amina")

    assert refusal.value.details == {"there_percent": "15,9", "needed_percent": "25"}
    hall.assembly.refresh_from_db()
    assert hall.assembly.state == "convened"


def test_the_meeting_does_not_open_before_the_hour_of_its_notice():
    hall = halls.build()
    hall.draft()
    hall.propose()
    hall.convene()
    hall.arrive(*hall.people)

    with pytest.raises(BeforeTheHour) as refusal:
        actions.open_meeting(assembly=hall.assembly, now=MEETING - timedelta(minutes=1))

    assert "18 décembre" in refusal.value.details["moment"]
    hall.assembly.refresh_from_db()
    assert hall.assembly.opened_at is None
    assert actions.open_meeting(assembly=hall.assembly, now=MEETING).opened_at == MEETING


def test_nobody_is_counted_twice_and_who_left_is_no_longer_counted():
    hall, _ = halls.sitting("amina", "bea", "elie")
    with pytest.raises(AlreadyThere), transaction.atomic():
        hall.arrive("amina")

    actions.leave(assembly=hall.assembly, associate=hall.people["bea"], now=MEETING)

    assert queries.attendance(hall.assembly).present_count == 2
    with pytest.raises(NotThere):
        actions.leave(assembly=hall.assembly, associate=hall.people["bea"], now=MEETING)


def test_a_proxy_has_its_bounds():
    hall, _ = halls.sitting("amina", "bea", "elie")
    hall.give("chloe", "amina")

    with pytest.raises(TooManyProxies) as refusal, transaction.atomic():
        hall.give("david", "amina")
    with pytest.raises(OwnProxy), transaction.atomic():
        hall.give("amina", "amina")

    assert refusal.value.details == {"proxies_max": 1}
    assert Proxy.objects.filter(revoked_at=None).count() == 1


def test_a_proxy_given_again_replaces_the_former_one():
    hall, _ = halls.sitting("amina", "bea", "elie")
    hall.give("chloe", "amina")

    hall.give("chloe", "bea")

    assert queries.holders(hall.assembly) == {hall.people["chloe"].pk: hall.people["bea"].pk}
    assert Proxy.objects.count() == 2


def test_a_vote_adopted_changes_the_rule_from_its_date_and_says_what_decided_it(rate):
    hall, motion = halls.sitting(changes=lower(rate))
    actions.open_vote(motion=motion, now=MEETING)
    for name, choice in zip((*halls.USERS, *halls.WORKERS), "yyynyn", strict=True):
        hall.vote(motion, name, {"y": "yes", "n": "no"}[choice])

    motion = actions.close_vote(motion=motion, by=hall.world.board, now=MEETING)

    assert motion.is_adopted
    weighted = Fraction(35, 55) * Fraction(3, 4) + Fraction(20, 55) * Fraction(1, 2)
    assert Fraction(motion.outcome["weighted"]["yes_share"]) == weighted
    assert motion.outcome["heads"]["yes"] == "4"
    assert bylaws.value(rate, at=MEETING) == rate.default
    assert bylaws.value(rate, at=NEXT_DAY) == rate.minimum
    assert "18 déc. 2026" in ArticleValue.objects.get().adopted_by


def test_a_vote_rejected_changes_nothing(rate):
    hall, motion = halls.sitting(changes=lower(rate))
    actions.open_vote(motion=motion, now=MEETING)
    hall.vote(motion, "amina", "no")

    motion = actions.close_vote(motion=motion, by=hall.world.board, now=MEETING)

    assert motion.is_adopted is False
    assert not ArticleValue.objects.exists()


def test_a_vote_in_which_nobody_votes_adopts_nothing():
    hall, motion = halls.sitting()
    actions.open_vote(motion=motion, now=MEETING)

    assert actions.close_vote(motion=motion, by=hall.world.board, now=MEETING).is_adopted is False


def test_a_date_that_passed_while_people_debated_is_that_of_the_vote(rate):
    hall, motion = halls.sitting(changes=lower(rate, effective_at=MEETING))
    actions.open_vote(motion=motion, now=MEETING)
    hall.vote(motion, "amina", "yes")
    after = MEETING + timedelta(hours=1)

    actions.close_vote(motion=motion, by=hall.world.board, now=after)

    assert ArticleValue.objects.get().effective_at == after


def test_a_proxy_votes_only_while_its_holder_is_there_and_its_giver_is_not():
    hall, motion = halls.sitting("amina", "bea", "elie")
    hall.give("chloe", "amina")
    hall.give("david", "fanny")
    actions.open_vote(motion=motion, now=MEETING)

    hall.vote(motion, "chloe", "yes", by="amina")
    with pytest.raises(HolderAbsent), transaction.atomic():
        hall.vote(motion, "david", "yes", by="fanny")
    with pytest.raises(NoProxy), transaction.atomic():
        hall.vote(motion, "david", "yes", by="bea")
    hall.arrive("chloe")
    with pytest.raises(PrincipalPresent), transaction.atomic():
        hall.vote(motion, "chloe", "no", by="amina")

    hall.vote(motion, "chloe", "no")
    motion = actions.close_vote(motion=motion, by=hall.world.board, now=MEETING)
    assert motion.outcome["heads"]["no"] == "1"
    assert motion.outcome["heads"]["yes"] == "0"


def test_who_is_not_there_does_not_vote():
    hall, motion = halls.sitting("amina", "bea", "elie")
    actions.open_vote(motion=motion, now=MEETING)

    with pytest.raises(NotThere), transaction.atomic():
        hall.vote(motion, "fanny", "yes")

    assert not RollEntry.objects.filter(has_voted=True).exists()


def test_a_secret_vote_is_declared_once_its_urn_was_opened_by_two():
    hall, motion = halls.sitting(is_secret=True)
    keepers = [hall.member("elie"), hall.member("bea")]
    poll = actions.open_vote(motion=motion, scrutineers=keepers, threshold=2, now=MEETING)
    keys = [urn.take_key(poll=poll, member=keeper) for keeper in keepers]
    urn.open_poll(poll=poll, now=MEETING)
    hall.vote(motion, "amina", "yes")
    hall.vote(motion, "fanny", "no")
    motion = actions.close_vote(motion=motion, by=hall.world.board, now=MEETING)
    with pytest.raises(VoteUnderWay), transaction.atomic():
        actions.declare(motion=motion, by=hall.world.board, now=MEETING)

    for keeper, key in zip(keepers, keys, strict=True):
        urn.give_key(poll=poll, member=keeper, code=key, now=MEETING)
    motion = actions.declare(motion=motion, by=hall.world.board, now=MEETING)

    assert motion.is_adopted
    assert [(c["code"], c["yes"], c["no"]) for c in motion.outcome["colleges"]] == [
        ("employees", 0, 1), ("users", 1, 0),
    ]  # fmt: skip


def test_the_minutes_say_all_and_are_numbered_without_gap():
    hall, motion = halls.sitting("amina", "bea", "elie")
    hall.give("chloe", "amina")
    actions.open_vote(motion=motion, now=MEETING)
    hall.vote(motion, "amina", "yes")
    with pytest.raises(VoteUnderWay), transaction.atomic():
        actions.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)
    actions.close_vote(motion=motion, by=hall.world.board, now=MEETING)

    minutes = actions.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)

    assert minutes.number == 1
    content = minutes.content
    assert [row["name"] for row in content["attendance"]] == ["Amina", "Bea", "Elie"]
    assert content["convened"] == {"email": 6}
    assert content["points"][0]["outcome"]["heads"]["yes"] == "1"
    assert len(minutes.digest) == 64


def test_the_database_keeps_minutes_as_they_are():
    hall, _ = halls.sitting()
    minutes = actions.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)

    with pytest.raises(IntegrityError), transaction.atomic():
        Minutes.objects.filter(pk=minutes.pk).update(content={})
