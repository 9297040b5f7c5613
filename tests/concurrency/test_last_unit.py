"""Two hundred buyers, one jar: exactly one gets it, every time."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.concurrency
BUYERS = 200
PROCESSES = 8
CONSTRAINT = "food_hub_never_oversold"


@pytest.fixture(scope="module")
def hall(arena, tmp_path_factory):
    """The hub with its 200 buyers, written once."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.concurrency.seed", str(BUYERS)],
        env=arena.environment,
        check=True,
        capture_output=True,
        text=True,
    )
    path = tmp_path_factory.mktemp("seed") / "seed.json"
    path.write_text(made.stdout)
    return arena, path, json.loads(made.stdout)


def set_the_table(arena, seed, *, units: int, in_baskets: bool) -> None:
    """One unit on hand, baskets empty, or filled with goods that are no longer kept."""
    arena.sql("DELETE FROM food_hub_basketline")
    arena.sql("UPDATE food_hub_stockpool SET on_hand_units = %s, reserved_units = 0"
              " WHERE product_id = %s", [units, seed["product"]])  # fmt: skip
    if in_baskets:
        arena.sql(
            "INSERT INTO food_hub_basketline (basket_id, offer_id, quantity, kept_units)"
            " SELECT unnest(%s::bigint[]), %s, 1, 0",
            [seed["baskets"], seed["offer"]],
        )


def play(hall, *, rounds: int, sabotage: tuple[str, ...] = ()) -> list[int]:
    """Play rounds, half by basket and half by checkout; return how many won each."""
    arena, path, seed = hall
    won = []
    crowd = arena.crowd(
        PROCESSES, "tests.concurrency.last_unit_buyer", str(PROCESSES), str(path), *sabotage
    )
    with crowd:
        for number in range(rounds):
            order = "put" if number % 2 else "checkout"
            set_the_table(arena, seed, units=1, in_baskets=order == "checkout")
            heard = crowd.all_at_once(order)
            won.append(sum(counts["won"] for counts in heard))
            assert sum(sum(counts.values()) for counts in heard) == BUYERS
    return won


def jars_sold(arena, seed) -> int:
    return arena.one(
        "SELECT count(*) FROM food_hub_orderline l JOIN food_hub_variant v ON v.id = l.variant_id"
        " WHERE v.product_id = %s",
        [seed["product"]],
    )


def test_the_last_jar_is_sold_exactly_once_in_each_of_a_hundred_rounds(hall):
    arena, _, seed = hall
    sold_before = jars_sold(arena, seed)

    won = play(hall, rounds=100)

    assert won == [1] * 100
    assert jars_sold(arena, seed) - sold_before == 50
    assert arena.one("SELECT coalesce(sum(amount), 0) FROM ledger_entry") == 0


def test_without_the_lock_and_the_condition_the_same_test_sees_oversold_jars(hall):
    """The sabotage twin: both guards of the code and the one of the database removed."""
    arena = hall[0]
    definition = arena.one(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [CONSTRAINT]
    )
    arena.sql(f"ALTER TABLE food_hub_stockpool DROP CONSTRAINT {CONSTRAINT}")
    try:
        won = play(hall, rounds=8, sabotage=("reserve", "checkout"))
    finally:
        arena.sql("UPDATE food_hub_stockpool SET on_hand_units = 1, reserved_units = 0"
                  " WHERE NOT is_on_demand")  # fmt: skip
        arena.sql(f"ALTER TABLE food_hub_stockpool ADD CONSTRAINT {CONSTRAINT} {definition}")

    assert max(won[0::2]) > 1
    assert max(won[1::2]) > 1


def test_the_database_alone_never_lets_a_jar_be_sold_twice(hall):
    """The last guard by itself: the code's conditions removed, the constraint kept."""
    won = play(hall, rounds=6, sabotage=("checkout",))

    assert won[0::2] == [1] * 3
