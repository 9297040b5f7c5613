"""The how-to is followed to the letter: its blocks are written down, migrated and tested."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "how-to" / "add-a-trade.md"
BLOCK = re.compile(r"```(?:python|html)\n(?:# |<!-- )(src/\S+)(?: -->)?\n(.*?)```", re.DOTALL)


def test_a_newcomer_who_follows_the_guide_gets_a_working_trade(tmp_path):
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "conftest.py", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    blocks = BLOCK.findall(GUIDE.read_text())
    for path, text in blocks:
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    trade = tmp_path / "src/essaim/trades/seeds"
    for folder in ("", "tests", "migrations"):
        (trade / folder).mkdir(exist_ok=True)
        (trade / folder / "__init__.py").touch()
    ours = ("DATABASE_URL", "ESSAIM_", "DJANGO_", "PYTEST_")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    environment = inherited | {"PYTHONPATH": f"{tmp_path / 'src'}{os.pathsep}{tmp_path}"}

    made = subprocess.run(
        [sys.executable, "-m", "essaim", "tool", "manage", "makemigrations", "seeds"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", str(trade)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert len(blocks) == 9
    assert tested.returncode == 0, tested.stdout
    assert "1 passed" in tested.stdout
