"""Forms by post: read by two people alone, cast once both agree, fallen when somebody comes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.assembly import actions as assembly_actions
from essaim.commons.assembly import queries as assembly_queries
from essaim.commons.assembly.models import Attendance
from essaim.commons.assembly.rules.amending import Amended, AmendmentKind
from essaim.commons.assembly.rules.refusals import AlreadyThere, NotEntitled, WrongStep
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import DRAFTED, MEETING
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.postal import actions, rules
from essaim.commons.postal.models import Form, Reading
from essaim.commons.postal.rules import (
    FormRead,
    FormTooLate,
    NothingByPost,
    ReadingUnclear,
    SameReader,
)
from essaim.commons.urn import actions as urn
from essaim.commons.urn.models import NamedBallot, RollEntry

EVE = MEETING - timedelta(days=1)
lines = st.dictionaries(st.sampled_from("123"), st.sampled_from(("yes", "no", "blank")))


@given(lines, lines)
def test_two_readings_agree_when_no_line_differs(one, other):
    found = rules.differences(one, other)

    assert (found == []) is (one == other)
    assert found == rules.differences(other, one)


@given(st.sampled_from(("yes", "no", "abstain", "blank")), st.booleans(), st.booleans())
def test_a_choice_holds_for_the_text_that_was_read(choice, is_amended, holds):
    cast = rules.ballot(choice, is_amended=is_amended, holds_if_amended=holds)

    assert cast == (choice if holds or not is_amended else "abstain")


@pytest.fixture
def hall():
    hall = halls.build()
    hall.draft()
    hall.motion = hall.propose()
    hall.propose("Élire en secret", is_secret=True)
    hall.convene()
    hall.readers = [hall.world.board, hall.member("fanny")]
    return hall


def form_of(hall, name="chloe"):
    return actions.print_form(assembly=hall.assembly, associate=hall.people[name], now=DRAFTED)


def read(form, by, choice="yes", amended="abstain", now=EVE):
    said = {"1": choice, "amended": amended}
    return actions.read_form(form=form, lines=said, by=by, now=now)


def accepted(hall, name="chloe", choice="yes", amended="abstain"):
    form = form_of(hall, name)
    for reader in hall.readers:
        form = read(form, reader, choice, amended)
    return form


def vote(hall, *names, choice="yes", motion=None):
    motion = motion or hall.motion
    assembly_actions.open_vote(motion=motion, now=MEETING)
    for name in names:
        hall.vote(motion, name, choice)
    board = hall.world.board
    actions.cast_by_post(motion=motion, by=board, now=MEETING)
    return assembly_actions.close_vote(motion=motion, by=board, now=MEETING)


@pytest.mark.django_db
def test_each_has_one_form_numbered_in_the_order_of_printing(hall):
    first, again, second = form_of(hall), form_of(hall), form_of(hall, "david")

    assert (first.number, again.pk, second.number) == (1, first.pk, 2)
    late = hall.world.join(coop.person("zoe"), shares=1, now=DRAFTED + timedelta(hours=1))
    with pytest.raises(NotEntitled), transaction.atomic():
        actions.print_form(assembly=hall.assembly, associate=late, now=DRAFTED)
    hall.open("amina", "bea", "elie")
    with pytest.raises(WrongStep), transaction.atomic():
        form_of(hall, "fanny")


@pytest.mark.django_db
def test_where_all_is_voted_in_secret_there_is_no_form():
    hall = halls.build()
    hall.draft()
    hall.propose(is_secret=True)
    hall.convene()

    with pytest.raises(NothingByPost):
        form_of(hall)


@pytest.mark.django_db
def test_two_people_who_read_the_same_make_it_count(hall):
    form = form_of(hall)
    form = read(form, hall.readers[0])
    assert form.state == "read-once"
    assert not Attendance.objects.exists()
    with pytest.raises(SameReader), transaction.atomic():
        read(form, hall.readers[0])

    form = read(form, hall.readers[1])

    assert (form.state, form.choices) == ("accepted", {"1": "yes"})
    assert Attendance.objects.get().how == "post"
    with pytest.raises(FormRead), transaction.atomic():
        read(form, hall.member("bea"))


@pytest.mark.django_db
def test_two_readings_that_differ_are_both_set_aside(hall):
    form = form_of(hall)
    read(form, hall.readers[0], "yes")
    form = read(form, hall.readers[1], "no")
    assert (form.state, form.disputed, form.choices) == ("disputed", ["1"], {})
    assert not Attendance.objects.exists()

    form = read(form, hall.readers[0], "no")
    assert form.state == "read-once"
    form = read(form, hall.readers[1], "no")

    assert (form.state, form.choices) == ("accepted", {"1": "no"})
    assert Reading.objects.count() == 4


@pytest.mark.django_db
def test_one_who_reads_both_rounds_alone_makes_nothing_count(hall):
    form = form_of(hall)
    read(form, hall.readers[0], "yes")
    form = read(form, hall.readers[1], "no")
    form = read(form, hall.readers[0], "yes")

    with pytest.raises(SameReader), transaction.atomic():
        read(form, hall.readers[0], "yes")
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.create(
            form=form, reading_round=2, read_by=hall.readers[0], lines={}, read_at=EVE
        )


@pytest.mark.django_db
def test_a_form_that_comes_at_the_hour_of_the_meeting_is_too_late(hall):
    form = form_of(hall)
    with pytest.raises(FormTooLate), transaction.atomic():
        read(form, hall.readers[0], now=MEETING)
    read(form, hall.readers[0])
    hall.open("amina", "bea", "elie")
    with pytest.raises(FormTooLate), transaction.atomic():
        read(form, hall.readers[1])

    assert Reading.objects.count() == 1
    assert not Attendance.objects.filter(how="post").exists()


@pytest.mark.django_db
def test_a_reading_says_every_line_and_nothing_else(hall):
    form = form_of(hall)
    for said in (
        {"amended": "same"},
        {"1": "yes"},
        {"1": "perhaps", "amended": "same"},
        {"1": "yes", "2": "yes", "amended": "same"},
        {"1": "yes", "amended": "perhaps"},
    ):
        with pytest.raises(ReadingUnclear), transaction.atomic():
            actions.read_form(form=form, lines=said, by=hall.world.board, now=EVE)

    assert not Reading.objects.exists()


@pytest.mark.django_db
def test_it_counts_in_the_quorum_and_at_the_close_of_the_vote(hall):
    accepted(hall, choice="no")
    hall.open("amina", "bea", "elie")
    assert assembly_queries.attendance(hall.assembly).present_count == 4

    motion = vote(hall, "amina", "bea", "elie")

    assert (motion.outcome["heads"]["yes"], motion.outcome["heads"]["no"]) == ("3", "1")
    ballot = NamedBallot.objects.get(entry__channel="post")
    assert ballot.entry.number == hall.people["chloe"].number


@pytest.mark.django_db
def test_a_line_without_a_cross_is_a_blank_ballot(hall):
    accepted(hall, choice="blank")
    hall.open("amina", "bea", "elie")

    motion = vote(hall, "amina")

    assert (motion.outcome["heads"]["yes"], motion.outcome["heads"]["abstain"]) == ("1", "1")


@pytest.mark.django_db
def test_several_crosses_on_a_motion_make_it_void_and_it_counts_as_blank(hall):
    form = accepted(hall, choice="unclear")
    hall.open("amina", "bea", "elie")

    motion = vote(hall, "amina")

    assert (form.choices, form.spoilt) == ({"1": "blank"}, {"1": ["1"]})
    assert (motion.outcome["heads"]["yes"], motion.outcome["heads"]["abstain"]) == ("1", "1")


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["room", "code", "remote"])
def test_whoever_comes_votes_in_person_and_the_form_falls(hall, how):
    accepted(hall, choice="no")
    hall.arrive("chloe", how=how)
    assert Attendance.objects.filter(left_at=None).get().how == how
    hall.open("amina", "bea", "elie")

    motion = vote(hall, "amina", "chloe")

    assert motion.outcome["heads"]["no"] == "0"
    assert motion.outcome["heads"]["yes"] == "2"


@pytest.mark.django_db
def test_whoever_voted_on_their_own_screen_is_not_voted_over(hall):
    accepted(hall, choice="no")
    hall.open("amina", "bea", "elie")

    motion = vote(hall, "amina", "chloe")

    assert (motion.outcome["heads"]["yes"], motion.outcome["heads"]["no"]) == ("2", "0")


@pytest.mark.django_db
def test_who_came_and_left_without_voting_is_not_voted_for_by_their_form(hall):
    accepted(hall, choice="no")
    hall.open("amina", "bea", "elie", "chloe")
    assembly_actions.leave(assembly=hall.assembly, associate=hall.people["chloe"], now=MEETING)

    motion = vote(hall, "amina")

    assert motion.outcome["heads"]["no"] == "0"


@pytest.mark.django_db
def test_a_form_read_after_its_sender_came_counts_for_nothing(hall):
    form = read(form_of(hall), hall.readers[0])
    hall.arrive("chloe")

    with pytest.raises(AlreadyThere), transaction.atomic():
        read(form, hall.readers[1])

    assert Form.objects.get().state == "read-once"


@pytest.mark.django_db
@pytest.mark.parametrize(("amended", "counted"), [("abstain", "abstain"), ("same", "no")])
def test_on_an_amended_text_a_choice_holds_only_when_the_form_says_so(hall, amended, counted):
    accepted(hall, choice="no", amended=amended)
    hall.open("amina", "bea", "elie")
    amendment = assembly_actions.table_amendment(
        motion=hall.motion, said=Amended(0, AmendmentKind.REPLACE, 1, "Autre."), associate=None,
        by=hall.world.board, now=MEETING,
    )  # fmt: skip
    amendment = vote(hall, "amina", motion=amendment)
    assert amendment.is_adopted
    assert not RollEntry.objects.filter(channel="post").exists()

    motion = vote(hall, "amina")

    assert motion.outcome["heads"][counted] == "1"


@pytest.mark.django_db
def test_a_secret_vote_takes_nothing_from_a_form(hall):
    accepted(hall)
    hall.open("amina", "bea", "elie")
    secret = hall.assembly.agenda.get(position=2).motion
    keepers = [hall.member("bea"), hall.member("elie")]
    poll = assembly_actions.open_vote(motion=secret, scrutineers=keepers, threshold=2, now=MEETING)
    for keeper in keepers:
        urn.take_key(poll=poll, member=keeper)
    urn.open_poll(poll=poll, now=MEETING)
    secret.refresh_from_db()

    assert actions.cast_by_post(motion=secret, by=hall.world.board, now=MEETING) == 0

    assert not RollEntry.objects.filter(has_voted=True).exists()
