"""The pages of the vote by post, and what comes out of the printer."""

import io
import re

import pytest
from django.urls import reverse
from pypdf import PdfReader

from essaim.commons.assembly import actions as assembly_actions
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import DRAFTED
from essaim.commons.cooperative.queries import the_register
from essaim.commons.postal import actions, panels
from essaim.commons.postal.models import Form
from essaim.core.members.models import Membership
from essaim.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: DRAFTED)


@pytest.fixture
def hall():
    hall = halls.build()
    hall.draft()
    hall.propose()
    hall.propose("Élire en secret", is_secret=True)
    hall.convene()
    return hall


def ask(client, hall, name, *args, member, data=None, status=200, **query):
    client.force_login(member)
    where = reverse(f"postal:{name}", args=[hall.assembly.public_id, *args])
    answer = client.get(where, query) if data is None else client.post(where, data)
    assert answer.status_code == status, answer.content.decode()
    return answer


def words(answer):
    assert answer["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(answer.content))
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def sizes(answer):
    """The sizes of letters that a PDF uses."""
    found = set()

    def see(text, _matrix, matrix, _font, size):
        if text.strip():
            found.add(round(size * abs(matrix[0])))

    for page in PdfReader(io.BytesIO(answer.content)).pages:
        page.extract_text(visitor_text=see)
    return found


def test_an_associate_takes_their_form_and_prints_it(client, hall):
    chloe, number = hall.member("chloe"), hall.people["chloe"].number
    shown = ask(client, hall, "form", number, member=chloe).content.decode()
    assert "2. Élire en secret. Venez, ou donnez votre pouvoir" in shown
    ask(client, hall, "form_pdf", number, member=chloe, status=404)

    for _tap in range(2):
        ask(client, hall, "form", number, member=chloe, data={}, status=302)

    printed = words(ask(client, hall, "form_pdf", number, member=chloe))
    assert Form.objects.count() == 1
    for said in ("Formulaire n° 1", "Chloe", "1. Baisser les frais", "Abstention"):
        assert said in printed.replace("\u00a0", " "), said
    assert "absent de ce formulaire : 2. Élire en secret" in printed.replace("\u00a0", " ")
    ask(client, hall, "form", number, member=hall.member("bea"), status=404)


def test_large_print_has_no_letter_under_18_points(client, hall):
    chloe, number = hall.member("chloe"), hall.people["chloe"].number
    actions.print_form(assembly=hall.assembly, associate=hall.people["chloe"], now=DRAFTED)

    large = ask(client, hall, "form_pdf", number, member=chloe, print="large")
    agenda = ask(client, hall, "agenda_pdf", member=chloe, print="large")
    small = ask(client, hall, "form_pdf", number, member=chloe)

    assert min(sizes(large)) >= 18
    assert min(sizes(agenda)) >= 18
    assert min(sizes(small)) < 12


def test_the_agenda_is_printed_with_its_motions(client, hall):
    printed = words(ask(client, hall, "agenda_pdf", member=hall.member("bea")))

    for said in ("Il est proposé", "2. Élire en secret", "Vote secret", "Halle de Wazemmes"):
        assert said in printed, said


def test_two_of_the_board_read_a_form_each_alone(client, hall):
    board, other = hall.world.board, hall.member("fanny")
    Membership.objects.create(member=other, organisation=hall.world.cooperative, role="board")
    chloe = hall.people["chloe"]
    ask(client, hall, "form", chloe.number, member=board, data={}, status=302)
    assert "Chloe" in ask(client, hall, "forms", member=board, q="chl").content.decode()
    empty = ask(client, hall, "reading", 1, member=board, data={"1": "yes"}, status=422)
    assert "obligatoire" in empty.content.decode()

    ask(client, hall, "reading", 1, member=board, data={"1": "yes", "amended": "same"}, status=302)
    page = ask(client, hall, "reading", 1, member=other).content.decode()
    assert " checked" not in page
    again = ask(
        client, hall, "reading", 1, member=board, data={"1": "yes", "amended": "same"}, status=422
    )
    assert "quelqu’un d’autre" in again.content.decode()
    ask(client, hall, "reading", 1, member=other, data={"1": "no", "amended": "same"}, status=302)
    assert "1. Baisser les frais" in ask(client, hall, "reading", 1, member=other).content.decode()
    for reader in (board, other):
        ask(client, hall, "reading", 1, member=reader, data={"1": "no", "amended": "same"},
            status=302)  # fmt: skip

    assert Form.objects.get().choices == {"1": "no"}
    assert "Compte" in ask(client, hall, "forms", member=board).content.decode()


CANDIDATES = ("Gaëlle Petit", "Hugo Lemaire", "Inès Da Costa")
METHODS = [method for method in Method if method is not Method.MOTION]


@pytest.fixture
def elections():
    """A form with an election by each method, named, then one that is secret."""
    hall = halls.build()
    hall.draft()
    for method in METHODS:
        assembly_actions.propose_election(
            assembly=hall.assembly, title=f"Par {method}", text="", names=CANDIDATES,
            method=method, is_secret=False,
        )  # fmt: skip
    hall.convene()
    return hall


def test_each_method_is_printed_so_that_it_is_filled_in_by_hand(client, elections):
    hall = elections
    chloe, number = hall.member("chloe"), hall.people["chloe"].number
    actions.print_form(assembly=hall.assembly, associate=hall.people["chloe"], now=DRAFTED)

    small = ask(client, hall, "form_pdf", number, member=chloe)
    large = ask(client, hall, "form_pdf", number, member=chloe, print="large")

    for printed in (words(small), words(large)):
        for said in (
            "Par approval", "Par stv", "Hugo Lemaire", "Écrivez 1 devant votre premier choix",
            "autant que vous voulez", "Excellent", "À rejeter", "deux noms peuvent avoir",
        ):  # fmt: skip
            assert said in printed, said
        assert "amendé en séance" not in printed
    assert min(sizes(large)) >= 18


def test_an_election_is_read_name_by_name_and_its_sender_is_told_what_is_void(client, elections):
    hall = elections
    board, other = hall.world.board, hall.member("fanny")
    Membership.objects.create(member=other, organisation=hall.world.cooperative, role="board")
    chloe = hall.people["chloe"]
    actions.print_form(assembly=hall.assembly, associate=chloe, now=DRAFTED)
    lines = {f"{point}-c{name}": "blank" for point in range(1, 6) for name in (1, 2, 3)}
    lines |= {"1-c2": "ticked", "2-c1": "6", "3-c1": "1", "3-c2": "unclear"}
    shown = ask(client, hall, "reading", 1, member=board).content.decode()
    assert shown.count("<select") == len(lines)
    assert " selected" not in shown.replace('value="" selected', "")

    ask(client, hall, "reading", 1, member=board, data=lines, status=302)
    ask(client, hall, "reading", 1, member=other, data=lines | {"1-c2": "blank"}, status=302)
    again = ask(client, hall, "reading", 1, member=board).content.decode()
    assert "1. Par approval – Hugo Lemaire" in again
    for reader in (board, other):
        ask(client, hall, "reading", 1, member=reader, data=lines, status=302)

    desk = ask(client, hall, "forms", member=other).content.decode()
    assert "Nul\u00a0: pas de place certaine pour Hugo Lemaire." in desk
    mine = ask(client, hall, "form", chloe.number, member=hall.member("chloe")).content.decode()
    for said in ("Hugo Lemaire", "Gaëlle Petit\u00a0: Excellent", "Bulletin blanc", "venez"):
        assert said in mine, said
    assert "pas de place certaine" in mine
    boards = ask(client, hall, "form", chloe.number, member=board).content.decode()
    assert "Gaëlle Petit\u00a0: Excellent" not in boards


def test_the_desk_of_forms_is_the_boards_alone(client, hall):
    actions.print_form(assembly=hall.assembly, associate=hall.people["chloe"], now=DRAFTED)

    for name, args in (("forms", ()), ("reading", (1,))):
        ask(client, hall, name, *args, member=hall.member("amina"), status=404)


def test_the_assembly_leads_to_the_form_until_the_meeting_opens(client, hall):
    where = reverse("postal:form", args=[hall.assembly.public_id, hall.people["chloe"].number])
    client.force_login(hall.member("chloe"))
    here = reverse("assembly:assembly", args=[hall.assembly.public_id])
    assert f'href="{where}"' in client.get(here).content.decode()

    hall.open("amina", "bea", "elie")

    assert where not in client.get(here).content.decode()


def test_the_space_leads_to_the_form_until_the_meeting_opens(hall):
    number = hall.people["chloe"].number

    (row,) = panels.member_rows(hall.member("chloe"), the_register())

    assert row.url == reverse("postal:form", args=[hall.assembly.public_id, number])
    hall.open("amina", "bea", "elie")
    assert panels.member_rows(hall.member("chloe"), the_register()) == []
