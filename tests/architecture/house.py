"""What the tests of this folder share: the tree of sources, read once, and its trades."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from essaim.site.launch import CODE_ROOT, PACKAGE

__all__ = ["CODE_ROOT", "PACKAGE"]

FLOORS = ("kernel", "web", "core", "commons", "trades", "site")
# Words of everyday English that happen to name a trade of the plan; the others are trades already.
PLANNED_TRADES = (
    "food_hub",
    "delivery",
    "carpool",
    "carshare",
    "rental",
    "reuse",
    "lending",
    "repair",
    "neighbours",
    "hosting",
    "barter",
)


def sources(folder: Path = PACKAGE) -> Iterator[Path]:
    """Python files of the product: neither tests nor migrations."""
    for path in sorted(folder.rglob("*.py")):
        inside = path.relative_to(folder).parts
        if not {"tests", "migrations"} & set(inside):
            yield path


def templates(folder: Path = PACKAGE) -> Iterator[Path]:
    """Jinja2 templates of the product."""
    for path in sorted(folder.rglob("*")):
        if "jinja2" in path.relative_to(folder).parts and path.is_file():
            yield path


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix() if path.is_relative_to(PACKAGE) else path.name


def rooms() -> Iterator[Path]:
    """Folders of core, commons and trades: one app each."""
    for floor in ("core", "commons", "trades"):
        for folder in sorted((PACKAGE / floor).glob("*/")):
            if any(folder.glob("*.py")):
                yield folder


def words(text: str) -> set[str]:
    """Lower-case words of a text or a name; `pickup_point` has two, `pickupPoint` one."""
    return set(re.split(r"[^a-z]+", text.lower()))


def expect_nothing(found: Iterable[object]) -> None:
    """Fail with one line for each thing found, all of them."""
    lines = [str(thing) for thing in (found.items() if isinstance(found, dict) else found)]
    if lines:
        pytest.fail("\n" + "\n".join(lines), pytrace=False)
