"""Real connections at the same time: nothing lost, nothing doubled, nobody waits in a circle."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from essaim.core.ledger import actions, queries
from essaim.core.ledger.models import Account, Entry, Transfer
from essaim.core.ledger.rules import BoundExceeded, KeyTaken
from essaim.core.ledger.tests.chart import LATER, NOW, draft, move, purse, till, transfer

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 30


def apart(work, *arguments):
    """Run in a thread, on a connection of its own."""
    try:
        return work(*arguments)
    finally:
        connection.close()


def together(count, work):
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda number: apart(work, number), range(count)))


class SlowPoster:
    """Posts in a transaction that stays open until told to commit."""

    def __init__(self, *lines):
        self.has_posted, self.may_commit = threading.Event(), threading.Event()
        self.lines = lines
        self.thread = threading.Thread(target=apart, args=(self._post,))

    def _post(self):
        with transaction.atomic():
            actions.post(drafts=[draft("slow", *self.lines)], now=NOW)
            self.has_posted.set()
            self.may_commit.wait(PATIENCE_S)

    def __enter__(self):
        self.thread.start()
        assert self.has_posted.wait(PATIENCE_S)
        return self

    def commit(self):
        self.may_commit.set()
        self.thread.join(PATIENCE_S)

    def __exit__(self, *_):
        self.commit()


def checkpoint_without_the_lock():
    with connection.cursor() as cursor:
        cursor.execute(actions.WRITE_CHECKPOINTS)


def test_a_checkpoint_waits_for_a_posting_that_is_not_committed_yet():
    left, right = till("left"), till("right")

    with SlowPoster((left, -100), (right, 100)) as slow:
        move("fast", left, right, 1)
        assert actions.write_checkpoints(patience_ms=50) == 0
        slow.commit()
        assert actions.write_checkpoints() == 2

    assert queries.balance(right) == 101
    assert queries.imbalances() == []


def test_without_its_lock_a_checkpoint_loses_the_slow_posting():
    left, right = till("left"), till("right")

    with SlowPoster((left, -100), (right, 100)) as slow:
        move("fast", left, right, 1)
        checkpoint_without_the_lock()
        slow.commit()

    assert queries.balance(right) == 1
    assert queries.imbalances() == ["left: stored -1, entries say -101",
                                    "right: stored 1, entries say 101"]  # fmt: skip


def test_accounts_without_bounds_are_never_waited_for():
    left, right = till("left"), till("right")

    with SlowPoster((left, -100), (right, 100)), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
        move("fast", left, right, 1)

    assert queries.balance(right) == 101


def test_postings_in_both_directions_never_lock_in_a_circle_and_running_balances_are_exact():
    first, second = purse("first", minimum=-10_000), purse("second", minimum=-10_000)

    def post(number):
        for turn in range(15):
            pair = (first, second) if number % 2 else (second, first)
            move(f"{number}-{turn}", *pair, 1 + number + turn)

    together(6, post)

    for account in (first, second):
        running = 0
        for entry in Entry.objects.filter(account=account).order_by("id"):
            running += entry.amount
            assert entry.running_balance == running
        assert queries.balance(account) == running
    assert queries.imbalances() == []


def test_a_purse_is_never_spent_twice():
    wallet, hot = purse(), till()
    move("in", hot, wallet, 100)

    def spend(number):
        try:
            return bool(move(f"out-{number}", wallet, hot, 60))
        except BoundExceeded:
            return False

    assert sorted(together(6, spend)) == [False] * 5 + [True]
    assert queries.balance(wallet) == 40


def test_one_key_at_the_same_instant_is_one_transfer():
    wallet, hot = purse(), till()

    ids = together(6, lambda _number: move("k", hot, wallet, 100))

    assert len(set(ids)) == 1
    assert queries.balance(wallet) == 100
    assert Transfer.objects.count() == 1


def test_a_transfer_reversed_by_many_at_once_is_reversed_once():
    wallet, hot = purse(), till()
    move("k", hot, wallet, 100)
    done = transfer("k")

    def undo(number):
        try:
            return bool(actions.reverse(transfer=done, key=f"u{number}", memo="", now=NOW))
        except KeyTaken:
            return False

    assert sorted(together(6, undo)) == [False] * 5 + [True]
    assert queries.balance(wallet) == 0


def test_one_hold_key_at_the_same_instant_holds_once():
    wallet, hot = purse(), till()
    move("in", hot, wallet, 100)

    holds = together(
        6,
        lambda _number: (
            actions.place_hold(
                key="h", source=wallet, target=hot, amount=80, expires_at=LATER, now=NOW
            ).pk
        ),
    )

    assert len(set(holds)) == 1
    assert Account.objects.get(pk=wallet.pk).held_out == 80


def test_holds_that_expire_never_wait_in_a_circle_with_postings():
    first, second = purse("first", minimum=-10_000), purse("second", minimum=-10_000)
    hot = till()
    for number in range(40):
        actions.place_hold(
            key=f"h{number}", source=second if number % 2 else first, target=hot, amount=1,
            expires_at=LATER, now=NOW,
        )  # fmt: skip

    def work(number):
        if number == 0:
            return sum(actions.expire_holds(now=LATER, limit=5) for _ in range(10))
        for turn in range(20):
            move(f"{number}-{turn}", *((first, second) if number % 2 else (second, first)), 1)
        return 0

    expired = sum(together(5, work))

    assert expired == 40
    assert Account.objects.get(pk=first.pk).held_out == 0
    assert queries.imbalances() == []
