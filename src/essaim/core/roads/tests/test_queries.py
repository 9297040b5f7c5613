"""Who answers for a territory, and how an estimate says that it is one."""

from datetime import UTC, datetime

import numpy as np
import pytest

from essaim.core.roads import actions, queries
from essaim.core.roads.approximation import DETOUR, StraightLineRouter
from essaim.core.roads.router import RoadRouter
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.servers import ValhallaRouter
from essaim.core.roads.tests.town import Town
from essaim.core.territories.models import Territory
from essaim.core.territories.rules import Position, distance_m

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CAR = Profile.CAR
LILLE, ARRAS = Position(50.6366, 3.07), Position(50.291, 2.7775)


@pytest.fixture
def territory(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.ROUTER_URL = ""
    return Territory(slug="val", name="Val")


@pytest.fixture
def town(tmp_path):
    pytest.importorskip("osmium", reason="NOT RUN: the extra [roads] is not installed")
    pytest.importorskip("scipy", reason="NOT RUN: the extra [roads] is not installed")
    town = Town("A B C")
    town.way("ABC")
    town.write(tmp_path / "town.osm")
    return town


def import_town(territory, tmp_path):
    folder = queries.folder_of(territory.slug)
    actions.import_extract(source=tmp_path / "town.osm", folder=folder, now=NOW, profiles=[CAR])
    return folder


def test_without_roads_a_straight_line_answers_and_says_so(territory):
    router = queries.router_of(territory, CAR)

    route = router.distance(LILLE, ARRAS)

    assert router.is_approximate
    assert route.is_approximate
    assert route.distance_m == pytest.approx(distance_m(LILLE, ARRAS) * DETOUR, abs=1)
    assert route.duration_s == pytest.approx(route.distance_m / 45_000 * 3600, abs=1)
    assert router.path(LILLE, ARRAS).points == (LILLE, ARRAS)
    assert router.matrix([LILLE], [ARRAS, LILLE]).is_approximate


@pytest.mark.parametrize("profile", list(Profile))
def test_an_estimate_answers_about_numbers_as_about_positions(profile):
    router = StraightLineRouter(profile)
    nodes = router.snap(np.array([LILLE.lat, ARRAS.lat]), np.array([LILLE.lng, ARRAS.lng])).nodes

    route = router.distance(LILLE, ARRAS)

    assert router.one_to_many(nodes[0], nodes).distance_m.tolist() == [[0, route.distance_m]]
    assert router.many_to_one(nodes, nodes[1]).duration_s.tolist() == [[route.duration_s], [0]]
    assert router.lower_bounds_m(nodes[:1], nodes).tolist() == [0, route.distance_m]
    assert router.lower_bounds_s(nodes, nodes[1:]).tolist() == [route.duration_s, 0]


def test_imported_roads_answer_and_are_opened_once(territory, town, tmp_path):
    import_town(territory, tmp_path)

    router = queries.router_of(territory, CAR)

    assert isinstance(router, RoadRouter)
    assert queries.router_of(territory, CAR) is router
    assert queries.router_of(territory, Profile.FOOT).is_approximate


def test_roads_imported_again_are_opened_again(territory, town, tmp_path):
    import_town(territory, tmp_path)
    before = queries.router_of(territory, CAR)
    town.way("AC")
    town.write(tmp_path / "town.osm")

    import_town(territory, tmp_path)

    assert queries.router_of(territory, CAR).version != before.version


def test_broken_roads_are_replaced_by_an_estimate(territory, town, tmp_path):
    folder = import_town(territory, tmp_path)
    next(folder.glob("car-*/graph.head.npy")).write_bytes(b"")

    assert queries.router_of(territory, CAR).is_approximate


def test_a_server_of_the_host_comes_first(territory, settings):
    settings.ROUTER_URL = "valhalla+http://127.0.0.1:8002"

    assert isinstance(queries.router_of(territory, CAR), ValhallaRouter)
