"""What tags mean: open or closed, which way, how fast."""

import pytest

from essaim.core.roads.rules import barriers
from essaim.core.roads.rules.limits import limit_kmh
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.rules.turns import Member, Turn, turns
from essaim.core.roads.rules.ways import Passage, directions, duration_s, passage

CAR, BICYCLE, FOOT = Profile.CAR, Profile.BICYCLE, Profile.FOOT


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50),
        ("30 mph", 48.28032),
        ("30mph", 48.28032),
        ("7,5", 7.5),
        ("walk", 7),
        ("none", 130),
        ("FR:urban", 50),
        ("FR:rural", 80),
        ("FR:motorway", 130),
        ("DE:rural", 100),
        ("FR:zone30", 30),
        ("FR:zone:30", 30),
        ("FR:30", 30),
        ("90;30;90", 30),
        ("signals", None),
        ("", None),
        ("0", 0),
    ],
)
def test_a_limit_is_read_in_every_way_people_write_it(text, kmh):
    assert limit_kmh(text) == (pytest.approx(kmh) if kmh else None)


@pytest.mark.parametrize(
    ("tags", "car", "bicycle", "foot"),
    [
        ({"highway": "residential"}, True, True, True),
        ({"highway": "motorway"}, True, False, False),
        ({"highway": "trunk", "motorroad": "yes"}, True, False, False),
        ({"highway": "motorway", "access": "yes"}, True, False, False),
        ({"highway": "primary", "motorroad": "yes", "bicycle": "yes"}, True, True, False),
        ({"highway": "track"}, False, True, True),
        ({"highway": "track", "motor_vehicle": "yes"}, True, True, True),
        ({"highway": "track", "access": "agricultural;forestry"}, False, False, False),
        ({"highway": "service", "access": "private"}, False, False, False),
        ({"highway": "service", "access": "private", "foot": "yes"}, False, False, True),
        ({"highway": "residential", "motor_vehicle": "no"}, False, True, True),
        ({"highway": "residential", "vehicle": "no"}, False, False, True),
        ({"highway": "residential", "access": "no", "motorcar": "yes"}, True, False, False),
        ({"highway": "residential", "motor_vehicle": "destination"}, True, True, True),
        ({"highway": "primary", "bicycle": "use_sidepath"}, True, False, True),
        ({"highway": "steps"}, False, True, True),
        ({"highway": "construction"}, False, False, False),
        ({"highway": "residential", "oneway": "reversible"}, False, False, False),
        ({"highway": "pedestrian", "area": "yes"}, False, False, True),
        ({"route": "ferry"}, True, True, True),
        ({"route": "ferry", "motor_vehicle": "no"}, False, True, True),
        ({"building": "yes"}, False, False, False),
    ],
)
def test_a_way_is_open_to_those_it_is_made_for(tags, car, bicycle, foot):
    assert [passage(tags, profile) is not None for profile in Profile] == [car, bicycle, foot]


@pytest.mark.parametrize(
    ("tags", "car", "bicycle"),
    [
        ({}, (True, True), (True, True)),
        ({"oneway": "yes"}, (True, False), (True, False)),
        ({"oneway": "1"}, (True, False), (True, False)),
        ({"oneway": "-1"}, (False, True), (False, True)),
        ({"oneway": "no"}, (True, True), (True, True)),
        ({"junction": "roundabout"}, (True, False), (True, False)),
        ({"junction": "roundabout", "oneway": "no"}, (True, True), (True, True)),
        ({"highway": "motorway"}, (True, False), (True, False)),
        ({"oneway": "yes", "oneway:bicycle": "no"}, (True, False), (True, True)),
        ({"oneway": "yes", "cycleway": "opposite_lane"}, (True, False), (True, True)),
        ({"oneway": "yes", "cycleway:left:oneway": "-1"}, (True, False), (True, True)),
        ({"oneway": "yes", "cycleway:right": "lane"}, (True, False), (True, False)),
        ({"oneway:bicycle": "yes"}, (True, True), (True, False)),
    ],
)
def test_directions_are_those_of_the_signs_and_walkers_ignore_them(tags, car, bicycle):
    assert directions(tags, CAR) == car
    assert directions(tags, BICYCLE) == bicycle
    assert directions(tags, FOOT) == (True, True)


def test_a_walker_heeds_only_a_sign_for_walkers():
    assert directions({"oneway": "yes", "oneway:foot": "-1"}, FOOT) == (False, True)


@pytest.mark.parametrize(
    ("tags", "profile", "kmh"),
    [
        ({"highway": "secondary"}, CAR, 55),
        ({"highway": "secondary", "maxspeed": "80"}, CAR, 64),
        ({"highway": "residential", "maxspeed": "FR:urban"}, CAR, 40),
        ({"highway": "residential", "surface": "gravel", "maxspeed": "80"}, CAR, 45),
        ({"highway": "living_street", "maxspeed": "walk"}, CAR, 5.6),
        ({"highway": "track", "motor_vehicle": "yes"}, CAR, 10),
        ({"highway": "secondary", "maxspeed": "80"}, BICYCLE, 15),
        ({"highway": "residential", "maxspeed": "10"}, BICYCLE, 10),
        ({"highway": "cycleway", "surface": "cobblestone"}, BICYCLE, 7),
        ({"highway": "footway"}, BICYCLE, 4),
        ({"highway": "footway", "bicycle": "yes"}, BICYCLE, 15),
        ({"highway": "cycleway", "bicycle": "dismount"}, BICYCLE, 4),
        ({"highway": "steps", "bicycle": "yes"}, BICYCLE, 2),
        ({"highway": "residential", "maxspeed": "3"}, FOOT, 5),
        ({"highway": "steps"}, FOOT, 2),
        ({"route": "ferry"}, FOOT, 5),
    ],
)
def test_speeds_follow_limit_class_and_surface(tags, profile, kmh):
    assert passage(tags, profile).forward_kmh == pytest.approx(kmh)


def test_each_direction_may_have_its_own_limit():
    tags = {"highway": "primary", "maxspeed": "80", "maxspeed:backward": "50"}

    assert passage(tags, CAR) == Passage(64, 40)


def test_only_who_stops_there_uses_a_street_for_residents():
    assert passage({"highway": "residential", "vehicle": "destination"}, CAR).is_for_destination
    assert not passage({"highway": "residential"}, CAR).is_for_destination
    assert not passage(
        {"highway": "residential", "vehicle": "destination"}, FOOT
    ).is_for_destination


def test_a_ferry_takes_the_time_it_says():
    assert passage({"route": "ferry", "duration": "00:45"}, CAR).crossing_s == 2700
    assert passage({"route": "ferry"}, CAR).crossing_s is None
    assert passage({"highway": "primary", "duration": "00:45"}, CAR).crossing_s is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("01:30", 5400), ("45", 2700), ("00:12:30", 750), ("soon", None), ("", None), ("0", None)],
)
def test_a_duration_is_read(text, seconds):
    assert duration_s(text) == seconds


@pytest.mark.parametrize(
    ("tags", "car", "bicycle", "foot"),
    [
        ({"barrier": "bollard"}, True, False, False),
        ({"barrier": "bollard", "bollard": "rising"}, False, False, False),
        ({"barrier": "gate"}, False, False, False),
        ({"barrier": "gate", "access": "private"}, True, True, True),
        ({"barrier": "gate", "access": "no", "foot": "yes"}, True, True, False),
        ({"barrier": "lift_gate", "motor_vehicle": "private"}, True, False, False),
        ({"barrier": "kissing_gate"}, True, True, False),
        ({"barrier": "block"}, True, False, False),
        ({"barrier": "toll_booth"}, False, False, False),
        ({"highway": "crossing"}, False, False, False),
    ],
)
def test_a_barrier_stops_those_who_do_not_fit(tags, car, bicycle, foot):
    closed = [barriers.is_closed(tags, profile) for profile in Profile]

    assert closed == [car, bicycle, foot]


FROM, VIA, TO = Member("w", 1, "from"), Member("n", 2, "via"), Member("w", 3, "to")


@pytest.mark.parametrize(
    ("tags", "car", "bicycle"),
    [
        ({"restriction": "no_left_turn"}, [Turn(1, 2, 3, False)], [Turn(1, 2, 3, False)]),
        ({"restriction": "only_straight_on"}, [Turn(1, 2, 3, True)], [Turn(1, 2, 3, True)]),
        ({"restriction": "no_u_turn", "except": "psv"},) + ([Turn(1, 2, 3, False)],) * 2,
        ({"restriction": "no_left_turn", "except": "bicycle;psv"}, [Turn(1, 2, 3, False)], []),
        ({"restriction": "no_left_turn", "except": "motorcar"}, [], [Turn(1, 2, 3, False)]),
        ({"restriction:bicycle": "no_left_turn"}, [], [Turn(1, 2, 3, False)]),
        ({"restriction:hgv": "no_left_turn"}, [], []),
        ({"restriction:conditional": "no_left_turn @ (Mo-Fr)"}, [], []),
        ({"restriction": "give_way"}, [], []),
    ],
)
def test_a_sign_rules_the_turns_of_those_it_is_for(tags, car, bicycle):
    assert turns(tags, [FROM, VIA, TO], CAR) == car
    assert turns(tags, [TO, VIA, FROM], BICYCLE) == bicycle
    assert turns(tags, [FROM, VIA, TO], FOOT) == []


def test_no_entry_closes_an_end_to_several_ways():
    members = [FROM, Member("w", 4, "from"), VIA, TO]

    assert turns({"restriction": "no_entry"}, members, CAR) == [
        Turn(1, 2, 3, False),
        Turn(4, 2, 3, False),
    ]


@pytest.mark.parametrize(
    "members",
    [[FROM, Member("w", 2, "via"), TO], [FROM, VIA], [FROM, Member("w", 4, "from"), VIA, TO]],
)
def test_what_is_not_handled_rules_nothing(members):
    assert turns({"restriction": "no_left_turn"}, members, CAR) == []
