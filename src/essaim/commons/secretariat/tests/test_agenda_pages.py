"""The agenda at the desk: each point changed from what was typed, moved, taken off, documented."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from essaim.commons.assembly import actions
from essaim.commons.assembly.models import AgendaFile, BylawChange
from essaim.commons.assembly.tests.hall import DRAFTED, MEETING
from essaim.commons.assembly.tests.test_agenda import agenda_of_three, point, titles
from essaim.commons.secretariat.tests.pages import page, post
from essaim.core.bylaws.rules import rule_book
from essaim.kernel import clock

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 des comptes"


@pytest.fixture(autouse=True)
def time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: DRAFTED)


@pytest.fixture
def rate():
    return next(article for article in rule_book() if article.unit == "bps")


@pytest.fixture
def hall():
    return agenda_of_three()


def test_the_pages_change_each_kind_of_point_from_what_was_typed(client, hall, rate):
    board = hall.world.board
    shown = page(client, hall, "desk_point", 1, member=board)
    assert 'value="Rapport"' in shown
    post(client, hall, "desk_point", 1, title="Rapport moral", text="Lu par le conseil")
    post(client, hall, "desk_point", 2, title="Baisser", text="De moitié.", is_secret="on",
         article=rate.key, value="0", effective_date="2026-12-19")  # fmt: skip
    post(client, hall, "desk_point", 3, title="Conseil", names="Ada\nBob\nEve",
         method="majority-judgment", seats_count="2")  # fmt: skip
    alone = post(client, hall, "desk_point", 3, status=422, title="Conseil", names="Ada",
                 method="approval", seats_count="1")  # fmt: skip

    assert "candidat" in alone.content.decode()
    assert titles(hall)[0] == (1, "Rapport moral")
    motion, election = point(hall, 2).motion, point(hall, 3).motion
    assert (motion.text, motion.is_secret) == ("De moitié.", True)
    assert BylawChange.objects.get().value == 0
    assert [one["label"] for one in election.options] == ["Ada", "Bob", "Eve"]
    assert (election.seats_count, election.is_secret) == (2, False)
    again = page(client, hall, "desk_point", 2)
    assert 'value="2026-12-19"' in again
    assert f'value="{rate.key}" selected' in again
    post(client, hall, "desk_point", 2, title="Baisser", text="Sans règle.")
    assert not BylawChange.objects.exists()
    page(client, hall, "desk_point", 9, status=404)


def test_one_button_each_moves_and_takes_off(client, hall):
    shown = page(client, hall, "desk_assembly", member=hall.world.board)
    assert "Descendre le point 1" in shown
    assert "Monter le point 1" not in shown
    assert "Descendre le point 3" not in shown

    post(client, hall, "desk_order", 1, what="down")
    post(client, hall, "desk_order", 2, what="up")
    post(client, hall, "desk_order", 1, what="nothing")
    post(client, hall, "desk_order", 3, what="remove")

    assert titles(hall) == [(1, "Rapport"), (2, "Baisser")]
    hall.convene()
    for args, data in (((1,), {"what": "remove"}), ((1,), {"what": "down"})):
        post(client, hall, "desk_order", *args, **data)
    assert "il ne change plus" in page(client, hall, "desk_assembly")
    assert titles(hall) == [(1, "Rapport"), (2, "Baisser")]
    page(client, hall, "desk_point", 1, status=302)
    assert "il ne change plus" in page(client, hall, "desk_assembly")
    refused = post(client, hall, "desk_point", 1, status=422, title="Autre")
    assert "amendement" in refused.content.decode()


def test_the_meeting_itself_is_put_off_while_nobody_was_told(client, hall):
    typed = {"title": "Extraordinaire", "kind": "extraordinary", "place": "Mairie",
             "day": "2026-12-20", "time": "18:30", "is_second": "on"}  # fmt: skip
    assert 'value="2026-12-18"' in page(client, hall, "desk_change", member=hall.world.board)

    post(client, hall, "desk_change", **typed)

    hall.assembly.refresh_from_db()
    assert (hall.assembly.kind, hall.assembly.convening) == ("extraordinary", 2)
    assert hall.assembly.meets_at == MEETING + timedelta(days=1, hours=23, minutes=30)
    hall.convene()
    refused = post(client, hall, "desk_change", status=422, **typed | {"place": "Ailleurs"})
    assert "ordre du jour" in refused.content.decode()


def test_the_desk_attaches_and_removes_while_it_is_a_draft(client, hall):
    upload = SimpleUploadedFile("comptes.pdf", PDF, content_type="application/pdf")
    fake = SimpleUploadedFile("comptes.pdf", b"GIF89a", content_type="application/pdf")
    refused = post(client, hall, "desk_files", 1, status=422, title="Comptes", file=fake)
    assert "n’est pas un PDF" in refused.content.decode()
    post(client, hall, "desk_files", 1, title="Comptes", file=upload)
    kept = AgendaFile.objects.get()
    assert "1 document" in page(client, hall, "desk_assembly")
    assert "Retirer Comptes" in page(client, hall, "desk_files", 1)

    post(client, hall, "desk_files", 1, remove=str(kept.public_id))

    assert not AgendaFile.objects.exists()
    item = point(hall, 1)
    actions.attach_file(item=item, title="Comptes", upload=BytesIO(PDF), now=DRAFTED)
    hall.convene()
    post(client, hall, "desk_files", 1, remove=str(AgendaFile.objects.get().public_id))
    assert "il ne change plus" in page(client, hall, "desk_files", 1)
    assert AgendaFile.objects.exists()


def test_a_question_without_answer_shows_at_the_desk(client, hall):
    hall.convene()
    actions.ask(
        assembly=hall.assembly, associate=hall.people["amina"], text="Pourquoi ?", now=DRAFTED
    )

    assert "1 réponse à donner" in page(client, hall, "desk_assembly", member=hall.world.board)
