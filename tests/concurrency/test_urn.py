"""Five hundred phones vote at once while the database is killed: each ballot is counted once."""

import json
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import psutil
import psycopg
import pytest

from essaim.site import embedded_database
from tests.concurrency.harness import ROOT, Arena

pytestmark = pytest.mark.concurrency
VOTERS, FEW, PROCESSES = 500, 150, 8


@pytest.fixture(scope="module")
def hall():
    """A database of its own, durable, revived when it dies."""
    data_dir = ROOT / ".essaim" / "urn"
    shutil.rmtree(data_dir, ignore_errors=True)
    data_dir.mkdir(parents=True)
    over = threading.Event()
    with embedded_database.running(data_dir) as cluster:
        arena = Arena(data_dir=data_dir, dsn=cluster.dsn())
        arena.manage("migrate", "-v", "0", "--skip-checks")
        keeper = threading.Thread(target=keep_alive, args=(cluster, over))
        keeper.start()
        yield arena
        over.set()
        keeper.join()
    shutil.rmtree(data_dir, ignore_errors=True)


def keep_alive(cluster, over):
    while not over.is_set():
        cluster.revive()
        time.sleep(0.1)


def seeded(arena, *order):
    made = subprocess.run(
        [sys.executable, "-m", "tests.concurrency.urn_desk", *order],
        env=arena.environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(made.stdout)


def kill_the_database(arena):
    pid_file = arena.data_dir / "postgres" / "postmaster.pid"
    with suppress(psutil.NoSuchProcess, OSError, IndexError):
        postmaster = psutil.Process(int(pid_file.read_text().splitlines()[0]))
        for victim in (postmaster, *postmaster.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                victim.send_signal(signal.SIGKILL)


def all_vote(arena, poll, *, kills, sabotage=()):
    crowd = arena.crowd(PROCESSES, "tests.concurrency.voter", str(PROCESSES), str(poll), *sabotage)
    with crowd:
        for actor in crowd.actors:
            actor.tell("vote")
        for _ in range(kills):
            time.sleep(random.uniform(0.3, 0.9))
            kill_the_database(arena)
        return [vote for actor in crowd.actors for vote in actor.hear()]


def opened(arena, voters_count):
    return seeded(arena, "open", str(voters_count))


def test_every_ballot_is_counted_once_while_the_database_is_killed(hall):
    seed = opened(hall, VOTERS)

    told = all_vote(hall, seed["poll"], kills=3)
    counted = seeded(hall, "count", str(seed["poll"]), *seed["keys"])

    assert counted["state"] == "counted"
    assert sorted(number for number, *_ in told) == list(range(1, VOTERS + 1))
    assert {second for *_, second in told} == {"refused"}
    assert sorted(counted["ballots"]) == sorted(
        [tracker, json.dumps(choice)] for _, tracker, choice, _ in told
    )


def test_a_count_that_is_killed_has_counted_nothing_and_is_done_again(hall):
    seed = opened(hall, FEW)
    told = all_vote(hall, seed["poll"], kills=0)
    killed = subprocess.Popen(
        [sys.executable, "-m", "tests.concurrency.urn_desk", "count", str(seed["poll"]),
         *seed["keys"]],
        env=hall.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not hall.one(
        "SELECT count(*) FROM pg_locks WHERE mode = 'RowExclusiveLock'"
        " AND relation = 'urn_publishedballot'::regclass"
    ):
        assert killed.poll() is None, "the count was over before it could be killed"
    kill_the_database(hall)
    killed.wait(timeout=60)
    wait_for(hall)
    kept = hall.sql(
        "SELECT state, (SELECT count(*) FROM urn_publishedballot WHERE poll_id = p.id),"
        " (SELECT count(*) FROM urn_urnslot WHERE poll_id = p.id AND is_used)"
        " FROM urn_poll AS p WHERE id = %s",
        [seed["poll"]],
    )

    counted = seeded(hall, "count", str(seed["poll"]), *seed["keys"])

    assert kept == [("closed", 0, FEW)]
    assert len(counted["ballots"]) == len(told) == FEW


def wait_for(arena):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(psycopg.Error):
            arena.one("SELECT 1")
            return
        time.sleep(0.1)


def test_without_the_tick_under_its_lock_the_urn_holds_too_many_ballots(hall):
    """The sabotage twin: every phone puts a ballot in."""
    seed = opened(hall, FEW)

    told = all_vote(hall, seed["poll"], kills=0, sabotage=("lock",))

    used = hall.one(
        "SELECT count(*) FROM urn_urnslot WHERE is_used AND poll_id = %s", [seed["poll"]]
    )
    assert used == 3 * len(told)
