"""Fifty posts with one key at the same instant make one order, and all hear the same."""

import http.client
import json
import threading

import pytest

from tests.concurrency.test_kill import Tree, free_port, installation

pytestmark = pytest.mark.concurrency
POSTS = 50


def post_together(port: int, seed: dict, *, key: str | None) -> list[tuple[int, dict]]:
    """Send the same order fifty times at once; with a key, go on while it is still running."""
    barrier = threading.Barrier(POSTS)
    heard: list[tuple[int, dict]] = []

    def send() -> None:
        body = json.dumps({"cycle": seed["cycle_public_id"], "slot": seed["slot"], "means": "cash"})
        headers = {
            "Authorization": f"Bearer {seed['tokens'][0]}",
            "Content-Type": "application/json",
        }
        if key:
            headers["Idempotency-Key"] = key
        barrier.wait()
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("POST", "/api/v1/food/orders", body, headers)
            answer = connection.getresponse()
            status, told = answer.status, json.loads(answer.read())
            connection.close()
            if told.get("code") != "web.still-running":
                heard.append((status, told))
                return

    threads = [threading.Thread(target=send) for _ in range(POSTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return heard


@pytest.fixture(scope="module")
def hub():
    with installation("one-key", 1, 100) as (arena, seed):
        tree = Tree(arena, free_port())
        try:
            tree.wait_until_it_answers()
            yield arena, seed, tree
        finally:
            tree.stop()


def fill(arena, seed):
    arena.sql("DELETE FROM food_hub_basketline")
    arena.sql(
        "INSERT INTO food_hub_basketline (basket_id, offer_id, quantity, kept_units)"
        " SELECT unnest(%s::bigint[]), %s, 1, 0",
        [seed["baskets"], seed["offer"]],
    )


def test_fifty_posts_with_one_key_make_one_order_and_one_answer(hub):
    arena, seed, tree = hub
    fill(arena, seed)

    heard = post_together(tree.port, seed, key="the-one")

    assert [status for status, _ in heard] == [201] * POSTS
    assert len({told["public_id"] for _, told in heard}) == 1


def test_without_a_key_the_same_posts_do_not_all_hear_the_same(hub):
    """The sabotage twin: the basket still sells once, but most are told that it failed."""
    arena, seed, tree = hub
    fill(arena, seed)

    heard = post_together(tree.port, seed, key=None)

    assert sum(status == 201 for status, _ in heard) == 1
    assert sum(status == 409 for status, _ in heard) == POSTS - 1
