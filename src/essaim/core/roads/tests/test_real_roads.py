"""Andorra and the north of Bayreuth, against a plain Dijkstra on the same graph."""

import tempfile
from pathlib import Path

import numpy as np
import pytest

from essaim.core.roads import actions, geometry, hierarchy
from essaim.core.roads.engines import DijkstraEngine
from essaim.core.roads.hierarchy import HierarchyEngine
from essaim.core.roads.router import RoadRouter
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.tests import samples
from essaim.core.territories.rules import Position

PAIRS = 1000
EXTRACTS = {"andorra": "andorra.osm.pbf", "bayreuth": "north-bayreuth.osm.gz"}


@pytest.fixture(scope="module", params=[(n, p) for n in EXTRACTS for p in Profile], ids=str)
def roads(request):
    pytest.importorskip("scipy", reason="NOT RUN: the extra [roads] is not installed")
    pytest.importorskip("routingkit_ch", reason="NOT RUN: ch-router is not installed")
    name, profile = request.param
    return actions.roads_of(samples.extract(EXTRACTS[name]), profile)


@pytest.fixture(scope="module")
def quick(roads):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hierarchy.ch"
        hierarchy.build(roads.graph, path)
        return RoadRouter(
            roads, HierarchyEngine(path, hierarchy.sweeps(path, roads.graph), roads.graph)
        )


@pytest.fixture(scope="module")
def plain(roads):
    return RoadRouter(roads, DijkstraEngine(roads.graph))


@pytest.fixture(scope="module")
def pairs(roads):
    """Points a few tens of metres from crossings drawn at random."""
    chance = np.random.default_rng(20261124)
    nodes = chance.integers(0, roads.graph.node_count, (PAIRS, 2))
    shift = chance.normal(0, 2e-4, (PAIRS, 2, 2))
    return [
        tuple(
            Position(
                float(roads.graph.lat[node] + shift[row, end, 0]),
                float(roads.graph.lng[node] + shift[row, end, 1]),
            )
            for end, node in enumerate(both)
        )
        for row, both in enumerate(nodes)
    ]


def test_a_thousand_ways_are_those_of_dijkstra(quick, plain, pairs):
    found = [quick.distance(origin, end) for origin, end in pairs]

    assert found == [plain.distance(origin, end) for origin, end in pairs]


def test_a_path_is_as_long_as_it_says_and_joins_its_ends(quick, pairs):
    for origin, end in pairs[:200]:
        found = quick.path(origin, end)

        lat, lng = np.array([(point.lat, point.lng) for point in found.points]).T
        drawn_m = geometry.length_m(lat, lng)
        # Centimetres are rounded up on each piece of road.
        assert found.route == quick.distance(origin, end)
        assert drawn_m - 2 <= found.route.distance_m <= drawn_m + 2 + 0.01 * len(found.points)
        assert sum(step.distance_m for step in found.steps) == found.route.distance_m
        assert sum(step.duration_s for step in found.steps) == found.route.duration_s


def test_a_matrix_holds_the_ways_one_by_one(quick, pairs):
    sources, targets = [pair[0] for pair in pairs[:20]], [pair[1] for pair in pairs[:30]]

    table = quick.matrix(sources, targets)

    for row, origin in enumerate(sources):
        for column, end in enumerate(targets):
            found = quick.distance(origin, end)
            assert table.distance_m[row, column] == found.distance_m
            assert table.duration_s[row, column] == found.duration_s


def test_nodes_are_answered_in_bulk_both_ways(quick, plain, roads):
    chance = np.random.default_rng(7)
    nodes = chance.integers(0, roads.graph.node_count, 50)

    for one in nodes[:5]:
        outward, back = quick.one_to_many(one, nodes), quick.many_to_one(nodes, one)
        assert np.array_equal(outward.duration_s, plain.one_to_many(one, nodes).duration_s)
        assert np.array_equal(back.duration_s, plain.many_to_one(nodes, one).duration_s)
        assert outward.duration_s.shape == (1, 50)
        assert back.duration_s.shape == (50, 1)


def test_bounds_are_never_above_the_ways(quick, roads):
    chance = np.random.default_rng(8)
    nodes = chance.integers(0, roads.graph.node_count, 300)

    for one in nodes[:10]:
        there, back = quick.one_to_many(one, nodes), quick.many_to_one(nodes, one)
        ends = np.array([one])
        assert (quick.lower_bounds_s(ends, nodes) <= there.duration_s[0]).all()
        assert (quick.lower_bounds_s(nodes, ends) <= back.duration_s[:, 0]).all()
        assert (quick.lower_bounds_m(ends, nodes) <= there.distance_m[0]).all()
        assert quick.lower_bounds_s(ends, nodes).sum() > 0.6 * there.duration_s.sum()


def test_every_node_leads_to_every_other(quick, roads):
    every = np.arange(roads.graph.node_count)

    assert (quick.one_to_many(0, every).duration_s >= 0).all()
    assert (quick.many_to_one(every, 0).duration_s >= 0).all()


def test_a_point_is_brought_to_the_road_that_a_look_at_all_finds(quick, roads, pairs):
    from essaim.core.roads import snapping

    for origin, _ in pairs[:200]:
        found = snapping.snap(roads.graph, roads.grid, origin, 1000)
        assert found.off_m == pytest.approx(snapping.nearest_m(roads.graph, roads.grid, origin))
