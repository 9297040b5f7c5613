"""Reading an OpenStreetMap extract (`.osm.pbf`, `.osm.gz`, `.osm`) into flat arrays.

The only module that knows pyosmium, which the extra `[roads]` installs.
"""

import hashlib
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from essaim.core.roads.arrays import Int32s, Int64s
from essaim.core.roads.libraries import library
from essaim.core.roads.refusals import ExtractUnreadable
from essaim.core.roads.rules.turns import Member
from essaim.core.roads.rules.ways import CROSSINGS, KEYS_READ, Tags

UNKNOWN: Final = np.iinfo(np.int32).max
"""A node that the extract names and does not hold: the way left it."""
E7: Final = 1e7
TOLD_EVERY: Final = 5000


@dataclass(frozen=True, slots=True)
class Relation:
    """A restriction as it was written, ruled later for each profile."""

    tags: Tags
    members: list[Member]


@dataclass(frozen=True, slots=True)
class Extract:
    """Ways that may be passed, and the nodes along them.

    Args:
        first: where the nodes of each way begin in the flat arrays; one more than ways.
        nodes, lat_e7, lng_e7: OSM id and position (1e-7 degree) of each node along each way.
        barriers: tags of nodes that may stop somebody.
    """

    name: str
    digest: str
    way_ids: Int64s
    way_tags: list[Tags]
    first: Int64s
    nodes: Int64s
    lat_e7: Int32s
    lng_e7: Int32s
    barriers: dict[int, Tags]
    restrictions: list[Relation]


@dataclass(slots=True)
class _Draft:
    way_ids: "array[int]" = field(default_factory=lambda: array("q"))
    way_tags: list[Tags] = field(default_factory=list)
    first: "array[int]" = field(default_factory=lambda: array("q", [0]))
    nodes: "array[int]" = field(default_factory=lambda: array("q"))
    lat_e7: "array[int]" = field(default_factory=lambda: array("i"))
    lng_e7: "array[int]" = field(default_factory=lambda: array("i"))
    barriers: dict[int, Tags] = field(default_factory=dict)
    restrictions: list[Relation] = field(default_factory=list)


def read(path: Path, told: Callable[[int], None] = lambda _: None) -> Extract:
    """Read the ways, barriers and restrictions of a file.

    Args:
        told: called now and then with the number of ways read so far.

    Raises:
        RoadsToolMissing: pyosmium is not installed.
        ExtractUnreadable: `path` is missing, cut short, or something else.
    """
    osmium = library("osmium")
    draft = _Draft()
    try:
        for one in _objects(osmium, path):
            _keep(one, draft)
            if one.is_way() and len(draft.way_ids) % TOLD_EVERY == 0:
                told(len(draft.way_ids))
        digest = _digest(path)
    except (OSError, RuntimeError, ValueError) as problem:
        raise ExtractUnreadable(name=path.name, reason=str(problem)) from problem
    told(len(draft.way_ids))
    return _finished(draft, path.name, digest)


def _objects(osmium: Any, path: Path) -> Any:
    """Nodes, then ways with the positions of their nodes, then relations that matter."""
    keys = osmium.filter.KeyFilter("highway", "route", "barrier", "restriction", "type")
    return osmium.FileProcessor(str(path)).with_locations().with_filter(keys)


def _keep(one: Any, draft: _Draft) -> None:
    if one.is_node():
        if "barrier" in one.tags:
            draft.barriers[one.id] = dict(one.tags)
    elif one.is_way():
        if "highway" in one.tags or one.tags.get("route") in CROSSINGS:
            _keep_way(one, draft)
    elif one.tags.get("type") == "restriction":
        members = [Member(member.type, member.ref, member.role) for member in one.members]
        draft.restrictions.append(Relation(dict(one.tags), members))


def _keep_way(way: Any, draft: _Draft) -> None:
    draft.way_ids.append(way.id)
    draft.way_tags.append({tag.k: tag.v for tag in way.tags if tag.k in KEYS_READ})
    for node in way.nodes:
        place = node.location
        is_known = place.valid()
        draft.nodes.append(node.ref)
        draft.lat_e7.append(place.y if is_known else UNKNOWN)
        draft.lng_e7.append(place.x if is_known else UNKNOWN)
    draft.first.append(len(draft.nodes))


def _finished(draft: _Draft, name: str, digest: str) -> Extract:
    return Extract(
        name=name,
        digest=digest,
        way_ids=np.array(draft.way_ids, np.int64),
        way_tags=draft.way_tags,
        first=np.array(draft.first, np.int64),
        nodes=np.array(draft.nodes, np.int64),
        lat_e7=np.array(draft.lat_e7, np.int32),
        lng_e7=np.array(draft.lng_e7, np.int32),
        barriers=draft.barriers,
        restrictions=draft.restrictions,
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
