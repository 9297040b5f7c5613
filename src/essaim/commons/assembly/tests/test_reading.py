"""What is read before the meeting: PDFs that are never run, questions and their answers."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from essaim.commons.assembly import actions
from essaim.commons.assembly.actions import reading
from essaim.commons.assembly.models import AgendaFile, Question
from essaim.commons.assembly.rules.refusals import (
    AgendaFrozen,
    FileNotPdf,
    FileTooHeavy,
    NotEntitled,
    QuestionTooLate,
    WrongStep,
)
from essaim.commons.assembly.tests import hall as halls
from essaim.commons.assembly.tests.hall import DRAFTED, MEETING
from essaim.commons.assembly.tests.pages import address, page, post
from essaim.commons.cooperative.tests import world as coop
from essaim.kernel import clock

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 des comptes"


@pytest.fixture(autouse=True)
def time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: DRAFTED)


@pytest.fixture
def hall():
    hall = halls.build()
    hall.draft()
    hall.item = hall.propose().item
    return hall


def attach(hall, content=PDF, now=DRAFTED):
    return actions.attach_file(item=hall.item, title="Comptes", upload=BytesIO(content), now=now)


def ask(hall, name="amina", now=DRAFTED, **more):
    return actions.ask(
        assembly=hall.assembly, associate=hall.people[name], text="Pourquoi ?", now=now, **more
    )


def test_only_a_pdf_that_is_light_is_kept(hall):
    with pytest.raises(FileNotPdf), transaction.atomic():
        attach(hall, b"<script>alert(1)</script>")
    heavy = PDF + bytes(reading.FILE_MEGABYTES_MAX * reading.MEGABYTE)
    with pytest.raises(FileTooHeavy), transaction.atomic():
        attach(hall, heavy)
    assert not AgendaFile.objects.exists()

    kept = attach(hall)

    with default_storage.open(kept.path) as file:
        assert file.read() == PDF


def test_a_document_may_come_late_but_none_is_taken_away_after_the_notice(
    hall, django_capture_on_commit_callbacks
):
    gone, kept = attach(hall), attach(hall)
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_file(file=gone)
    assert not default_storage.exists(gone.path)
    hall.convene()

    with pytest.raises(AgendaFrozen), transaction.atomic():
        actions.remove_file(file=kept)
    attach(hall, now=DRAFTED + timedelta(days=2))

    assert AgendaFile.objects.count() == 2


def test_the_file_is_given_inert_to_those_who_follow_and_to_nobody_else(client, hall):
    file = attach(hall)
    where = address(hall, "file", file.public_id)
    client.force_login(hall.member("amina"))
    assert client.get(where).status_code == 404
    client.force_login(hall.world.board)
    assert client.get(where).status_code == 200
    hall.convene()
    client.force_login(coop.person("passant"))
    assert client.get(where).status_code == 404
    client.force_login(hall.member("amina"))

    answer = client.get(where)

    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert "Comptes" in page(client, hall, "assembly")
    default_storage.delete(file.path)
    assert client.get(where).status_code == 404


def test_questions_are_asked_by_those_who_have_a_vote_until_the_meeting(hall):
    with pytest.raises(WrongStep), transaction.atomic():
        ask(hall)
    hall.convene()
    late = hall.world.join(coop.person("zoe"), shares=1, now=DRAFTED + timedelta(hours=1))
    with pytest.raises(NotEntitled), transaction.atomic():
        actions.ask(assembly=hall.assembly, associate=late, text="?", now=DRAFTED)

    ask(hall, now=MEETING - timedelta(seconds=1))
    with pytest.raises(QuestionTooLate), transaction.atomic():
        ask(hall, now=MEETING)
    hall.open("amina", "bea", "elie")
    with pytest.raises(QuestionTooLate), transaction.atomic():
        ask(hall, now=DRAFTED)

    assert Question.objects.count() == 1


def test_an_answer_is_somebodys_and_no_longer_changes_once_the_minutes_stand(hall):
    hall.convene()
    question = ask(hall, item=hall.item)
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.update(answer="Anonyme")
    board = hall.world.board
    actions.answer(question=question, text="Parce que.", by=board, now=DRAFTED)
    actions.answer(question=question, text="Parce que oui.", by=board, now=DRAFTED)
    attach(hall)
    hall.open("amina", "bea", "elie")

    minutes = actions.close_meeting(assembly=hall.assembly, by=board, now=MEETING)

    (told,) = minutes.content["questions"]
    assert (told["number"], told["position"]) == (hall.people["amina"].number, 1)
    assert told["answer"] == "Parce que oui."
    assert minutes.content["points"][0]["files"][0]["title"] == "Comptes"
    with pytest.raises(WrongStep), transaction.atomic():
        actions.answer(question=question, text="Non.", by=board, now=MEETING)


def test_the_page_takes_questions_from_associates_and_answers_from_the_board(client, hall):
    hall.convene()
    amina = hall.member("amina")
    assert "Poser une question" in page(client, hall, "questions", member=amina)
    post(client, hall, "questions", member=amina, position="1", text="Pourquoi si peu ?")
    empty = post(client, hall, "questions", member=amina, status=422, text="")
    assert "obligatoire" in empty.content.decode()
    question = Question.objects.get()
    forged = {"question": str(question.public_id), "answer": "Moi-même"}
    post(client, hall, "questions", member=amina, status=404, **forged)
    assert "Poser une question" not in page(client, hall, "questions", member=hall.world.board)

    post(client, hall, "questions", question=str(question.public_id), answer="Par prudence.")

    shown = page(client, hall, "questions", member=hall.member("bea"))
    assert "Par prudence." in shown
    assert "Pourquoi si peu" in shown
    hall.open("amina", "bea", "elie")
    late = post(client, hall, "questions", member=amina, status=422, text="Trop tard ?")
    assert "avant la réunion" in late.content.decode()
    actions.close_meeting(assembly=hall.assembly, by=hall.world.board, now=MEETING)
    minutes = client.get(address(hall, "minutes"), follow=True)
    assert "Par prudence." in minutes.content.decode()
