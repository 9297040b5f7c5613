"""Routing servers of one's own, over HTTP: OSRM and Valhalla.

A host who runs one names it in `ESSAIM_ROUTER_URL`. Answers are read strictly: what is not of a
documented shape is refused, never guessed. Both are asked to look no farther than `SNAP_MAX_M` for
a road, and for at most `AT_ONCE` sources and targets at a time, which their default settings allow.

OSRM: https://project-osrm.org/docs/v5.24.0/api/ (route, table).
Valhalla: https://valhalla.github.io/valhalla/api/ (route, sources_to_targets).
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

import numpy as np

from essaim.core.roads.arrays import Floats, Int64s
from essaim.core.roads.geometry import distances_m
from essaim.core.roads.positions import packed, positions, unpacked
from essaim.core.roads.refusals import NoWay, RouterUnreachable, TooFarFromRoads
from essaim.core.roads.router import SNAP_MAX_M
from essaim.core.roads.routers import UNREACHED, Nodes, Stops, Table
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.rules.routes import Path, Route, steps
from essaim.core.territories.rules import Position

TIMEOUT_S: Final = 5.0
ANSWER_BYTES_MAX: Final = 32_000_000
AT_ONCE: Final = 50
FASTEST_KMH: Final = {Profile.CAR: 160.0, Profile.BICYCLE: 60.0, Profile.FOOT: 10.0}
"""No server lets anybody go faster: bounds rest on it."""
SLACK_M: Final = 2.0


class _Refused(Exception):
    """The server answered with an error of its own."""

    def __init__(self, answer: Any) -> None:
        super().__init__(answer)
        self.answer = answer


class ServerRouter(ABC):
    """What both servers share: asking, packed positions, tables in parts, bounds."""

    is_approximate = False

    def __init__(self, profile: Profile, base: str) -> None:
        """Answer for a profile from the server at `base`."""
        self.profile = profile
        self._base = base.rstrip("/")
        self.version = f"{type(self).__name__} {self._base}"
        # One's own server is asked directly, whatever proxy the machine uses.
        self._opener: OpenerDirector = build_opener(ProxyHandler({}))

    @abstractmethod
    def path(self, origin: Position, destination: Position) -> Path:
        """Return the quickest way with its points."""

    @abstractmethod
    def distance(self, origin: Position, destination: Position) -> Route:
        """Return how far and how long the quickest way is."""

    @abstractmethod
    def _part(
        self, sources: Sequence[Position], targets: Sequence[Position]
    ) -> tuple[Int64s, Int64s]:
        """Return metres and seconds for at most `AT_ONCE` sources and targets."""

    def matrix(self, sources: Sequence[Position], targets: Sequence[Position]) -> Table:
        """Return the ways from each source to each target."""
        metres = np.full((len(sources), len(targets)), UNREACHED, np.int64)
        seconds = metres.copy()
        for rows in _slices(len(sources)):
            for columns in _slices(len(targets)):
                part = self._part(sources[rows], targets[columns])
                metres[rows, columns], seconds[rows, columns] = part
        return Table(metres, seconds)

    def snap(self, lats: Floats, lngs: Floats) -> Stops:
        """Number positions; the server brings them to roads when it is asked for ways."""
        nodes = packed(lats, lngs)
        return Stops(nodes, np.zeros(len(nodes)))

    def one_to_many(self, origin: int, ends: Nodes) -> Table:
        """Return the ways from a position to each of others, as one row."""
        return self.matrix(positions(np.array([origin])), positions(ends))

    def many_to_one(self, origins: Nodes, end: int) -> Table:
        """Return the ways from each of some positions to one, as one column."""
        return self.matrix(positions(origins), positions(np.array([end])))

    def lower_bounds_s(self, origins: Nodes, ends: Nodes) -> Int64s:
        """Return the straight line at a speed that nobody exceeds."""
        metres = self.lower_bounds_m(origins, ends)
        return np.asarray(np.floor(metres * 3.6 / FASTEST_KMH[self.profile]), np.int64)

    def lower_bounds_m(self, origins: Nodes, ends: Nodes) -> Int64s:
        """Return the straight line between the roads that points may be brought to."""
        straight = distances_m(*unpacked(origins), *unpacked(ends))
        return np.maximum(np.floor(straight - 2 * SNAP_MAX_M - SLACK_M), 0).astype(np.int64)

    def _asked(self, address: str, body: object = None) -> Any:
        """Return the JSON that the server answers.

        Raises:
            RouterUnreachable: it does not answer, or no JSON.
            _Refused: it answers an error with a JSON body.
        """
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self._base}{address}", data, {"Content-Type": "application/json"})  # noqa: S310 - an address of the host's own settings
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                return json.loads(answer.read(ANSWER_BYTES_MAX))
        except HTTPError as error:
            with error:
                raise _Refused(_read_error(error)) from error
        except (OSError, HTTPException, ValueError) as problem:
            raise RouterUnreachable(reason=str(problem)) from problem


class OsrmRouter(ServerRouter):
    """An OSRM server, which holds one profile."""

    WORDS: Final = {Profile.CAR: "driving", Profile.BICYCLE: "cycling", Profile.FOOT: "walking"}

    def distance(self, origin: Position, destination: Position) -> Route:
        """Return how far and how long the quickest way is."""
        found = self._route(origin, destination, "overview=false")
        try:
            return Route(round(found["distance"]), round(found["duration"]))
        except (KeyError, TypeError) as problem:
            raise RouterUnreachable(reason=str(problem)) from problem

    def path(self, origin: Position, destination: Position) -> Path:
        """Return the quickest way with its points."""
        asked = "overview=full&geometries=geojson&steps=true"
        found = self._route(origin, destination, asked)
        try:
            points = [Position(lat, lng) for lng, lat in found["geometry"]["coordinates"]]
            stretches = [
                (step["name"], round(step["distance"] * 100), round(step["duration"] * 1000))
                for leg in found["legs"]
                for step in leg["steps"]
            ]
            route = Route(round(found["distance"]), round(found["duration"]))
        except (KeyError, TypeError, ValueError) as problem:
            raise RouterUnreachable(reason=str(problem)) from problem
        return Path(route, tuple(points), steps(stretches))

    def _route(self, origin: Position, destination: Position, options: str) -> Any:
        answer = self._answer("route", [origin, destination], options)
        try:
            return answer["routes"][0]
        except (KeyError, IndexError, TypeError) as problem:
            raise RouterUnreachable(reason=str(problem)) from problem

    def _part(
        self, sources: Sequence[Position], targets: Sequence[Position]
    ) -> tuple[Int64s, Int64s]:
        before = ";".join(str(place) for place in range(len(sources)))
        after = ";".join(str(len(sources) + place) for place in range(len(targets)))
        options = f"sources={before}&destinations={after}&annotations=duration,distance"
        answer = self._answer("table", [*sources, *targets], options)
        shape = (len(sources), len(targets))
        return _numbers(answer, "distances", shape), _numbers(answer, "durations", shape)

    def _answer(self, service: str, points: Sequence[Position], options: str) -> Any:
        along = ";".join(f"{point.lng:.6f},{point.lat:.6f}" for point in points)
        reach = ";".join([f"{SNAP_MAX_M:.0f}"] * len(points))
        address = f"/{service}/v1/{self.WORDS[self.profile]}/{along}?{options}&radiuses={reach}"
        try:
            answer = self._asked(address)
        except _Refused as refused:
            answer = refused.answer
        code = answer.get("code") if isinstance(answer, dict) else None
        if code == "NoSegment":
            raise TooFarFromRoads(distance_m=round(SNAP_MAX_M))
        if code in {"NoRoute", "NoTable"}:
            raise NoWay
        if code != "Ok":
            raise RouterUnreachable(reason=str(code))
        return answer


class ValhallaRouter(ServerRouter):
    """A Valhalla server, which holds all profiles."""

    WORDS: Final = {Profile.CAR: "auto", Profile.BICYCLE: "bicycle", Profile.FOOT: "pedestrian"}
    NO_ROAD_NEAR: Final = frozenset({171})
    NO_PATH: Final = frozenset({441, 442})

    def distance(self, origin: Position, destination: Position) -> Route:
        """Return how far and how long the quickest way is."""
        return self.path(origin, destination).route

    def path(self, origin: Position, destination: Position) -> Path:
        """Return the quickest way with its points."""
        asked = {"locations": [_location(origin), _location(destination)]}
        answer = self._answer("/route", asked)
        try:
            trip = answer["trip"]
            summary = trip["summary"]
            route = Route(round(summary["length"] * 1000), round(summary["time"]))
            points = [point for leg in trip["legs"] for point in unpacked_line(leg["shape"])]
            stretches = [
                (
                    next(iter(step.get("street_names", [])), ""),
                    round(step["length"] * 1e5),
                    round(step["time"] * 1e3),
                )
                for leg in trip["legs"]
                for step in leg["maneuvers"]
            ]
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
            raise RouterUnreachable(reason=str(problem)) from problem
        return Path(route, tuple(points), steps(stretches))

    def _part(
        self, sources: Sequence[Position], targets: Sequence[Position]
    ) -> tuple[Int64s, Int64s]:
        asked = {
            "sources": [_location(source) for source in sources],
            "targets": [_location(target) for target in targets],
        }
        rows = self._answer("/sources_to_targets", asked)
        shape = (len(sources), len(targets))
        try:
            cells = [cell for row in rows["sources_to_targets"] for cell in row]
            kilometres = [cell["distance"] for cell in cells]
            metres = [None if far is None else far * 1000 for far in kilometres]
            seconds = [cell["time"] for cell in cells]
        except (KeyError, TypeError) as problem:
            raise RouterUnreachable(reason=str(problem)) from problem
        found = {"metres": metres, "seconds": seconds}
        return _numbers(found, "metres", shape), _numbers(found, "seconds", shape)

    def _answer(self, address: str, asked: dict[str, Any]) -> Any:
        body = asked | {"costing": self.WORDS[self.profile], "units": "kilometers"}
        try:
            return self._asked(address, body)
        except _Refused as refused:
            answer = refused.answer
            code = answer.get("error_code") if isinstance(answer, dict) else None
            if code in self.NO_ROAD_NEAR:
                raise TooFarFromRoads(distance_m=round(SNAP_MAX_M)) from refused
            if code in self.NO_PATH:
                raise NoWay from refused
            raise RouterUnreachable(reason=str(code)) from refused


KINDS: Final = {"osrm": OsrmRouter, "valhalla": ValhallaRouter}


def server_router(named: str, profile: Profile) -> ServerRouter | None:
    """Return the server that the setting names for a profile, None when it names none.

    Raises:
        ValueError: the setting cannot be read (`named_servers`).
    """
    return named_servers(named).get(profile)


def named_servers(named: str) -> dict[Profile, ServerRouter]:
    """Return the server of each profile.

    Args:
        named: `valhalla+http://127.0.0.1:8002` for all, or one for each profile, separated by
            commas: `car=osrm+http://127.0.0.1:5000,foot=osrm+http://127.0.0.1:5001`.

    Raises:
        ValueError: the setting is neither.
    """
    found: dict[Profile, ServerRouter] = {}
    for word in (word.strip() for word in named.split(",") if word.strip()):
        whose, equals, address = word.rpartition("=")
        kind, _, base = address.partition("+")
        if kind not in KINDS or not base.startswith(("http://", "https://")):
            raise ValueError(f"ESSAIM_ROUTER_URL: {word!r}")
        for profile in (Profile(whose),) if equals else tuple(Profile):
            found.setdefault(profile, KINDS[kind](profile, base))
    return found


def unpacked_line(text: str) -> list[Position]:
    """Read an encoded polyline of six decimals, as Valhalla writes shapes."""
    values: list[int] = []
    value = shift = 0
    for letter in text:
        part = ord(letter) - 63
        value |= (part & 0x1F) << shift
        shift += 5
        if part < 0x20:
            values.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    lats, lngs = np.cumsum(values[0::2]), np.cumsum(values[1::2])
    pairs = zip(lats, lngs, strict=True)
    return [Position(round(lat / 1e6, 6), round(lng / 1e6, 6)) for lat, lng in pairs]


def _location(point: Position) -> dict[str, float]:
    return {"lat": point.lat, "lon": point.lng, "search_cutoff": SNAP_MAX_M}


def _slices(count: int) -> Iterator[slice]:
    return (slice(begin, begin + AT_ONCE) for begin in range(0, count, AT_ONCE))


def _numbers(answer: Any, name: str, shape: tuple[int, int]) -> Int64s:
    """Read a table of numbers, `null` where no way leads."""
    try:
        values = np.array(answer[name], np.float64).reshape(shape)
    except (KeyError, TypeError, ValueError) as problem:
        raise RouterUnreachable(reason=str(problem)) from problem
    return np.where(np.isnan(values), UNREACHED, np.rint(np.nan_to_num(values))).astype(np.int64)


def _read_error(error: HTTPError) -> Any:
    try:
        return json.loads(error.read(ANSWER_BYTES_MAX))
    except (OSError, ValueError):
        return None
