"""Checkouts go on while web processes and the database are killed: nothing lost or doubled."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import psutil
import psycopg
import pytest

from tests.concurrency.harness import ROOT, Arena

CHECKOUTS = int(os.environ.get("ESSAIM_KILL_CHECKOUTS", "1000"))
"""10,000 is the long form; its figures are in docs/explanation/performance.md."""
pytestmark = pytest.mark.concurrency
CLIENTS = 8


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Tree:
    """A running `essaim run`: its web processes and its database can be killed at any time."""

    def __init__(self, arena: Arena, port: int) -> None:
        self.arena, self.port = arena, port
        environment = {k: v for k, v in arena.environment.items() if k != "DATABASE_URL"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "essaim", "run", "--port", str(port), "--workers", "2",
             "--data-dir", str(arena.data_dir)],
            env=environment | {"ESSAIM_LOG_LEVEL": "CRITICAL"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                with closing(socket.create_connection(("127.0.0.1", self.port), timeout=1)):
                    return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError

    def web_processes(self) -> list[psutil.Process]:
        """The workers of Granian: the processes under the one that listens."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        masters = [p for p in children if "essaim.site.wsgi" in " ".join(p.cmdline())]
        return [p for p in masters if p.ppid() in {m.pid for m in masters}] or masters

    def kill_a_web_process(self, draw: random.Random) -> None:
        found = self.web_processes()
        if found:
            draw.choice(found).kill()

    def kill_the_database(self) -> None:
        """SIGKILL to the postmaster and to every one of its processes, as a power cut would."""
        pid_file = self.arena.data_dir / "postgres" / "postmaster.pid"
        try:
            postmaster = psutil.Process(int(pid_file.read_text().splitlines()[0]))
            victims = [postmaster, *postmaster.children(recursive=True)]
        except (psutil.NoSuchProcess, OSError, IndexError):
            return
        for victim in victims:
            try:
                victim.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)


@contextmanager
def installation(name: str, checkouts: int, stock: int, options: tuple[str, ...] = ()):
    """A data folder with a hub, `checkouts` members with a full basket each, and `stock` jars."""
    from essaim.site import embedded_database

    data_dir = ROOT / ".essaim" / name
    shutil.rmtree(data_dir, ignore_errors=True)
    data_dir.mkdir(parents=True)
    with embedded_database.running(data_dir, options) as cluster:
        arena = Arena(data_dir=data_dir, dsn=cluster.dsn())
        arena.manage("migrate", "-v", "0", "--skip-checks")
        made = subprocess.run(
            [sys.executable, "-m", "tests.concurrency.seed", str(checkouts), "tokens"],
            env=arena.environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        seed = json.loads(made.stdout)
        arena.sql(
            "INSERT INTO food_hub_basketline (basket_id, offer_id, quantity, kept_units)"
            " SELECT unnest(%s::bigint[]), %s, 1, 0",
            [seed["baskets"], seed["offer"]],
        )
        arena.sql(
            "UPDATE food_hub_stockpool SET on_hand_units = %s WHERE product_id = %s",
            [stock, seed["product"]],
        )
    (data_dir / "seed.json").write_text(made.stdout)
    try:
        yield arena, seed
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)


def check_out_under_fire(
    arena: Arena, *, seed_number: int, every_s=(2.0, 6.0), web_share: float = 0.6
) -> tuple[list, dict]:
    """Run the clients against `essaim run` while things die; return what they were told."""
    draw = random.Random(seed_number)
    tree = Tree(arena, free_port())
    counts = {"web": 0, "database": 0}
    try:
        tree.wait_until_it_answers()
        clients = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.concurrency.checkout_client",
                    str(n),
                    str(CLIENTS),
                    str(arena.data_dir / "seed.json"),
                    str(tree.port),
                    str(arena.data_dir / f"told-{n}.json"),
                ],
                env=arena.environment,
            )
            for n in range(CLIENTS)
        ]
        while any(client.poll() is None for client in clients):
            time.sleep(draw.uniform(*every_s))
            if draw.random() < web_share:
                tree.kill_a_web_process(draw)
                counts["web"] += 1
            else:
                tree.kill_the_database()
                counts["database"] += 1
                time.sleep(1.5)
        assert [client.wait() for client in clients] == [0] * CLIENTS
    finally:
        tree.stop()
    files = [arena.data_dir / f"told-{n}.json" for n in range(CLIENTS)]
    return [row for file in files for row in json.loads(file.read_text())], counts


@contextmanager
def looked_at(arena: Arena):
    """The database once more, alone, for the plain SQL eye."""
    from essaim.site import embedded_database

    with (
        embedded_database.running(arena.data_dir) as cluster,
        psycopg.connect(cluster.dsn()) as connection,
    ):
        yield lambda statement: connection.execute(statement).fetchall()


def truth_of(look, told: list, *, stock: int) -> dict[str, int]:
    """What the database holds against what the clients were told."""
    acknowledged = [row["order"] for row in told if "order" in row]
    kept = {str(row[0]) for row in look("SELECT public_id FROM agreements_agreement")}
    left = look("SELECT on_hand_units FROM food_hub_stockpool WHERE NOT is_on_demand")[0][0]
    return {
        "acknowledged": len(acknowledged),
        "lost": len(set(acknowledged) - kept),
        "never_told": len(kept - set(acknowledged)),
        "doubled": len(
            look("SELECT 1 FROM agreements_agreement GROUP BY receiver_id HAVING count(*) > 1")
        ),
        "oversold": max(0, len(kept) - stock) + max(0, -left),
        "stock_missing": stock - left - len(kept),
        "gave_up": sum(1 for row in told if "gave_up" in row),
        "ledger": int(look("SELECT coalesce(sum(amount), 0) FROM ledger_entry")[0][0]),
        "orders_without_transfer": look(
            "SELECT count(*) FROM agreements_agreement a WHERE NOT EXISTS"
            " (SELECT 1 FROM ledger_transfer t WHERE t.reference = a.public_id)"
        )[0][0],
        "transfers_without_order": look(
            "SELECT count(*) FROM ledger_transfer t WHERE NOT EXISTS"
            " (SELECT 1 FROM agreements_agreement a WHERE a.public_id = t.reference)"
        )[0][0],
    }


def test_nothing_is_lost_or_doubled_while_web_and_database_are_killed():
    seed_number = random.randrange(10**6)
    stock = CHECKOUTS * 9 // 10
    with installation("kill", CHECKOUTS, stock) as (arena, _):
        told, kills = check_out_under_fire(arena, seed_number=seed_number)
        with looked_at(arena) as look:
            truth = truth_of(look, told, stock=stock)

    print(f"\nseed {seed_number}, kills {kills}, {truth}")  # noqa: T201
    assert kills["database"] >= 1 or CHECKOUTS < 3000
    assert truth == dict.fromkeys(truth, 0) | {"acknowledged": stock}


def test_without_durable_commits_the_same_test_sees_lost_orders():
    """The sabotage twin: commits that only promise to be written are lost when the power goes."""
    options = ("synchronous_commit=off", "wal_writer_delay=10s", "wal_writer_flush_after=16MB")
    with installation("kill-twin", 600, 600, options) as (arena, _):
        (arena.data_dir / "postgres" / "postgresql.auto.conf").write_text(
            "".join(f"{option.split('=')[0]} = '{option.split('=')[1]}'\n" for option in options)
        )
        lost = 0
        for attempt in range(3):
            # Soon and the database only: once all have ordered, there is nothing left to lose.
            told, _ = check_out_under_fire(
                arena, seed_number=attempt, every_s=(0.4, 1.0), web_share=0.0
            )
            with looked_at(arena) as look:
                lost = max(lost, truth_of(look, told, stock=600)["lost"])
            if lost:
                break

    assert lost > 0
