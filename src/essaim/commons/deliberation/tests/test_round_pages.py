"""The pages of rounds: opening one, speaking, answering, lifting, concluding."""

from datetime import timedelta

import pytest
from django.urls import reverse

from essaim.commons.cooperative.tests import world as coop
from essaim.commons.deliberation import actions
from essaim.commons.deliberation.models import Round, Statement
from essaim.commons.deliberation.rules.rounds import Kind, State
from essaim.commons.deliberation.tests import circle as circles
from essaim.commons.deliberation.tests.circle import NOW
from essaim.kernel import clock

pytestmark = pytest.mark.django_db
CLOSING = NOW + timedelta(days=7)
TYPED = {
    "kind": "consent", "title": "Acheter un four", "text": "Un four d’occasion.", "scope": "all",
    "closes_date": "2026-12-10",
}  # fmt: skip


@pytest.fixture
def circle(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return circles.build()


@pytest.fixture
def after(monkeypatch):
    """Come after the deadline."""
    return lambda: monkeypatch.setattr(clock, "now", lambda: CLOSING)


def address(name, *args):
    return reverse(f"deliberation:{name}", args=args)


def read(client, name, *args, member=None, status=200, **query):
    if member is not None:
        client.force_login(member)
    response = client.get(address(name, *args), query)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def ask(circle, kind=Kind.CONSENT, **more) -> Round:
    fields = {
        "register": circle.register, "kind": kind, "author": circle.people["amina"],
        "facilitator": circle.member("amina"), "title": "Acheter un four", "text": "Un four.",
        "closes_at": CLOSING, "now": NOW,
    }  # fmt: skip
    return actions.open_round(**fields | more)


def speak(circle, asking, name, stance="consent", reason="") -> Statement:
    return actions.speak(
        asking=asking, associate=circle.people[name], by=circle.member(name), stance=stance,
        reason=reason, now=NOW,
    )  # fmt: skip


def test_without_a_round_the_page_says_what_one_is_for(client, circle):
    shown = read(client, "rounds", member=circle.member("amina"))

    assert "Aucune sollicitation en cours" in shown
    read(client, "rounds", member=coop.person("passant"), status=404)


def test_a_round_is_opened_until_eight_in_the_evening(client, circle):
    read(client, "open_round", member=circle.member("amina"))

    sent = client.post(address("open_round"), TYPED)

    opened = Round.objects.get()
    assert sent.url == address("round", opened.public_id)
    shown = read(client, "round", opened.public_id)
    for words in ("jeudi 10 décembre à 20\u00a0h", "Tous les sociétaires", "Un four d’occasion."):
        assert words in shown, words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"scope": "college"}, "Choisissez le collège"),
        ({"scope": "group"}, "Écrivez les numéros"),
        ({"scope": "group", "numbers": "1 999"}, "Aucun sociétaire n’a ce numéro\u00a0: 999"),
        ({"closes_date": "2026-11-26"}, "Laissez au moins 2 jours"),
    ],
)
def test_a_round_that_asks_nobody_or_leaves_no_time_is_refused(client, circle, typed, words):
    client.force_login(circle.member("amina"))

    refused = client.post(address("open_round"), TYPED | typed)

    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert not Round.objects.exists()


def test_a_group_and_a_college_are_asked_by_their_numbers_and_their_name(client, circle):
    client.force_login(circle.member("amina"))
    numbers = " ".join(str(circle.people[name].number) for name in ("bea", "chloe"))
    college = circle.people["farm"].college

    client.post(address("open_round"), TYPED | {"scope": "group", "numbers": numbers})
    client.post(address("open_round"), TYPED | {"scope": "college", "college": college.code})

    group, of_college = Round.objects.order_by("pk")
    assert group.seats.count() == 2
    assert of_college.college == college
    assert "Ce que je dis" not in read(client, "round", group.public_id)
    client.post(address("round", group.public_id), {"what": "speak", "stance": "consent"})
    assert not Statement.objects.exists()


def test_the_author_and_the_board_open_a_round_on_a_proposal_and_nobody_else(client, circle):
    proposal = circle.propose()
    here = f"?proposal={proposal.public_id}"
    assert here in read(client, "proposal", proposal.public_id, member=circle.member("amina"))
    client.force_login(circle.member("bea"))
    assert client.get(address("open_round") + here).status_code == 403
    assert client.get(address("open_round") + "?proposal=x").status_code == 404

    client.force_login(circle.world.board)
    client.post(address("open_round"), TYPED | {"proposal": proposal.public_id})

    opened = Round.objects.get()
    assert (opened.proposal, opened.author) == (proposal, proposal.author)
    assert "Acheter un four" in read(client, "proposal", proposal.public_id)


def test_one_speaks_in_words_and_says_otherwise_later(client, circle):
    asking = ask(circle)
    here = address("round", asking.public_id)
    client.force_login(circle.member("bea"))

    refused = client.post(here, {"what": "speak", "stance": "objection", "reason": ""})
    client.post(here, {"what": "speak", "stance": "objection", "reason": "Trop cher"})
    client.post(here, {"what": "speak", "stance": "reserve", "reason": "À revoir"})

    assert refused.status_code == 422
    assert "Dites pourquoi" in refused.content.decode()
    shown = read(client, "round", asking.public_id)
    assert "1 personne s’est exprimée sur 7" in shown
    assert "À revoir" in shown
    detail = read(client, "statement", asking.public_id, circle.people["bea"].number)
    assert "Trop cher" in detail


@pytest.mark.parametrize("kind", [Kind.ADVICE, Kind.OBJECTION])
def test_where_there_is_one_way_to_speak_only_words_are_asked(client, circle, kind):
    asking = ask(circle, kind)
    shown = read(client, "round", asking.public_id, member=circle.member("bea"))
    assert 'type="radio"' not in shown

    client.post(address("round", asking.public_id), {"what": "speak", "reason": "Au gaz"})

    assert Statement.objects.get().stance == kind


def test_an_objection_is_answered_by_who_leads_and_lifted_by_who_objected(client, circle, after):
    asking = ask(circle)
    speak(circle, asking, "bea", "objection", "Trop cher")
    here = ("statement", asking.public_id, circle.people["bea"].number)
    client.force_login(circle.member("chloe"))
    client.post(address(*here), {"what": "answer", "text": "Non."})
    assert client.post(address(*here), {"what": "lift"}).status_code == 422
    statement = Statement.objects.get()
    assert (statement.answer, statement.lifted_at) == ("", None)

    client.force_login(circle.member("amina"))
    client.post(address(*here), {"what": "answer", "text": "Un moins cher est trouvé."})
    after()
    assert "Je lève mon objection" not in read(client, *here)
    client.force_login(circle.member("bea"))
    assert "Je lève mon objection" in read(client, *here)
    client.post(address(*here), {"what": "lift"})

    assert "Objection levée" in read(client, "round", asking.public_id)


def test_who_leads_concludes_once_all_is_answered(client, circle, after):
    asking = ask(circle, Kind.ADVICE)
    said = speak(circle, asking, "bea", "advice", "Au gaz")
    here = address("round", asking.public_id)
    assert "Après l’échéance" in read(
        client, "round", asking.public_id, member=circle.member("amina")
    )
    after()
    assert "1 intervention attend d’abord une réponse" in read(client, "round", asking.public_id)
    actions.answer(statement=said, text="Suivi.", now=NOW)
    assert client.post(here, {"what": "conclude", "decision": ""}).status_code == 422

    client.post(here, {"what": "conclude", "decision": "Ce sera au gaz."})

    shown = read(client, "round", asking.public_id)
    assert "Adoptée" in shown
    assert "Ce sera au gaz." in shown


def test_nobody_else_concludes_nor_cancels(client, circle, after):
    asking = ask(circle)
    speak(circle, asking, "bea")
    after()
    client.force_login(circle.member("bea"))

    for what in ("conclude", "cancel", "drop", ""):
        client.post(address("round", asking.public_id), {"what": what, "decision": "x"})

    asking.refresh_from_db()
    assert asking.state == State.OPEN


def test_a_round_of_advice_is_given_up_or_cancelled_in_words(client, circle, after):
    dropped, cancelled = ask(circle, Kind.ADVICE), ask(circle)
    client.force_login(circle.member("amina"))
    client.post(address("round", cancelled.public_id), {"what": "cancel", "decision": "Vendu."})
    after()
    client.post(address("round", dropped.public_id), {"what": "drop", "decision": "Trop tôt."})

    assert "Abandonnée" in read(client, "round", dropped.public_id)
    listed = read(client, "rounds")
    assert "Annulée" in listed
    assert "Abandonnée" in listed


def test_a_round_costs_the_same_however_many_speak(client, circle, django_assert_num_queries):
    asking = ask(circle)
    client.force_login(circle.member("amina"))

    def cost():
        client.get(address("round", asking.public_id))
        with django_assert_num_queries(13):
            client.get(address("round", asking.public_id))

    speak(circle, asking, "bea", "reserve", "Oui mais")
    cost()
    for name in ("chloe", "david", "elie", "fanny"):
        speak(circle, asking, name, "objection", "Non")

    cost()
