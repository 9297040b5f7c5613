"""OSRM and Valhalla, played by a small HTTP server that speaks as they document."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from essaim.core.roads.positions import packed
from essaim.core.roads.refusals import NoWay, RouterUnreachable, TooFarFromRoads
from essaim.core.roads.rules.profiles import Profile
from essaim.core.roads.servers import AT_ONCE, server_router, unpacked_line
from essaim.core.territories.rules import Position, distance_m

LILLE, ARRAS, ISLAND, SEA = (
    Position(50.636600, 3.070000),
    Position(50.291000, 2.777500),
    Position(49.448000, -2.589500),
    Position(0.0, -30.0),
)


def far_m(origin, end):
    return round(distance_m(origin, end) * 1.2, 1)


def is_cut_off(origin, end):
    return (origin == ISLAND) is not (end == ISLAND)


class Osrm(BaseHTTPRequestHandler):
    """GET /{service}/v1/{profile}/{lng},{lat};...?options"""

    def log_message(self, *_):
        pass

    def do_GET(self):
        address = urlsplit(self.path)
        _, service, version, profile, along = address.path.split("/")
        options = {key: values[0] for key, values in parse_qs(address.query).items()}
        points = [
            Position(float(lat), float(lng))
            for lng, lat in (point.split(",") for point in along.split(";"))
        ]
        assert (version, profile) == ("v1", "driving")
        assert options["radiuses"] == ";".join(["1000"] * len(points))
        if SEA in points:
            return self.answer({"code": "NoSegment", "message": "no segment"}, 400)
        if service == "table":
            return self.answer(self.table(points, options))
        if is_cut_off(*points):
            return self.answer({"code": "NoRoute", "message": "no route"}, 400)
        return self.answer(self.route(*points, options))

    def route(self, origin, end, options):
        metres = far_m(origin, end)
        route = {"distance": metres, "duration": metres / 20, "weight": 1.0}
        if options["overview"] == "full":
            assert (options["geometries"], options["steps"]) == ("geojson", "true")
            route["geometry"] = {
                "type": "LineString",
                "coordinates": [[origin.lng, origin.lat], [end.lng, end.lat]],
            }
            part = {"distance": metres / 2, "duration": metres / 40}
            route["legs"] = [{"steps": [{"name": "A 1", **part}, {"name": "", **part}]}]
        return {"code": "Ok", "routes": [route], "waypoints": []}

    def table(self, points, options):
        assert options["annotations"] == "duration,distance"
        sources = [points[int(i)] for i in options["sources"].split(";")]
        targets = [points[int(i)] for i in options["destinations"].split(";")]
        assert len(sources) <= AT_ONCE
        assert len(targets) <= AT_ONCE
        metres = [
            [None if is_cut_off(source, target) else far_m(source, target) for target in targets]
            for source in sources
        ]
        seconds = [[far if far is None else far / 20 for far in row] for row in metres]
        return {"code": "Ok", "distances": metres, "durations": seconds}

    def answer(self, content, status=200):
        body = json.dumps(content).encode() if not isinstance(content, bytes) else content
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Valhalla(Osrm):
    """POST /route and /sources_to_targets with a JSON body."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert (asked["costing"], asked["units"]) == ("bicycle", "kilometers")
        if self.path == "/sources_to_targets":
            return self.answer(
                self.table(self.points(asked, "sources"), self.points(asked, "targets"))
            )
        assert self.path == "/route"
        origin, end = self.points(asked, "locations")
        if SEA in {origin, end}:
            error = "No suitable edges near location"
            return self.answer({"error_code": 171, "error": error, "status_code": 400}, 400)
        if is_cut_off(origin, end):
            error = "No path could be found for input"
            return self.answer({"error_code": 442, "error": error, "status_code": 400}, 400)
        return self.answer(self.trip(origin, end))

    def points(self, asked, name):
        assert all(place["search_cutoff"] == 1000 for place in asked[name])
        return [Position(place["lat"], place["lon"]) for place in asked[name]]

    def trip(self, origin, end):
        summary = {"length": far_m(origin, end) / 1000, "time": far_m(origin, end) / 5}
        half = {"length": summary["length"] / 2, "time": summary["time"] / 2}
        steps = [{"street_names": ["Voie verte", "EV5"], **half}, half]
        legs = [{"shape": encoded([origin, end]), "maneuvers": steps, "summary": summary}]
        return {"trip": {"status": 0, "units": "kilometers", "summary": summary, "legs": legs}}

    def table(self, sources, targets):
        rows = [
            [
                {
                    "from_index": row,
                    "to_index": column,
                    "distance": None if is_cut_off(a, b) else far_m(a, b) / 1000,
                    "time": None if is_cut_off(a, b) else far_m(a, b) / 5,
                }
                for column, b in enumerate(targets)
            ]
            for row, a in enumerate(sources)
        ]
        return {"units": "kilometers", "sources_to_targets": rows}


class Broken(Osrm):
    """Answers something else: see `content`."""

    content, status = b"", 200

    def do_GET(self):
        self.answer(self.content, self.status)

    def do_POST(self):
        self.do_GET()


def encoded(points):
    """Write a polyline of six decimals, after the description of the format."""
    text, before = "", (0, 0)
    for point in points:
        now = round(point.lat * 1e6), round(point.lng * 1e6)
        for step in (now[0] - before[0], now[1] - before[1]):
            value = ~(step << 1) if step < 0 else step << 1
            while value >= 0x20:
                text += chr((0x20 | (value & 0x1F)) + 63)
                value >>= 5
            text += chr(value + 63)
        before = now
    return text


@pytest.fixture
def serve():
    """Start a server on a port of its own; it stops with the test."""
    running = []

    def start(handler):
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture(params=["osrm", "valhalla"])
def router(request, serve):
    if request.param == "osrm":
        return server_router(f"osrm+{serve(Osrm)}/", Profile.CAR)
    return server_router(f"valhalla+{serve(Valhalla)}", Profile.BICYCLE)


SPEED = {Profile.CAR: 20, Profile.BICYCLE: 5}


def test_a_server_tells_how_far_and_how_long(router):
    route = router.distance(LILLE, ARRAS)

    assert route.distance_m == round(far_m(LILLE, ARRAS))
    assert route.duration_s == round(far_m(LILLE, ARRAS) / SPEED[router.profile])
    assert not route.is_approximate


def test_a_server_tells_the_way(router):
    found = router.path(LILLE, ARRAS)

    assert found.route == router.distance(LILLE, ARRAS)
    assert found.points == (LILLE, ARRAS)
    assert [step.name for step in found.steps] in (["A 1", ""], ["Voie verte", ""])
    assert sum(step.distance_m for step in found.steps) == found.route.distance_m


def test_a_server_fills_a_table_in_parts_and_says_where_no_way_leads(router):
    sources = [LILLE, ISLAND] + [Position(50.5, 3 + n / 1000) for n in range(AT_ONCE)]
    targets = [ARRAS, ISLAND] + [Position(50.4, 3 + n / 1000) for n in range(AT_ONCE)]

    table = router.matrix(sources, targets)

    assert table.distance_m.shape == (AT_ONCE + 2, AT_ONCE + 2)
    assert table.distance_m[0, 1] == table.duration_s[0, 1] == -1
    assert table.distance_m[1, 1] == 0
    for row in (0, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1):
        for column in (0, AT_ONCE, AT_ONCE + 1):
            if sources[row] != ISLAND:
                metres = far_m(sources[row], targets[column])
                assert table.distance_m[row, column] == round(metres)


def test_a_server_answers_about_numbers_of_positions(router):
    lats, lngs = np.array([LILLE.lat, ARRAS.lat]), np.array([LILLE.lng, ARRAS.lng])
    nodes = router.snap(lats, lngs).nodes

    row = router.one_to_many(nodes[0], nodes)
    column = router.many_to_one(nodes, nodes[1])

    assert row.distance_m.tolist() == [[0, round(far_m(LILLE, ARRAS))]]
    assert column.distance_m.tolist() == [[round(far_m(LILLE, ARRAS))], [0]]
    assert (router.lower_bounds_s(nodes[:1], nodes) <= row.duration_s[0]).all()
    assert 0 < router.lower_bounds_m(nodes[:1], nodes)[1] <= row.distance_m[0, 1]


def test_what_the_server_refuses_is_refused_in_our_words(router):
    with pytest.raises(NoWay):
        router.distance(LILLE, ISLAND)
    with pytest.raises(TooFarFromRoads):
        router.path(LILLE, SEA)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 200),
        (b"<html>", 200),
        (b"[]", 200),
        (b'{"code": "Ok"}', 200),
        (b'{"code": "Ok", "routes": []}', 200),
        (b'{"code": "Ok", "routes": [{"distance": "far"}], "trip": {}}', 200),
        (b'{"code": "InvalidOptions"}', 400),
        (b'{"error_code": 125}', 400),
        (b"oops", 502),
    ],
)
@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
def test_an_answer_of_another_shape_is_refused(serve, kind, content, status):
    base = serve(type("Answering", (Broken,), {"content": content, "status": status}))
    router = server_router(f"{kind}+{base}", Profile.CAR)

    for ask in (router.distance, router.path):
        with pytest.raises(RouterUnreachable):
            ask(LILLE, ARRAS)
    with pytest.raises(RouterUnreachable):
        router.matrix([LILLE], [ARRAS])


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
def test_a_server_that_is_not_there_is_said(serve, kind):
    nobody = ThreadingHTTPServer(("127.0.0.1", 0), Osrm)
    port = nobody.server_port
    nobody.server_close()

    with pytest.raises(RouterUnreachable):
        server_router(f"{kind}+http://127.0.0.1:{port}", Profile.CAR).distance(LILLE, ARRAS)


def test_each_profile_may_have_its_server():
    named = "car=osrm+http://a:1, foot=osrm+http://b:2"

    assert server_router(named, Profile.CAR).version == "OsrmRouter http://a:1"
    assert server_router(named, Profile.FOOT).version == "OsrmRouter http://b:2"
    assert server_router(named, Profile.BICYCLE) is None
    assert server_router("", Profile.CAR) is None


@pytest.mark.parametrize(
    "named", ["http://a", "osrm+ftp://a", "car=graphhopper+http://a", "boat=osrm+http://a"]
)
def test_a_setting_that_names_no_server_is_refused(named):
    with pytest.raises(ValueError, match=r"boat|ESSAIM_ROUTER_URL"):
        server_router(named, Profile.CAR)


def test_a_polyline_is_read_as_it_was_written():
    points = [LILLE, ARRAS, ISLAND, Position(-33.9, 18.4)]

    assert unpacked_line(encoded(points)) == points
    assert unpacked_line("") == []


def test_positions_keep_a_tenth_of_a_metre_as_numbers():
    nodes = packed(np.array([LILLE.lat, ISLAND.lat]), np.array([LILLE.lng, ISLAND.lng]))

    assert len(set(nodes.tolist())) == 2
