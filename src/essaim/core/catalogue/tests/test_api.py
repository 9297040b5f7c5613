"""The catalogue for programs: the search of the site, page by page, and one listing."""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from essaim.core.catalogue import actions, queries
from essaim.core.catalogue.rules.opening import OpenPeriod, week_of
from essaim.core.catalogue.tests.conftest import NOON
from essaim.core.territories.models import Commune
from essaim.kernel import clock

SATURDAY_MORNING = week_of([OpenPeriod(5, 8 * 60, 14 * 60)])


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def search(client):
    def ask(**asked):
        return client.get(f"/api/v1/catalogue/search?{urlencode(asked)}")

    return ask


def titles(answer):
    return [item["title"] for item in answer.json()["items"]]


def test_a_search_needs_no_token_and_says_why_each_result_stands_there(
    search, publish, place_at, territory
):
    publish("Pain de campagne", place=place_at(50.63, 3.06))

    answer = search(words="pain", near="50.63,3.06")

    assert answer.status_code == 200
    (item,) = answer.json()["items"]
    assert item["title"] == "Pain de campagne"
    assert item["distance_m"] == 0
    assert item["score"] == sum(reason["points"] for reason in item["reasons"]) == 100
    assert item["why_here"].startswith("vos mots sont dans le titre (50 points)")
    assert answer.json()["policy"]["version"] == "2026-1"


def test_a_search_answers_what_the_query_finds_in_its_order(search, publish, territory):
    for number in range(7):
        publish(f"Pain {number}", now=NOON - timedelta(days=number))

    page = queries.search(territory=territory, now=NOON, text="pain", start=2, page_size=3)
    answer = search(words="pain", start=2, count=3)

    assert titles(answer) == [found.title for found in page.results]
    assert answer.json()["total_count"] == 7
    assert len(titles(answer)) == 3


def test_a_commune_is_searched_from_by_its_code(search, publish, place_at, territory):
    publish("Pain", place=place_at(50.63, 3.06))

    found = search(words="pain", near="99001", within_m=1000)
    nobody_knows = search(near="99999")

    assert found.json()["items"][0]["distance_m"] == 0
    assert nobody_knows.status_code == 404
    assert nobody_knows.json()["code"] == "catalogue.unknown-commune"
    assert "99999" in nobody_knows.json()["message"]


def test_a_commune_nobody_can_place_is_not_searched_from(search, territory):
    Commune.objects.filter(code="99001").update(lat=None, lng=None)

    assert search(near="99001").status_code == 404


def test_what_is_open_now_or_then_is_kept_alone(search, publish, territory):
    publish("Pain du matin", open_week=SATURDAY_MORNING)

    now = search(words="pain", open_at="now")
    sunday = search(words="pain", open_at="2026-11-22T10:00:00+01:00")

    assert titles(now) == ["Pain du matin"]
    assert titles(sunday) == []


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-11-21T12:00:00-22:04",
     "2026-11-21T12:00:00.5+23:59"],
)  # fmt: skip
def test_no_moment_of_the_calendar_breaks_a_search(search, publish, territory, moment):
    publish("Pain du matin", open_week=SATURDAY_MORNING)

    assert search(open_at=moment).status_code == 200


def test_needs_and_trades_narrow_a_search(search, publish, territory):
    publish("Pain")

    assert titles(search(need="eat")) == ["Pain"]
    assert titles(search(need="lodge")) == []
    assert titles(search(trade="no-such-trade")) == []


@pytest.mark.parametrize(
    "asked",
    [{"words": "x" * 121}, {"words": "pain\0"}, {"near": "91,0"}, {"near": "Lille"},
     {"need": "gold"}, {"start": "-1"}, {"start": "1.0"}, {"count": "0"}, {"count": "101"},
     {"open_at": "1234567890"}, {"open_at": "2026-11-22T10:00:00"}, {"within_m": "1e3"},
     {"trade": "É"}],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_the_name_of_the_field(search, territory, asked):
    answer = search(**asked)

    assert answer.status_code == 422
    assert answer.json()["code"] == "kernel.bad-input"
    (name,) = asked
    assert name in answer.json()["details"]["fields"][0]["field"]


def test_a_slip_is_corrected_and_said(search, publish, territory):
    publish("Carottes de sable")

    answer = search(words="carote")

    assert answer.json()["corrections"] == [{"typed": "carote", "meant": ["carotte"]}]


def test_a_site_without_a_territory_says_so(search, db):
    answer = search(words="pain")

    assert answer.status_code == 404
    assert answer.json()["code"] == "catalogue.no-territory"


def test_a_search_costs_the_same_queries_with_many_results(
    search, publish, territory, django_assert_num_queries
):
    for number in range(12):
        publish(f"Pain {number}")

    with django_assert_num_queries(3):
        search(words="pain", open_at="now")


def test_a_listing_is_read_whole(client, publish, place_at):
    shop = publish("Pain", open_week=SATURDAY_MORNING, place=place_at(50.63, 3.06))

    answer = client.get(f"/api/v1/catalogue/listings/{shop.public_id}")

    assert answer.status_code == 200
    body = answer.json()
    assert body["title"] == "Pain"
    assert body["provider"] == "La Ruche"
    assert body["place"] == "La halle"
    assert body["opening"] == [{"weekday": 6, "opens_minute": 480, "closes_minute": 840}]


def test_a_home_is_shown_as_a_cell_and_without_its_name(client, publish, place_at):
    home = place_at(50.6312, 3.0623, name="Chez Ada", is_home=True)
    found = publish("Pain maison", place=home)

    body = client.get(f"/api/v1/catalogue/listings/{found.public_id}").json()

    assert body["place"] == ""
    assert (body["lat"], body["lng"]) != (50.6312, 3.0623)
    assert "Ada" not in str(body)


def test_a_withdrawn_listing_and_an_unknown_one_are_not_found(client, publish):
    gone = publish("Pain")
    actions.withdraw_listing(listing=gone, now=NOON)

    for listing in (gone.public_id, uuid4(), "no-uuid"):
        answer = client.get(f"/api/v1/catalogue/listings/{listing}")

        assert answer.status_code == 404
        assert answer.json()["code"] == "kernel.not-found"
