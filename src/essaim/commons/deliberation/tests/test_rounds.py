"""Rounds: when each act is done, what comes out, and what the consent of all does."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from essaim.commons.deliberation import actions, articles, queries
from essaim.commons.deliberation.actions import Asked, Wish
from essaim.commons.deliberation.models import Round, Statement
from essaim.commons.deliberation.rules import refusals
from essaim.commons.deliberation.rules.rounds import (
    Kind,
    Said,
    Scope,
    State,
)
from essaim.commons.deliberation.tests import circle as circles
from essaim.commons.deliberation.tests.circle import NOW
from essaim.core.messages.models import OutgoingEmail

CLOSING = NOW + timedelta(days=7)
WISH = Wish(articles.SUPPORT_DAYS, 60, date(2026, 1, 1))
objection = Said("objection", "Trop cher")


@pytest.fixture
def circle(db):
    return circles.build()


def ask(circle, kind=Kind.CONSENT, name="amina", **more) -> Round:
    fields = {
        "register": circle.register, "kind": kind, "author": circle.people[name],
        "facilitator": circle.member(name), "title": "Acheter un four",
        "text": "Un four d’occasion.", "closes_at": CLOSING, "now": NOW,
    }  # fmt: skip
    return actions.open_round(**fields | more)


def speak(circle, asking, name, stance="consent", reason="", now=NOW) -> Statement:
    return actions.speak(
        asking=asking, associate=circle.people[name], by=circle.member(name), stance=stance,
        reason=reason, now=now,
    )  # fmt: skip


def conclude(asking, decision="", now=CLOSING, **more) -> Round:
    return actions.conclude(asking=asking, decision=decision, now=now, **more)


# ---- opening


def test_those_asked_are_written_to_and_others_may_not_speak(circle):
    college = circle.people["farm"].college
    asking = ask(circle, asked=Asked(Scope.COLLEGE, college=college))

    assert list(queries.asked(asking)) == [circle.people["farm"]]
    with pytest.raises(refusals.NotAsked):
        speak(circle, asking, "bea")

    group = ask(circle, asked=Asked(Scope.GROUP, group=(circle.people["bea"],) * 2))
    assert list(queries.asked(group)) == [circle.people["bea"]]
    everybody = ask(circle)
    assert queries.asked(everybody).count() == 7
    told = OutgoingEmail.objects.filter(subject__startswith="Votre consentement est demandé")
    assert sorted(told.values_list("recipient", flat=True)).count("bea@exemple.fr") == 2


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"text": " "}, refusals.NothingSaid),
        ({"closes_at": NOW + timedelta(hours=47)}, refusals.DeadlineTooSoon),
        ({"asked": Asked(Scope.GROUP)}, refusals.NobodyAsked),
        ({"asked": Asked(Scope.COLLEGE)}, refusals.NobodyAsked),
    ],
)
def test_a_round_says_something_to_somebody_and_leaves_them_time(circle, changed, refusal):
    with pytest.raises(refusal):
        ask(circle, **changed)

    assert not Round.objects.exists()
    assert not OutgoingEmail.objects.filter(subject__contains="four").exists()


def test_the_version_asked_about_does_not_change_and_one_round_is_open_at_a_time(circle):
    proposal = circle.propose()
    ask(circle, proposal=proposal)

    with pytest.raises(refusals.RoundUnderWay):
        ask(circle, proposal=proposal)
    with pytest.raises(refusals.RoundUnderWay):
        actions.edit_proposal(
            proposal=proposal, by=circle.member("amina"), title="x", text="x", now=NOW
        )
    with pytest.raises(IntegrityError, match="one_round_at_a_time"), transaction.atomic():
        Round.objects.create(
            register=circle.register, proposal=proposal, version_number=1, kind="consent",
            scope="all", title="x", text="x", author=proposal.author,
            facilitator=circle.member("amina"), opened_at=NOW, closes_at=CLOSING,
        )  # fmt: skip


def test_no_round_is_opened_on_what_is_over(circle):
    proposal = actions.withdraw(proposal=circle.propose(), now=NOW)

    with pytest.raises(refusals.ProposalClosed):
        ask(circle, proposal=proposal)


# ---- speaking


def test_said_otherwise_the_former_words_stay(circle):
    asking = ask(circle)
    speak(circle, asking, "bea", "objection", "Trop cher")
    speak(circle, asking, "bea", "objection", "Trop cher")

    speak(circle, asking, "bea", "consent", now=NOW + timedelta(days=1))

    assert [one.stance for one in queries.statements(asking)] == ["consent"]
    assert Statement.objects.filter(replaced_at__isnull=False).get().reason == "Trop cher"


def test_objections_and_advice_want_words_and_a_round_its_own_stances(circle):
    asking = ask(circle)

    with pytest.raises(refusals.ReasonNeeded):
        speak(circle, asking, "bea", "objection", "  ")
    with pytest.raises(refusals.NothingChosen):
        speak(circle, asking, "bea", "advice", "x")
    with pytest.raises(refusals.NotTheMoment):
        speak(circle, asking, "bea", now=CLOSING)
    with pytest.raises(IntegrityError, match="has_its_reason"), transaction.atomic():
        Statement.objects.create(
            round=asking, associate=circle.people["bea"], stance="objection", said_at=NOW,
            said_by=circle.member("bea"),
        )  # fmt: skip

    assert not Statement.objects.exists()


def test_who_leads_is_told_of_an_objection_and_who_objected_of_its_answer(circle):
    asking = ask(circle)
    said = speak(circle, asking, "bea", "objection", "Trop cher")
    told = OutgoingEmail.objects.filter(body__startswith="Trop cher")
    assert [one.recipient for one in told] == ["amina@exemple.fr"]

    actions.answer(statement=said, text="Un four moins cher a été trouvé.", now=NOW)

    answer = OutgoingEmail.objects.get(subject__startswith="Une réponse")
    assert (answer.recipient, "moins cher" in answer.body) == ("bea@exemple.fr", True)


# ---- concluding


def test_consent_is_reached_when_the_objector_lifts_and_nobody_else_may(circle):
    asking = ask(circle)
    speak(circle, asking, "chloe")
    said = speak(circle, asking, "bea", "objection", "Trop cher")
    with pytest.raises(refusals.NotYourObjection):
        actions.lift(statement=said, associate=circle.people["amina"], now=NOW)
    with pytest.raises(refusals.StillUnanswered) as refusal:
        conclude(asking)
    assert refusal.value.details == {"unanswered_count": 1}

    actions.lift(statement=said, associate=circle.people["bea"], now=CLOSING)

    assert conclude(asking).state == State.ADOPTED
    told = OutgoingEmail.objects.filter(subject__startswith="Conclusion")
    assert {one.recipient for one in told} == {f"{n}@exemple.fr" for n in ("amina", "bea", "chloe")}


def test_a_consent_is_not_lifted(circle):
    said = speak(circle, ask(circle), "bea")

    with pytest.raises(refusals.NotYourObjection):
        actions.lift(statement=said, associate=circle.people["bea"], now=NOW)


def test_an_examined_objection_that_is_maintained_stops_the_decision(circle):
    asking = ask(circle)
    speak(circle, asking, "chloe")
    said = speak(circle, asking, "bea", "objection", "Trop cher")
    actions.answer(statement=said, text="Le prix reste le même.", now=CLOSING)

    assert conclude(asking).state == State.BLOCKED

    for late in (
        lambda: conclude(asking),
        lambda: actions.lift(statement=said, associate=circle.people["bea"], now=CLOSING),
        lambda: actions.answer(statement=said, text="x", now=CLOSING),
    ):
        with pytest.raises(refusals.NotTheMoment):
            late()


def test_nothing_is_concluded_before_the_deadline(circle):
    asking = ask(circle)
    speak(circle, asking, "bea")

    with pytest.raises(refusals.NotTheMoment):
        conclude(asking, now=CLOSING - timedelta(seconds=1))


def test_after_advice_its_author_decides_in_words_once_each_has_an_answer(circle):
    asking = ask(circle, Kind.ADVICE)
    said = speak(circle, asking, "bea", "advice", "Prenez-le à gaz")
    with pytest.raises(refusals.StillUnanswered):
        conclude(asking, "Au gaz.")
    actions.answer(statement=said, text="Suivi.", now=CLOSING)
    with pytest.raises(refusals.NothingSaid):
        conclude(asking, "  ")

    done = conclude(asking, "Ce sera un four à gaz.")

    assert (done.state, done.decision) == (State.ADOPTED, "Ce sera un four à gaz.")
    assert conclude(ask(circle, Kind.ADVICE), "Trop tôt.", is_dropped=True).state == State.DROPPED


def test_silence_is_consent_after_the_delay_and_an_objection_waits_for_somebody(circle):
    silent, disputed = ask(circle, Kind.OBJECTION), ask(circle, Kind.OBJECTION)
    speak(circle, disputed, "bea", "objection", "Trop cher")
    assert actions.conclude_silent(now=CLOSING - timedelta(seconds=1)) == 0

    assert actions.conclude_silent(now=CLOSING) == 1

    states = {one.pk: one.state for one in Round.objects.all()}
    assert states == {silent.pk: State.ADOPTED, disputed.pk: State.OPEN}


def test_a_round_is_cancelled_with_a_reason_and_what_was_said_stays(circle):
    asking = ask(circle)
    speak(circle, asking, "bea")
    with pytest.raises(refusals.ReasonNeeded):
        actions.cancel_round(asking=asking, reason=" ", now=NOW)

    done = actions.cancel_round(asking=asking, reason="Le vendeur a renoncé.", now=NOW)

    assert (done.state, queries.statements(done).count()) == (State.CANCELLED, 1)
