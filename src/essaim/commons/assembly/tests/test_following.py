"""The pages of those who vote: the assembly, the proxy, the ballot, its receipt."""

import logging
import re

import pytest
from django.test import override_settings
from django.urls import reverse

from essaim.commons.assembly import actions, panels
from essaim.commons.assembly.actions import Change
from essaim.commons.assembly.models import Proxy
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import MEETING, NEXT_DAY
from essaim.commons.assembly.tests.pages import address, number, page
from essaim.commons.cooperative.queries import the_register
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.urn import actions as urn
from essaim.commons.urn.models import NamedBallot, Poll, RollEntry, UrnSlot
from essaim.core.bylaws.rules import rule_book
from essaim.kernel import clock
from essaim.web.models import AnsweredRequest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def evening(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MEETING)


def hidden(shown):
    """The hidden fields of the ballot, as the browser sends them back."""
    return {
        name: re.search(rf'name="{name}" value="([^"]+)"', shown)[1]
        for name in ("tracker", "nonce", "code")
        if f'name="{name}" value="' in shown
    }


def secret_vote(*names, keepers=("bea", "elie"), **motion):
    hall, proposed = halls.sitting(*names, is_secret=True, **motion)
    scrutineers = [hall.member(name) for name in keepers]
    poll = actions.open_vote(motion=proposed, scrutineers=scrutineers, threshold=2, now=MEETING)
    keys = {member: urn.take_key(poll=poll, member=member) for member in scrutineers}
    urn.open_poll(poll=poll, now=MEETING)
    return hall, proposed, keys


def test_without_an_assembly_associates_read_so_and_others_how_to_join(client):
    hall = halls.build()
    hall.draft()
    client.force_login(hall.member("amina"))
    assert "Aucune assemblée n’est convoquée" in client.get("/assembly/").content.decode()

    client.force_login(coop.person("passant"))

    assert "Devenir sociétaire" in client.get("/assembly/").content.decode()


def test_the_coming_assembly_is_first_and_a_draft_is_nobodys(client):
    hall = halls.build()
    draft = hall.draft(title="Brouillon")
    hall.draft(title="Ordinaire")
    hall.propose()
    hall.convene()
    client.force_login(hall.member("amina"))

    shown = client.get("/assembly/").content.decode()

    assert "Ordinaire" in shown
    assert "Brouillon" not in shown
    drafted = reverse("assembly:assembly", args=[draft.public_id])
    assert client.get(drafted).status_code == 404


def test_the_assembly_says_its_agenda_its_rules_and_who_is_there(client):
    rate = next(article for article in rule_book() if article.unit == "bps")
    hall, _ = halls.sitting("amina", "elie", changes=[Change(rate, rate.minimum, NEXT_DAY)])

    shown = page(client, hall, "assembly", member=hall.member("amina"))

    for words in (
        "Halle de Wazemmes", "19\u00a0h", "Baisser les frais", "Quorum atteint",
        "2 sociétaires présents", "0\u202f%", "19 déc. 2026", "si la motion est adoptée",
    ):  # fmt: skip
        assert words in shown, words


def test_a_stranger_does_not_see_it_and_the_board_does(client):
    hall, _ = halls.sitting("amina", "elie")

    page(client, hall, "assembly", member=coop.person("passant"), status=404)
    page(client, hall, "assembly", member=hall.world.board)


def test_the_page_costs_the_same_however_many_points_and_voters(client, django_assert_num_queries):
    def cost(hall):
        client.force_login(hall.member("amina"))
        client.get(address(hall, "assembly"))
        with django_assert_num_queries(17):
            client.get(address(hall, "assembly"))

    hall = halls.build()
    hall.draft()
    motions = [hall.propose(f"Motion {n}") for n in range(8)]
    hall.convene()
    hall.open("amina", "elie")
    actions.open_vote(motion=motions[0], now=MEETING)
    cost(hall)
    hall.give("bea", "amina")
    hall.arrive("chloe", "david", "fanny")
    for motion in motions[1:]:
        actions.open_vote(motion=motion, now=MEETING)

    cost(hall)


def test_a_vote_is_given_to_somebody_found_by_name_and_taken_back(client):
    hall, _ = halls.sitting("amina", "elie")
    here = ("proxy", number(hall, "bea"))
    shown = page(client, hall, *here, member=hall.member("bea"), q="ami")
    assert "Donner mon pouvoir à Amina" in shown
    assert "Personne à ce nom" in page(client, hall, *here, q="zzz")

    sent = client.post(address(hall, *here), {"holder": number(hall, "amina")})

    assert sent.url == address(hall, "assembly")
    assert Proxy.objects.get().holder == hall.people["amina"]
    assert "Amina porte ce pouvoir" in page(client, hall, "assembly")
    assert "Aujourd’hui" in page(client, hall, *here)
    client.post(address(hall, *here), {"what": "revoke"})
    assert not Proxy.objects.filter(revoked_at=None).exists()


def test_a_refused_proxy_says_why_and_nobody_gives_the_vote_of_another(client):
    hall, _ = halls.sitting("amina", "elie")
    client.force_login(hall.member("bea"))
    bea = address(hall, "proxy", number(hall, "bea"))

    refused = client.post(bea, {"holder": number(hall, "bea")})
    unknown = client.post(bea, {"holder": "x"})
    client.post(address(hall, "proxy", number(hall, "chloe")), {"holder": number(hall, "amina")})

    assert refused.status_code == 422
    assert "quelqu’un d’autre" in refused.content.decode()
    assert unknown.status_code == 422
    assert not Proxy.objects.exists()


def test_a_named_vote_is_cast_then_changed_and_leads_back(client):
    hall, motion = halls.sitting("amina", "elie")
    actions.open_vote(motion=motion, now=MEETING)
    here = address(hall, "vote", 1, number(hall, "amina"))
    shown = page(client, hall, "vote", 1, number(hall, "amina"), member=hall.member("amina"))
    assert all(word in shown for word in ("Pour", "Contre", "Abstention", "Bulletin blanc"))
    assert 'name="tracker"' not in shown

    answers = [client.post(here, {"choice": choice}) for choice in ("yes", "no")]

    assert [one.url for one in answers] == [address(hall, "assembly")] * 2
    assert NamedBallot.objects.get().choice == '"no"'
    assert "Changer le vote de la voix n°\u00a01" in page(client, hall, "assembly")
    assert client.post(here, {"choice": "maybe"}).status_code == 422


def test_whoever_carries_a_vote_casts_it_and_nobody_else_does(client):
    hall, motion = halls.sitting("amina", "elie")
    hall.give("bea", "amina")
    actions.open_vote(motion=motion, now=MEETING)
    here = ("vote", 1, number(hall, "bea"))
    assert "le pouvoir de la voix n°\u00a02, Bea" in page(
        client, hall, *here, member=hall.member("amina")
    )

    client.post(address(hall, *here), {"choice": "yes"})

    assert RollEntry.objects.get(has_voted=True).channel == "proxy"
    page(client, hall, *here, member=hall.member("chloe"), status=404)
    client.force_login(hall.member("bea"))
    away = client.post(address(hall, *here), {"choice": "no"})
    assert away.status_code == 422
    assert "il faut être présent" in away.content.decode()


def test_a_vote_that_is_not_open_leads_back(client):
    hall, _ = halls.sitting("amina", "elie")

    client.force_login(hall.member("amina"))
    sent = client.post(address(hall, "vote", 1, number(hall, "amina")), {"choice": "yes"})

    assert sent.url == address(hall, "assembly")
    assert not RollEntry.objects.exists()


def test_a_secret_vote_answers_with_its_receipt_and_a_second_tap_with_the_same(client):
    hall, _motion, _keys = secret_vote("amina", "bea", "elie")
    here = ("vote", 1, number(hall, "amina"))
    form = hidden(page(client, hall, *here, member=hall.member("amina")))
    assert len(form) == 3

    first, second = (client.post(address(hall, *here), form | {"choice": "no"}) for _ in "ab")

    assert first.status_code == 200
    assert form["tracker"] in first.content.decode()
    assert form["code"] in first.content.decode()
    seals = [re.search(r"[0-9a-f]{64}", one.content.decode())[0] for one in (first, second)]
    assert seals[0] == seals[1]
    assert UrnSlot.objects.filter(is_used=True).count() == 1
    for answer in (first, client.get(address(hall, *here))):
        assert "no-store" in answer["Cache-Control"]


def test_a_secret_vote_is_replaced_with_the_code_of_its_receipt_only(client):
    hall, _motion, _keys = secret_vote("amina", "bea", "elie")
    here = ("vote", 1, number(hall, "amina"))
    form = hidden(page(client, hall, *here, member=hall.member("amina")))
    client.post(address(hall, *here), form | {"choice": "no"})
    again = page(client, hall, *here)
    assert "copiez le code" in again
    fresh = hidden(again) | {"replaces": "yes", "choice": "yes"}
    assert "code" not in fresh

    mistyped = client.post(address(hall, *here), fresh | {"code": "AAAA"})
    other = client.post(address(hall, *here), fresh | {"code": urn.draw_paper().code})
    right = client.post(address(hall, *here), fresh | {"code": form["code"].lower()})

    assert [one.status_code for one in (mistyped, other, right)] == [422, 422, 200]
    assert UrnSlot.objects.filter(is_used=True).count() == 1


def test_a_secret_form_that_was_tampered_with_is_refused(client):
    hall, _motion, _keys = secret_vote("amina", "bea", "elie")
    here = ("vote", 1, number(hall, "amina"))
    form = hidden(page(client, hall, *here, member=hall.member("amina")))

    for wrong in ({"tracker": "short"}, {"nonce": "z" * 32}, {"choice": "maybe"}, {"code": ""}):
        sent = client.post(address(hall, *here), form | {"choice": "yes"} | wrong)
        assert sent.status_code == 422

    assert not RollEntry.objects.filter(has_voted=True).exists()


# A link from the voter to the choice is kept nowhere; the twin shows that it would be seen.


@override_settings(DEBUG=True)
def test_casting_in_secret_leaves_no_answer_kept_and_no_line_of_log_with_the_choice(client, caplog):
    hall, _motion, _keys = secret_vote("amina", "bea", "elie")
    here = ("vote", 1, number(hall, "amina"))
    form = hidden(page(client, hall, *here, member=hall.member("amina")))
    caplog.set_level(logging.DEBUG)

    client.post(
        address(hall, *here),
        form | {"choice": "abstain", "idempotency_key": "deux"},
        headers={"Idempotency-Key": "deux"},
    )

    assert RollEntry.objects.filter(has_voted=True).count() == 1
    assert not AnsweredRequest.objects.exists()
    written = "\n".join(record.getMessage() for record in caplog.records)
    for secret in ("abstain", form["tracker"], form["nonce"], form["code"]):
        assert secret not in written
        assert secret not in str(dict(client.session))


def test_a_form_guarded_against_being_sent_twice_does_keep_its_answer(client):
    hall, _ = halls.sitting("amina", "elie")
    client.force_login(hall.member("bea"))

    client.post(
        address(hall, "proxy", number(hall, "bea")),
        {"holder": number(hall, "amina"), "idempotency_key": "un"},
    )

    assert AnsweredRequest.objects.count() == 1


PAPERS = [
    (Method.APPROVAL, {"choice": ["c1", "c3"]}, '["c1","c3"]'),
    (Method.APPROVAL, {}, '"blank"'),
    (Method.MAJORITY_JUDGMENT, {"c1": "6", "c2": "0"}, '{"c1":6,"c2":0}'),
    (Method.SCHULZE, {"c1": "2", "c2": "1", "c3": "2"}, '[["c2"],["c1","c3"]]'),
    (Method.INSTANT_RUNOFF, {"c1": "", "c2": ""}, '"blank"'),
]


@pytest.mark.parametrize(("method", "typed", "written"), PAPERS)
def test_each_kind_of_paper_is_read_as_it_was_filled(client, method, typed, written):
    hall = halls.build()
    hall.draft()
    motion = actions.propose_election(
        assembly=hall.assembly, title="Conseil", text="Élire", names=["Ada", "Bob", "Chloé"],
        method=method, is_secret=False,
    )  # fmt: skip
    hall.convene()
    hall.open("amina", "elie")
    actions.open_vote(motion=motion, now=MEETING)
    here = ("vote", 1, number(hall, "amina"))
    assert "Chloé" in page(client, hall, *here, member=hall.member("amina"))

    # A browser sends the empty fields of a form too.
    sent = client.post(address(hall, *here), typed or {"choice": []} | {"sent": "yes"})

    assert sent.status_code == 302
    assert NamedBallot.objects.get().choice == written
    actions.close_vote(motion=motion, by=hall.world.board, now=MEETING)
    shown = page(client, hall, "assembly")
    assert "Élu" in shown or "Personne n’est élu" in shown


def test_a_result_shows_colleges_and_one_person_one_vote(client):
    hall, motion = halls.sitting()
    actions.open_vote(motion=motion, now=MEETING)
    for name, choice in (("amina", "yes"), ("bea", "no"), ("elie", "yes")):
        hall.vote(motion, name, choice)
    actions.close_vote(motion=motion, by=hall.world.board, now=MEETING)

    shown = page(client, hall, "assembly", member=hall.member("amina"))

    # Users are divided and weigh 35, the worker who voted weighs 20: (17.5 + 20) / 55.
    assert "68,18\u202f%" in shown
    assert "66,67\u202f%" in shown
    assert "Adoptée" in shown


def test_a_secret_vote_says_where_it_stands_until_it_is_declared(client):
    hall, motion, keys = secret_vote("amina", "bea", "elie")
    hall.vote(motion, "amina", "yes", paper=urn.draw_paper())
    actions.close_vote(motion=motion, by=hall.world.board, now=MEETING)
    poll = Poll.objects.get()
    assert "à dépouiller" in page(client, hall, "assembly", member=hall.member("amina"))

    for member, key in keys.items():
        urn.give_key(poll=poll, member=member, code=key, now=MEETING)
    motion.refresh_from_db()
    actions.declare(motion=motion, by=hall.world.board, now=MEETING)

    assert "Adoptée" in page(client, hall, "assembly")


def test_the_space_of_a_member_leads_to_the_assembly_and_of_a_stranger_does_not(client):
    hall = halls.build()
    hall.draft()
    hall.propose()
    amina, stranger = hall.member("amina"), coop.person("passant")
    assert panels.member_rows(amina, the_register()) == []
    hall.convene()

    (told,) = panels.member_rows(amina, the_register())

    assert (told.url, told.tone) == (address(hall, "assembly"), "neutral")
    assert panels.member_rows(stranger, the_register()) == []
    hall.open("amina", "elie")
    assert panels.member_rows(amina, the_register())[0].detail == "en séance"
    client.force_login(amina)
    assert address(hall, "assembly") in client.get("/my/").content.decode()


def test_the_space_keeps_a_way_to_past_assemblies(client):
    hall, _ = halls.sitting()
    actions.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)

    def told(member):
        return [row.url for row in panels.member_rows(member, the_register())]

    assert told(hall.member("amina")) == ["/assembly/"]
