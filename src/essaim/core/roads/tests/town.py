"""Small towns written as OpenStreetMap files: letters are crossings on a grid of 100 m."""

import math
from pathlib import Path
from xml.sax.saxutils import quoteattr

from essaim.core.roads import actions
from essaim.core.roads.engines import DijkstraEngine
from essaim.core.roads.extract import read
from essaim.core.roads.router import RoadRouter
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.snapping import METRES_A_DEGREE
from essaim.core.territories.rules import Position

SOUTH, WEST = 46.0, 2.0
SQUARE = """
    A B C
    D E F
    G H I
"""
STREET = {"highway": "residential"}


def node_id(letter: str) -> int:
    return ord(letter)


class Town:
    """A map drawn with letters, each a crossing; then ways, barriers and signs on it.

    Several letters in a cell are not needed: 100 m lie between two columns, and between two lines.
    """

    def __init__(self, drawing: str) -> None:
        lines = [line for line in drawing.splitlines() if line.strip()]
        indent = min(len(line) - len(line.lstrip()) for line in lines)
        self.places = {
            letter: self._position(row, (column - indent) / 2)
            for row, line in enumerate(lines)
            for column, letter in enumerate(line)
            if letter.strip()
        }
        self.ways: list[tuple[int, str, dict[str, str]]] = []
        self.barriers: dict[str, dict[str, str]] = {}
        self.signs: list[tuple[dict[str, str], list[tuple[str, int, str]]]] = []
        self.outside: set[str] = set()

    @staticmethod
    def _position(row: int, column: float) -> Position:
        narrowed = math.cos(math.radians(SOUTH))
        return Position(
            round(SOUTH - row * 100 / METRES_A_DEGREE, 7),
            round(WEST + column * 100 / METRES_A_DEGREE / narrowed, 7),
        )

    def way(self, letters: str, **tags: str) -> int:
        """Lay a street along letters; `_` in a key stands for `:`. Return its id."""
        tags = {key.replace("_", ":") if ":" not in key else key: v for key, v in tags.items()}
        tags = {_KEYS.get(key, key): value for key, value in tags.items()}
        base = {} if "route" in tags else STREET | {"name": f"rue {letters}"}
        self.ways.append((1000 + len(self.ways), letters, base | tags))
        return self.ways[-1][0]

    def barrier(self, letter: str, **tags: str) -> None:
        self.barriers[letter] = tags

    def sign(self, restriction: str, came_by: int, at: str, going: int, **tags: str) -> None:
        members = [("way", came_by, "from"), ("node", node_id(at), "via"), ("way", going, "to")]
        tags = {"type": "restriction", "restriction": restriction} | {
            key.rstrip("_"): value for key, value in tags.items()
        }
        self.signs.append((tags, members))

    def write(self, path: Path) -> Path:
        parts = ['<?xml version="1.0"?><osm version="0.6">']
        for letter, place in sorted(self.places.items()):
            if letter not in self.outside:
                at = f'id="{node_id(letter)}" lat="{place.lat}" lon="{place.lng}"'
                parts.append(f"<node {at}>{_tags(self.barriers.get(letter, {}))}</node>")
        for number, letters, tags in self.ways:
            refs = (f'<nd ref="{node_id(letter)}"/>' for letter in letters)  # codespell:ignore nd
            along = "".join(refs)
            parts.append(f'<way id="{number}">{along}{_tags(tags)}</way>')
        for number, (tags, members) in enumerate(self.signs, 1):
            lines = "".join(
                f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members
            )
            parts.append(f'<relation id="{number}">{lines}{_tags(tags)}</relation>')
        path.write_text("".join([*parts, "</osm>"]), encoding="utf-8")
        return path

    def router(self, folder: Path, profile: Profile = Profile.CAR) -> RoadRouter:
        extract = read(self.write(folder / "town.osm"))
        roads = actions.roads_of(extract, profile)
        return RoadRouter(roads, DijkstraEngine(roads.graph))

    def way_of(self, router: RoadRouter, origin: str, end: str) -> str:
        """Return the letters that the way goes by."""
        found = router.path(self.places[origin], self.places[end])
        letters = {place: letter for letter, place in self.places.items()}
        return "".join(letters.get(point, "?") for point in found.points)


_KEYS = {"motor:vehicle": "motor_vehicle"}


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())
