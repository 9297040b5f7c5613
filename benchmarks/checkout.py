"""Orders per second: the real action against the same rows by raw statements and by one function.

The raw contender sends through psycopg alone the very statements of the action, their values
computed beforehand: what is left between the two is the price of a framework and of rules.
The stored function does all of it inside the database. All three run in turn in the same run, on
the same data, with fsync on. `python -m benchmarks.checkout actor …` is one of the processes.
"""

import http.client
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.serving import race, serving
from essaim.kernel.identifiers import uuid7

LINES = 5
PROCESSES = 8
CONTENDERS = ("raw", "function", "action")
QUANTITY, VARIANT, UNITS, PRODUCT = 1, 4, 6, 9
"""Columns of the action's statement that loads the lines of a basket."""
ROWS = ("lines", "transfers")
"""Parameters of the action's statements that are rows in JSON."""
ROOT = Path(__file__).parents[1]


def run(*, quick: bool) -> dict[str, Any]:
    """Measure; needs Django set up on a throw-away installation."""
    from benchmarks import checkout_world

    rounds, alone, together = (2, 60, 40) if quick else (5, 300, 150)
    per_round = len(CONTENDERS) * (alone + PROCESSES * together)
    web_orders = 400 if quick else 2400
    warm_ups = rounds * len(CONTENDERS) * (1 + PROCESSES)
    total = rounds * per_round + warm_ups + 6 * web_orders
    world = checkout_world.build(count=total, lines=LINES)
    takings: dict[tuple[str, int], list[float]] = {}
    latencies: list[float] = []
    next_basket = iter(range(10**9))
    for _ in range(rounds):
        for processes, orders in ((1, alone), (PROCESSES, together)):
            for contender in random.sample(CONTENDERS, len(CONTENDERS)):
                rate, times = _race(world, contender, processes, orders, next_basket)
                takings.setdefault((contender, processes), []).append(rate)
                if contender == "action" and processes == PROCESSES:
                    latencies += times
    web, pgbench = _over_http(world, web_orders, next_basket, rounds=2 if quick else 3)
    return {
        "name": "checkout",
        "data": {"baskets": total, "lines": LINES, "rounds": rounds, "fsync": "on"},
        "results": _results(takings, latencies, web, pgbench, world),
    }


def _results(
    takings: dict[tuple[str, int], list[float]],
    latencies: list[float],
    web: float,
    pgbench: float,
    world: dict[str, Any],
) -> list[dict[str, Any]]:
    rows = []
    for processes in (1, PROCESSES):
        action = median(takings["action", processes])
        for baseline, goal in (("raw", 0.6), ("function", None)):
            base = median(takings[baseline, processes])
            rows.append(
                _row(
                    f"orders/s, {processes} process(es), against {baseline}",
                    action, "orders/s", base, goal,
                )
            )  # fmt: skip
    latencies.sort()
    p99_ms = latencies[int(len(latencies) * 0.99)] * 1000
    rows.append(
        {"metric": f"p99 at {PROCESSES} processes", "value": round(p99_ms, 1), "unit": "ms",
         "baseline": None, "ratio": None, "goal": 60, "met": p99_ms <= 60}
    )  # fmt: skip
    rows.append(
        {"metric": "statements an order", "value": world["statements"], "unit": "statements",
         "baseline": None, "ratio": None, "goal": 8, "met": world["statements"] <= 8}
    )  # fmt: skip
    rows.append(_row("orders/s over HTTP, against pgbench", web, "orders/s", pgbench, 0.25))
    return rows


def _row(
    metric: str, value: float, unit: str, baseline: float, goal: float | None
) -> dict[str, Any]:
    ratio = value / baseline
    return {
        "metric": metric,
        "value": round(value, 1),
        "unit": unit,
        "baseline": round(baseline, 1),
        "ratio": round(ratio, 2),
        "goal": goal,
        "met": None if goal is None else ratio >= goal,
    }


def _race(
    world: dict[str, Any], contender: str, processes: int, orders: int, baskets: Iterator[int]
) -> tuple[float, list[float]]:
    """Let `processes` actors make `orders` each; return orders per second, seconds of each."""
    actors = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "benchmarks.checkout",
                "actor",
                contender,
                world["path"],
                str(next(baskets)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(processes)
    ]
    for actor in actors:
        _hear(actor)
    shares = [[next(baskets) for _ in range(orders)] for _ in actors]
    started = time.perf_counter()
    for actor, share in zip(actors, shares, strict=True):
        _tell(actor, share)
    times = [seconds for actor in actors for seconds in _hear(actor)]
    elapsed = time.perf_counter() - started
    for actor in actors:
        actor.communicate()
    return processes * orders / elapsed, times


def _tell(actor: "subprocess.Popen[str]", message: object) -> None:
    assert actor.stdin is not None
    actor.stdin.write(json.dumps(message) + "\n")
    actor.stdin.flush()


def _hear(actor: "subprocess.Popen[str]") -> Any:
    assert actor.stdout is not None
    return json.loads(actor.stdout.readline())


def actor(contender: str, world_path: str, warm_up: int) -> None:
    """One process: get ready, hear which baskets are mine, order them, say how long each took."""
    world = json.loads(Path(world_path).read_text())
    order = {"raw": _raw, "function": _function, "action": _action}[contender](world)
    order(warm_up)
    sys.stdout.write('"ready"\n')
    sys.stdout.flush()
    times = []
    for basket in json.loads(sys.stdin.readline()):
        started = time.perf_counter()
        order(basket)
        times.append(time.perf_counter() - started)
    sys.stdout.write(json.dumps(times) + "\n")
    sys.stdout.flush()


def _action(world: dict[str, Any]) -> Callable[[int], None]:
    import django

    django.setup()
    from essaim.core.members.models import Member
    from essaim.kernel import clock
    from essaim.trades.food_hub.actions import place_order

    somebody = Member(pk=world["member_ids"][0])

    def order(number: int) -> None:
        member_id = world["member_ids"][number]
        somebody.pk = member_id
        place_order(
            basket_id=world["basket_ids"][number],
            cycle_id=world["cycle_id"],
            slot_id=world["slot_id"],
            placed_by=somebody,
            receiver_id=member_id,
            means="cash",
            order_key=uuid7(),
            now=clock.now(),
        )

    return order


def _raw(world: dict[str, Any]) -> Callable[[int], None]:
    """The action's own statements, sent by psycopg, their values ready: no rule is computed."""
    connection = psycopg.connect(os.environ["DATABASE_URL"])
    statements = [(name, sql, _ready(parameters)) for name, sql, parameters in world["recorded"]]

    def order(number: int) -> None:
        key, now = uuid7(), world["now"]
        basket, member = world["basket_ids"][number], world["member_ids"][number]
        found: dict[str, Any] = {}
        with connection.cursor() as cursor:
            for name, sql, parameters in statements:
                cursor.execute(sql, _filled(name, parameters, found, basket, member, key, now))
                if name == "header":
                    row = cursor.fetchone()
                    found |= {key: row[place] for key, place in world["key_columns"].items()}
                elif name == "lines":
                    found["rows"] = cursor.fetchall()
                elif cursor.description:
                    cursor.fetchall()
        connection.commit()

    return order


def _filled(
    name: str, parameters: Any, found: dict[str, Any], basket: int, member: int, key: UUID, now: str
) -> Any:
    """Put this order's own keys into the values recorded from a model order."""
    if name in {"header", "lines"}:
        return parameters | {"basket": basket, "receiver": member}
    rows = found["rows"]
    if name == "record":
        number = f"R-{found['serial']}"
        return parameters | {
            "pk": found["agreement_id"], "public_id": key,
            "basket": basket, "receiver": member, "placed_by": member,
            "number": number,
            "lines": _with(parameters["lines"], item=[row[VARIANT] for row in rows]),
        }  # fmt: skip
    if name == "take":
        products = [row[PRODUCT] for row in rows]
        return parameters | {
            "agreement": found["agreement_id"],
            "products": products,
            "lines": _with(
                parameters["lines"],
                product=products,
                variant=[row[VARIANT] for row in rows],
                units=[row[UNITS] * row[QUANTITY] for row in rows],
            ),
            "basket_lines": [row[0] for row in rows],
        }
    if name == "ledger":
        transfer = str(uuid7())
        own = {"id": [transfer], "key": [f"order:{key}:placed"], "reference": [str(key)]}
        return parameters | {
            "transfers": _with(parameters["transfers"], **own),
            "lines": _with(parameters["lines"], transfer=[transfer] * len(parameters["accounts"])),
            "now": now,
        }
    if name == "payment":
        intent = uuid7()
        return [intent, found["agreement_id"], *parameters[2:4], str(intent), *parameters[5:]]
    if name == "email":
        return parameters | {"id": uuid7()}
    return parameters


def _ready(parameters: Any) -> Any:
    """Recorded values with the rows that get keys of their own read back from JSON."""
    if not isinstance(parameters, dict):
        return parameters
    rows = {name: json.loads(parameters[name]) for name in ROWS if name in parameters}
    return parameters | rows


def _with(rows: list[dict[str, Any]], **columns: list[Any]) -> str:
    """The recorded rows with this order's own keys, as the statement takes them."""
    for name, values in columns.items():
        for row, value in zip(rows, values, strict=False):
            row[name] = value
    return json.dumps(rows)


def _function(_world: dict[str, Any]) -> Callable[[int], None]:
    connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

    def order(number: int) -> None:
        connection.execute("SELECT bench_checkout(%s)", [number])

    return order


def _over_http(
    world: dict[str, Any], orders: int, baskets: Iterator[int], *, rounds: int
) -> tuple[float, float]:
    """Orders per second over HTTP with 8 clients, and pgbench's on the same transaction."""
    web, bench = [], []
    with serving() as port:
        for _ in range(rounds):
            share = [next(baskets) for _ in range(orders)]
            web.append(
                race(["benchmarks.checkout", "client", str(port), world["path"]], share, PROCESSES)
            )
            bench.append(_pgbench(world, [next(baskets) for _ in range(orders)]))
    return median(web), median(bench)


def client(port: int, world_path: str) -> None:
    """One HTTP client with a keep-alive connection, as a program of a member."""
    world = json.loads(Path(world_path).read_text())
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = json.dumps(
        {"cycle": world["cycle_public_id"], "slot": world["slot_id"], "means": "cash"}
    )
    sys.stdout.write('"ready"\n')
    sys.stdout.flush()
    done = 0
    for number in json.loads(sys.stdin.readline()):
        headers = {
            "Authorization": f"Bearer {world['token_prefix']}{number}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"order-{number}",
        }
        connection.request("POST", "/api/v1/food/orders", body, headers)
        answer = connection.getresponse()
        answer.read()
        done += answer.status == 201
    sys.stdout.write(f"{done}\n")
    sys.stdout.flush()


def _pgbench(world: dict[str, Any], share: list[int]) -> float:
    """Transactions per second of the stored function under pgbench, 8 clients."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            "DROP SEQUENCE IF EXISTS bench_next;"
            f"CREATE SEQUENCE bench_next START {share[0]} MINVALUE {share[0]}"
        )
    script = Path(world["path"]).with_name("checkout.sql")
    script.write_text("SELECT bench_checkout(nextval('bench_next'));\n")
    shown = subprocess.run(
        [world["pgbench"], "--no-vacuum", "--client", str(PROCESSES), "--jobs", "2",
         "--transactions", str(len(share) // PROCESSES), "--file", str(script),
         os.environ["DATABASE_URL"]],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    line = next(line for line in shown.stdout.splitlines() if line.startswith("tps"))
    return float(line.split()[2])


if __name__ == "__main__":
    if sys.argv[1] == "actor":
        actor(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        client(int(sys.argv[2]), sys.argv[3])
