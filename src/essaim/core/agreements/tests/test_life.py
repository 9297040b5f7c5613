"""An agreement: recorded once, its split always whole, its life along a declared table."""

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from essaim.core.agreements import actions, queries
from essaim.core.agreements.actions import ShareDraft
from essaim.core.agreements.events import AgreementMoved
from essaim.core.agreements.models import Agreement, Basket, JournalEvent, Share, Transition
from essaim.core.agreements.rules import (
    GIVEN_UP,
    TRANSITIONS,
    SplitDoesNotSum,
    State,
    WrongState,
    check_transition,
    spoken_number,
)
from essaim.core.agreements.tests.deal import NOW, draft, made
from essaim.kernel import events

db = pytest.mark.django_db


def at_commit():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@given(st.sets(st.integers(0, 10**9), min_size=2, max_size=2))
def test_two_serials_are_never_said_the_same_way(serials):
    first, second = serials

    assert spoken_number(first) != spoken_number(second)
    assert len(spoken_number(max(serials))) <= 16


@pytest.mark.parametrize("start", State)
def test_what_was_given_up_stays_so_and_every_other_state_leads_somewhere(start):
    assert (TRANSITIONS[start] == frozenset()) is (start in GIVEN_UP)


@pytest.mark.parametrize(("start", "end"), [("proposed", "fulfilled"), ("settled", "cancelled")])
def test_a_step_that_is_not_in_the_table_is_refused(start, end):
    with pytest.raises(WrongState) as refusal:
        check_transition(start, end)

    assert refusal.value.details == {"state": start, "wanted": end}


@db
def test_an_agreement_is_recorded_whole_in_one_statement(django_assert_num_queries):
    wanted = draft()

    with django_assert_num_queries(1):
        is_new = actions.record(draft=wanted, now=NOW)

    assert is_new
    agreement = Agreement.objects.get(public_id=wanted.public_id)
    assert (agreement.pk, agreement.number) == (wanted.pk, wanted.number)
    assert [line.label for line in agreement.lines.all()] == ["Une chaise"]
    assert sum(agreement.shares.values_list("amount_cents", flat=True)) == 1234
    assert Transition.objects.get().to_state == "proposed"
    promise = JournalEvent.objects.get()
    assert (promise.phase, promise.resource, promise.quantity) == ("commitment", "Une chaise", 2)


@db
def test_an_agreement_is_told_as_it_will_be_read():
    wanted = draft()

    actions.record(draft=wanted, now=NOW)

    assert wanted.whole() == queries.whole(wanted.public_id)


@db
def test_an_agreement_recorded_twice_is_recorded_once():
    wanted = draft()
    actions.record(draft=wanted, now=NOW)

    again = actions.record(draft=wanted, now=NOW)

    assert not again
    assert Agreement.objects.count() == Transition.objects.count() == 1


@db
def test_an_agreement_without_lines_is_recorded_too():
    agreement = made(lines=())

    assert not agreement.lines.exists()


@db
def test_quotes_and_percent_signs_are_only_text():
    agreement = made(title="100 % d'ail; DROP TABLE x; %s %(now)s \\ \"")

    assert agreement.title == "100 % d'ail; DROP TABLE x; %s %(now)s \\ \""


@db
def test_shares_that_do_not_sum_are_refused_and_nothing_is_written():
    with pytest.raises(SplitDoesNotSum), transaction.atomic():
        actions.record(draft=draft(total_cents=1235), now=NOW)

    agreement = made()
    with pytest.raises(SplitDoesNotSum), transaction.atomic():
        actions.replace_split(
            agreement=agreement, total_cents=5, tax_cents=0,
            shares=[ShareDraft("commons", None, "x", 4)],
        )  # fmt: skip

    agreement.refresh_from_db()
    assert (agreement.total_cents, agreement.shares.count()) == (1234, 2)


@db
def test_a_split_is_replaced_as_often_as_wanted_and_may_hold_a_negative_part():
    agreement = made()

    for total in range(900, 950):
        shares = [ShareDraft("hub", None, "x", 1000), ShareDraft("help", None, "y", total - 1000)]
        actions.replace_split(agreement=agreement, total_cents=total, tax_cents=1, shares=shares)
        at_commit()

    parts = agreement.shares.order_by("position").values_list("position", "amount_cents")
    assert list(parts) == [(1, 1000), (2, -51)]
    assert Agreement.objects.get().total_cents == 949


def a_share_is_changed(agreement):
    Share.objects.filter(agreement=agreement, role="commons").update(amount_cents=233)


def a_share_is_added(agreement):
    agreement.shares.create(position=3, role="x", label="x", amount_cents=1)


def a_share_is_lost(agreement):
    Share.objects.filter(agreement=agreement, role="commons").delete()


def the_total_is_changed(agreement):
    Agreement.objects.filter(pk=agreement.pk).update(total_cents=1235)


HARMS = {
    a_share_is_changed: "DROP TRIGGER agreements_share_in_sum ON agreements_share",
    a_share_is_added: "DROP TRIGGER agreements_share_in_sum ON agreements_share",
    a_share_is_lost: "DROP TRIGGER agreements_share_in_sum ON agreements_share",
    the_total_is_changed: "DROP TRIGGER agreements_shares_sum ON agreements_agreement",
}


def done(harm, agreement):
    harm(agreement)
    at_commit()


def name_of(harm):
    return harm.__name__


@db
@pytest.mark.parametrize("harm", HARMS, ids=name_of)
def test_the_database_refuses_a_split_that_no_longer_sums(harm):
    agreement = made()
    at_commit()

    with pytest.raises(IntegrityError), transaction.atomic():
        done(harm, agreement)


@db
@pytest.mark.parametrize("harm", HARMS, ids=name_of)
def test_without_its_guard_the_split_is_broken(harm):
    agreement = made()
    at_commit()
    with connection.cursor() as cursor:
        cursor.execute(HARMS[harm])

    done(harm, agreement)

    agreement.refresh_from_db()
    shares = agreement.shares.values_list("amount_cents", flat=True)
    assert sum(shares) != agreement.total_cents


@db
def test_each_step_is_written_with_who_when_and_why():
    agreement = made()

    moved = actions.move(
        agreement=agreement, to_state=State.WITHDRAWN, by=agreement.receiver, now=NOW,
        reason="é" * 300,
    )  # fmt: skip

    step = Transition.objects.get(from_state="proposed")
    assert (moved.state, agreement.state) == ("withdrawn", "withdrawn")
    assert (step.to_state, step.done_by, step.done_at) == ("withdrawn", agreement.receiver, NOW)
    assert step.reason == "é" * 200


@db
def test_a_step_is_judged_on_what_the_database_says_not_on_what_the_caller_saw():
    agreement = made()
    stale = Agreement.objects.get(pk=agreement.pk)
    actions.move(agreement=agreement, to_state=State.EXPIRED, by=None, now=NOW)

    with pytest.raises(WrongState), transaction.atomic():
        actions.move(agreement=stale, to_state=State.ACCEPTED, by=None, now=NOW)

    assert Transition.objects.filter(to_state="accepted").count() == 0


@db
def test_many_move_together_and_everybody_is_told(django_capture_on_commit_callbacks, monkeypatch):
    heard = []
    monkeypatch.setitem(events._subscribers, AgreementMoved, [heard.append])
    deals = [made(state=State.FULFILLED) for _ in range(3)]

    with django_capture_on_commit_callbacks(execute=True):
        actions.move_all(agreements=deals, to_state=State.SETTLED, by=None, now=NOW)

    assert {row.state for row in Agreement.objects.all()} == {"settled"}
    assert heard == [AgreementMoved(deal.pk, "settled") for deal in deals]


@db
def test_none_moves_when_one_may_not():
    deals = [made(state=State.FULFILLED), made(state=State.ACCEPTED)]

    with pytest.raises(WrongState), transaction.atomic():
        actions.move_all(agreements=deals, to_state=State.SETTLED, by=None, now=NOW)

    assert not Agreement.objects.filter(state="settled").exists()


@db
def test_a_member_has_one_open_basket():
    agreement = made()
    member, territory = agreement.receiver, agreement.territory

    first = actions.open_basket(receiver=member, territory=territory, now=NOW)
    again = actions.open_basket(receiver=member, territory=territory, now=NOW)

    assert first == again
    with pytest.raises(IntegrityError), transaction.atomic():
        Basket.objects.create(receiver=member, territory=territory, created_at=NOW)
