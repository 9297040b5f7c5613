"""Size alarms: a house stays readable while its files, functions and rooms stay small."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture import house

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
VIEW_LINES_MAX = 40
ROOM_LINES_MAX = {"kernel": 1500, "core": 2500, "commons": 2500, "trades": 4000}
SETTINGS_LINES_MAX = 300
# An alarm that was looked at: the room, its own limit, and why it is accepted.
ACCEPTED_ROOMS = {
    "trades/food_hub": (9000, "the first trade, whole: shop, desk, pick-up, statements, API"),
    "core/roads": (
        3000,
        "from a map file to an answer: signs, network, turns, two engines, two servers; no page",
    ),
    "commons/assembly": (
        4200,
        "from notice to decision, amendments inside motions; desk, urn, ballots, minutes are apart",
    ),
    "commons/sharing": (
        3200,
        "a year, its vote and the commons fund tell one ledger; campaigns are apart",
    ),
    "commons/campaigns": (
        2900,
        "from a draft to what is delivered or taken back, one money; titles are apart",
    ),
    "commons/cooperative": (
        3000,
        "requests, shares and departures are one register; statutes are apart",
    ),
    "commons/deliberation": (
        3000,
        "a proposal, its debate and the rounds on it are one course; consultations are apart",
    ),
}


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _code_lines(folder: Path) -> int:
    """Lines of a room that are neither blank nor comments; demo data is no logic, so left out."""
    lines = (
        line.strip()
        for path in house.sources(folder)
        if not path.stem.startswith("demo")
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    return sum(1 for line in lines if line and not line.startswith("#"))


def long_functions(module: ast.Module, lines_max: int) -> Iterator[tuple[str, int]]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > lines_max:
                yield node.name, length


def test_no_file_is_longer_than_400_lines():
    every = [path for path in house.PACKAGE.rglob("*.py") if "migrations" not in path.parts]
    every += (house.CODE_ROOT / "tests").rglob("*.py")
    every = [path for path in every if not path.stem.startswith("demo_")]  # tables of demo data
    long = {house.shown(path): _lines(path) for path in every if _lines(path) > FILE_LINES_MAX}

    house.expect_nothing(long)


def test_no_function_is_longer_than_60_lines_and_no_view_longer_than_40():
    long = {}
    for path in house.sources():
        is_view = path.stem in {"views", "api"} or path.parent.name in {"views", "api"}
        lines_max = VIEW_LINES_MAX if is_view else FUNCTION_LINES_MAX
        for name, length in long_functions(house.tree(path), lines_max):
            long[f"{house.shown(path)}:{name}"] = length

    house.expect_nothing(long)


def test_a_long_function_is_seen():
    module = ast.parse("def f():\n" + "    x = 1\n" * 61)

    assert list(long_functions(module, 60)) == [("f", 62)]


def test_rooms_stay_small():
    kernel = _code_lines(house.PACKAGE / "kernel")
    sizes = {"kernel": kernel} if kernel > ROOM_LINES_MAX["kernel"] else {}
    for room in house.rooms():
        size = _code_lines(room)
        usual = ROOM_LINES_MAX[room.parent.name]
        if size > ACCEPTED_ROOMS.get(house.shown(room), (usual, ""))[0]:
            sizes[house.shown(room)] = size

    house.expect_nothing(sizes)


def test_settings_stay_one_readable_file():
    assert _lines(house.PACKAGE / "site" / "settings.py") <= SETTINGS_LINES_MAX


def test_own_javascript_stays_under_300_lines():
    own = [p for p in (house.PACKAGE / "web" / "js").glob("*.js") if ".min." not in p.name]

    assert sum(_lines(path) for path in own) < 300


def test_there_is_no_catch_all_module():
    forbidden = {"utils", "helpers", "services", "signals", "common", "misc", "lib"}

    assert [house.shown(path) for path in house.sources() if path.stem in forbidden] == []
