"""Communes as shipped, territories drawn from them, places put in them."""

import math
import random
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from essaim.core.territories import actions, queries, rules
from essaim.core.territories.forms import CommuneField
from essaim.core.territories.models import Commune, Epci, Place, Territory
from essaim.core.territories.rules import Position

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LILLE = Position(50.63297, 3.05858)
MEL = "200093201"

pytestmark = [pytest.mark.usefixtures("communes"), pytest.mark.django_db]


@pytest.fixture
def lille():
    return Commune.objects.get(code="59350")


@pytest.fixture
def metropolis():
    return actions.create_territory(name="Métropole de Lille", epci_code=MEL, now=NOON)


def place_at(commune, lat, lng, *, kind="pickup", is_home=False):
    return actions.create_place(
        name="Chez nous",
        kind=kind,
        address="1 rue du Lieu",
        commune=commune,
        lat=lat,
        lng=lng,
        is_home=is_home,
        now=NOON,
    )


def test_every_current_commune_is_shipped():
    assert Commune.objects.count() == 34_969
    assert Epci.objects.count() == 1_255
    assert Commune.objects.get(code="2A004").name == "Ajaccio"


def test_loading_again_changes_nothing():
    assert actions.load_communes().changed_count == 0


def test_loading_again_repairs_a_changed_commune(lille):
    Commune.objects.filter(pk=lille.pk).update(name="Rijsel")

    loaded = actions.load_communes()

    assert loaded.changed_count == 1
    lille.refresh_from_db()
    assert lille.name == "Lille"


def test_the_metropolis_of_lille_has_its_95_communes_all_on_the_map(metropolis):
    points = queries.communes_of(metropolis)

    assert len(points) == 95
    assert points[0].name == "Lille"
    assert all(point.position for point in points)
    assert sum(point.is_position_approximate for point in points) == 5
    assert all(rules.distance_m(LILLE, point.position) < 30_000 for point in points)


def test_no_commune_lies_far_from_the_others_of_its_grouping():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH middle AS (
                SELECT epci_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY lat) AS lat
                FROM territories_commune WHERE NOT is_position_approximate GROUP BY epci_id
            )
            SELECT count(*) FROM territories_commune c JOIN middle m USING (epci_id)
            WHERE NOT c.is_position_approximate AND abs(c.lat - m.lat) > 0.6
            """
        )

        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("lille", "Lille"),
        ("LÎLLE", "Lille"),
        ("villeneuve d ascq", "Villeneuve-d’Ascq"),
        ("59491", "Villeneuve-d’Ascq"),
        ("st denis", "Saint-Denis"),
        ("ascq", "Villeneuve-d’Ascq"),
        ("59350", "Saint-André-lez-Lille"),
        ("59009", "Villeneuve-d’Ascq"),
        ("2a004", "Ajaccio"),
    ],
)
def test_a_commune_is_found_by_name_postcode_or_code(typed, first):
    assert queries.communes_matching(typed)[0].name == first


def test_a_search_of_communes_is_one_query_and_an_empty_one_none(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(queries.communes_matching("saint")) == queries.SUGGESTIONS_MAX
    with django_assert_num_queries(0):
        assert queries.communes_matching(" -' ") == []


@pytest.mark.parametrize("typed", ["metropole europeenne", "Métropole Européenne", MEL])
def test_a_grouping_is_found_without_accents_or_by_code(typed, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = queries.groupings_matching(typed)

    assert found[0].code == MEL


@pytest.mark.parametrize("typed", ["d'auberive", "d’Auberive"])
def test_a_grouping_is_found_with_any_apostrophe(typed):
    assert queries.groupings_matching(typed)[0].name == "CC d’Auberive Vingeanne et Montsaugeonnais"


def test_a_territory_may_be_a_list_of_communes():
    territory = actions.create_territory(
        name="Val-de-Lys", commune_codes=["59350", "59009"], now=NOON
    )

    assert territory.slug == "val-de-lys"
    assert {point.code for point in queries.communes_of(territory)} == {"59350", "59009"}


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"epci_code": "999999999"}, actions.UnknownGrouping),
        ({"commune_codes": ["59350", "00000"]}, actions.UnknownCommunes),
        ({}, actions.EmptyTerritory),
    ],
)
def test_a_territory_of_nothing_known_is_refused_and_not_written(given, refusal):
    with pytest.raises(refusal):
        actions.create_territory(name="Nulle part", now=NOON, **given)

    assert not Territory.objects.exists()


def test_two_territories_cannot_share_a_name(metropolis):
    with pytest.raises(actions.TerritoryNameTaken):
        actions.create_territory(name="métropole de lille", epci_code=MEL, now=NOON)


def test_the_centre_of_a_territory_is_where_its_people_are(metropolis):
    assert rules.distance_m(queries.centre_of(metropolis), LILLE) < 6_000


def test_a_home_shows_a_cell_and_no_address(lille):
    home = place_at(lille, LILLE.lat, LILLE.lng, kind="home", is_home=True)

    (found,) = queries.nearest_places("home", LILLE)

    assert found.position == home.shown_position == rules.shown_position(LILLE, is_home=True)
    assert found.address == ""
    assert found.distance_m == round(rules.distance_m(LILLE, home.shown_position))


def test_two_homes_of_one_cell_are_equally_far_for_everyone(lille):
    for shift in (0, 0.0004):
        place_at(lille, LILLE.lat + shift, LILLE.lng, kind="home", is_home=True)

    one, other = queries.nearest_places("home", Position(50.64, 3.06))

    assert one.position == other.position
    assert one.distance_m == other.distance_m


@pytest.mark.parametrize("is_home", [True, False])
def test_the_database_refuses_a_home_shown_where_it_is_and_a_shop_shown_elsewhere(lille, is_home):
    place = place_at(lille, LILLE.lat, LILLE.lng, is_home=not is_home)

    with pytest.raises(IntegrityError):
        Place.objects.filter(pk=place.pk).update(is_home=is_home)


@pytest.mark.parametrize(("lat", "lng"), [(91, 3), (50, 200), (math.nan, 3)])
def test_a_place_off_the_earth_is_refused_and_not_written(lille, lat, lng):
    with pytest.raises(actions.NotOnEarth):
        place_at(lille, lat, lng)

    assert not Place.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"lat": 1_000},
        {"lng": None},
        {"lat": None, "lng": None, "is_position_approximate": True},
    ],
)
def test_the_database_refuses_a_commune_half_placed_or_off_the_earth(lille, changed):
    with pytest.raises(IntegrityError):
        Commune.objects.filter(pk=lille.pk).update(**changed)


@pytest.mark.parametrize("field", ["lat", "lng", "shown_lat", "shown_lng"])
def test_the_database_itself_refuses_coordinates_off_the_earth(lille, field):
    place = place_at(lille, LILLE.lat, LILLE.lng, is_home=True)

    with pytest.raises(IntegrityError):
        Place.objects.filter(pk=place.pk).update(**{field: 1_000})


def test_the_nearest_are_those_of_a_full_scan(lille, django_assert_num_queries):
    chance = random.Random(59)
    made = [
        place_at(lille, 50.6 + chance.random() / 5, 3 + chance.random() / 5) for _ in range(300)
    ]
    place_at(lille, LILLE.lat, LILLE.lng, kind="farm")

    for _ in range(5):
        origin = Position(50.6 + chance.random() / 5, 3 + chance.random() / 5)
        with django_assert_num_queries(1):
            found = queries.nearest_places("pickup", origin, count=20)
        scan = sorted(made, key=lambda place: rules.distance_m(origin, place.position))[:20]
        assert [near.place_id for near in found] == [place.pk for place in scan]


def test_places_are_counted_by_shown_cell(lille, metropolis, django_assert_num_queries):
    place_at(lille, LILLE.lat, LILLE.lng)
    place_at(lille, LILLE.lat + 0.0001, LILLE.lng)
    place_at(lille, LILLE.lat + 0.05, LILLE.lng)

    with django_assert_num_queries(1):
        counts = queries.place_counts_by_cell(metropolis, 8)

    assert counts[rules.cell_of(LILLE, 8)] == 2
    assert sum(counts.values()) == 3


@pytest.mark.parametrize(
    ("typed", "code"),
    [("Lille", "59350"), ("59000 lille", "59350"), ("59009", "59009"), ("59000", "59350")],
)
def test_the_commune_field_cleans_to_a_commune(typed, code):
    assert CommuneField().clean(typed).code == code


def test_the_commune_field_names_the_communes_to_choose_from():
    with pytest.raises(ValidationError) as refusal:
        CommuneField().clean("59830")

    assert refusal.value.code == "several"
    assert "Bouvines (59106)" in refusal.value.messages[0]


def test_the_commune_field_refuses_what_is_no_commune():
    with pytest.raises(ValidationError) as refusal:
        CommuneField().clean("Trifouilly")

    assert refusal.value.code == "unknown"


def test_an_optional_commune_field_may_be_empty():
    assert CommuneField(required=False).clean("") is None
