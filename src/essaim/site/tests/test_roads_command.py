"""`essaim roads`: what a volunteer types, and what is answered."""

import sys

import pytest

from essaim.core.roads.tests.town import Town
from essaim.site import cli

pytest.importorskip("osmium", reason="NOT RUN: the extra [roads] is not installed")
pytest.importorskip("scipy", reason="NOT RUN: the extra [roads] is not installed")


@pytest.fixture
def town(tmp_path):
    town = Town("""
        A B
        D C
    """)
    town.way("ABCDA", name="Tour de ville", oneway="yes")
    town.write(tmp_path / "town.osm")
    return town


@pytest.fixture
def essaim(tmp_path, capsys):
    """Type a command; return its exit code and what it said."""

    def typed(*words):
        where = ["--territory", "val", "--data-dir", str(tmp_path / "data")]
        with pytest.raises(SystemExit) as end:
            cli.main(["roads", words[0], *where, *words[1:]])
        return end.value.code, capsys.readouterr().out

    return typed


def point(town, letter):
    place = town.places[letter]
    return f"{place.lat},{place.lng}"


def test_a_map_is_imported_and_a_way_is_looked_up(town, essaim, tmp_path):
    code, said = essaim("import", str(tmp_path / "town.osm"))

    assert code == 0
    assert all(word in said for word in ("voiture", "vélo", "à pied", "© OpenStreetMap"))

    code, said = essaim("route", point(town, "B"), point(town, "A"))

    assert code == 0
    assert "300 m" in said.splitlines()[0]
    assert "voiture" in said.splitlines()[0]
    assert "Tour de ville" in said
    assert "© OpenStreetMap" in said


def test_one_profile_may_be_imported_alone(town, essaim, tmp_path):
    essaim("import", str(tmp_path / "town.osm"), "--profile", "foot")

    code, said = essaim("route", point(town, "B"), point(town, "A"), "--profile", "foot")
    assert (code, said.split(",")[0]) == (0, "100 m")
    code, said = essaim("route", point(town, "B"), point(town, "A"))
    assert code == 0
    assert "estimation" in said
    assert "environ 130 m" in said


def test_broken_roads_are_made_again_while_one_looks(town, essaim, tmp_path):
    essaim("import", str(tmp_path / "town.osm"))
    next((tmp_path / "data").rglob("graph.head.npy")).write_bytes(b"")

    code, said = essaim("route", point(town, "B"), point(town, "A"))

    assert (code, "300 m" in said) == (0, True)
    assert essaim("rebuild")[0] == 0


def test_what_cannot_be_done_is_said_in_french(town, essaim, tmp_path):
    (tmp_path / "letter.osm").write_text("Bonjour")

    assert essaim("import", str(tmp_path / "letter.osm")) == (
        1,
        "letter.osm ne se lit pas comme un fichier OpenStreetMap (.osm.pbf, .osm.gz ou .osm).\n",
    )
    assert "Aucune route n’a encore été importée" in essaim("rebuild")[1]
    code, said = essaim("route", "Lille", point(town, "A"))
    assert code == 2
    assert "latitude,longitude" in said
    essaim("import", str(tmp_path / "town.osm"))
    code, said = essaim("route", "45.0,2.0", point(town, "A"))
    assert code == 1
    assert "de la route connue la plus proche" in said


def test_without_the_extra_it_says_what_to_install(town, essaim, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "osmium", None)

    code, said = essaim("import", str(tmp_path / "town.osm"))

    assert code == 1
    assert "demandent osmium" in said
    assert "pip install essaim[roads]" in said
