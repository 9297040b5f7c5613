"""The one screen of a member in their cooperative: what is theirs, and nothing of a secret vote."""

from fractions import Fraction

import pytest
from django.urls import reverse

from essaim.commons.assembly import actions
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import MEETING
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.sharing.rules.surplus import Wish
from essaim.commons.sharing.tests.test_adopting import UK, adopt, propose, ready
from essaim.commons.urn import actions as urn

pytestmark = pytest.mark.django_db
HERE = reverse("my_cooperative")


@pytest.fixture
def voted():
    """A named vote declared, a secret one counted; the assembly still sits."""
    hall = halls.build()
    hall.draft()
    lower = hall.propose()
    board = actions.propose_election(
        assembly=hall.assembly, title="Conseil", text="Élire", names=["Ada", "Bob"],
        method=Method.APPROVAL,
    )  # fmt: skip
    hall.convene()
    hall.open("amina", "bea", "elie")
    hall.give("david", "amina")
    actions.open_vote(motion=lower, now=MEETING)
    for name in ("amina", "bea", "elie"):
        hall.vote(lower, name, "yes")
    hall.vote(lower, "david", "no", by="amina")
    actions.close_vote(motion=lower, by=hall.world.board, now=MEETING)
    keepers = [hall.member("bea"), hall.member("elie")]
    poll = actions.open_vote(motion=board, scrutineers=keepers, threshold=2, now=MEETING)
    keys = {one: urn.take_key(poll=poll, member=one) for one in keepers}
    urn.open_poll(poll=poll, now=MEETING)
    hall.receipt = hall.vote(board, "amina", ["c2"])
    actions.close_vote(motion=board, by=hall.world.board, now=MEETING)
    for one, key in keys.items():
        urn.give_key(poll=poll, member=one, code=key, now=MEETING)
    actions.declare(motion=board, by=hall.world.board, now=MEETING)
    return hall


def read(client, member):
    client.force_login(member)
    response = client.get(HERE)
    assert response.status_code == 200
    return response.content.decode().split("<h1")[1]


def test_it_says_what_i_own_what_i_voted_and_whose_vote_i_carry(client, voted):
    page = read(client, voted.member("amina"))

    for words in (
        "5", "parts", "Assemblée générale ordinaire", "Pour", "Adoptée", "Voté, en secret",
        "Vous portez ce pouvoir.", "David",
    ):  # fmt: skip
        assert words in page


def test_whose_vote_was_carried_sees_by_whom(client, voted):
    page = read(client, voted.member("david"))

    assert "Contre" in page
    assert "par Amina" in page
    assert "Aucun vote exprimé" in page  # at the election


def test_of_a_secret_vote_neither_choice_nor_number_is_known(client, voted):
    page = read(client, voted.member("amina"))

    assert voted.receipt.tracker not in page
    assert "Bob" not in page.split("Conseil")[1].split("</li>")[0].split("Élu")[0]


def test_it_says_what_was_earned_and_what_came_back_to_me(client):
    cooperative = ready(**UK)
    adopt(propose(cooperative, Wish(interest_rate=Fraction("4.99"))))

    page = read(client, cooperative.world.amina)

    assert "Où est allé l’excédent de 2026" in page
    assert "17,79\u00a0€" in page.split("m’est revenu")[0].split("<h2")[-1]


def test_who_is_no_associate_is_invited_to_become_one(client, voted):
    page = read(client, coop.person("passant"))

    assert reverse("cooperative:join") in page
    assert "Adoptée" not in page


def test_without_a_cooperative_it_leads_to_its_page(client):
    client.force_login(coop.person("passant"))

    assert client.get(HERE).url == reverse("cooperative:cooperative")


def test_as_many_queries_however_many_votes(client, voted, django_assert_max_num_queries):
    client.force_login(voted.member("amina"))

    with django_assert_max_num_queries(20):
        client.get(HERE)
