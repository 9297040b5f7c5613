"""Holds: counted pessimistically, then posted whole or in part, voided or expired, once."""

from datetime import timedelta

import pytest
from django.db import transaction

from essaim.core.ledger import actions, queries
from essaim.core.ledger.models import Account, Hold, Transfer
from essaim.core.ledger.rules import BoundExceeded, HoldResolved, HoldTooSmall, KeyTaken
from essaim.core.ledger.tests.chart import LATER, NOW, move, purse, till

pytestmark = pytest.mark.django_db


@pytest.fixture
def wallet():
    account = purse()
    move("in", till(), account, 100)
    return account


def hold(source, amount, *, target=None, key="h", expires_at=LATER):
    return actions.place_hold(
        key=key,
        source=source,
        target=target or till(),
        amount=amount,
        expires_at=expires_at,
        now=NOW,
    )


def held(account):
    return Account.objects.values_list("held_out", "held_in").get(pk=account.pk)


def test_what_is_held_can_neither_be_spent_nor_held_again(wallet):
    hold(wallet, 80)

    with pytest.raises(BoundExceeded), transaction.atomic():
        move("out", wallet, till(), 21)
    with pytest.raises(BoundExceeded), transaction.atomic():
        hold(wallet, 21, key="other")
    move("rest", wallet, till(), 20)

    assert queries.balance(wallet) == 80
    assert held(wallet) == (80, 0)
    assert Hold.objects.count() == 1


def test_what_is_to_come_counts_against_the_maximum_but_never_as_money_to_spend(wallet):
    jar = purse("jar", minimum=0, maximum=50)
    hold(wallet, 40, target=jar)

    with pytest.raises(BoundExceeded), transaction.atomic():
        move("too much", till(), jar, 11)
    with pytest.raises(BoundExceeded), transaction.atomic():
        move("not there yet", jar, till(), 1)

    assert held(jar) == (0, 40)


def test_part_of_a_hold_is_posted_and_the_rest_is_free_again(wallet):
    placed = hold(wallet, 80)

    transfer_id = actions.post_hold(hold=placed, amount=30, kind="used", memo="", now=NOW)

    placed.refresh_from_db()
    assert (placed.state, placed.transfer_id) == ("posted", transfer_id)
    assert queries.balance(wallet) == 70
    assert held(wallet) == (0, 0)


@pytest.mark.parametrize("amount", [0, -1, 81])
def test_no_more_than_what_was_held_is_posted(wallet, amount):
    placed = hold(wallet, 80)

    with pytest.raises(HoldTooSmall) as refusal, transaction.atomic():
        actions.post_hold(hold=placed, amount=amount, kind="used", memo="", now=NOW)

    assert refusal.value.details == {"held_cents": 80}
    assert held(wallet) == (80, 0)


def test_a_hold_ends_once(wallet):
    placed = hold(wallet, 80)
    actions.void_hold(hold=placed, now=NOW)

    with pytest.raises(HoldResolved), transaction.atomic():
        actions.post_hold(hold=placed, amount=80, kind="used", memo="", now=NOW)
    with pytest.raises(HoldResolved), transaction.atomic():
        actions.void_hold(hold=placed, now=NOW)

    assert held(wallet) == (0, 0)
    assert Transfer.objects.count() == 1


def test_at_the_very_instant_of_its_end_a_hold_is_over(wallet):
    placed = hold(wallet, 80)

    with pytest.raises(HoldResolved), transaction.atomic():
        actions.post_hold(hold=placed, amount=80, kind="used", memo="", now=LATER)
    assert actions.expire_holds(now=LATER - timedelta(microseconds=1)) == 0
    assert actions.expire_holds(now=LATER) == 1
    assert actions.expire_holds(now=LATER) == 0

    placed.refresh_from_db()
    assert (placed.state, placed.resolved_at) == ("expired", LATER)
    assert held(wallet) == (0, 0)


def test_many_holds_expire_together_and_the_others_stay(wallet):
    jar = purse("jar", maximum=100)
    for number in range(1, 6):
        hold(wallet, number, target=jar, key=f"h{number}")
    hold(wallet, 7, target=jar, key="stays", expires_at=LATER + timedelta(seconds=1))

    assert actions.expire_holds(now=LATER, limit=3) == 3
    assert held(wallet) == (16, 0)
    assert actions.expire_holds(now=LATER) == 2

    assert held(wallet) == (7, 0)
    assert held(jar) == (0, 7)
    assert queries.imbalances() == []


def test_a_known_key_returns_its_hold_and_holds_nothing_more(wallet):
    first = hold(wallet, 80)

    assert hold(wallet, 80) == first
    with pytest.raises(KeyTaken), transaction.atomic():
        hold(wallet, 10)

    assert held(wallet) == (80, 0)


@pytest.mark.parametrize("amount", [0, -5])
def test_a_hold_of_nothing_is_a_bug(wallet, amount):
    with pytest.raises(ValueError, match="hold h"):
        hold(wallet, amount)


def test_a_hold_on_oneself_or_in_another_unit_is_a_bug(wallet):
    hours = actions.open_account(code="hours", label="Heures", unit="HOUR")

    with pytest.raises(ValueError, match="hold h"):
        hold(wallet, 5, target=wallet)
    with pytest.raises(ValueError, match="hold h"):
        hold(wallet, 5, target=hours)


def test_a_hold_never_writes_on_an_account_without_bounds(wallet):
    hot = till()

    hold(wallet, 80, target=hot)

    assert held(hot) == (0, 0)


def test_a_hold_miscounted_by_hand_is_found_by_the_nightly_check(wallet):
    hold(wallet, 80)
    Account.objects.filter(pk=wallet.pk).update(held_out=79)

    assert queries.imbalances() == ["purse: holds stored 79 and 0, open ones say 80 and 0"]
