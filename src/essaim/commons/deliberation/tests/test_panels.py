"""What deliberations tell a member in their own space, and what they hold of them."""

from datetime import timedelta

import pytest

from essaim.commons.cooperative.queries import the_register
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.deliberation import actions, panels
from essaim.commons.deliberation.actions import Asked
from essaim.commons.deliberation.rules.rounds import Kind, Scope
from essaim.commons.deliberation.tests import circle as circles
from essaim.commons.deliberation.tests.circle import NOW
from essaim.kernel import clock

pytestmark = pytest.mark.django_db
CLOSING = NOW + timedelta(days=7)


@pytest.fixture
def circle(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return circles.build()


def told(member):
    return [(row.title, row.detail) for row in panels.member_rows(member, the_register())]


def ask(circle, title, **more):
    return actions.open_round(
        register=circle.register, kind=Kind.CONSENT, author=circle.people["amina"],
        facilitator=circle.member("amina"), title=title, text="…", closes_at=CLOSING, now=NOW,
        **more,
    )  # fmt: skip


def test_without_a_cooperative_or_a_share_nothing_is_told(circle):
    assert told(coop.person("passant")) == []


def test_a_register_that_is_not_there_is_no_breakdown():
    assert told(coop.person("amina")) == []


def test_an_associate_sees_the_proposals_to_read_and_the_rounds_that_wait_for_them(circle):
    circle.propose()
    everybody = ask(circle, "À tous")
    ask(circle, "Au groupe", asked=Asked(Scope.GROUP, group=(circle.people["bea"],)))
    college = circle.people["farm"].college
    ask(circle, "Au collège", asked=Asked(Scope.COLLEGE, college=college))
    until = "exprimez-vous avant le mercredi 2 décembre"
    proposals = ("Propositions des sociétaires", "1 à lire")

    assert told(circle.member("chloe")) == [("À tous", until), proposals]
    assert told(circle.member("bea")) == [("À tous", until), ("Au groupe", until), proposals]
    assert told(circle.world.farmer) == [("À tous", until), ("Au collège", until), proposals]

    actions.speak(
        asking=everybody, associate=circle.people["chloe"], by=circle.member("chloe"),
        stance="consent", now=NOW,
    )  # fmt: skip
    assert told(circle.member("chloe")) == [proposals]


def test_the_board_sees_what_must_be_put_on_the_agenda(circle):
    assert told(circle.world.board)[-1] == ("La table de l’ordre du jour", "")
    circle.reached()

    assert told(circle.world.board)[-1] == ("La table de l’ordre du jour", "1 à inscrire")


def test_the_portrait_holds_what_a_member_said_and_nothing_of_others(circle):
    proposal = circle.propose()
    for name in ("amina", "bea"):
        actions.comment(
            proposal=proposal, associate=circle.people[name], by=circle.member(name),
            text=f"Mot de {name}", now=NOW,
        )  # fmt: skip
    asking = ask(circle, "À tous")
    actions.speak(
        asking=asking, associate=circle.people["amina"], by=circle.member("amina"),
        stance="consent", now=NOW,
    )  # fmt: skip

    held = panels.portrait(circle.member("amina"))

    assert [one["text"] for one in held["messages"]] == ["Mot de amina"]
    assert [len(held[name]) for name in ("proposals", "supports", "statements")] == [1, 1, 1]
    assert not any(panels.portrait(circle.member("chloe")).values())
