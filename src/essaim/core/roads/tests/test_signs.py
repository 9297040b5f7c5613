"""Signs in small towns: turns that are forbidden or imposed, and who is excepted."""

import pytest

from essaim.core.roads import turning
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.tests.town import SQUARE, Town
from essaim.core.territories.rules import Position

pytest.importorskip("osmium", reason="NOT RUN: the extra [roads] is not installed")
pytest.importorskip("scipy", reason="NOT RUN: the extra [roads] is not installed")

CAR, BICYCLE, FOOT = Profile.CAR, Profile.BICYCLE, Profile.FOOT


def test_no_left_turn_is_obeyed(square, tmp_path):
    came_by, going = square.way("DE"), square.way("EB")
    square.way("EF")
    square.sign("no_left_turn", came_by, "E", going)
    router = square.router(tmp_path)

    assert square.way_of(router, "D", "B") == "DAB"
    assert square.way_of(router, "F", "B") in {"FEB", "FCB"}
    assert square.way_of(router, "E", "B") == "EB"
    assert square.way_of(router, "D", "E") == "DE"


def _one_street_up(town):
    """From D one can only go up to B by E: the square is not there."""
    came_by, going = town.way("DE"), town.way("EB")
    return came_by, going, town.way("EF")


def test_a_forbidden_turn_sends_the_long_way_round(tmp_path):
    town = Town(SQUARE)
    came_by, going, _ = _one_street_up(town)
    town.way("FCB")
    town.sign("no_left_turn", came_by, "E", going)

    assert town.way_of(town.router(tmp_path), "D", "B") == "DEFCB"


def test_without_the_guard_the_forbidden_turn_is_taken(tmp_path, monkeypatch):
    """The sabotage twin of the test above: it is the expansion that forbids."""
    town = Town(SQUARE)
    came_by, going, _ = _one_street_up(town)
    town.way("FCB")
    town.sign("no_left_turn", came_by, "E", going)
    monkeypatch.setattr(turning, "_forbid", lambda *_: None)

    assert town.way_of(town.router(tmp_path), "D", "B") == "DEB"


def test_only_straight_on_leaves_no_other_way(tmp_path):
    town = Town(SQUARE)
    came_by, _, going = _one_street_up(town)
    town.way("FCB")
    town.sign("only_straight_on", came_by, "E", going)
    router = town.router(tmp_path)

    assert town.way_of(router, "D", "B") == "DEFCB"
    assert town.way_of(router, "D", "E") == "DE"
    assert town.way_of(router, "E", "D") == "ED"


def test_two_signs_in_a_row_are_both_obeyed(tmp_path):
    town = Town(SQUARE)
    first, second, third = town.way("DE"), town.way("EF"), town.way("FC")
    town.way("EB")
    town.way("BC")
    town.way("FI")
    town.way("IHG")
    town.way("GD", oneway="yes")
    town.way("HE", oneway="yes")
    up = town.ways[3][0]
    town.sign("no_left_turn", first, "E", up)
    town.sign("no_left_turn", second, "F", third)
    router = town.router(tmp_path)

    assert town.way_of(router, "E", "C") == "EBC"
    assert town.way_of(router, "D", "C") == "DEFIHEBC"


def test_a_sign_says_whom_it_excepts(tmp_path):
    town = Town(SQUARE)
    came_by, going, _ = _one_street_up(town)
    town.way("FCB")
    town.sign("no_left_turn", came_by, "E", going, except_="bicycle;psv")

    assert town.way_of(town.router(tmp_path, CAR), "D", "B") == "DEFCB"
    assert town.way_of(town.router(tmp_path, BICYCLE), "D", "B") == "DEB"
    assert town.way_of(town.router(tmp_path, FOOT), "D", "B") == "DEB"


def test_a_sign_on_a_way_that_passes_through_is_left_aside(tmp_path):
    town = Town(SQUARE)
    through, going = town.way("DEF"), town.way("EB")
    town.sign("no_left_turn", through, "E", going)

    assert town.way_of(town.router(tmp_path), "D", "B") == "DEB"


def test_a_turn_forbidden_matters_when_the_last_street_is_entered_in_part(tmp_path):
    town = Town(SQUARE)
    came_by, going, _ = _one_street_up(town)
    town.way("FCB")
    town.sign("no_left_turn", came_by, "E", going)
    router = town.router(tmp_path)
    below, above = town.places["E"], town.places["B"]
    half_way = Position((below.lat + above.lat) / 2, below.lng)

    found = router.path(town.places["D"], half_way)

    assert found.route.distance_m == pytest.approx(450, abs=2)
    assert router.matrix([town.places["D"]], [half_way]).distance_m[0, 0] == found.route.distance_m


def test_a_crossing_with_a_sign_is_reached_by_every_road(tmp_path):
    town = Town(SQUARE)
    came_by, going, _ = _one_street_up(town)
    town.way("FCB")
    town.sign("no_left_turn", came_by, "E", going)
    router = town.router(tmp_path)
    crossings = [town.places[letter] for letter in "DEFB"]
    nodes = router.snap([at.lat for at in crossings], [at.lng for at in crossings]).nodes

    row = router.one_to_many(nodes[0], nodes)

    assert row.distance_m[0].tolist() == pytest.approx([0, 100, 200, 400], abs=2)
    assert router.many_to_one(nodes, nodes[3]).distance_m[0, 0] == row.distance_m[0, 3]
