"""Small towns, one rule each: by where one goes, and where one may not."""

import pytest

from essaim.core.roads import snapping
from essaim.core.roads.refusals import ExtractUnreadable, NoRoadInExtract, NoWay, TooFarFromRoads
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.tests.town import SQUARE, Town
from essaim.core.territories.rules import Position

pytest.importorskip("osmium", reason="NOT RUN: the extra [roads] is not installed")
pytest.importorskip("scipy", reason="NOT RUN: the extra [roads] is not installed")

CAR, BICYCLE, FOOT = Profile.CAR, Profile.BICYCLE, Profile.FOOT


def test_the_shortest_street_is_taken_and_measured(square, tmp_path):
    square.way("DEF")
    router = square.router(tmp_path)

    route = router.distance(square.places["D"], square.places["F"])

    assert square.way_of(router, "D", "F") == "DEF"
    assert route.distance_m == pytest.approx(200, abs=1)
    assert route.duration_s == pytest.approx(200 * 3.6 / 25, abs=1)
    assert not route.is_approximate


def test_a_one_way_street_is_taken_one_way(square, tmp_path):
    square.way("DEF", oneway="yes")
    router = square.router(tmp_path)

    assert square.way_of(router, "D", "F") == "DEF"
    assert square.way_of(router, "F", "D") in {"FCBAD", "FIHGD"}
    there = router.distance(square.places["D"], square.places["F"]).distance_m
    back = router.distance(square.places["F"], square.places["D"]).distance_m
    assert (there, back) == (pytest.approx(200, abs=1), pytest.approx(400, abs=2))


def test_a_street_written_backwards_is_taken_against_its_points(square, tmp_path):
    square.way("DEF", oneway="-1")
    router = square.router(tmp_path)

    assert square.way_of(router, "F", "D") == "FED"
    assert square.way_of(router, "D", "F") != "DEF"


def test_a_roundabout_goes_round_one_way(tmp_path):
    town = Town(SQUARE)
    town.way("ABCFIHGDA", junction="roundabout")
    router = town.router(tmp_path)

    assert town.way_of(router, "A", "C") == "ABC"
    assert town.way_of(router, "C", "A") == "CFIHGDA"


def test_bicycles_ride_against_the_traffic_where_a_sign_lets_them(square, tmp_path):
    square.way("DEF", oneway="yes", oneway_bicycle="no")

    assert square.way_of(square.router(tmp_path, BICYCLE), "F", "D") == "FED"
    assert square.way_of(square.router(tmp_path, CAR), "F", "D") != "FED"


def test_a_bollard_stops_cars_and_nobody_else(square, tmp_path):
    square.way("DEF")
    square.barrier("E", barrier="bollard")

    assert square.way_of(square.router(tmp_path, CAR), "D", "F") != "DEF"
    assert square.way_of(square.router(tmp_path, BICYCLE), "D", "F") == "DEF"
    assert square.way_of(square.router(tmp_path, FOOT), "D", "F") == "DEF"


@pytest.mark.parametrize(("tags", "is_open"), [({}, True), ({"access": "private"}, False)])
def test_a_gate_is_passed_unless_it_says_no(square, tmp_path, tags, is_open):
    square.way("DEF")
    square.barrier("E", barrier="gate", **tags)

    assert (square.way_of(square.router(tmp_path), "D", "F") == "DEF") is is_open


def test_steps_are_for_walkers(square, tmp_path):
    square.way("DEF", highway="steps")

    assert square.way_of(square.router(tmp_path, CAR), "D", "F") != "DEF"
    slow = square.router(tmp_path, FOOT).distance(square.places["D"], square.places["F"])
    assert slow.duration_s == pytest.approx(400 * 3.6 / 5, abs=2)  # round the square is quicker


def test_a_ferry_takes_its_time(tmp_path):
    town = Town("""
        A B   C D
    """)
    town.way("AB")
    town.way("BC", route="ferry", duration="00:10")
    town.way("CD")
    router = town.router(tmp_path)

    route = router.distance(town.places["B"], town.places["C"])

    assert route.duration_s == 600
    assert route.distance_m == pytest.approx(200, abs=1)


def test_nobody_passes_through_a_street_for_residents(square, tmp_path):
    square.way("DEF", motor_vehicle="destination")
    router = square.router(tmp_path)

    assert square.way_of(router, "D", "F") != "DEF"
    assert square.way_of(router, "D", "E") == "DE"
    assert square.way_of(router, "E", "F") == "EF"
    assert square.way_of(router, "A", "E") == "ADE"
    assert square.way_of(square.router(tmp_path, BICYCLE), "D", "F") == "DEF"


def test_a_quarter_behind_streets_for_residents_is_reached_and_left(tmp_path):
    town = Town("""
        A B C
        D E F
    """)
    town.way("AD")
    town.way("AB", motor_vehicle="destination")
    town.way("BC")  # says nothing, and yet there is no other way in
    town.way("DE")
    router = town.router(tmp_path)

    assert town.way_of(router, "E", "C") == "EDABC"
    assert town.way_of(router, "C", "E") == "CBADE"


def test_residents_drive_inside_their_quarter(tmp_path):
    town = Town("""
        A B C D
    """)
    town.way("AB")
    town.way("BCD", motor_vehicle="destination")
    router = town.router(tmp_path)

    assert town.way_of(router, "C", "D") == "CD"
    assert town.way_of(router, "D", "C") == "DC"


def test_a_street_that_leaves_the_extract_is_cut(tmp_path):
    town = Town("""
        A B C D
    """)
    town.way("ABCD")
    town.way("AB", oneway="no")
    town.outside = {"C"}
    router = town.router(tmp_path)

    assert router.distance(town.places["A"], town.places["B"]).distance_m in {99, 100, 101}
    with pytest.raises(TooFarFromRoads) as refusal:
        router.distance(town.places["A"], Position(46.0, 2.05))
    assert refusal.value.details["distance_m"] == pytest.approx(3760, abs=30)


def test_an_island_is_left_aside_and_who_stands_there_is_brought_to_the_main_network(tmp_path):
    town = Town("""
        A B C     X Y
    """)
    town.way("ABC")
    town.way("XY")
    router = town.router(tmp_path)

    assert router.distance(town.places["A"], town.places["X"]).distance_m == pytest.approx(
        200, abs=1
    )
    assert len(router.snap([46.0], [2.0]).nodes) == 1


def test_a_street_one_cannot_leave_again_is_left_aside(square, tmp_path):
    square.way("DE", oneway="yes")
    router = square.router(tmp_path)

    assert "E" not in square.way_of(router, "D", "E")
    assert router.snap([square.places["E"].lat], [square.places["E"].lng]).off_m[0] > 99


def test_where_no_way_is_left_it_is_said(tmp_path):
    town = Town("""
        A B
        D C
    """)
    came_by, going = town.way("AB", oneway="yes"), town.way("BCDA", oneway="yes")
    town.sign("no_right_turn", came_by, "B", going)
    router = town.router(tmp_path)
    on_the_first_street = Position(46.0, (town.places["A"].lng + town.places["B"].lng) / 2)

    with pytest.raises(NoWay):
        router.distance(on_the_first_street, town.places["C"])
    assert router.matrix([on_the_first_street], [town.places["C"]]).duration_s.tolist() == [[-1]]
    assert router.distance(town.places["B"], town.places["C"]).distance_m in {99, 100, 101}


def test_steps_of_a_way_have_the_names_of_its_streets(square, tmp_path):
    square.way("DEF")
    router = square.router(tmp_path)

    found = router.path(square.places["D"], square.places["C"])

    names = [step.name for step in found.steps]
    assert names in (["rue DEF", "rue CFI"], ["rue GDA", "rue ABC"])
    assert sum(step.distance_m for step in found.steps) == found.route.distance_m
    assert sum(step.duration_s for step in found.steps) == found.route.duration_s


def test_a_point_beside_the_road_is_brought_to_it_and_told_how_far(square, tmp_path):
    router = square.router(tmp_path)
    north = Position(46.0 + 30 / 111_195, square.places["C"].lng)

    stops = router.snap([north.lat, 47.0], [north.lng, 2.0])

    assert stops.off_m[0] == pytest.approx(30, abs=0.1)
    assert stops.nodes[1] == -1
    assert stops.off_m[1] == float("inf")


def test_a_town_without_streets_is_refused(tmp_path):
    town = Town("A B")
    town.way("AB", highway="footway")

    with pytest.raises(NoRoadInExtract):
        town.router(tmp_path, CAR)


@pytest.mark.parametrize("content", [b"", b"hello", b"<osm><node id="])
def test_what_is_no_extract_is_refused(tmp_path, content):
    from essaim.core.roads.extract import read

    path = tmp_path / "broken.osm"
    path.write_bytes(content)

    with pytest.raises(ExtractUnreadable) as refusal:
        read(path)
    assert refusal.value.details["name"] == "broken.osm"


def test_a_missing_file_is_refused(tmp_path):
    from essaim.core.roads.extract import read

    with pytest.raises(ExtractUnreadable):
        read(tmp_path / "nowhere.osm.pbf")


def test_a_street_that_only_serves_to_pass_through_is_nobody_s_address(square, tmp_path):
    square.way("DF", motor_vehicle="destination")  # straight from one main road to another
    router = square.router(tmp_path)

    assert router.distance(square.places["D"], square.places["F"]).distance_m > 399
    found = router.path(square.places["E"], square.places["C"])
    assert found.points[0] != square.places["E"]
    assert found.points[-1] == square.places["C"]


def between(town, first, second, share):
    one, other = town.places[first], town.places[second]
    return Position(
        one.lat + share * (other.lat - one.lat), one.lng + share * (other.lng - one.lng)
    )


def test_a_matrix_holds_the_ways_one_by_one_on_one_street_too(square, tmp_path):
    square.way("DF", oneway="yes")
    router = square.router(tmp_path)
    points = [between(square, "D", "F", share) for share in (0, 0.25, 0.5, 1)]
    points += [square.places["A"], between(square, "B", "C", 0.3)]

    table = router.matrix(points, points)

    for row, origin in enumerate(points):
        for column, end in enumerate(points):
            found = router.distance(origin, end)
            assert table.distance_m[row, column] == found.distance_m
            assert table.duration_s[row, column] == found.duration_s
    assert table.distance_m[1, 2] == pytest.approx(50, abs=1)
    assert table.distance_m[2, 1] == pytest.approx(550, abs=2)


def test_the_nearest_road_is_found_wherever_one_stands(tmp_path):
    """Also when it lies in the next cell of the grid, and a farther one in one's own."""
    town = Town("""
        A B C D E F
        G H I J K L
    """)
    town.way("GHIJKL")
    for street in ("AG", "BH", "CI", "DJ", "EK", "FL"):
        town.way(street)
    roads = town.router(tmp_path).roads

    for share in range(-20, 121):
        point = between(town, "A", "F", share / 100)
        found = snapping.snap(roads.graph, roads.grid, point, 1000)
        assert found.off_m == pytest.approx(snapping.nearest_m(roads.graph, roads.grid, point))
