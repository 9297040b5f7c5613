"""What members read of a year, from the empty page to what came to them."""

from fractions import Fraction

import pytest

from essaim.commons.cooperative.queries import the_register
from essaim.commons.cooperative.tests import world as coop
from essaim.commons.sharing import panels
from essaim.commons.sharing.rules.surplus import Wish
from essaim.commons.sharing.tests import cooperatives as c
from essaim.commons.sharing.tests import votes
from essaim.commons.sharing.tests.pages import page
from essaim.commons.sharing.tests.test_adopting import DAY, DECISION, UK, adopt, propose, ready

pytestmark = pytest.mark.django_db


def test_before_the_cooperative_has_a_register_the_page_says_so(client):
    text = page(client, "sharing", member=coop.person("bea"))

    assert "n’a pas encore ouvert ses comptes ici" in text


def test_before_a_year_is_closed_the_page_says_when_it_will_say_more(client, cooperative):
    c.earn("fund:commons", 4_200)

    text = page(client, "sharing", member=cooperative.world.amina)

    assert "Aucune année n’est encore close" in text
    assert "42,00\u00a0€" in text
    assert "Le bureau des années" not in text


def test_a_year_being_written_is_not_read_by_members(client, cooperative):
    page(client, "year", 2026, member=cooperative.world.amina, status=404)


def test_the_page_says_where_the_surplus_went_and_what_came_to_the_reader(client):
    cooperative = ready(**UK)
    adopt(propose(cooperative, Wish(interest_rate=Fraction("4.99"))))

    text = page(client, "sharing", member=cooperative.world.amina)

    assert "1\u202f000,00\u00a0€" in text
    assert "19,96\u00a0€" in text
    assert "17,79\u00a0€" in text
    assert DECISION in text


def test_what_came_to_others_is_not_shown(client):
    cooperative = ready(**UK)
    adopt(propose(cooperative, Wish(interest_rate=Fraction("4.99"))))

    text = page(client, "sharing", member=coop.person("zoe"))

    assert "17,79" not in text
    assert "Rien ne vous a été versé" in text


def test_the_page_of_a_year_shows_every_step_with_its_sentence_and_its_source(client):
    cooperative = ready()
    cooperative_income = "Notre part de chaque prix"
    adopt(propose(cooperative))

    text = page(client, "year", 2026, member=cooperative.world.amina)

    assert cooperative_income in text
    assert "Réserve légale" in text
    assert "15\u202f%" in text
    assert "loi 47-1775" in text
    assert "150,00\u00a0€" in text
    assert DECISION in text


def test_proposals_are_read_before_the_vote_with_the_assembly_that_decides(client):
    cooperative = ready()
    variant = propose(cooperative)
    text = page(client, "year", 2026, member=cooperative.world.amina)
    assert "Les sociétaires décident en assemblée" in text
    assert "Le minimum aux réserves" in text

    votes.put(variant, votes.draft(cooperative.world.register, day=DAY))

    text = page(client, "year", 2026)
    assert "AG des comptes" not in text, "nobody reads a draft but the board"


def test_a_loss_is_said_plainly(client, cooperative):
    cooperative.enter("charge", 5_000)
    cooperative.close()

    text = page(client, "year", 2026, member=cooperative.world.amina)

    assert "Rien n’est partagé après une perte" in text
    assert "−50,00\u00a0€" in text


def test_the_page_takes_as_many_queries_for_many_years(client, django_assert_num_queries):
    cooperative = ready()
    client.force_login(cooperative.world.amina)
    page(client, "sharing")
    with_one = count(client, django_assert_num_queries)
    adopt(propose(cooperative))
    from essaim.commons.sharing import actions

    for number in (2027, 2028):
        year = actions.open_year(
            register=cooperative.world.register, civil_year=number, now=c.AFTER
        )
        cooperative.year = year
        cooperative.enter("charge", 100, line_date=c.AFTER.date().replace(year=number))
        cooperative.close(now=c.AFTER.replace(year=number + 1))

    assert count(client, django_assert_num_queries) == with_one


def count(client, _unused):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        page(client, "sharing")
    return len(seen)


def told(member):
    return [(row.title, row.detail) for row in panels.member_rows(member, the_register())]


def test_the_space_of_a_member_says_what_came_to_them(client):
    cooperative = ready(**UK)
    world = cooperative.world
    assert told(world.amina) == [("Ce que nous avons gagné", "")]

    adopt(propose(cooperative, Wish(interest_rate=Fraction("4.99"))))

    assert told(world.amina) == [("Ce que nous avons gagné en 2026", "17,79\u00a0€ pour vous")]
    assert told(world.board) == [
        ("Ce que nous avons gagné en 2026", ""),
        ("Le bureau des années", ""),
    ]
    client.force_login(world.amina)
    assert "17,79\u00a0€ pour vous" in client.get("/my/").content.decode()


def test_without_a_register_the_space_says_nothing_of_it():
    assert told(coop.person("bea")) == []


def test_what_sharing_holds_of_a_member_is_theirs_to_take_away():
    cooperative = ready(**UK)
    adopt(propose(cooperative, Wish(interest_rate=Fraction("4.99"))))

    told = panels.portrait(cooperative.world.amina)

    assert told["allotments"] == [{"civil_year": 2026, "use": "interest", "cents": 1_779}]
    assert panels.portrait(coop.person("zoe"))["allotments"] == []
