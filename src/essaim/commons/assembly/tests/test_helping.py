"""Voting for somebody who asked for help: under their scope, while they are there, in their log."""

from datetime import timedelta

import pytest
from django.db import transaction

from essaim.commons.assembly import actions
from essaim.commons.assembly.rules.amending import Amended, AmendmentKind
from essaim.commons.assembly.rules.refusals import NotThere
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import MEETING
from essaim.commons.assembly.tests.pages import address, number, page, post
from essaim.commons.urn import actions as urn
from essaim.commons.urn.models import NamedBallot, RollEntry
from essaim.core.members.actions import NoAssistance, allow_assistance, revoke_assistance
from essaim.core.members.models import Assistance, AssistanceAct
from essaim.kernel import clock

pytestmark = pytest.mark.django_db
EARLY = MEETING - timedelta(days=2)
Scope = Assistance.Scope


@pytest.fixture(autouse=True)
def time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MEETING)


def allow(hall, helper="bea", helped="amina", scope=Scope.VOTE):
    return allow_assistance(
        helper=hall.member(helper), helped=hall.member(helped), scope=scope,
        expires_at=MEETING + timedelta(days=1), consent_note="en personne", now=EARLY,
    )  # fmt: skip


def help_to_vote(hall, motion, helper="bea", helped="amina", **more):
    return actions.cast_for(
        motion=motion, associate=hall.people[helped], choice="no", by=hall.member(helper),
        now=MEETING, **more,
    )  # fmt: skip


@pytest.fixture
def hall():
    hall, hall.motion = halls.sitting("amina", "bea", "elie")
    actions.open_vote(motion=hall.motion, now=MEETING)
    return hall


def test_a_helper_votes_under_the_scope_and_the_log_says_so_without_the_choice(hall):
    allow(hall)

    ballot = help_to_vote(hall, hall.motion)

    entry = RollEntry.objects.get(number=number(hall, "amina"), poll__motion=hall.motion)
    assert (entry.channel, entry.cast_by) == ("assisted", hall.member("bea"))
    assert ballot.choice == '"no"'
    act = AssistanceAct.objects.get()
    assert (act.what, act.reference) == ("Baisser les frais", hall.assembly.public_id)


def test_without_the_scope_or_once_taken_back_nobody_votes_for_somebody(hall):
    allow(hall, scope=Scope.ORDER)
    with pytest.raises(NoAssistance), transaction.atomic():
        help_to_vote(hall, hall.motion)
    revoke_assistance(assistance=allow(hall), now=EARLY)
    with pytest.raises(NoAssistance), transaction.atomic():
        help_to_vote(hall, hall.motion)

    assert not NamedBallot.objects.exists()
    assert not AssistanceAct.objects.exists()


def test_whoever_is_not_there_is_not_voted_for(hall):
    allow(hall, helped="david")

    with pytest.raises(NotThere), transaction.atomic():
        help_to_vote(hall, hall.motion, helped="david")

    assert not AssistanceAct.objects.exists()


def test_of_a_secret_vote_the_log_keeps_no_hour():
    hall, motion = halls.sitting(is_secret=True)
    allow(hall)
    keepers = [hall.member("bea"), hall.member("elie")]
    poll = actions.open_vote(motion=motion, scrutineers=keepers, threshold=2, now=MEETING)
    for keeper in keepers:
        urn.take_key(poll=poll, member=keeper)
    urn.open_poll(poll=poll, now=MEETING)
    motion.refresh_from_db()

    actions.cast_for(
        motion=motion, associate=hall.people["amina"], choice="yes", by=hall.member("bea"),
        now=MEETING + timedelta(minutes=7), paper=urn.draw_paper(),
    )  # fmt: skip

    assert AssistanceAct.objects.get().done_at == MEETING
    assert not NamedBallot.objects.exists()


@pytest.fixture
def amendment():
    """Put to the vote before its motion, which is secret."""
    hall, motion = halls.sitting("amina", "bea", "elie", is_secret=True)
    hall.amendment = actions.table_amendment(
        motion=motion, said=Amended(0, AmendmentKind.REPLACE, 1, "Autre texte."), associate=None,
        by=hall.world.board, now=MEETING,
    )  # fmt: skip
    actions.open_vote(motion=hall.amendment, now=MEETING)
    return hall


def test_an_amendment_is_voted_with_help_under_the_same_guards(amendment):
    hall = amendment
    with pytest.raises(NoAssistance), transaction.atomic():
        help_to_vote(hall, hall.amendment)
    allow(hall)
    allow(hall, helped="david")
    with pytest.raises(NotThere), transaction.atomic():
        help_to_vote(hall, hall.amendment, helped="david")
    assert not AssistanceAct.objects.exists()

    help_to_vote(hall, hall.amendment)

    entry = RollEntry.objects.get(number=number(hall, "amina"), poll__amendment=hall.amendment)
    assert (entry.channel, entry.cast_by) == ("assisted", hall.member("bea"))
    assert AssistanceAct.objects.get().what == "Amendement 1\u00a0: Baisser les frais"


def test_the_page_of_the_helper_votes_on_the_amendment_and_on_nothing_else(client, amendment):
    hall, bea, amina = amendment, amendment.member("bea"), number(amendment, "amina")
    here = ("help_with_amendment", 1, 1)
    page(client, hall, *here, amina, member=bea, status=404)
    allow(hall)
    assert address(hall, *here, amina) in page(client, hall, "assembly", member=bea)
    shown = page(client, hall, *here, amina)
    assert "Vous voyez ce choix" in shown
    assert "Autre texte." in shown
    page(client, hall, "help_with_amendment", 1, 0, amina, status=404)
    page(client, hall, *here, number(hall, "elie"), status=404)

    post(client, hall, *here, amina, member=bea, choice="no")

    ballot = NamedBallot.objects.get()
    assert (ballot.entry.poll.amendment, ballot.choice) == (hall.amendment, '"no"')


def test_the_page_of_the_helper_says_what_they_see(client, hall):
    bea, amina = hall.member("bea"), number(hall, "amina")
    page(client, hall, "help_to_vote", 1, amina, member=bea, status=404)
    allow(hall)
    assert "Aider n\u00b0\u00a0" in page(client, hall, "assembly", member=bea).replace("le ", "")
    shown = page(client, hall, "help_to_vote", 1, amina)
    assert "Vous voyez ce choix" in shown

    post(client, hall, "help_to_vote", 1, amina, member=bea, choice="yes")

    assert NamedBallot.objects.get().entry.number == amina
    page(client, hall, "help_to_vote", 1, number(hall, "elie"), status=404)
