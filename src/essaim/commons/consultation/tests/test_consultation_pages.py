"""The pages of consultations and of my delegations, and the board's desk."""

from datetime import timedelta

import pytest
from django.urls import reverse

from essaim.commons.assembly.rules.elections import Method
from essaim.commons.consultation import actions
from essaim.commons.consultation.models import Answer, Consultation, Delegation, Subject
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.deliberation.tests import circle as circles
from essaim.commons.deliberation.tests.circle import NOW
from essaim.kernel import clock

pytestmark = pytest.mark.django_db
END = NOW + timedelta(days=7)


@pytest.fixture
def circle(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return circles.build()


@pytest.fixture
def after(monkeypatch):
    """Come after the end."""
    return lambda: monkeypatch.setattr(clock, "now", lambda: END)


@pytest.fixture
def subject(circle):
    return actions.add_subject(register=circle.register, label="Prix", now=NOW)


def ask(circle, subject, **changed) -> Consultation:
    fields = {
        "subject": subject, "question": "Quel jour ouvrir ?", "text": "Un jour de plus.",
        "labels": ["Le samedi", "Le dimanche"], "method": Method.APPROVAL, "closes_at": END,
        "by": circle.world.board, "now": NOW,
    }  # fmt: skip
    return actions.open_consultation(**fields | changed)


def give(circle, subject, giver, holder) -> None:
    actions.delegate(
        subject=subject, giver=circle.people[giver], holder=circle.people[holder],
        by=circle.member(giver), now=NOW,
    )  # fmt: skip


def address(name, *args):
    return reverse(f"consultation:{name}", args=args)


def read(client, name, *args, member=None, status=200, **query):
    if member is not None:
        client.force_login(member)
    response = client.get(address(name, *args), query)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def test_empty_pages_say_what_will_be_there_and_others_see_nothing(client, circle):
    member = circle.member("amina")

    assert "Aucune question n’est ouverte" in read(client, "consultations", member=member)
    assert "Aucun sujet n’est encore déclaré" in read(client, "delegations")
    assert "Propositions" in read(client, "delegations")
    for name in ("consultations", "delegations"):
        read(client, name, member=coop.person(f"passant-{name}"), status=404)


def test_the_board_declares_a_subject_asks_on_it_and_closes_it(client, circle):
    client.force_login(circle.world.board)
    assert "Aucun sujet n’est encore déclaré" in read(client, "ask")
    client.post(address("desk"), {"label": "Prix"})
    assert client.post(address("desk"), {"label": "prix"}).status_code == 422
    assert client.post(address("desk"), {"label": ""}).status_code == 422
    subject = Subject.objects.get()
    typed = {
        "subject": subject.public_id, "question": "Quel jour ?", "labels": "Samedi\nDimanche",
        "method": "approval", "closes_date": "2026-12-10",
    }  # fmt: skip

    refused = client.post(address("ask"), typed | {"labels": "Samedi"})
    sent = client.post(address("ask"), typed)

    assert "au moins deux réponses" in refused.content.decode()
    asked = Consultation.objects.get()
    assert sent.url == address("consultation", asked.public_id)
    assert "jeudi 10 décembre à 20\u00a0h" in read(client, "consultation", asked.public_id)
    client.post(address("desk"), {"close": subject.public_id})
    subject.refresh_from_db()
    assert subject.closed_at == NOW


def test_associates_neither_ask_nor_declare(client, circle):
    for name in ("desk", "ask"):
        read(client, name, member=circle.member("amina"), status=404)


def test_one_answers_and_changes_ones_answer_until_the_end(client, circle, subject, after):
    asked = ask(circle, subject)
    here = address("consultation", asked.public_id)
    client.force_login(circle.member("amina"))
    assert "Pas encore de réponse, et confiée à personne" in read(
        client, "consultation", asked.public_id
    )

    client.post(here, {"choice": ["c1"]})
    client.post(here, {"choice": ["c2"]})

    assert "A répondu\u00a0: Le dimanche" in read(client, "consultation", asked.public_id)
    assert "1 réponse" in read(client, "consultations")
    after()
    assert client.post(here, {"choice": ["c1"]}).status_code == 422
    shown = read(client, "consultation", asked.public_id)
    assert "sera comptée dans quelques minutes" in shown
    assert Answer.objects.get().choice == ["c2"]


def test_nobody_answers_in_the_name_of_another(client, circle, subject):
    asked = ask(circle, subject)
    client.force_login(circle.member("amina"))

    client.post(
        address("consultation", asked.public_id),
        {"choice": ["c1"], "number": circle.people["bea"].number},
    )

    assert not Answer.objects.exists()


def test_who_acts_for_an_organisation_answers_for_it_too(client, circle, subject):
    farmer = circle.world.farmer
    circle.people["luc"] = circle.world.join(farmer, shares=2, now=NOW - timedelta(days=1))
    asked = ask(circle, subject)
    number = circle.people["farm"].number
    client.force_login(farmer)
    assert "Répondre pour Ferme du Lys" in read(client, "consultation", asked.public_id)

    client.post(address("consultation", asked.public_id), {"choice": ["c1"], "number": number})

    assert Answer.objects.get().associate == circle.people["farm"]


def test_who_speaks_for_me_and_through_whom_is_shown(client, circle, subject):
    asked = ask(circle, subject)
    give(circle, subject, "amina", "bea")
    give(circle, subject, "bea", "chloe")
    shown = read(client, "consultation", asked.public_id, member=circle.member("amina"))
    assert "Confiée à Bea, puis Chloe, qui n’a pas encore répondu." in shown

    actions.answer(
        consultation=asked, associate=circle.people["chloe"], choice=["c1"],
        by=circle.member("chloe"), now=NOW,
    )  # fmt: skip

    shown = read(client, "consultation", asked.public_id)
    assert "Chloe répond pour cette voix." in shown
    shown = read(client, "consultation", asked.public_id, member=circle.member("chloe"))
    assert "Vous portez 2 voix, sur 10 au plus." in shown


def test_both_results_are_shown_with_the_way_of_each_voice(client, circle, subject, after):
    asked = ask(circle, subject)
    give(circle, subject, "amina", "bea")
    for name, code in (("bea", "c1"), ("chloe", "c2")):
        actions.answer(
            consultation=asked, associate=circle.people[name], choice=[code],
            by=circle.member(name), now=NOW,
        )  # fmt: skip
    after()
    actions.count_due(now=END)

    shown = read(client, "consultation", asked.public_id, member=circle.member("david"))

    for words in (
        "À égalité\u00a0: Le samedi, Le dimanche", "En tête\u00a0: Le samedi",
        "2 voix sur 7 sociétaires", "3 voix sur 7 sociétaires", "Amina → Bea",
    ):  # fmt: skip
        assert words in shown, words


def test_a_voice_is_given_to_somebody_found_by_name_and_taken_back(client, circle, subject):
    amina = circle.people["amina"]
    here = ("delegate", subject.public_id, amina.number)
    client.force_login(circle.member("amina"))
    assert "Je réponds moi-même" in read(client, "delegations")
    assert "Confier ma voix à Bea" in read(client, *here, q="bea")
    assert "Confier ma voix à Amina" not in read(client, *here, q="amina")

    client.post(address(*here), {"holder": circle.people["bea"].number})

    shown = read(client, "delegations")
    assert "Confiée à Bea." in shown
    assert "En assemblée générale, ces délégations ne comptent pas" in shown
    assert "Reprendre ma voix" in read(client, *here)
    client.post(address(*here), {"what": "revoke"})
    assert "Je réponds moi-même" in read(client, "delegations")


def test_a_refused_gift_says_why_and_nobody_gives_the_voice_of_another(client, circle, subject):
    amina, bea = circle.people["amina"], circle.people["bea"]
    give(circle, subject, "bea", "amina")
    client.force_login(circle.member("amina"))
    here = address("delegate", subject.public_id, amina.number)

    for holder, words in (
        (bea.number, "Bea vous a déjà confié sa voix"),
        (amina.number, "à quelqu’un d’autre"), ("x", "Seuls les sociétaires"),
    ):  # fmt: skip
        refused = client.post(here, {"holder": holder})
        assert refused.status_code == 422
        assert words in refused.content.decode()
    theirs = address("delegate", subject.public_id, bea.number)
    assert client.post(theirs, {"what": "revoke"}).status_code == 404
    assert Delegation.objects.filter(revoked_at=None).count() == 1


def test_the_pages_cost_the_same_however_many_answers_and_voices(
    client, circle, subject, django_assert_num_queries
):
    asked = ask(circle, subject)
    client.force_login(circle.member("amina"))

    def cost():
        client.get(address("consultation", asked.public_id))
        with django_assert_num_queries(12):
            client.get(address("consultation", asked.public_id))
        with django_assert_num_queries(11):
            client.get(address("delegations"))

    give(circle, subject, "amina", "bea")
    cost()
    for giver, holder in (("bea", "chloe"), ("chloe", "david"), ("david", "elie")):
        give(circle, subject, giver, holder)
    actions.answer(
        consultation=asked, associate=circle.people["elie"], choice=["c1"],
        by=circle.member("elie"), now=NOW,
    )  # fmt: skip

    cost()
