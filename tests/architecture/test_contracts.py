"""Import contracts: the real tree keeps them, and each breaks on a house built wrong on purpose."""

import os
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.architecture import house

LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


def _lint(folder: Path, source: Path) -> tuple[int, str]:
    shown = subprocess.run(
        [LINT_IMPORTS, "--config", str(house.CODE_ROOT / ".importlinter"), "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(source), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return shown.returncode, shown.stdout + shown.stderr


def _contracts() -> ConfigParser:
    config = ConfigParser()
    config.read(house.CODE_ROOT / ".importlinter")
    return config


@pytest.fixture
def small_house(tmp_path):
    """A sound house with one room on each floor."""
    files = {
        "site/views.py": "import essaim.trades.carpool.views",
        "trades/carpool/rules.py": "import essaim.kernel.errors",
        "trades/carpool/models.py": "import essaim.trades.carpool.rules",
        "trades/carpool/actions.py": "import essaim.core.members.models",
        "trades/carpool/views.py": "import essaim.trades.carpool.actions",
        "trades/delivery/actions.py": "",
        "core/ledger/models.py": "import essaim.core.members.models",
        "core/members/models.py": "import essaim.kernel.errors",
        "core/members/rules.py": "",
        "web/pages.py": "import essaim.kernel.errors",
        "kernel/errors.py": "",
        "kernel/clock.py": "",
        "kernel/events.py": "",
        "kernel/trades.py": "",
        "commons/__init__.py": "",
    }
    for name, text in files.items():
        path = tmp_path / "essaim" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for folder in [*(tmp_path / "essaim").rglob("*/"), tmp_path / "essaim"]:
        (folder / "__init__.py").touch()
    return tmp_path


def test_no_import_is_excused():
    config = _contracts()

    assert not [name for name in config.sections() if config.has_option(name, "ignore_imports")]


def test_the_house_keeps_its_contracts():
    code, shown = _lint(house.CODE_ROOT, house.CODE_ROOT / "src")

    assert code == 0, shown


def test_a_sound_small_house_keeps_every_contract(small_house):
    code, shown = _lint(small_house, small_house)

    assert code == 0, shown


@pytest.mark.parametrize(
    ("contract", "file", "import_line"),
    [
        ("floors", "core/ledger/models.py", "import essaim.trades.carpool.models"),
        ("floors", "kernel/errors.py", "import essaim.web.pages"),
        ("floors", "utils/__init__.py", ""),
        ("core", "core/members/models.py", "import essaim.core.ledger.models"),
        ("core", "core/helpers/__init__.py", ""),
        ("commons", "commons/gazette/__init__.py", ""),
        ("trades", "trades/delivery/actions.py", "import essaim.trades.carpool.models"),
        ("kernel", "kernel/errors.py", "import jinja2"),
        ("pure-rules", "trades/carpool/rules.py", "from django.db import models"),
        ("pure-rules", "core/members/rules.py", "import essaim.kernel.clock"),
        ("pure-rules", "trades/carpool/rules.py", "import essaim.core.members.models"),
        ("room", "trades/carpool/models.py", "import essaim.trades.carpool.actions"),
        ("room", "trades/carpool/actions.py", "import essaim.trades.carpool.views"),
    ],
)
def test_a_house_built_wrong_breaks_the_contract(small_house, contract, file, import_line):
    path = small_house / "essaim" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(import_line)

    code, shown = _lint(small_house, small_house)

    name = _contracts()[f"importlinter:contract:{contract}"]["name"]
    assert code == 1
    assert f"{name} BROKEN" in shown
