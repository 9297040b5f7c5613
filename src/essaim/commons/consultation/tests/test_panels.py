"""What consultations tell a member in their own space, and what they hold of them."""

from datetime import timedelta

import pytest

from essaim.commons.assembly.rules.elections import Method
from essaim.commons.consultation import actions, panels
from essaim.commons.cooperative.queries import the_register
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.deliberation.tests import circle as circles
from essaim.commons.deliberation.tests.circle import NOW
from essaim.kernel import clock

pytestmark = pytest.mark.django_db


def told(member):
    return [(row.title, row.detail) for row in panels.member_rows(member, the_register())]


def test_a_question_waits_until_it_is_answered_and_others_see_nothing(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    circle = circles.build()
    subject = actions.add_subject(register=circle.register, label="Prix", now=NOW)
    asked = actions.open_consultation(
        subject=subject, question="Quel jour ?", text="", labels=["Samedi", "Dimanche"],
        method=Method.APPROVAL, closes_at=NOW + timedelta(days=7), by=circle.world.board, now=NOW,
    )  # fmt: skip
    amina = circle.people["amina"]
    assert told(amina.member) == [
        ("Quel jour ?", "répondez avant le mercredi 2 décembre"), ("Mes délégations", ""),
    ]  # fmt: skip
    assert told(circle.world.board) == told(coop.person("passant")) == []

    actions.answer(consultation=asked, associate=amina, choice=["c1"], by=amina.member, now=NOW)
    actions.delegate(
        subject=subject, giver=amina, holder=circle.people["bea"], by=amina.member, now=NOW
    )

    assert told(amina.member) == [("Mes délégations", "")]
    held = panels.portrait(amina.member)
    assert [len(held[name]) for name in ("answers", "delegations")] == [1, 1]
    assert not any(panels.portrait(circle.member("bea")).values())


def test_a_register_that_is_not_there_is_no_breakdown():
    assert told(coop.person("amina")) == []
