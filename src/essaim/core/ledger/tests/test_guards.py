"""What the database itself refuses, each with its twin: without the guard the harm is done."""

import pytest
from django.db import IntegrityError, connection, transaction

from essaim.core.ledger import actions, queries
from essaim.core.ledger.models import Account, Entry, Hold, Transfer
from essaim.core.ledger.tests.chart import LATER, NOW, at_commit, move, purse, till, transfer
from essaim.kernel.identifiers import uuid7

pytestmark = pytest.mark.django_db


def sql(statement, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def without(guard):
    at_commit()
    sql(guard)


def header(unit="EUR"):
    return Transfer.objects.create(key=str(uuid7()), unit_id=unit, kind="raw", posted_at=NOW)


def entry(to, account, amount, unit="EUR"):
    return Entry.objects.create(transfer=to, account=account, unit_id=unit, amount=amount)


def a_cent_is_made():
    entry(header(), till(), 1)
    at_commit()


def units_are_mixed():
    hours = actions.open_account(code="hours", label="Heures", unit="HOUR")
    raw = header()
    entry(raw, till(), -1)
    entry(raw, hours, 1)
    at_commit()


def an_entry_is_rewritten():
    move("k", till(), purse(), 500)
    at_commit()
    Entry.objects.filter(amount=500).update(amount=499)


def an_entry_is_erased():
    move("k", till(), purse(), 500)
    sql("DELETE FROM ledger_entry")


def a_transfer_is_rewritten():
    move("k", till(), purse(), 500)
    Transfer.objects.update(posted_at=LATER)


def a_transfer_is_erased():
    header()
    sql("DELETE FROM ledger_transfer")


def an_account_falls_below_its_minimum():
    Account.objects.filter(pk=purse().pk).update(balance=-1)


def an_account_rises_above_its_maximum():
    Account.objects.filter(pk=purse(minimum=None, maximum=10).pk).update(balance=11)


def what_is_held_is_spent():
    wallet, hot = purse(), till()
    move("in", hot, wallet, 100)
    actions.place_hold(key="h", source=wallet, target=hot, amount=80, expires_at=LATER, now=NOW)
    Account.objects.filter(pk=wallet.pk).update(balance=79)


def an_entry_moves_nothing():
    entry(header(), till(), 0)
    at_commit()


def a_transfer_is_reversed_twice():
    move("k", till(), purse(), 500)
    for _ in range(2):
        Transfer.objects.create(
            key=str(uuid7()), unit_id="EUR", kind="r", posted_at=NOW, reverses=transfer("k")
        )


def a_key_is_used_twice():
    for _ in range(2):
        Transfer.objects.create(key="k", unit_id="EUR", kind="raw", posted_at=NOW)


def a_hold_takes_instead_of_giving():
    Hold.objects.create(
        key="h", source=purse(), target=till(), amount=-5, placed_at=NOW, expires_at=LATER
    )


HARMS = {
    a_cent_is_made: "DROP TRIGGER ledger_transfer_balances ON ledger_entry",
    units_are_mixed: "ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_account_unit",
    an_entry_is_rewritten: "DROP TRIGGER ledger_entry_is_append_only ON ledger_entry",
    an_entry_is_erased: "DROP TRIGGER ledger_entry_is_append_only ON ledger_entry",
    a_transfer_is_rewritten: "DROP TRIGGER ledger_transfer_is_append_only ON ledger_transfer",
    a_transfer_is_erased: "DROP TRIGGER ledger_transfer_is_append_only ON ledger_transfer",
    an_account_falls_below_its_minimum: (
        "ALTER TABLE ledger_account DROP CONSTRAINT ledger_not_below_minimum"
    ),
    an_account_rises_above_its_maximum: (
        "ALTER TABLE ledger_account DROP CONSTRAINT ledger_not_above_maximum"
    ),
    what_is_held_is_spent: "ALTER TABLE ledger_account DROP CONSTRAINT ledger_not_below_minimum",
    an_entry_moves_nothing: "ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_moves_something",
    a_transfer_is_reversed_twice: "ALTER TABLE ledger_transfer DROP CONSTRAINT {reverses}",
    a_key_is_used_twice: "ALTER TABLE ledger_transfer DROP CONSTRAINT {key}",
    a_hold_takes_instead_of_giving: (
        "ALTER TABLE ledger_hold DROP CONSTRAINT ledger_hold_is_positive"
    ),
}


def unique_constraint_on(column):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "ledger_transfer")
    return next(
        name
        for name, about in found.items()
        if about["columns"] == [column] and about["unique"] and not about["primary_key"]
    )


@pytest.fixture
def euro():
    till()


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_the_database_refuses(euro, harm):
    with pytest.raises(IntegrityError), transaction.atomic():
        harm()


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_without_its_guard_the_harm_is_done(euro, harm):
    names = {
        "reverses": unique_constraint_on("reverses_id"),
        "key": unique_constraint_on("key"),
    }
    without(HARMS[harm].format(**names))

    harm()


def test_a_cent_made_without_the_guard_is_found_by_the_nightly_check(euro):
    without(HARMS[a_cent_is_made])
    a_cent_is_made()

    assert queries.imbalances() == ["EUR: entries sum to 1"]


def test_a_balance_written_by_hand_is_found_by_the_nightly_check():
    wallet, hot = purse(), till()
    move("in", hot, wallet, 100)

    Account.objects.filter(pk=wallet.pk).update(balance=99)

    assert queries.imbalances() == ["purse: stored 99, entries say 100"]
