"""The how-to is followed to the letter: what it builds passes every check, in its own folder."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "how-to" / "add-a-trade.md"
BLOCK = re.compile(r"```(?:python|html|po)\n(?:# |<!-- )(src/\S+)(?: -->)?\n(.*?)```", re.DOTALL)
FOLDER = "src/essaim/trades/seeds"
PAGE = "docs/reference/trades/seeds.md"
ADDRESSES = "tests/matrix/test_matrix.py"
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".essaim", "__pycache__", ".ruff_cache", ".import_linter_cache", ".hypothesis",
    "build", "dist", "*.mo",
)  # fmt: skip
LEFT_OUT = ("__pycache__", ".essaim", ".mypy_cache", ".ruff_cache", ".import_linter_cache")


@pytest.fixture
def clone(tmp_path):
    return shutil.copytree(ROOT, tmp_path / "clone", ignore=NOT_COPIED)


def run(clone, *arguments):
    """Run a command of the newcomer with the Python of the tests, without their environment."""
    ours = ("DATABASE_URL", "ESSAIM_", "DJANGO_", "PYTEST_")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    paths = f"{clone / 'src'}{os.pathsep}{clone}"
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=clone, env=inherited | {"PYTHONPATH": paths}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(clone: Path) -> Iterator[tuple[str, bytes]]:
    for path in clone.rglob("*"):
        inside = path.relative_to(clone)
        if path.is_file() and path.suffix != ".mo" and not set(LEFT_OUT) & set(inside.parts):
            yield inside.as_posix(), path.read_bytes()


def test_a_newcomer_who_follows_the_guide_gets_a_trade_that_passes_every_check(clone):
    before = dict(files(clone))
    blocks = dict(BLOCK.findall(GUIDE.read_text(encoding="utf-8")))
    for name in (f"{FOLDER}/__init__.py", f"{FOLDER}/tests/__init__.py"):
        blocks[name] = ""
    for name, text in blocks.items():
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_text(text, encoding="utf-8")

    for tool in (("manage", "makemigrations", "seeds"), ("messages",), ("reference",)):
        run(clone, "essaim", "tool", *tool)
    checks = ("format", "lint", "templates", "spelling", "types", "imports", "catalogue")
    run(clone, "essaim", "test", "--only", *checks, "migrations")
    tested = run(
        clone, "pytest", "-q", "-p", "no:randomly", FOLDER, "tests/architecture",
        f"--ignore={Path(__file__).relative_to(ROOT)}",
        f"{ADDRESSES}::test_no_address_is_left_out_of_the_matrix",
        f"{ADDRESSES}::test_each_address_is_open_or_closed_to_each_role_as_the_matrix_says[seeds-pages]",
    )  # fmt: skip

    assert " passed" in tested
    after = dict(files(clone))
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    migration = {f"{FOLDER}/migrations/{name}.py" for name in ("__init__", "0001_initial")}
    assert changed == {*blocks, *migration, PAGE}
    assert [name for name, text in blocks.items() if after[name] != text.encode()] == []
