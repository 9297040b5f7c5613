"""The pages of titles: a certificate, what it earned, the register, the interest of a year."""

import csv
import io

import pytest
from django.urls import reverse

from essaim.commons.titles import panels
from essaim.commons.titles.models import InterestYear, TitleEnd
from essaim.commons.titles.tests import registers as r
from essaim.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch):
    def set_to(instant):
        monkeypatch.setattr(clock, "now", lambda: instant)

    set_to(r.NEW_YEAR)
    return set_to


def page(client, name, *args, member, status=200, **query):
    client.force_login(member)
    response = client.get(reverse(f"titles:{name}", args=args), query)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def send(client, name, *args, status=302, **form):
    response = client.post(reverse(f"titles:{name}", args=args), form)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def test_a_holder_reads_what_they_lent_and_what_it_earned_and_nobody_else_does(client, world):
    title = r.issue(world, world.amina, cents=1_000_000)
    assert "premier intérêt" in page(client, "mine", member=world.amina)
    r.run(world)

    mine = page(client, "mine", member=world.amina)
    assert "10\u202f000,00\u00a0€" in mine
    assert "195,89\u00a0€" in mine
    certificate = page(client, "title", title.public_id, member=world.amina)
    assert "Titre participatif n°\u00a01" in certificate
    assert "1er avr. 2033" in certificate
    page(client, "title", title.public_id, member=world.farmer, status=404)
    assert "aucun titre" in page(client, "mine", member=world.farmer)
    rows = [(row.title, row.detail) for row in panels.member_rows(world.amina, world.register)]
    assert rows == [("Mes titres participatifs", "10\u202f000,00\u00a0€")]
    assert panels.member_rows(world.farmer, world.register) == []
    assert panels.portrait(world.amina)[0]["interest"] == {2026: 19_589}


def test_the_interest_of_a_year_is_seen_then_posted_once(client, world):
    r.issue(world, world.amina, cents=1_000_000)
    assert "2026 attendent" in page(client, "desk", member=world.board)
    typed = {"civil_year": "2026", "variable_percent": "1,5", "basis": "Résultat 2026"}

    preview = page(client, "desk_interest", member=world.board, **typed)

    assert "195,89\u00a0€" in preview
    assert not InterestYear.objects.exists()
    refused = send(client, "desk_interest", **(typed | {"basis": ""}), status=422)
    assert "Dites quels chiffres" in refused
    early = send(client, "desk_interest", **(typed | {"civil_year": "2027"}), status=422)
    assert "2027 n’est pas finie" in early
    for _turn in range(2):
        send(client, "desk_interest", **typed)

    assert InterestYear.objects.get().variable_bps == 150
    posted = page(client, "desk_interest", member=world.board)
    assert "Résultat 2026" in posted
    assert r.held("titles-interest:essaim") == 19_589
    other = send(client, "desk_interest", **(typed | {"variable_percent": "2"}), status=422)
    assert "à un autre taux" in other


def test_a_year_that_earned_nothing_is_noted_at_the_desk(client, world):
    r.issue(world, world.amina, fixed_bps=0)
    typed = {"civil_year": "2026", "variable_percent": "0", "basis": "Perte"}

    assert "Noter" in page(client, "desk_interest", member=world.board, **typed)
    send(client, "desk_interest", **typed)

    assert InterestYear.objects.get().rows.count() == 0


def test_a_title_is_paid_back_by_those_who_keep_the_register_after_its_term(client, world, now):
    title = r.issue(world, world.amina)
    assert "sept ans au moins" in page(client, "title", title.public_id, member=world.board)
    send(client, "desk_repay", title.public_id)
    early = page(client, "title", title.public_id, member=world.board)
    assert "n’est pas remboursé avant le 1er avr. 2033" in early
    now(r.TERM)
    client.force_login(world.amina)
    send(client, "desk_repay", title.public_id, status=404)

    client.force_login(world.board)
    send(client, "desk_repay", title.public_id)

    assert TitleEnd.objects.get().noted_by == world.board
    assert "Remboursé le" in page(client, "title", title.public_id, member=world.amina)


def test_the_register_goes_to_a_spreadsheet_and_nothing_in_it_runs(client, world):
    world.amina.display_name = "=HYPERLINK(1)"
    world.amina.save()
    r.issue(world, world.amina)
    client.force_login(world.board)

    text = client.get(reverse("titles:desk_csv")).content.decode("utf-8-sig")

    head, row = csv.reader(io.StringIO(text), delimiter=";")
    assert head[:2] == ["N°", "Titulaire"]
    assert row[:4] == ["1", "'=HYPERLINK(1)", "Titre de 100\u00a0€", "10000"]
    assert row[-3:] == ["01/04/2033", "en cours", "01/04/2026"]


def test_the_register_costs_the_same_queries_for_many_titles(client, world):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def counted():
        with CaptureQueriesContext(connection) as seen:
            page(client, "desk", member=world.board)
        return len(seen)

    r.issue(world, world.amina)
    page(client, "desk", member=world.board)
    few = counted()
    for number in range(5):
        r.issue(world, r.person(f"p{number}"))

    assert counted() == few
