"""The desk of the clerk and the board, from an open year to what the assembly decided."""

import re

import pytest

from essaim.commons.sharing.models import Allotment, Variant, VariantMotion, Year, YearLine
from essaim.commons.sharing.tests import cooperatives as c
from essaim.commons.sharing.tests import votes
from essaim.commons.sharing.tests.pages import page, send
from essaim.commons.sharing.tests.test_adopting import DAY, SCOP, propose, ready
from essaim.core.members.actions import give_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(cooperative):
    return clerk_of(cooperative)


def clerk_of(cooperative):
    clerk = c.coop.person("yann")
    give_role(member=clerk, organisation=cooperative.world.cooperative, role="clerk")
    return clerk


def test_a_year_is_opened_and_shows_what_the_ledger_says(client, cooperative, clerk):
    c.earn("fund:platform", 12_300)
    assert "Avant que les comptes" in page(client, "desk", member=clerk)

    send(client, "desk", what="open", civil_year="2027")

    assert Year.objects.filter(civil_year=2027).exists()
    assert "123,00\u00a0€" in page(client, "desk_year", 2026)


def test_a_line_is_written_then_taken_back_and_both_stay(client, cooperative, clerk):
    client.force_login(clerk)
    line = {"what": "line", "kind": "charge", "label": "Loyer", "amount": "12,50"}
    send(client, "desk_year", 2026, **line, line_date="2026-05-02")
    written = YearLine.objects.get()
    assert (written.cents, written.recorded_by) == (1_250, clerk)

    send(client, "desk_year", 2026, what="correct", line=str(written.pk))

    assert list(YearLine.objects.order_by("pk").values_list("cents", flat=True)) == [1_250, -1_250]
    text = page(client, "desk_year", 2026)
    assert "Corrigée" in text
    assert "Annuler la ligne" not in text
    refused = send(client, "desk_year", 2026, what="correct", line=str(written.pk), status=422)
    assert "déjà corrigée" in refused


def test_a_day_of_another_year_is_refused_at_the_form(client, cooperative, clerk):
    client.force_login(clerk)
    line = {"what": "line", "kind": "income", "label": "Don", "amount": "1"}

    text = send(client, "desk_year", 2026, **line, line_date="2025-05-02", status=422)

    assert "Ce jour n’est pas en 2026" in text
    assert not YearLine.objects.exists()


def test_a_year_is_closed_after_a_question_that_says_it_is_final(
    client, cooperative, clerk, clock_at
):
    c.earn("fund:platform", 10_000)
    client.force_login(clerk)
    clock_at(c.IN_2026)
    assert "dès le 1er janvier 2027" in page(client, "desk_year", 2026)
    refused = send(client, "desk_year", 2026, what="close", status=422)
    assert "L’année 2026 n’est pas" in refused

    clock_at(c.AFTER)
    text = page(client, "desk_year", 2026)
    assert "C’est définitif" in text
    assert 'popover id="closing"' in text
    send(client, "desk_year", 2026, what="close")

    assert Year.objects.get().closed_by == clerk
    line = {"what": "line", "kind": "income", "label": "Don", "amount": "1"}
    text = send(client, "desk_year", 2026, **line, line_date="2026-05-02", status=422)
    assert "est close" in text


def test_earlier_reserves_are_written_once(client, cooperative, clerk):
    client.force_login(clerk)
    send(client, "desk", what="forward", legal="0", statutory="0", losses="0", status=422)

    send(client, "desk", what="forward", legal="150", statutory="20,50", losses="0")

    assert (c.held("legal-reserve:essaim"), c.held("statutory-reserve:essaim")) == (15_000, 2_050)
    assert "Avant que les comptes" not in page(client, "desk")
    send(client, "desk", what="forward", legal="1", statutory="0", losses="0", status=422)


def proposal(**changes):
    return {
        "what": "keep", "title": "Tout aux réserves", "assembly_date": "2027-05-12",
        "statutory_percent": "100", "interest_percent": "",
    } | changes  # fmt: skip


def test_a_proposal_is_looked_at_then_kept(client):
    cooperative = ready()
    client.force_login(cooperative.world.board)
    assert 'value="100"' in page(client, "desk_propose", 2026, start="reserves")

    text = send(client, "desk_propose", 2026, **proposal(what="check"), status=200)
    assert "150,00\u00a0€" in text
    assert not Variant.objects.exists()
    send(client, "desk_propose", 2026, **proposal())

    assert Variant.objects.get().wish["statutory_rate"] == "1"
    assert "Tout aux réserves" in page(client, "desk_year", 2026)


def test_what_the_law_forbids_is_said_in_french_and_nothing_is_kept(client):
    cooperative = ready()
    client.force_login(cooperative.world.board)

    text = send(client, "desk_propose", 2026, **proposal(statutory_percent="10"), status=422)

    assert "Contraire à la loi" in text or "Illégal" in text
    assert "10\u202f%" in text
    assert "Garder cette proposition" not in text
    assert not Variant.objects.exists()


def test_an_interest_whose_cap_is_not_known_is_refused_by_name(client):
    pays = ("is_paid = false", "is_paid = true")
    cooperative = ready(interest=pays)
    client.force_login(cooperative.world.board)

    text = send(client, "desk_propose", 2026, **proposal(interest_percent="1"), status=422)

    assert "TMO" in text
    assert not Variant.objects.exists()


def test_from_the_agenda_to_what_was_decided(client):
    cooperative = ready()
    variant, board = propose(cooperative), cooperative.world.board
    assembly = votes.draft(cooperative.world.register, day=DAY)
    client.force_login(board)
    text = page(client, "desk_year", 2026)
    assert "AG des comptes" in text
    assert "Faire ce que l’assemblée a décidé" not in text

    put = {"what": "put", "variant": variant.public_id, "assembly": assembly.public_id}
    send(client, "desk_year", 2026, **put)
    assert VariantMotion.objects.get().put_by == board
    assert "À l’ordre du jour" in page(client, "desk_year", 2026)
    refused = send(client, "desk_year", 2026, what="adopt", variant=variant.public_id, status=422)
    assert "Rien n’est réparti sans décision" in refused

    votes.hold(assembly, board, choices=["yes"])
    assert "Faire ce que l’assemblée a décidé" in page(client, "desk_year", 2026)
    send(client, "desk_year", 2026, what="adopt", variant=variant.public_id)
    send(client, "desk_year", 2026, what="adopt", variant=variant.public_id)

    assert c.held("legal-reserve:essaim") == 15_000
    text = page(client, "desk_year", 2026)
    assert "procès-verbal n°\u00a01, point 1" in text
    assert "Mettre au vote" not in text


def test_the_clerk_puts_nothing_on_an_agenda(client):
    cooperative = ready()
    variant = propose(cooperative)
    assembly = votes.draft(cooperative.world.register, day=DAY)
    client.force_login(clerk_of(cooperative))

    put = {"what": "put", "variant": variant.public_id, "assembly": assembly.public_id}
    send(client, "desk_year", 2026, **put, status=404)

    assert not VariantMotion.objects.exists()


def test_no_page_takes_a_decision_as_free_text(client):
    cooperative = ready()
    propose(cooperative)
    client.force_login(cooperative.world.board)

    assert not re.search(r'name="decision"', page(client, "desk_year", 2026))


def test_a_scop_names_those_who_work_there_before_the_part_is_paid(client):
    cooperative = ready(**SCOP)
    variant = propose(cooperative)
    votes.carry(variant, day=DAY)
    client.force_login(cooperative.world.board)
    adopt = {"what": "adopt", "variant": variant.public_id}
    assert "leur adresse" in page(client, "desk_year", 2026)

    for wrong, said in (("", "obligatoire"), ("bea@exemple.fr", "ne peut pas être lue"),
                        ("zoe@exemple.fr 3", "Personne ici")):  # fmt: skip
        assert said in send(client, "desk_year", 2026, **adopt, workers=wrong, status=422)
    assert not Allotment.objects.exists()

    send(client, "desk_year", 2026, **adopt, workers="bea@exemple.fr 2\nLUC@exemple.fr 1,0\n")

    assert sorted(Allotment.objects.values_list("cents", flat=True)) == [8_333, 16_667]
