"""The API of the food hub: a program orders as its member would."""

import json

import pytest

from essaim.core.agreements.models import Agreement
from essaim.core.members.actions import create_access_token
from essaim.kernel import clock
from essaim.trades.food_hub.tests import world as w

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: w.NOW)
    return w.build()


@pytest.fixture
def program(world, client):
    token = create_access_token(member=world.buyer, name="script", now=w.NOW)

    def call(method, path, body=None, key=None):
        headers = {"Authorization": f"Bearer {token}"}
        if key:
            headers["Idempotency-Key"] = key
        return client.generic(
            method,
            f"/api/v1{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers=headers,
        )

    return call


def order_body(world, **changes):
    body = {"cycle": str(world.cycle.public_id), "slot": world.slot.pk, "means": "cash"}
    return body | changes


def test_a_program_fills_a_basket_and_orders_once_for_one_key(world, program):
    offer = world.offer_of(world.jar)
    assert program("PUT", f"/food/basket/lines/{offer.pk}", {"quantity": 2}).status_code == 200

    first = program("POST", "/food/orders", order_body(world, shown_total_cents=1600), key="k1")
    again = program("POST", "/food/orders", order_body(world, shown_total_cents=1600), key="k1")

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.json()["total_cents"] == 1600
    assert sum(share["amount_cents"] for share in first.json()["shares"]) == 1600
    assert Agreement.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(world, program):
    world.put(world.jar, 1)
    program("POST", "/food/orders", order_body(world), key="k1")

    other = program("POST", "/food/orders", order_body(world, note="autre"), key="k1")

    assert other.status_code == 422
    assert other.json()["code"] == "web.key-reused"


@pytest.mark.django_db(transaction=True)
def test_a_price_that_changed_is_refused_with_both_amounts_and_nothing_is_written(world, program):
    world.put(world.jar, 1)

    answer = program("POST", "/food/orders", order_body(world, shown_total_cents=1))

    assert answer.status_code == 409
    assert answer.json()["details"] == {"total_cents": 800, "shown_cents": 1}
    assert not Agreement.objects.exists()


def test_without_a_token_nothing_is_told_and_a_wrong_one_opens_nothing(world, client):
    assert client.get("/api/v1/food/basket").status_code == 401
    wrong = client.get("/api/v1/food/basket", headers={"Authorization": "Bearer essaim_x"})
    assert wrong.status_code == 401
    assert wrong.json()["code"] == "members.not-signed-in"


def test_a_session_needs_its_csrf_token(world, client):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.buyer)

    answer = strict.put(
        f"/api/v1/food/basket/lines/{world.offer_of(world.jar).pk}",
        {"quantity": 1},
        content_type="application/json",
    )

    assert answer.status_code == 401


def test_another_members_order_is_not_found(world, program, client):
    world.put(world.jar, 1)
    placed = program("POST", "/food/orders", order_body(world)).json()
    stranger = create_access_token(member=w.member("eve"), name="x", now=w.NOW)

    answer = client.get(
        f"/api/v1/food/orders/{placed['public_id']}",
        headers={"Authorization": f"Bearer {stranger}"},
    )

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", "application/json"),
        ("{", "application/json"),
        ("quantity=1", "application/x-www-form-urlencoded"),
        ("--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
        ("--", "multipart/form-data"),
    ],
)
def test_a_body_that_is_no_json_is_refused_in_the_shape_of_refusals(world, client, body, kind):
    token = create_access_token(member=world.buyer, name="script", now=w.NOW)

    answer = client.generic(
        "POST",
        "/api/v1/food/orders",
        body,
        content_type=kind,
        headers={"Authorization": f"Bearer {token}"},
    )

    assert answer.status_code == 422
    assert answer.json()["code"] == "kernel.bad-input"


@pytest.mark.parametrize(
    ("quantity", "status"),
    [(2, 200), (2.0, 200), ("2", 422), (True, 422), (1.5, 422), (-1, 422), (10**30, 422)],
)
def test_a_quantity_is_a_whole_number_and_nothing_that_looks_like_one(
    world, program, quantity, status
):
    offer = world.offer_of(world.jar)

    answer = program("PUT", f"/food/basket/lines/{offer.pk}", {"quantity": quantity})

    assert answer.status_code == status


def test_what_the_database_cannot_hold_is_refused_by_name(world, program):
    world.put(world.jar, 1)

    answer = program("POST", "/food/orders", order_body(world, note="a\0b"))

    assert answer.status_code == 422
    assert "note" in answer.json()["details"]["fields"][0]["field"]
    assert not Agreement.objects.exists()
