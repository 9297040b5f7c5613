"""Distances, cells, and what a home shows."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.core.territories import rules
from essaim.core.territories.rules import Position

LILLE = Position(50.63297, 3.05858)
PARIS = Position(48.85341, 2.3488)

positions = st.builds(
    Position, st.floats(-89, 89, allow_nan=False), st.floats(-180, 180, allow_nan=False)
)


def test_lille_to_paris_is_204_kilometres():
    assert rules.distance_m(LILLE, PARIS) == pytest.approx(204_260, rel=0.005)


def test_half_a_turn_of_the_globe_is_half_a_circumference():
    half_m = math.pi * rules.EARTH_RADIUS_M

    assert rules.distance_m(Position(0, 0), Position(0, 180)) == pytest.approx(half_m)


@given(positions, positions)
def test_distance_is_the_same_both_ways_and_never_negative(origin, destination):
    there_m = rules.distance_m(origin, destination)

    assert there_m >= 0
    assert there_m == pytest.approx(rules.distance_m(destination, origin), abs=0.01)


@given(positions, positions, positions)
def test_nearest_through_the_earth_is_nearest_along_the_ground(origin, one, other):
    def chord_m(position):
        return math.dist(rules.on_sphere_m(origin), rules.on_sphere_m(position))

    along_m = rules.distance_m(origin, one) - rules.distance_m(origin, other)
    through_m = chord_m(one) - chord_m(other)

    assert abs(through_m) < 1 or along_m * through_m > 0


@pytest.mark.parametrize(
    ("lat", "lng"), [(91, 0), (-90.1, 0), (0, 181), (0, -180.5), (math.nan, 0), (0, math.nan)]
)
def test_a_position_is_on_earth(lat, lng):
    with pytest.raises(ValueError, match="self"):
        Position(lat, lng)


@given(positions)
def test_a_home_is_shown_as_the_middle_of_its_cell(position):
    shown = rules.shown_position(position, is_home=True)

    assert shown == rules.cell_centre(rules.cell_of(position, rules.HOME_RESOLUTION))
    assert rules.distance_m(position, shown) < 1_100


@given(positions, st.floats(-0.0005, 0.0005))
def test_two_homes_of_one_cell_cannot_be_told_apart(position, shift):
    neighbour = Position(position.lat + shift, position.lng)
    same_cell = rules.cell_of(position, 8) == rules.cell_of(neighbour, 8)

    shown = rules.shown_position(position, is_home=True)

    assert (shown == rules.shown_position(neighbour, is_home=True)) == same_cell


def test_a_place_nobody_lives_in_is_shown_where_it_is():
    assert rules.shown_position(LILLE, is_home=False) == LILLE


@given(positions)
def test_a_stored_cell_fits_a_bigint_and_lies_in_its_shown_cell(position):
    cell = rules.cell_of(position)

    assert 0 < cell < 2**63
    assert rules.shown_cell(cell, 8) != cell
    assert rules.shown_cell(cell, 7) == rules.shown_cell(rules.shown_cell(cell, 8), 7)


@pytest.mark.parametrize("resolution", [6, 9, 10])
def test_no_finer_nor_coarser_cell_is_shown(resolution):
    with pytest.raises(ValueError, match="resolution"):
        rules.shown_cell(rules.cell_of(LILLE), resolution)


def test_a_cell_has_six_corners_around_its_centre():
    outline = rules.cell_outline(rules.cell_of(LILLE, 8))

    assert len(outline) == 6
    assert all(rules.distance_m(LILLE, corner) < 1_500 for corner in outline)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("VILLENEUVE-D’ASCQ", "Villeneuve-d'Ascq"),
        ("st andre lez lille", "Saint-André-lez-Lille"),
        ("Ste-Mère-Église", "Sainte-Mère-Église"),
        ("noeux les mines", "Nœux-les-Mines"),
        ("  hem  ", "Hem"),
    ],
)
def test_names_of_communes_are_compared_as_people_type_them(typed, meant):
    assert rules.plain(typed) == rules.plain(meant)


@given(st.text())
def test_plain_text_stays_plain(text):
    assert rules.plain(rules.plain(text)) == rules.plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "50.6262, 3.0494",
        "50,6262 ; 3,0494",
        "50.6262 3.0494",
        " 50.6262,3.0494 ",
        "50,6262, 3,0494",
    ],
)
def test_a_point_is_read_as_a_map_gives_it(text):
    assert rules.read_position(text) == rules.Position(50.6262, 3.0494)


@pytest.mark.parametrize(
    "text", ["", "50.6262", "50.6, 3.0, 1", "95, 3", "50.6 N, 3.0 E", "1e9, 3"]
)
def test_what_is_no_point_is_not_guessed(text):
    assert rules.read_position(text) is None


def test_the_south_and_the_west_are_negative():
    assert rules.read_position("-21.1151, 55.5364") == rules.Position(-21.1151, 55.5364)
    assert rules.read_position("14,6 −61,0") == rules.Position(14.6, -61.0)
