"""Roads are saved whole or not at all, and refused when broken or of another format."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from essaim.core.roads import actions, hierarchy, store
from essaim.core.roads.engines import DijkstraEngine
from essaim.core.roads.refusals import NoRoadInExtract, RoadsMissing, RoadsUnusable
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.tests.town import Town

pytest.importorskip("osmium", reason="NOT RUN: the extra [roads] is not installed")
pytest.importorskip("scipy", reason="NOT RUN: the extra [roads] is not installed")

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CAR, FOOT = Profile.CAR, Profile.FOOT


@pytest.fixture
def town():
    town = Town("""
        A B C
        D E F
    """)
    town.way("ABCFEDA", oneway="yes")
    town.way("BE")
    return town


@pytest.fixture
def folder(town, tmp_path):
    """The folder of a territory whose roads were imported from the town."""
    source = town.write(tmp_path / "town.osm")
    actions.import_extract(source=source, folder=tmp_path / "roads", now=NOW)
    return tmp_path / "roads"


def test_saved_roads_answer_as_those_in_memory(town, folder, tmp_path):
    kept = store.load(folder, CAR)
    fresh = town.router(tmp_path)

    for origin in town.places.values():
        for end in town.places.values():
            assert kept.path(origin, end) == fresh.path(origin, end)
    assert kept.version == fresh.version


def test_an_import_tells_what_it_made(folder):
    sheet = store.sheet_of(folder, CAR)

    assert (sheet.source, sheet.imported_at) == ("town.osm", NOW)
    assert sheet.node_count == 4
    assert sheet.has_hierarchy is hierarchy.is_available()
    assert {path.name for path in folder.iterdir()} == {
        "source.osm",
        *(f"{profile}.json" for profile in Profile),
        *(json.loads((folder / f"{profile}.json").read_text())["place"] for profile in Profile),
    }


def test_importing_again_replaces_and_leaves_nothing_behind(town, folder, tmp_path):
    before = store.load(folder, CAR)
    town.way("CE")
    source = town.write(tmp_path / "town.osm")

    actions.import_extract(source=source, folder=folder, now=NOW, profiles=[CAR])

    after = store.load(folder, CAR)
    assert town.way_of(before, "C", "E") == "CFE"
    assert town.way_of(after, "C", "E") == "CE"
    assert after.version != before.version
    assert len(list(folder.glob("car-*"))) == 1
    assert store.load(folder, FOOT).version == store.sheet_of(folder, FOOT).version


def test_who_reads_while_roads_are_replaced_finds_the_new_ones(town, folder, monkeypatch):
    stale = store._read_sheet(folder, CAR)
    source = folder / "source.osm"
    actions.import_extract(source=source, folder=folder, now=NOW, profiles=[CAR])
    read = store._read_sheet
    sheets = iter([stale])
    monkeypatch.setattr(store, "_read_sheet", lambda *which: next(sheets, None) or read(*which))

    assert town.way_of(store.load(folder, CAR), "A", "C") == "ABC"
    assert not (folder / stale["place"]).exists()


def test_an_import_that_is_refused_changes_nothing(folder, tmp_path):
    before = sorted(path.name for path in folder.rglob("*"))
    empty = Town("A B")
    empty.way("AB", highway="footway")

    with pytest.raises(NoRoadInExtract):
        actions.import_extract(source=empty.write(tmp_path / "no.osm"), folder=folder, now=NOW)

    assert sorted(path.name for path in folder.rglob("*")) == before
    assert store.sheet_of(folder, CAR).source == "town.osm"


def test_where_nothing_was_imported_it_is_said(tmp_path):
    with pytest.raises(RoadsMissing):
        store.load(tmp_path, CAR)


def _broken(folder, name):
    place = next(folder.glob("car-*"))
    content = bytearray((place / name).read_bytes())
    content[-1] ^= 1
    (place / name).write_bytes(content)


@pytest.mark.parametrize("name", ["graph.head.npy", "names.json", "hierarchy.ch", "up.cost.npy"])
def test_one_changed_bit_is_seen(folder, name):
    if not hierarchy.is_available() and name in {"hierarchy.ch", "up.cost.npy"}:
        pytest.skip("NOT RUN: ch-router is not installed")
    _broken(folder, name)

    with pytest.raises(RoadsUnusable) as refusal:
        store.load(folder, CAR)
    assert refusal.value.details == {"profile": "car", "reason": name}
    assert store.load(folder, FOOT)


def test_a_missing_file_is_seen(folder):
    (next(folder.glob("car-*")) / "graph.head.npy").unlink()

    with pytest.raises(RoadsUnusable):
        store.load(folder, CAR)


def test_another_format_is_refused(folder):
    path = folder / "car.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": store.FORMAT - 1}))

    with pytest.raises(RoadsUnusable) as refusal:
        store.load(folder, CAR)
    assert refusal.value.details["reason"] == f"format {store.FORMAT - 1}"


@pytest.mark.parametrize("text", ["", "[]", '{"version": "x"}', '{"format": 1}', "{"])
def test_a_sheet_that_says_nothing_is_refused(folder, text):
    (folder / "car.json").write_text(text)

    with pytest.raises(RoadsUnusable):
        store.load(folder, CAR)


def test_broken_roads_are_made_again_from_the_extract_that_was_kept(town, folder):
    _broken(folder, "graph.head.npy")

    router = actions.open_roads(folder=folder, profile=CAR, now=NOW)

    assert town.way_of(router, "A", "C") == "ABC"
    assert store.load(folder, CAR)


def test_without_the_extract_broken_roads_stay_refused(folder):
    _broken(folder, "graph.head.npy")
    (folder / "source.osm").unlink()

    with pytest.raises(RoadsUnusable):
        actions.open_roads(folder=folder, profile=CAR, now=NOW)


def test_without_ch_router_the_plain_engine_answers(town, folder, monkeypatch):
    found = store.load(folder, CAR)
    monkeypatch.setitem(__import__("sys").modules, "routingkit_ch", None)

    plain = store.load(folder, CAR)

    assert isinstance(plain._engine, DijkstraEngine)
    nodes = np.arange(4)
    for node in nodes:
        expected = found.one_to_many(node, nodes)
        assert np.array_equal(plain.one_to_many(node, nodes).duration_s, expected.duration_s)


def test_an_import_without_ch_router_is_kept_without_hierarchy(town, tmp_path, monkeypatch):
    monkeypatch.setattr(hierarchy, "is_available", lambda: False)
    source = town.write(tmp_path / "town.osm")

    actions.import_extract(source=source, folder=tmp_path / "r", now=NOW, profiles=[CAR])

    assert not store.sheet_of(tmp_path / "r", CAR).has_hierarchy
    assert town.way_of(store.load(tmp_path / "r", CAR), "A", "C") == "ABC"
