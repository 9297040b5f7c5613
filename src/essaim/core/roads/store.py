"""Roads on disk: written whole under another name, then put in place; refused when broken or older.

    roads/<territory>/source.osm.pbf        the extract they were made from, to make them again
    roads/<territory>/<profile>.json        what stands beside it, with a checksum of each file
    roads/<territory>/<profile>-<version>…/ one file an array, never copied, and the hierarchy

The small file changes last and in one step, so that a reader finds the old roads or the new ones.
"""

import json
import os
import secrets
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from essaim.core.roads import hierarchy
from essaim.core.roads.engines import DijkstraEngine, Engine
from essaim.core.roads.graph import RoadGraph
from essaim.core.roads.hierarchy import HierarchyEngine, HierarchyUnreadable, Levels, Sweeps
from essaim.core.roads.refusals import RoadsMissing, RoadsToolMissing, RoadsUnusable
from essaim.core.roads.router import RoadRouter, Roads
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.snapping import Grid

FORMAT: Final = 1
HIERARCHY: Final = "hierarchy.ch"
NAMES: Final = "names.json"
SOURCE: Final = "source"
KEYS: Final = frozenset(
    {"version", "place", "source", "imported_at", "node_count", "arc_count", "has_hierarchy"}
    | {"files"}
)
BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is told of saved roads without reading them."""

    version: str
    source: str
    imported_at: datetime
    node_count: int
    arc_count: int
    has_hierarchy: bool


def save(folder: Path, roads: Roads, *, source: str, now: datetime, has_hierarchy: bool) -> Sheet:
    """Write roads into a territory's folder, in place of earlier ones.

    Args:
        has_hierarchy: contract the graph too; without it every answer is a whole search.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # A name of its own: whoever still reads the same version is not disturbed.
    place = folder / f"{roads.profile}-{roads.version}-{secrets.token_hex(4)}"
    draft = folder / f".{place.name}.{os.getpid()}.tmp"
    draft.mkdir()
    try:
        _write(draft, roads, has_hierarchy=has_hierarchy)
        sheet = {
            "format": FORMAT,
            "version": roads.version,
            "place": place.name,
            "source": source,
            "imported_at": now.isoformat(),
            "node_count": roads.graph.node_count,
            "arc_count": roads.graph.arc_count,
            "has_hierarchy": has_hierarchy,
            "files": {path.name: _checksum(path) for path in sorted(draft.iterdir())},
        }
        draft.replace(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _put(_sheet_path(folder, roads.profile), json.dumps(sheet, indent=1))
    _drop_others(folder, roads.profile, place)
    return _sheet(sheet)


def sheet_of(folder: Path, profile: Profile) -> Sheet:
    """Return what stands beside saved roads.

    Raises:
        RoadsMissing: none were saved.
        RoadsUnusable: it cannot be read, or is of another format.
    """
    return _sheet(_read_sheet(folder, profile))


def load(folder: Path, profile: Profile) -> RoadRouter:
    """Open saved roads.

    Raises:
        RoadsMissing: none were saved.
        RoadsUnusable: a file is broken, missing, or of another format; `details` has the `reason`.
        RoadsToolMissing: neither ch-router nor scipy is installed.
    """
    sheet = _read_sheet(folder, profile)
    try:
        return _load(folder, profile, sheet)
    except RoadsUnusable:
        # Maybe an import took them away in between: then there are others.
        fresh = _read_sheet(folder, profile)
        if fresh["place"] == sheet["place"]:
            raise
        return _load(folder, profile, fresh)


def _load(folder: Path, profile: Profile, sheet: dict[str, Any]) -> RoadRouter:
    place = folder / sheet["place"]
    for name, checksum in sheet["files"].items():
        if not (place / name).is_file() or _checksum(place / name) != checksum:
            raise RoadsUnusable(profile=profile.value, reason=name)
    names = tuple(json.loads((place / NAMES).read_text(encoding="utf-8")))
    roads = Roads(
        profile=profile,
        version=sheet["version"],
        graph=RoadGraph(**_arrays(place, RoadGraph, "graph")),
        names=names,
        grid=Grid(**_arrays(place, Grid, "grid")),
        from_landmark=_array(place, "from_landmark"),
        to_landmark=_array(place, "to_landmark"),
    )
    return RoadRouter(roads, _engine(place, roads, has_hierarchy=sheet["has_hierarchy"]))


def _engine(place: Path, roads: Roads, *, has_hierarchy: bool) -> Engine:
    if has_hierarchy:
        try:
            return HierarchyEngine(place / HIERARCHY, _sweeps(place), roads.graph)
        except RoadsToolMissing:
            pass  # saved on another machine; scipy answers, more slowly
        except HierarchyUnreadable as problem:
            raise RoadsUnusable(profile=roads.profile.value, reason=str(problem)) from problem
    return DijkstraEngine(roads.graph)


def _write(place: Path, roads: Roads, *, has_hierarchy: bool) -> None:
    for part, name in ((roads.graph, "graph"), (roads.grid, "grid")):
        for key, array in _fields(part):
            np.save(place / f"{name}.{key}.npy", array)
    np.save(place / "from_landmark.npy", roads.from_landmark)
    np.save(place / "to_landmark.npy", roads.to_landmark)
    (place / NAMES).write_text(json.dumps(roads.names, ensure_ascii=False), encoding="utf-8")
    if has_hierarchy:
        hierarchy.build(roads.graph, place / HIERARCHY)
        sweeps = hierarchy.sweeps(place / HIERARCHY, roads.graph)
        np.save(place / "rank.npy", sweeps.rank)
        for name, levels in _fields(sweeps):
            if isinstance(levels, Levels):
                for key, array in _fields(levels):
                    np.save(place / f"{name}.{key}.npy", array)


def _sweeps(place: Path) -> Sweeps:
    return Sweeps(
        rank=_array(place, "rank"),
        **{
            field.name: Levels(**_arrays(place, Levels, field.name))
            for field in fields(Sweeps)
            if field.name != "rank"
        },
    )


def _fields(part: Any) -> Iterator[tuple[str, Any]]:
    return ((field.name, getattr(part, field.name)) for field in fields(part))


def _arrays(place: Path, kind: type, name: str) -> dict[str, Any]:
    return {field.name: _array(place, f"{name}.{field.name}") for field in fields(kind)}


def _array(place: Path, name: str) -> Any:
    """An array that stays on the disk: processes share the pages they read of it."""
    kept = np.load(place / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    return kept.view(np.ndarray)  # the same memory, without what memmap does at each look


def _sheet_path(folder: Path, profile: Profile) -> Path:
    return folder / f"{profile}.json"


def _read_sheet(folder: Path, profile: Profile) -> dict[str, Any]:
    path = _sheet_path(folder, profile)
    try:
        sheet: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found = sheet["format"]
    except FileNotFoundError as missing:
        raise RoadsMissing(profile=profile.value) from missing
    except (ValueError, KeyError, TypeError) as problem:
        raise RoadsUnusable(profile=profile.value, reason=path.name) from problem
    if found != FORMAT:
        raise RoadsUnusable(profile=profile.value, reason=f"format {found}")
    if KEYS - sheet.keys():
        raise RoadsUnusable(profile=profile.value, reason=path.name)
    return sheet


def _sheet(sheet: dict[str, Any]) -> Sheet:
    return Sheet(
        version=sheet["version"],
        source=sheet["source"],
        imported_at=datetime.fromisoformat(sheet["imported_at"]),
        node_count=sheet["node_count"],
        arc_count=sheet["arc_count"],
        has_hierarchy=sheet["has_hierarchy"],
    )


def _put(path: Path, text: str) -> None:
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _drop_others(folder: Path, profile: Profile, kept: Path) -> None:
    """Remove earlier versions. A process that still reads one keeps it until it lets go."""
    for path in folder.glob(f"{profile}-*"):
        if path != kept:
            shutil.rmtree(path, ignore_errors=True)


def _checksum(path: Path) -> int:
    value = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            value = zlib.crc32(block, value)
    return value
