"""The API keeps the promises of its published schema, whatever it is asked."""

import json

import pytest
from django.core.handlers.wsgi import WSGIHandler

from essaim.trades.food_hub import queries
from tests.schema import harness, world

pytestmark = pytest.mark.django_db(transaction=True)
CHECKS = {
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance", "negative_data_rejection",
    "positive_data_acceptance", "unsupported_method",
}  # fmt: skip
CYCLES = "/api/v1/food/cycles"
OFFERS = "/api/v1/food/cycles/{cycle}/offers"


@pytest.fixture
def api_world(monkeypatch):
    return world.build(monkeypatch)


def operations_of(client):
    schema = client.get(harness.SCHEMA).json()
    return {
        f"{method.upper()} {path}"
        for path, methods in schema["paths"].items()
        for method in methods
    }


def test_no_request_breaks_the_api_or_its_schema(api_world, client, record_property):
    report = harness.run(
        token=api_world.token, values=api_world.values, before=api_world.fill_basket
    )

    record_property("requests", report.requests_count)
    print(f"{report.requests_count} requests, by status: {dict(report.statuses)}")  # noqa: T201
    assert not report.failures, "\n\n".join(report.failures)
    assert report.requests_count >= harness.REQUESTS_GOAL
    assert set(report.operations) == operations_of(client)
    assert set(report.checks) >= CHECKS
    assert not [status for status in report.statuses if status >= 500]
    assert {200, 201, 401, 404, 405, 409, 422} <= set(report.statuses)


def test_the_schema_is_openapi_3_1_and_each_write_says_that_it_takes_a_key(client, db):
    schema = client.get(harness.SCHEMA).json()

    assert schema["openapi"] == "3.1.0"
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            names = {parameter["name"] for parameter in operation["parameters"]}
            assert ("Idempotency-Key" in names) == (method != "get"), operation["operationId"]
            assert "security" not in operation or {"401", "403"} <= set(operation["responses"])


# Twins: the harness must see what it looks for.


def spoiled(status, body, content_type="application/json"):
    """The application, with an answer of ours for the list of cycles."""
    real = WSGIHandler()

    def app(environ, start_response):
        if environ["PATH_INFO"] != CYCLES:
            return real(environ, start_response)
        start_response(status, [("Content-Type", content_type)])
        return [body]

    return app


def failures_of(api_world, path, app=None):
    report = harness.run(
        token=api_world.token, values=api_world.values, goal=10, app=app, only=path
    )
    return {failure.partition(":")[0] for failure in report.failures}


def test_a_view_that_breaks_is_reported(api_world, monkeypatch):
    def broken(*_arguments, **_options):
        raise RuntimeError("sabotage")

    monkeypatch.setattr(queries, "shop_page", broken)

    assert "not_a_server_error" in failures_of(api_world, OFFERS)


@pytest.mark.parametrize(
    ("answer", "check"),
    [
        (("200 OK", json.dumps([{"title": 3}]).encode()), "response_schema_conformance"),
        (("418 I am a teapot", b"{}"), "status_code_conformance"),
        (("200 OK", b"<p>", "text/html"), "content_type_conformance"),
    ],
)
def test_an_answer_outside_the_schema_is_reported(api_world, answer, check):
    assert check in failures_of(api_world, CYCLES, spoiled(*answer))


def test_the_real_answers_of_the_same_addresses_are_not_reported(api_world):
    assert failures_of(api_world, CYCLES) == set()
    assert failures_of(api_world, OFFERS) == set()
