"""Real extracts, when they are here: never kept in the repository.

`ESSAIM_DATA_SAMPLES` names their folder; else `shared/data` beside the repository is looked at.
"""

import os
from pathlib import Path

import pytest

from essaim.core.roads import actions
from essaim.core.roads.extract import Extract, read

REPOSITORY = Path(__file__).resolve().parents[5]


def folder() -> Path:
    named = os.environ.get("ESSAIM_DATA_SAMPLES")
    return Path(named) if named else REPOSITORY.parent / "shared" / "data"


def extract(name: str) -> Extract:
    """Read an extract of the samples; the test says that it did not run when it is not here."""
    path = folder() / "roads" / name
    if not path.is_file():
        pytest.skip(f"NOT RUN: no {name} in ESSAIM_DATA_SAMPLES nor in ../shared/data")
    pytest.importorskip("osmium", reason="NOT RUN: the extra [roads] is not installed")
    return read(path)


__all__ = ["actions", "extract", "folder"]
