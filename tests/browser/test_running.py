"""What a killed run left behind is stopped and removed; what is not ours is left alone."""

import os
import subprocess
import sys

import psutil
import pytest

from essaim.site import embedded_database
from tests.browser import running

pytestmark = pytest.mark.browser


@pytest.fixture
def asleep():
    """A process that lives in a data folder, as the children of a demo do."""
    started = []

    def live_in(data_dir):
        command = [sys.executable, "-c", "import time; time.sleep(60)"]
        environment = os.environ | {"ESSAIM_DATA_DIR": str(data_dir)}
        started.append(subprocess.Popen(command, env=environment))
        return started[-1]

    yield live_in
    for process in started:
        process.kill()
        process.wait()


def test_the_database_and_the_processes_of_a_killed_run_are_swept_away(asleep):
    with running.free_folder() as folder:
        data_dir, elsewhere = folder / "killed", folder / "killed-not"
        orphan, stranger = asleep(data_dir), asleep(elsewhere)
        with embedded_database.running(data_dir) as cluster:
            server = psutil.Process(cluster.server.pid)

            running.sweep(data_dir)

            assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE
        assert not psutil.pid_exists(orphan.pid)
        assert stranger.poll() is None
        assert not data_dir.exists()
        assert not cluster.folder.exists()


def test_two_runs_side_by_side_never_share_a_folder():
    with running.free_folder() as one, running.free_folder() as other:
        assert one != other
