"""Amendments on the pages of associates: read, proposed in writing, withdrawn, voted."""

from datetime import timedelta

import pytest
from django.urls import reverse

from essaim.commons.assembly import actions
from essaim.commons.assembly.models import Amendment
from essaim.commons.assembly.rules.amending import AmendmentKind
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import DRAFTED, MEETING
from essaim.commons.assembly.tests.pages import address, number, page, post
from essaim.commons.assembly.tests.test_amending import motion_of, propose
from essaim.commons.urn.models import NamedBallot
from essaim.core.bylaws.rules import rule_book
from essaim.core.messages.models import OutgoingEmail
from essaim.kernel import clock

pytestmark = pytest.mark.django_db
REWRITE = {"what": "text", "t-kind": "replace", "t-paragraph": "2", "t-text": "D’un tiers."}


@pytest.fixture(autouse=True)
def time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: DRAFTED)


@pytest.fixture
def rate():
    return next(article for article in rule_book() if article.unit == "bps")


@pytest.fixture
def hall(rate):
    hall = halls.build()
    hall.draft(amendments_until=MEETING - timedelta(days=1))
    hall.motion = motion_of(hall, rate)
    hall.convene()
    return hall


def test_the_notice_says_until_when(hall):
    body = OutgoingEmail.objects.order_by("-pk")[0].body

    assert "Les amendements se proposent par écrit jusqu’au" in body


def test_an_associate_proposes_and_takes_back_and_others_read_before_and_after(client, hall):
    amina, bea = hall.member("amina"), hall.member("bea")
    assert "Proposer un amendement" in page(client, hall, "amendments", 1, member=amina)

    post(client, hall, "amendments", 1, member=amina, **REWRITE, **{"t-reason": "Trop fort."})

    shown = page(client, hall, "amendments", 1, member=bea)
    for words in ("Réécrire le paragraphe 2", "Amina", "Trop fort.", "D’un tiers.", "<del>"):
        assert words in shown, words
    assert "Retirer l’amendement 1" not in shown
    post(client, hall, "amendments", 1, member=bea, status=404, what="withdraw", number="1")
    post(client, hall, "amendments", 1, member=amina, what="withdraw", number="1")
    assert "Retiré" in page(client, hall, "amendments", 1)


def test_what_is_missing_is_said_and_nothing_is_proposed(client, hall, rate):
    amina = hall.member("amina")
    empty = post(
        client, hall, "amendments", 1, member=amina, status=422, **REWRITE | {"t-text": ""}
    )
    assert "Écrivez le texte" in empty.content.decode()
    same = REWRITE | {"t-paragraph": "1", "t-text": "Un rapport est lu."}
    off = post(client, hall, "amendments", 1, member=amina, status=422, **same)
    assert "autre chose" in off.content.decode()
    finer = {"what": "rule", "r-article": rate.key, "r-value": "0,001",
             "r-effective_date": "2026-12-19"}  # fmt: skip
    fine = post(client, hall, "amendments", 1, member=amina, status=422, **finer)
    assert "plus fin" in fine.content.decode()
    assert not Amendment.objects.exists()

    post(client, hall, "amendments", 1, member=amina, **finer | {"r-value": "1"})
    strike = {"what": "text", "t-kind": "strike", "t-paragraph": "3", "t-text": "en trop"}
    post(client, hall, "amendments", 1, member=amina, **strike)

    rule, struck = Amendment.objects.order_by("number")
    assert (rule.value, rule.effective_at) == (100, hall.motion.changes.get().effective_at)
    assert struck.text == ""
    assert "1\u202f%" in page(client, hall, "amendments", 1)


def test_after_its_day_only_the_board_writes_amendments_and_in_session(client, hall, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MEETING)
    amina = hall.member("amina")
    assert "en séance" in page(client, hall, "amendments", 1, member=amina)
    late = post(client, hall, "amendments", 1, member=amina, status=422, **REWRITE)
    assert "en séance" in late.content.decode()
    hall.open("amina", "bea", "elie")
    unknown = post(client, hall, "amendments", 1, status=422, number="99", **REWRITE)
    assert "sociétaires" in unknown.content.decode()

    post(client, hall, "amendments", 1, number=number(hall, "bea"), **REWRITE)
    post(client, hall, "amendments", 1, **REWRITE | {"t-text": "D’un quart."})

    assert [one.associate for one in Amendment.objects.order_by("number")] == [
        hall.people["bea"], None,
    ]  # fmt: skip
    written = page(client, hall, "amendments", 1)
    assert "le conseil" in written
    desk = reverse("secretariat:vote", args=[hall.assembly.public_id, 1])
    assert desk in written
    assert desk not in page(client, hall, "amendments", 1, member=amina)


def test_an_election_has_no_page_of_amendments(client):
    hall = halls.build()
    hall.draft()
    actions.propose_election(
        assembly=hall.assembly, title="Conseil", text="", names=["Ada", "Bob"],
        method=Method.APPROVAL,
    )  # fmt: skip
    hall.convene()

    page(client, hall, "amendments", 1, member=hall.member("amina"), status=404)


def test_it_is_voted_by_name_and_the_motion_then_reads_as_amended(client, hall, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MEETING)
    amendment = propose(hall, kind=AmendmentKind.REPLACE, paragraph=2, text="D’un tiers.")
    hall.open("amina", "bea", "elie")
    actions.open_vote(motion=amendment, now=MEETING)
    amina = hall.member("amina")
    ballot = address(hall, "vote_on_amendment", 1, 1, number(hall, "amina"))
    assert ballot in page(client, hall, "assembly", member=amina)
    shown = page(client, hall, "vote_on_amendment", 1, 1, number(hall, "amina"))
    assert "D’un tiers." in shown
    assert "Vote nominatif" in shown

    for _tap in range(2):
        post(client, hall, "vote_on_amendment", 1, 1, number(hall, "amina"), member=amina,
             choice="yes")  # fmt: skip
    actions.close_vote(motion=amendment, by=hall.world.board, now=MEETING)

    assert NamedBallot.objects.count() == 1
    assert "D’un tiers." in page(client, hall, "assembly")
    assert "Amendée" in page(client, hall, "assembly")
    actions.open_vote(motion=hall.motion, now=MEETING)
    assert "D’un tiers." in page(client, hall, "vote", 1, number(hall, "amina"))
    hall.vote(hall.motion, "amina", "yes")
    actions.close_vote(motion=hall.motion, by=hall.world.board, now=MEETING)
    actions.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)
    minutes = client.get(address(hall, "minutes"), follow=True).content.decode()
    assert "Texte de la convocation" in minutes
    assert "Réécrire le paragraphe 2" in minutes
