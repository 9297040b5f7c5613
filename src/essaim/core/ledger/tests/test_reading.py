"""Reading: balances now and then, statements that add up, the trial balance."""

from datetime import timedelta

import pytest

from essaim.core.ledger import actions, queries
from essaim.core.ledger.models import Account
from essaim.core.ledger.tests.chart import NOW, move, purse, till

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def week():
    """Monday 500 in, Tuesday 120 out, Wednesday 30 in."""
    wallet, hot = purse(), till()
    move("monday", hot, wallet, 500, now=NOW)
    move("tuesday", wallet, hot, 120, now=NOW + DAY)
    move("wednesday", hot, wallet, 30, now=NOW + 2 * DAY)
    return wallet, hot


def test_a_balance_then_counts_what_came_strictly_before(week):
    wallet, hot = week

    assert queries.balance_at(wallet, at=NOW) == 0
    assert queries.balance_at(wallet, at=NOW + DAY) == 500
    assert queries.balance_at(hot, at=NOW + 3 * DAY) == -410 == queries.balance(hot)


def test_a_statement_starts_where_the_one_before_ended(week, django_assert_num_queries):
    wallet, _hot = week

    with django_assert_num_queries(2):
        lines = queries.statement(wallet, start=NOW + DAY, end=NOW + 2 * DAY)
    rest = queries.statement(wallet, start=NOW + 2 * DAY, end=NOW + 9 * DAY)

    assert [(line.amount, line.balance) for line in lines] == [(-120, 380)]
    assert [(line.amount, line.balance) for line in rest] == [(30, 410)]


def test_the_trial_balance_has_every_account_and_sums_to_zero(week, django_assert_num_queries):
    purse("empty")

    with django_assert_num_queries(1):
        rows = queries.trial_balance()

    assert [(row.code, row.stored, row.counted) for row in rows] == [
        ("empty", 0, 0),
        ("purse", 410, 410),
        ("till", -410, -410),
    ]


def test_a_checkpoint_changes_what_is_stored_and_nothing_that_is_read(week):
    wallet, hot = week
    before = queries.trial_balance()

    assert actions.write_checkpoints() == 1
    assert actions.write_checkpoints() == 0
    move("thursday", wallet, hot, 10, now=NOW + 3 * DAY)

    hot.refresh_from_db()
    assert hot.balance == -410
    assert queries.balance(hot) == -400
    assert [row.stored for row in before] == [410, -410]
    assert queries.imbalances() == []


def test_a_bounded_account_is_never_checkpointed(week):
    wallet, _hot = week

    actions.write_checkpoints()

    assert Account.objects.get(pk=wallet.pk).checkpoint_entry == 0
