"""Refusals: a sentence for people, a code for programs, never a bare 500."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.test import RequestFactory
from django.utils import translation

from essaim.kernel.errors import BadInput, NotAllowed, RuleBroken
from essaim.web import refusals
from essaim.web.refusals import RefusalMiddleware, refusal_json, sentence_of

factory = RequestFactory()


class TooDear(RuleBroken):
    code = "tests.too-dear"
    sentence = "At most {left_cents} until {until_at}, {name}."


def refusal():
    return TooDear(
        left_cents=123456, until_at=datetime(2026, 11, 18, 10, 0, tzinfo=UTC), name="{Béa} 100 %"
    )


def test_amounts_and_times_are_written_as_people_write_them_and_names_stay_as_they_are():
    with translation.override("fr"):
        sentence = sentence_of(refusal())

    assert "1\u202f234,56\xa0€" in sentence
    assert "11" in sentence  # ten o'clock UTC is eleven in Lille
    assert sentence.endswith("{Béa} 100 %.")


def test_a_program_gets_a_code_a_sentence_and_plain_facts():
    body = json.loads(refusal_json(refusal()).content)

    assert body["code"] == "tests.too-dear"
    assert body["details"]["left_cents"] == 123456
    assert body["details"]["until_at"] == "2026-11-18 10:00:00+00:00"


def test_facts_that_json_does_not_know_become_text():
    body = json.loads(refusal_json(RuleBroken(thing=UUID(int=1), parts=[1, 2], none=None)).content)

    assert body["details"] == {"thing": str(UUID(int=1)), "parts": [1, 2], "none": None}


@pytest.mark.parametrize(
    ("kind", "status"), [(RuleBroken, 409), (BadInput, 422), (NotAllowed, 403)]
)
def test_each_kind_of_refusal_has_its_status(kind, status):
    middleware = RefusalMiddleware(lambda _request: None)

    answer = middleware.process_exception(factory.get("/api/v1/x"), kind())

    assert answer.status_code == status


def test_a_bug_is_no_refusal():
    middleware = RefusalMiddleware(lambda _request: None)

    assert middleware.process_exception(factory.get("/x"), KeyError("x")) is None


@pytest.mark.django_db
def test_people_see_a_page_with_the_sentence(client, monkeypatch):
    from essaim.web import views

    def refuse():
        raise BadInput

    monkeypatch.setattr(views.samples, "figures", refuse)

    answer = client.get("/style/")

    assert answer.status_code == 422
    with translation.override("fr"):
        assert sentence_of(BadInput()) in answer.content.decode()


@pytest.mark.parametrize(
    ("handler", "status"),
    [(refusals.not_found, 404), (refusals.bad_request, 422)],
)
def test_what_no_view_answered_has_for_programs_the_shape_of_refusals(handler, status):
    answer = handler(factory.get("/api/v1/nowhere"), None)

    assert answer.status_code == status
    assert set(json.loads(answer.content)) == {"code", "message", "details"}


def test_a_breakdown_has_for_programs_the_shape_of_refusals():
    answer = refusals.server_error(factory.get("/api/v1/broken"))

    assert answer.status_code == 500
    assert set(json.loads(answer.content)) == {"code", "message", "details"}
