"""Tests run on the embedded PostgreSQL: one cluster for the whole run, started before Django."""

import fcntl
import os
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
_running = ExitStack()


def _free_data_dir() -> Path:
    """Take the first test folder that no other run holds: two runs never share a cluster."""
    for number in count(1):
        folder = ROOT / ".essaim" / f"test-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        _running.callback(lock.close)
        return folder
    raise AssertionError


if "ESSAIM_DATA_DIR" not in os.environ:
    os.environ["ESSAIM_DATA_DIR"] = str(_free_data_dir())
# Named here and not in pyproject.toml: pytest-django would read the settings before this file.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "essaim.site.settings")
os.environ.setdefault("ESSAIM_SECRET_KEY", "tests-only-never-in-an-installation-0123456789abcdef")
os.environ.setdefault("ESSAIM_DEMO", "true")
Path(os.environ["ESSAIM_DATA_DIR"], "static").mkdir(parents=True, exist_ok=True)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    from essaim.site import embedded_database, launch

    if not hasattr(config, "workerinput"):
        launch.compile_catalogues()
        if not os.environ.get("DATABASE_URL"):
            # Durability is proven in tests/concurrency, on a cluster of its own with fsync on.
            options = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
            data_dir = Path(os.environ["ESSAIM_DATA_DIR"])
            cluster = _running.enter_context(embedded_database.running(data_dir, options))
            os.environ["DATABASE_URL"] = cluster.dsn()
    import django

    django.setup()
    import essaim.site.urls  # noqa: F401 - reads settings: before any test changes them


def pytest_unconfigure(config: pytest.Config) -> None:
    _running.close()


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def media_in_a_temporary_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
