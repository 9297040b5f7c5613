"""Amendments: proposed in time, voted before their motion, and what carrying one does to it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from essaim.commons.assembly import actions, queries
from essaim.commons.assembly.actions import Change
from essaim.commons.assembly.models import Amendment, BylawChange
from essaim.commons.assembly.rules import amending
from essaim.commons.assembly.rules.amending import AmendmentKind
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.rules.refusals import (
    AmendmentBefore,
    AmendmentOff,
    AmendmentOver,
    AmendmentsPending,
    AmendmentTooLate,
    MotionAtVote,
    NotAmendable,
    NotEntitled,
    NotThere,
    VoteUnderWay,
    WrongStep,
)
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import DRAFTED, MEETING, NEXT_DAY
from essaim.commons.assembly.tests.test_amending_rules import TEXT, said
from essaim.commons.cooperative.tests import world as coop
from essaim.core.bylaws import queries as bylaws
from essaim.core.bylaws.rules import OutOfBounds, rule_book

K = AmendmentKind


@pytest.fixture
def rate():
    return next(article for article in rule_book() if article.unit == "bps")


def motion_of(hall, rate, **more):
    change = Change(rate, rate.minimum, NEXT_DAY)
    return actions.propose_motion(
        assembly=hall.assembly, title="Baisser", text=TEXT, changes=[change], **more
    )


@pytest.fixture
def hall(rate):
    """Convened, amendments taken in writing until the eve."""
    hall = halls.build()
    hall.draft(amendments_until=MEETING - timedelta(days=1))
    hall.motion = motion_of(hall, rate)
    hall.convene()
    return hall


def propose(hall, name="amina", now=DRAFTED, **words):
    return actions.propose_amendment(
        motion=hall.motion, said=said(0, **words), associate=hall.people[name],
        by=hall.member(name), now=now,
    )  # fmt: skip


def table(hall, **words):
    return actions.table_amendment(
        motion=hall.motion, said=said(0, **words), associate=None, by=hall.world.board,
        now=MEETING,
    )  # fmt: skip


def everybody(hall):
    hall.open(*halls.USERS, *halls.WORKERS)
    return hall


def decide(hall, amendment, choice):
    actions.open_vote(motion=amendment, now=MEETING)
    for name in (*halls.USERS, *halls.WORKERS):
        hall.vote(amendment, name, choice)
    return actions.close_vote(motion=amendment, by=hall.world.board, now=MEETING)


@pytest.mark.django_db
def test_amendments_are_written_until_the_day_of_the_notice_then_tabled_in_session(hall):
    eve = MEETING - timedelta(days=1)
    propose(hall, kind=K.STRIKE, paragraph=1, now=eve - timedelta(seconds=1))
    with pytest.raises(AmendmentTooLate), transaction.atomic():
        propose(hall, kind=K.STRIKE, paragraph=2, now=eve)
    with pytest.raises(WrongStep), transaction.atomic():
        table(hall, kind=K.STRIKE, paragraph=2)
    everybody(hall)
    with pytest.raises(AmendmentTooLate), transaction.atomic():
        propose(hall, kind=K.STRIKE, paragraph=2)

    table(hall, kind=K.STRIKE, paragraph=2)

    assert list(Amendment.objects.order_by("number").values_list("number", "paragraph")) == [
        (1, 1), (2, 2),
    ]  # fmt: skip


@pytest.mark.django_db
def test_without_a_day_in_the_notice_amendments_come_in_session_alone(rate):
    hall = halls.build()
    hall.draft()
    hall.motion = motion_of(hall, rate)
    hall.convene()

    with pytest.raises(AmendmentTooLate):
        propose(hall, kind=K.STRIKE, paragraph=1)


@pytest.mark.django_db
def test_an_amendment_says_something_else_of_what_the_motion_has(hall, rate):
    same = {"kind": K.RULE, "article_key": rate.key, "value": rate.minimum}
    for words in (
        {"kind": K.STRIKE, "paragraph": 0},
        {"kind": K.STRIKE, "paragraph": 4},
        {"kind": K.ADD, "paragraph": 4, "text": "Encore."},
        {"kind": K.REPLACE, "paragraph": 1, "text": "Un rapport est lu."},
        {"kind": K.RULE, "article_key": "nothing.known", "value": 1, "effective_at": NEXT_DAY},
        same | {"effective_at": NEXT_DAY},
    ):
        with pytest.raises(AmendmentOff), transaction.atomic():
            propose(hall, **words)
    with pytest.raises(OutOfBounds), transaction.atomic():
        propose(hall, **same | {"value": rate.maximum + 1, "effective_at": NEXT_DAY})
    late = hall.world.join(coop.person("zoe"), shares=1, now=DRAFTED + timedelta(hours=1))
    with pytest.raises(NotEntitled), transaction.atomic():
        actions.propose_amendment(
            motion=hall.motion, said=said(0, K.STRIKE, 1), associate=late, by=late.member,
            now=DRAFTED,
        )  # fmt: skip

    assert not Amendment.objects.exists()


@pytest.mark.django_db
def test_the_database_keeps_no_amendment_that_says_nothing(hall):
    amendment = propose(hall, kind=K.REPLACE, paragraph=1, text="Deux rapports.")

    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.filter(pk=amendment.pk).update(text="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.filter(pk=amendment.pk).update(is_adopted=True)


@pytest.mark.django_db
def test_an_election_is_not_amended():
    hall = halls.build()
    hall.draft(amendments_until=MEETING)
    hall.motion = actions.propose_election(
        assembly=hall.assembly, title="Conseil", text="Deux", names=["Ada", "Bob"],
        method=Method.APPROVAL,
    )  # fmt: skip
    hall.convene()

    with pytest.raises(NotAmendable):
        propose(hall, kind=K.STRIKE, paragraph=1)


@pytest.mark.django_db
def test_a_motion_waits_for_its_amendments_and_is_no_longer_amended_at_its_vote(hall):
    amendment = propose(hall, kind=K.STRIKE, paragraph=1)
    everybody(hall)
    with pytest.raises(AmendmentsPending) as refusal, transaction.atomic():
        actions.open_vote(motion=hall.motion, now=MEETING)
    assert refusal.value.details == {"count": 1}

    decide(hall, amendment, "no")
    actions.open_vote(motion=hall.motion, now=MEETING)

    hall.motion.refresh_from_db()
    assert hall.motion.final_text == TEXT
    with pytest.raises(MotionAtVote), transaction.atomic():
        table(hall, kind=K.STRIKE, paragraph=2)


@pytest.mark.django_db
def test_one_carried_changes_the_text_and_those_on_its_paragraph_fall(hall):
    little = propose(hall, kind=K.REPLACE, paragraph=2, text="La part baisse d’un tiers.")
    strike = propose(hall, "bea", kind=K.STRIKE, paragraph=2)
    other = propose(hall, "elie", kind=K.ADD, paragraph=2, text="Un bilan est fait.")
    everybody(hall)
    with pytest.raises(AmendmentBefore) as refusal, transaction.atomic():
        actions.open_vote(motion=little, now=MEETING)
    assert refusal.value.details == {"number": strike.number}

    decide(hall, strike, "yes")

    little.refresh_from_db()
    assert little.fell_at == MEETING
    with pytest.raises(AmendmentOver), transaction.atomic():
        actions.open_vote(motion=little, now=MEETING)
    decide(hall, other, "yes")
    hall.motion.refresh_from_db()
    assert amending.paragraphs(hall.motion.final_text) == [
        "Un rapport est lu.", "Un bilan est fait.", "Le reste ne change pas.",
    ]  # fmt: skip
    assert hall.motion.text == TEXT


@pytest.mark.django_db
def test_one_rejected_lets_the_next_come_to_the_vote(hall):
    little = propose(hall, kind=K.REPLACE, paragraph=2, text="La part baisse d’un tiers.")
    strike = propose(hall, kind=K.STRIKE, paragraph=2)
    everybody(hall)
    decide(hall, strike, "no")

    decide(hall, little, "yes")

    hall.motion.refresh_from_db()
    assert "d’un tiers" in hall.motion.final_text


@pytest.mark.django_db
def test_the_same_people_vote_on_it_with_the_same_weights(hall):
    amendment = propose(hall, kind=K.STRIKE, paragraph=1)
    hall.open("amina", "bea", "elie")
    actions.open_vote(motion=amendment, now=MEETING)
    with pytest.raises(NotThere), transaction.atomic():
        hall.vote(amendment, "fanny", "yes")
    for name, choice in (("amina", "yes"), ("bea", "no"), ("elie", "yes")):
        hall.vote(amendment, name, choice)

    amendment = actions.close_vote(motion=amendment, by=hall.world.board, now=MEETING)

    motion = hall.motion
    actions.open_vote(motion=motion, now=MEETING)
    for name, choice in (("amina", "yes"), ("bea", "no"), ("elie", "yes")):
        hall.vote(motion, name, choice)
    motion = actions.close_vote(motion=motion, by=hall.world.board, now=MEETING)
    assert amendment.outcome == motion.outcome
    assert amendment.is_adopted


@pytest.mark.django_db
def test_a_rule_takes_the_value_that_was_amended(hall, rate):
    middle = (rate.minimum + rate.default) // 2
    amendment = propose(
        hall, kind=K.RULE, article_key=rate.key, value=middle,
        effective_at=NEXT_DAY + timedelta(days=1),
    )  # fmt: skip
    everybody(hall)
    decide(hall, amendment, "yes")
    change = BylawChange.objects.get()
    assert (change.value, change.noticed_value, change.noticed_at) == (
        middle, rate.minimum, NEXT_DAY,
    )  # fmt: skip

    decide(hall, hall.motion, "yes")

    assert bylaws.value(rate, at=NEXT_DAY) == rate.default
    assert bylaws.value(rate, at=NEXT_DAY + timedelta(days=1)) == middle
    minutes = actions.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)
    assert minutes.content["points"][0]["changes"][0]["value"] == middle


@pytest.mark.django_db
def test_an_amendment_is_withdrawn_before_its_vote_only(hall):
    gone, kept = (propose(hall, kind=K.STRIKE, paragraph=n) for n in (1, 2))
    for _tap in range(2):
        actions.withdraw_amendment(amendment=gone, now=DRAFTED)
    everybody(hall)
    with pytest.raises(AmendmentOver), transaction.atomic():
        actions.open_vote(motion=gone, now=MEETING)
    actions.open_vote(motion=kept, now=MEETING)

    with pytest.raises(AmendmentOver), transaction.atomic():
        actions.withdraw_amendment(amendment=kept, now=MEETING)
    with pytest.raises(VoteUnderWay), transaction.atomic():
        actions.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)


@pytest.mark.django_db
def test_the_minutes_keep_the_final_text_and_the_history(hall):
    carried = propose(hall, kind=K.REPLACE, paragraph=2, text="La part baisse d’un tiers.")
    lost = propose(hall, "bea", kind=K.STRIKE, paragraph=3)
    everybody(hall)
    decide(hall, carried, "yes")
    decide(hall, lost, "no")
    decide(hall, hall.motion, "yes")

    minutes = actions.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)

    (point,) = minutes.content["points"]
    assert "d’un tiers" in point["motion"]
    assert point["noticed"] == TEXT
    assert [(one["number"], one["fate"]) for one in point["amendments"]] == [
        (1, "carried"), (2, "rejected"),
    ]  # fmt: skip
    assert point["amendments"][0]["outcome"]["heads"]["yes"] == "6"


@pytest.mark.django_db
def test_amendments_are_listed_in_the_order_of_their_votes(hall, django_assert_num_queries):
    propose(hall, kind=K.ADD, paragraph=3, text="Fin.")
    propose(hall, kind=K.REPLACE, paragraph=1, text="Autre.")
    propose(hall, kind=K.STRIKE, paragraph=1)

    with django_assert_num_queries(2):
        numbers = [one.number for one in queries.amendments_of(hall.motion)]

    assert numbers == [3, 2, 1]
