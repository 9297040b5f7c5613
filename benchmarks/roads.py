"""How fast a map becomes roads, and how fast they answer; the baseline is scipy’s Dijkstra.

Run by `essaim bench roads`. Andorra comes from the data samples (`ESSAIM_DATA_SAMPLES`, else
`shared/data` beside the repository); without it only the drawn country is measured, and the report
says so. The drawn country is a grid of 300 x 300 crossings with faster roads every 10 and every 40:
as large as a French département, and harder to contract than real roads.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from essaim.core.roads import actions, hierarchy, landmarks, store
from essaim.core.roads.engines import DijkstraEngine, Engine
from essaim.core.roads.graph import RoadGraph
from essaim.core.roads.hierarchy import HierarchyEngine
from essaim.core.roads.router import RoadRouter
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.tests.graphs import graph as graph_of
from essaim.core.territories.rules import Position

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SAMPLE = "andorra.osm.pbf"
PAIRS, PAIRS_PLAIN = 2000, 100
SIDE, SIDE_QUICK = 300, 100
TABLE = 100
TURNS = 5
GOAL_LOAD_S, GOAL_PAIR_MS, GOAL_TABLE_MS = 2.0, 1.0, 250.0
CHILD = (
    "import psutil, sys; from pathlib import Path\n"
    "from essaim.core.roads import store; from essaim.core.roads.rules.profiles import Profile\n"
    "import numpy, routingkit_ch; me = psutil.Process(); before = me.memory_full_info().uss\n"
    "router = store.load(Path(sys.argv[1]), Profile.CAR)\n"
    "router.one_to_many(0, numpy.arange(router.roads.graph.node_count))\n"
    "print(me.memory_full_info().uss - before)\n"
)


def run(quick: bool) -> dict[str, Any]:  # noqa: FBT001 - the form all benchmarks share
    """Measure and return the figures."""
    sample = _samples() / "roads" / SAMPLE
    data: dict[str, Any] = {"quick": quick, "sample": SAMPLE if sample.is_file() else "NOT HERE"}
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        if sample.is_file():
            results += _andorra(sample, Path(folder), data)
        results += _drawn(SIDE_QUICK if quick else SIDE, Path(folder), data)
    return {"name": "roads", "data": data, "results": results}


def _samples() -> Path:
    named = os.environ.get("ESSAIM_DATA_SAMPLES")
    return Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"


def _andorra(sample: Path, folder: Path, data: dict[str, Any]) -> list[dict[str, Any]]:
    """From the file to the answers, by positions: what pages and trips ask."""
    importing = _seconds(lambda: actions.import_extract(source=sample, folder=folder, now=NOW))
    router = store.load(folder, Profile.CAR)
    loading = _median(lambda: store.load(folder, Profile.CAR)) / 1000
    plain = RoadRouter(router.roads, DijkstraEngine(router.roads.graph))
    pairs = _positions(router.roads.graph, PAIRS)
    data["andorra"] = f"{router.roads.graph.node_count} nodes, {router.roads.graph.arc_count} arcs"
    data["on disk"] = f"{_size(folder) / 1e6:.1f} MB, 3 profiles"
    return [
        _figure("Andorra: import, 3 profiles", importing, "s"),
        _figure("Andorra: load, files checked", loading, "s", goal=GOAL_LOAD_S),
        _figure("Andorra: memory of its own, car", _memory(folder) / 1e6, "MB"),
        *_pairs("Andorra: two positions", router, plain, pairs),
        _figure(
            "Andorra: 100 x 100 positions",
            _median(lambda: _matrix(router, pairs)), "ms",
            baseline=_median(lambda: _matrix(plain, pairs)), goal=GOAL_TABLE_MS,
        ),
    ]  # fmt: skip


def _pairs(
    title: str, router: RoadRouter, plain: RoadRouter, pairs: list[tuple[Position, Position]]
) -> list[dict[str, Any]]:
    quick = [_ms(lambda pair=pair: router.distance(*pair)) for pair in pairs]
    slow = [_ms(lambda pair=pair: plain.distance(*pair)) for pair in pairs[:PAIRS_PLAIN]]
    drawn = [_ms(lambda pair=pair: router.path(*pair)) for pair in pairs[:PAIRS_PLAIN]]
    return [
        _figure(f"{title}, p50", _at(quick, 50), "ms", baseline=_at(slow, 50)),
        _figure(f"{title}, p99", _at(quick, 99), "ms", baseline=_at(slow, 99), goal=GOAL_PAIR_MS),
        _figure(f"{title}, with the path drawn, p50", _at(drawn, 50), "ms"),
    ]


def _matrix(router: RoadRouter, pairs: list[tuple[Position, Position]]) -> object:
    sources, targets = zip(*pairs[:TABLE], strict=True)
    return router.matrix(sources, targets)


def _drawn(side: int, folder: Path, data: dict[str, Any]) -> list[dict[str, Any]]:
    """Engines alone, by nodes: what a matcher asks."""
    graph = grid(side)
    path = folder / "drawn.ch"
    contracting = _seconds(lambda: hierarchy.build(graph, path))
    started = time.perf_counter()
    quick = HierarchyEngine(path, hierarchy.sweeps(path, graph), graph)
    arranging = time.perf_counter() - started
    plain = DijkstraEngine(graph)
    chance = np.random.default_rng(1)
    nodes = chance.integers(0, graph.node_count, (2, PAIRS)).astype(np.int32)
    every = np.arange(graph.node_count, dtype=np.int32)
    _compare(quick, plain, nodes[:, :TABLE])
    data["drawn"] = f"{graph.node_count} nodes, {graph.arc_count} arcs"
    tables = landmarks.landmarks(graph)
    pair_us = [1e3 * _ms(lambda i=i: quick.way(nodes[0, i], nodes[1, i])) for i in range(PAIRS)]
    slow_us = [1e3 * _ms(lambda i=i: plain.way(nodes[0, i], nodes[1, i])) for i in range(20)]
    few = nodes[0, :TABLE]
    return [
        _figure("drawn: contract", contracting, "s"),
        _figure("drawn: read back and arrange", arranging, "s"),
        _figure("drawn: two nodes, p50", _at(pair_us, 50), "µs", baseline=_at(slow_us, 50)),
        _figure("drawn: two nodes, p99", _at(pair_us, 99), "µs", baseline=_at(slow_us, 99)),
        _figure(
            "drawn: one to 100",
            _median(lambda: quick.table(few[:1], nodes[1, :TABLE])), "ms",
            baseline=_median(lambda: plain.table(few[:1], nodes[1, :TABLE])),
        ),
        _figure(
            "drawn: one to every node",
            _median(lambda: quick.table(few[:1], every)), "ms",
            baseline=_median(lambda: plain.table(few[:1], every)),
        ),
        _figure(
            "drawn: 100 x 100",
            _median(lambda: quick.table(few, nodes[1, :TABLE])), "ms",
            baseline=_ms(lambda: plain.table(few, nodes[1, :TABLE])), goal=GOAL_TABLE_MS,
        ),
        _figure(
            "drawn: lower bounds, every node to one",
            _median(lambda: landmarks.bounds_ms(*tables, every, few[:1])), "ms",
            baseline=_median(lambda: plain.table(every[:-1], few[:1])),
        ),
    ]  # fmt: skip


def grid(side: int) -> RoadGraph:
    """Draw a country: streets at 30 km/h, a road at 64 every 10 blocks, a quick one every 40."""
    chance = np.random.default_rng(0)
    node = np.arange(side * side).reshape(side, side)
    line = np.broadcast_to(np.arange(side)[:, None], (side, side - 1))
    ends = [(node[:, :-1], node[:, 1:], line), (node[:-1], node[1:], line.T)]
    ends += [(head, tail, place) for tail, head, place in ends]
    tail, head, place = (
        np.concatenate([part.ravel() for part in parts]) for parts in zip(*ends, strict=True)
    )
    kmh = np.where(place % 40 == 0, 100, np.where(place % 10 == 0, 64, 30))
    length_cm = chance.integers(8_000, 30_000, len(tail))
    duration_ms = (length_cm * 36 / kmh).astype(np.int32)
    return graph_of(side * side, np.stack([tail, head, duration_ms, length_cm], axis=1))


def _compare(quick: Engine, plain: Engine, nodes: Any) -> None:
    found, expected = quick.table(nodes[0], nodes[1]), plain.table(nodes[0], nodes[1])
    if not np.array_equal(found[0], expected[0]):
        raise AssertionError("the two engines do not agree")


def _positions(graph: RoadGraph, count: int) -> list[tuple[Position, Position]]:
    """Points a few tens of metres from crossings drawn at random."""
    chance = np.random.default_rng(20261124)
    nodes = chance.integers(0, graph.node_count, (count, 2))
    lat = graph.lat[nodes] + chance.normal(0, 2e-4, (count, 2))
    lng = graph.lng[nodes] + chance.normal(0, 2e-4, (count, 2))
    return [
        (
            Position(*map(float, (lat[i, 0], lng[i, 0]))),
            Position(*map(float, (lat[i, 1], lng[i, 1]))),
        )
        for i in range(count)
    ]


def _memory(folder: Path) -> int:
    """What a process holds alone after opening the roads of cars and asking once for everything."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _figure(
    metric: str,
    value: float,
    unit: str,
    *,
    baseline: float | None = None,
    goal: float | None = None,
) -> dict[str, Any]:
    figure: dict[str, Any] = {"metric": metric, "value": value, "unit": unit}
    if baseline is not None:
        figure |= {"baseline": baseline, "ratio": value / baseline}
    if goal is not None:
        figure |= {"goal": f"< {goal:g} {unit}", "met": value < goal}
    return figure


def _at(values: list[float], percent: int) -> float:
    return float(np.percentile(values, percent))


def _median(act: Callable[[], object]) -> float:
    return sorted(_ms(act) for _ in range(TURNS))[TURNS // 2]


def _seconds(act: Callable[[], object]) -> float:
    return _ms(act) / 1e3


def _ms(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1e3
