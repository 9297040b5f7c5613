"""Both engines agree, on random graphs and on real roads."""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaim.core.roads import hierarchy
from essaim.core.roads.engines import DijkstraEngine
from essaim.core.roads.hierarchy import HierarchyEngine, HierarchyUnreadable
from essaim.core.roads.landmarks import bounds_ms, landmarks
from essaim.core.roads.tests.graphs import graph, graphs

pytest.importorskip("scipy", reason="NOT RUN: the extra [roads] is not installed")
pytest.importorskip("routingkit_ch", reason="NOT RUN: ch-router is not installed")


def contracted(found):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hierarchy.ch"
        hierarchy.build(found, path)
        return HierarchyEngine(path, hierarchy.sweeps(path, found), found)


def every(found):
    return np.arange(found.node_count, dtype=np.int32)


@settings(max_examples=300, deadline=None)
@given(graphs())
def test_the_hierarchy_finds_what_dijkstra_finds(found):
    quick, plain = contracted(found), DijkstraEngine(found)

    durations, _ = quick.table(every(found), every(found))

    assert np.array_equal(durations, plain.table(every(found), every(found))[0])
    for source in range(found.node_count):
        for target in range(found.node_count):
            way = quick.way(source, target)
            assert (way.duration_ms if way else -1) == durations[source, target]
            assert way is None or is_a_way(found, way, source, target)


def is_a_way(found, way, source, target):
    """The arcs join up from source to target and take the time that is said."""
    visited = [source, *found.head[way.arcs]]
    return (
        np.array_equal(found.tail[way.arcs], visited[:-1])
        and visited[-1] == target
        and found.duration_ms[way.arcs].sum() == way.duration_ms
    )


@settings(max_examples=300, deadline=None)
@given(graphs(has_ties=False))
def test_both_tell_the_same_length_of_the_quickest_way(found):
    quick, plain = contracted(found), DijkstraEngine(found)

    durations, lengths = quick.table(every(found), every(found))

    expected = plain.table(every(found), every(found))
    assert np.array_equal(durations, expected[0])
    assert np.array_equal(lengths, expected[1])
    for source in range(found.node_count):
        for target in np.flatnonzero(durations[source] >= 0):
            arcs = quick.way(source, int(target)).arcs
            assert found.length_cm[arcs].sum() == lengths[source, target]


@settings(max_examples=200, deadline=None)
@given(graphs(has_ties=False), st.data())
def test_a_table_is_the_same_swept_whole_swept_in_part_and_asked_pair_by_pair(found, data):
    engine = contracted(found)
    node = st.integers(0, found.node_count - 1)
    some = st.lists(node, min_size=1, max_size=5).map(lambda nodes: np.array(nodes, np.int32))
    sources, targets = data.draw(some), data.draw(some)
    whole = engine.table(sources, targets)

    with mock.patch.object(hierarchy, "NARROWED_BELOW", 0):
        in_part = engine.table(sources, targets)
    with mock.patch.object(hierarchy, "PAIRS_A_SWEEP", 0):
        by_pairs = engine.table(sources, targets)

    for place in (0, 1):
        assert np.array_equal(in_part[place], whole[place])
        assert np.array_equal(by_pairs[place], whole[place])


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_one_row_and_one_column_are_those_of_the_whole_table(found):
    for engine in (contracted(found), DijkstraEngine(found)):
        durations, lengths = engine.table(every(found), every(found))

        row = engine.table(every(found)[:1], every(found))
        column = engine.table(every(found), every(found)[:1])

        assert np.array_equal(row[0], durations[:1])
        assert np.array_equal(column[0], durations[:, :1])
        assert np.array_equal(row[1] >= 0, lengths[:1] >= 0)


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_a_bound_is_never_above_the_quickest_way(found):
    ring = [(node, (node + 1) % found.node_count, 60, 1) for node in range(found.node_count)]
    arcs = zip(found.tail, found.head, found.duration_ms, found.length_cm, strict=True)
    closed = graph(found.node_count, [*arcs, *ring])
    durations, _ = DijkstraEngine(closed).table(every(closed), every(closed))

    tables = landmarks(closed, count=4)

    for end in every(closed):
        assert (
            bounds_ms(*tables, every(closed), every(closed)[end : end + 1]) <= durations[:, end]
        ).all()
        assert (
            bounds_ms(*tables, every(closed)[end : end + 1], every(closed)) <= durations[end]
        ).all()


def test_a_table_of_few_pairs_is_that_of_many():
    found = graph(
        400, [(n, (n + step) % 400, 7 + n % 5 * step, n) for n in range(400) for step in (1, 7)]
    )
    quick, plain = contracted(found), DijkstraEngine(found)
    few = np.array([3], np.int32)

    for engine in (quick, plain):
        assert engine.table(few, few + 100)[0] == plain.table(every(found), every(found))[0][3, 103]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a hierarchy"),
        (b"reiHtnoC" + bytes(16), "of another graph"),
        (b"x" * 400, "not a hierarchy"),
    ],
)
def test_a_file_that_is_no_hierarchy_is_refused(tmp_path, content, reason):
    path = tmp_path / "hierarchy.ch"
    path.write_bytes(content)

    with pytest.raises(HierarchyUnreadable, match=reason):
        hierarchy.sweeps(path, graph(3, [(0, 1, 1, 1), (1, 2, 1, 1)]))


def test_a_hierarchy_cut_short_or_changed_is_refused(tmp_path):
    found = graph(
        60, [(n, (n + step) % 60, 1 + n % 3, n) for n in range(60) for step in (1, 59, 9)]
    )
    path = tmp_path / "hierarchy.ch"
    hierarchy.build(found, path)
    whole = path.read_bytes()

    path.write_bytes(whole[:-4])
    with pytest.raises(HierarchyUnreadable, match="too short"):
        hierarchy.sweeps(path, found)
    path.write_bytes(whole + bytes(4))
    with pytest.raises(HierarchyUnreadable, match="malformed"):
        hierarchy.sweeps(path, found)


def ring_of(count):
    steps = (1, 7, 31)
    return graph(
        count,
        [(n, (n + step) % count, 40 + n % 9 * step, n) for n in range(count) for step in steps],
    )


THREADS_SHARING = """
import sys
from types import SimpleNamespace
from essaim.core.roads.tests.test_engines import PAIRS, asked_by_threads, contracted, ring_of

engine = contracted(ring_of(300))
alone = [engine.way(*pair).duration_ms for pair in PAIRS]
engine._of_thread = SimpleNamespace()
sys.exit(any(asked_by_threads(engine, PAIRS) != alone for _ in range(50)))
"""
PAIRS = [(n % 300, n * 7 % 300) for n in range(4000)]


def asked_by_threads(engine, pairs):
    """Ask for all pairs from four threads at once, switching between them as often as can be."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = pool.map(lambda pair: engine.way(*pair), pairs)
            return [way.duration_ms for way in found]
    finally:
        sys.setswitchinterval(usual)


def test_threads_do_not_disturb_one_another():
    engine = contracted(ring_of(300))

    alone = [engine.way(*pair).duration_ms for pair in PAIRS]

    assert asked_by_threads(engine, PAIRS) == alone


def test_threads_that_share_a_query_would():
    """The sabotage twin: one query for all mixes answers up, or ends the process."""
    done = subprocess.run(
        [sys.executable, "-c", THREADS_SHARING],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
    )

    assert done.returncode != 0
    assert b"ImportError" not in done.stderr
    assert b"ModuleNotFoundError" not in done.stderr
