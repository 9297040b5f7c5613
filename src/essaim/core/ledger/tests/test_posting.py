"""Posting: balanced, once per key, within bounds, reversed at most once."""

import pytest
from django.db import IntegrityError, transaction

from essaim.core.ledger import actions, queries
from essaim.core.ledger.models import Account, Entry, Transfer
from essaim.core.ledger.rules import BoundExceeded, Draft, KeyTaken, check, merged
from essaim.core.ledger.tests.chart import (
    LATER,
    NOW,
    at_commit,
    draft,
    move,
    purse,
    till,
    transfer,
)
from essaim.kernel.identifiers import uuid7

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ((1, 0), (2, 0)),
        ((1, 5),),
        ((1, 5), (2, -4)),
        ((1, 5), (2, -5), (3, 0)),
    ],
)
def test_a_draft_that_does_not_balance_or_moves_nothing_is_a_bug(lines):
    with pytest.raises(ValueError, match="transfer k"):
        check(Draft(key="k", kind="test", lines=lines))


@pytest.mark.parametrize(("key", "kind"), [("", "test"), ("k" * 121, "test"), ("k", "t" * 41)])
def test_a_draft_whose_key_or_kind_does_not_fit_is_a_bug(key, kind):
    with pytest.raises(ValueError, match="too long"):
        check(Draft(key=key, kind=kind, lines=((1, 5), (2, -5))))


def test_lines_of_one_account_are_merged_and_those_that_come_to_nothing_dropped():
    assert merged([(3, 5), (1, 2), (3, -5), (1, -7), (2, 5)]) == ((1, -5), (2, 5))


def test_a_posting_moves_value_and_keeps_the_running_balance_of_bounded_accounts():
    wallet, hot = purse(), till()

    move("in", hot, wallet, 500)
    move("out", wallet, hot, 120)

    assert (queries.balance(wallet), queries.balance(hot)) == (380, -380)
    entries = Entry.objects.filter(account=wallet).order_by("id")
    assert [entry.running_balance for entry in entries] == [500, 380]
    assert set(Entry.objects.filter(account=hot).values_list("running_balance", flat=True)) == {
        None
    }


def test_several_transfers_are_one_statement_and_see_one_another(django_assert_num_queries):
    wallet, hot = purse(), till()
    drafts = [draft(f"k{n}", (hot, -n), (wallet, n)) for n in range(1, 31)]
    drafts.append(draft("back", (wallet, -465), (hot, 465)))

    with django_assert_num_queries(1):
        ids = actions.post(drafts=drafts, now=NOW)

    assert len(set(ids)) == 31
    assert queries.balance(wallet) == 0
    last = Entry.objects.filter(account=wallet).order_by("-id").values_list("running_balance")[0]
    assert last == (0,)


def test_a_known_key_posts_nothing_and_returns_the_earlier_transfer():
    wallet, hot = purse(), till()

    first = move("k", hot, wallet, 500)
    again = move("k", hot, wallet, 500)

    assert first == again
    assert queries.balance(wallet) == 500
    assert Transfer.objects.count() == 1


def test_a_key_twice_in_one_posting_counts_once():
    wallet, hot = purse(), till()
    same = draft("k", (hot, -5), (wallet, 5))

    ids = actions.post(drafts=[same, draft("other", (hot, -1), (wallet, 1)), same], now=NOW)

    assert ids[0] == ids[2] != ids[1]
    assert queries.balance(wallet) == 6


def test_a_known_key_with_other_lines_is_refused_and_nothing_is_written():
    wallet, hot = purse(), till()
    move("k", hot, wallet, 500)

    with pytest.raises(KeyTaken), transaction.atomic():
        actions.post(
            drafts=[
                draft("new", (hot, -1), (wallet, 1)),
                draft("k", (hot, -600), (wallet, 600)),
            ],
            now=NOW,
        )

    assert queries.balance(wallet) == 500
    assert not Transfer.objects.filter(key="new").exists()


@pytest.mark.parametrize(("minimum", "maximum", "amount"), [(0, None, -1), (None, 99, 100)])
def test_a_bound_is_never_passed_and_nothing_is_written(minimum, maximum, amount):
    wallet, hot = purse(minimum=minimum, maximum=maximum), till()

    with pytest.raises(BoundExceeded), transaction.atomic():
        actions.post(drafts=[draft("k", (wallet, amount), (hot, -amount))], now=NOW)

    assert queries.balance(wallet) == 0
    assert not Transfer.objects.exists()


def test_the_bounds_themselves_may_be_reached():
    wallet, hot = purse(minimum=-50, maximum=50), till()

    move("up", hot, wallet, 50)
    move("down", wallet, hot, 100)

    assert queries.balance(wallet) == -50


def post_and_check(mixed, unit):
    actions.post(drafts=[mixed], now=NOW, unit=unit)
    at_commit()


def test_two_units_never_meet_in_one_transfer():
    euros, hours = till(), actions.open_account(code="hours", label="Heures", unit="HOUR")

    for unit in ("EUR", "HOUR"):
        mixed = draft(f"in {unit}", (euros, -5), (hours, 5))
        with pytest.raises(IntegrityError), transaction.atomic():
            post_and_check(mixed, unit)

    assert not Transfer.objects.exists()


def test_an_account_is_opened_once_and_never_with_other_bounds_or_another_unit():
    wallet = purse()

    assert purse() == wallet
    with pytest.raises(ValueError, match="other bounds"):
        purse(minimum=-100)
    with pytest.raises(ValueError, match="another unit"):
        actions.open_account(code="purse", label="x", unit="HOUR", minimum=0)
    assert Account.objects.count() == 1


def test_a_long_name_is_cut_to_fit_the_label_and_a_long_reason_the_memo():
    account = actions.open_account(code="long", label="é" * 200)
    hot = till()

    actions.post(drafts=[draft("k", (account, 1), (hot, -1), memo="é" * 300)], now=NOW)

    assert len(account.label) == 120
    assert len(transfer("k").memo) == 200


def test_a_reversal_is_the_exact_opposite_and_happens_once_per_key():
    wallet, hot, reference = purse(), till(), uuid7()
    actions.post(drafts=[draft("k", (hot, -500), (wallet, 500), reference=reference)], now=NOW)

    first = actions.reverse(transfer=transfer("k"), key="undo", memo="oops", now=LATER)
    again = actions.reverse(transfer=transfer("k"), key="undo", memo="oops", now=LATER)

    assert first == again
    assert queries.balance(wallet) == queries.balance(hot) == 0
    undone = Transfer.objects.get(pk=first)
    assert (undone.kind, undone.reference, undone.reverses) == (
        "reversal:test",
        reference,
        transfer("k"),
    )


def test_a_transfer_is_not_reversed_a_second_time_under_another_key():
    wallet, hot = purse(), till()
    move("k", hot, wallet, 500)
    actions.reverse(transfer=transfer("k"), key="undo", memo="", now=LATER)

    with pytest.raises(KeyTaken), transaction.atomic():
        actions.reverse(transfer=transfer("k"), key="undo again", memo="", now=LATER)
    # As when two people reverse at the same instant: the database alone stands in the way.
    twin = draft("twin", (wallet, -500), (hot, 500), reverses=transfer("k").pk)
    with pytest.raises(KeyTaken), transaction.atomic():
        actions.post(drafts=[twin], now=LATER)

    assert queries.balance(wallet) == 0


def test_what_was_spent_meanwhile_cannot_be_taken_back():
    wallet, hot = purse(), till()
    move("in", hot, wallet, 500)
    move("out", wallet, hot, 500)

    with pytest.raises(BoundExceeded), transaction.atomic():
        actions.reverse(transfer=transfer("in"), key="undo", memo="", now=LATER)

    assert queries.balance(wallet) == 0


def test_all_that_was_posted_about_a_thing_is_undone_together_whatever_the_order():
    fund, hot, about = purse("fund"), till(), uuid7()
    move("gift", hot, fund, 100)
    actions.post(
        drafts=[draft("drawn", (fund, -100), (hot, 100), reference=about, kind="placed")], now=NOW
    )
    actions.post(
        drafts=[draft("back", (hot, -60), (fund, 60), reference=about, kind="repriced")], now=NOW
    )
    move("spent", fund, hot, 60)

    # Undoing "back" first would take 60 from an empty fund; together they give it 40.
    count = actions.reverse_all(
        reference=about, kinds=["placed", "repriced"], memo="cancelled", now=LATER
    )
    again = actions.reverse_all(
        reference=about, kinds=["placed", "repriced"], memo="cancelled", now=LATER
    )

    assert (count, again) == (2, 0)
    assert queries.balance(fund) == 40
    assert queries.imbalances() == []
