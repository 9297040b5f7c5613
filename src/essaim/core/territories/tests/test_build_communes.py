"""How a commune and a GeoNames point meet, and when they must not."""

from essaim.core.territories.build_communes import Draft, Matcher, Point
from essaim.core.territories.rules import Position


def draft(code, name, epci, postcode="00000", population=1000):
    return Draft(code, name, (postcode,), population, code[:2], "32", epci)


def point(name, lat, lng, region="32"):
    return Point(name, region, Position(lat, lng))


def test_a_name_that_is_unique_in_its_region_gives_its_point():
    hem = draft("59299", "Hem", "lille")

    Matcher([hem], [point("HEM", 50.65, 3.18), point("Hem", 47.0, 1.0, "24")]).run()

    assert hem.point == Position(50.65, 3.18)
    assert not hem.is_approximate


def test_namesakes_are_told_apart_by_their_groupings():
    north, south = draft("59001", "Saint-Rémy", "lille"), draft("02001", "Saint-Rémy", "laon")
    anchors = [draft("59002", "Lomme", "lille"), draft("02002", "Chivy", "laon")]
    points = [
        point("Lomme", 50.64, 2.98),
        point("Chivy", 49.52, 3.59),
        point("Saint-Rémy", 50.66, 3.00),
        point("Saint-Rémy", 49.50, 3.60),
    ]

    Matcher([north, south, *anchors], points).run()

    assert north.point == Position(50.66, 3.00)
    assert south.point == Position(49.50, 3.60)


def test_a_namesake_point_between_two_claims_goes_to_nobody():
    one, other = (
        draft("59001", "Saint-Rémy", "lille", "59111"),
        draft("59003", "Saint-Rémy", "pévèle", "59222"),
    )
    anchors = [draft("59002", "Lomme", "lille"), draft("59004", "Orchies", "pévèle")]
    points = [
        point("Lomme", 50.6, 3.0),
        point("Orchies", 50.4, 3.0),
        point("Saint-Rémy", 50.5, 3.0),
    ]

    Matcher([one, other, *anchors], points).run()

    assert one.point is None
    assert other.point is None


def test_a_hamlet_with_the_same_name_far_away_is_not_believed():
    lost = draft("59001", "Wicres", "lille", "59134")
    anchors = [draft(f"5900{rank}", f"Ancre {rank}", "lille") for rank in range(2, 9)]
    points = [point(f"Ancre {rank}", 50.6, 3.0 + rank / 100) for rank in range(2, 9)]

    counts = Matcher([lost, *anchors], [*points, point("Wicres", 49.2, 3.0)]).run()

    assert lost.point is None
    assert counts["dropped: far from its grouping"] == 1


def test_a_small_commune_takes_the_middle_of_its_postcode_and_says_so():
    small = draft("59001", "Escobecques", "lille", "59320", 300)
    mate = draft("59002", "Ennetières", "lille", "59320")

    Matcher([small, mate], [point("Ennetières", 50.63, 2.94)]).run()

    assert small.point == Position(50.63, 2.94)
    assert small.is_approximate


def test_a_commune_named_after_its_neighbour_lies_near_it_and_says_so():
    chapel = draft("59143", "La Chapelle-d'Armentières", "lille", "59930")
    town = draft("59017", "Armentières", "lille", "59280")

    Matcher([chapel, town], [point("Armentières", 50.69, 2.88)]).run()

    assert chapel.point == town.point
    assert chapel.is_approximate
