"""Importing roads, and opening those of a territory."""

import hashlib
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from essaim.core.roads import hierarchy, landmarks, snapping, store
from essaim.core.roads.extract import Extract, read
from essaim.core.roads.network import network
from essaim.core.roads.refusals import RoadsMissing, RoadsUnusable
from essaim.core.roads.router import RoadRouter, Roads
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.store import FORMAT, Sheet
from essaim.core.roads.turning import road_graph

SUFFIXES: Final = (".osm.pbf", ".osm.gz", ".osm.bz2", ".osm")
VERSION_LETTERS: Final = 12
Told = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import made, by profile, and from how many ways."""

    sheets: dict[Profile, Sheet]
    way_count: int
    restriction_count: int


def _silent(step: str, count: int) -> None:
    del step, count


def import_extract(
    *,
    source: Path,
    folder: Path,
    now: datetime,
    profiles: Iterable[Profile] = tuple(Profile),
    told: Told = _silent,
) -> Imported:
    """Make the roads of a territory from an OpenStreetMap extract, and keep the extract.

    Nothing is replaced before all is made. The extract is kept so that roads that break, or that
    a new version reads otherwise, can be made again (`rebuild`).

    Args:
        folder: where the roads of this territory are kept.
        told: called with a step (`read`, then each profile) and how far it is.

    Raises:
        ExtractUnreadable: `source` is not an extract.
        NoRoadInExtract: it holds no road for a profile.
        RoadsToolMissing: the extra `[roads]` is not installed.
    """
    extract = read(source, lambda count: told("read", count))
    made = [roads_of(extract, profile) for profile in profiles]
    sheets = {}
    for roads in made:
        told(roads.profile.value, roads.graph.node_count)
        sheets[roads.profile] = store.save(
            folder, roads, source=extract.name, now=now, has_hierarchy=hierarchy.is_available()
        )
    _keep(source, folder)
    return Imported(sheets, len(extract.way_ids), len(extract.restrictions))


def roads_of(extract: Extract, profile: Profile) -> Roads:
    """Make the roads of one profile, in memory."""
    graph = road_graph(network_ := network(extract, profile), extract, profile)
    from_landmark, to_landmark = landmarks.landmarks(graph)
    named = f"{FORMAT} {profile} {extract.digest}"
    return Roads(
        profile=profile,
        version=hashlib.sha256(named.encode()).hexdigest()[:VERSION_LETTERS],
        graph=graph,
        names=network_.names,
        grid=snapping.grid(graph),
        from_landmark=from_landmark,
        to_landmark=to_landmark,
    )


def rebuild(*, folder: Path, now: datetime, told: Told = _silent) -> Imported:
    """Make the roads of a territory again from the extract that was kept.

    Raises:
        RoadsMissing: no extract was kept.
    """
    source = kept_source(folder)
    if source is None:
        raise RoadsMissing(profile="")
    return import_extract(source=source, folder=folder, now=now, told=told)


def open_roads(
    *, folder: Path, profile: Profile, now: datetime, told: Told = _silent
) -> RoadRouter:
    """Open saved roads; when they are broken or older, make them again first.

    Raises:
        RoadsMissing: none were saved.
        RoadsUnusable: they are broken and no extract was kept to make them again.
    """
    try:
        return store.load(folder, profile)
    except RoadsUnusable:
        if kept_source(folder) is None:
            raise
        rebuild(folder=folder, now=now, told=told)
        return store.load(folder, profile)


def kept_source(folder: Path) -> Path | None:
    """Return the extract that was kept, None when there is none."""
    kept = [folder / f"{store.SOURCE}{suffix}" for suffix in SUFFIXES]
    return next((path for path in kept if path.is_file()), None)


def _keep(source: Path, folder: Path) -> None:
    suffix = next((suffix for suffix in SUFFIXES if source.name.endswith(suffix)), source.suffix)
    kept = folder / f"{store.SOURCE}{suffix}"
    if kept.exists() and kept.samefile(source):
        return
    draft = kept.with_name(f".{kept.name}.tmp")
    shutil.copyfile(source, draft)
    for path in folder.glob(f"{store.SOURCE}.*"):
        path.unlink()
    draft.replace(kept)
