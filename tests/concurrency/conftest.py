"""Concurrency is proven with real processes on a cluster of its own, durability switched on."""

import shutil
from pathlib import Path

import pytest

from essaim.site import embedded_database
from tests.concurrency.harness import Arena

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def arena():
    """A migrated database on a private cluster with fsync on, reached by child processes only."""
    data_dir = ROOT / ".essaim" / "concurrency"
    shutil.rmtree(data_dir, ignore_errors=True)
    data_dir.mkdir(parents=True)
    with embedded_database.running(data_dir) as cluster:
        arena = Arena(data_dir=data_dir, dsn=cluster.dsn())
        arena.manage("migrate", "-v", "0", "--skip-checks")
        yield arena
    shutil.rmtree(data_dir, ignore_errors=True)
