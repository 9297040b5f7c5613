"""The register of titles: numbered, never rewritten, equal to the ledger; interest once a year."""

import pytest
from django.db import IntegrityError, connection, transaction

from essaim.commons.titles import actions, queries
from essaim.commons.titles.models import Interest, InterestYear, Title, TitleEnd
from essaim.commons.titles.rules import refusals
from essaim.commons.titles.tests import registers as r
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Transfer
from essaim.kernel.identifiers import uuid7

pytestmark = pytest.mark.django_db


def test_titles_are_numbered_in_the_order_of_their_issue_and_the_ledger_agrees(world):
    first, second = r.issue(world, world.amina), r.issue(world, world.farmer, cents=50_000)

    assert (first.number, second.number) == (1, 2)
    assert queries.outstanding_cents(world.register) == 60_000
    assert queries.reconciles(world.register)


def test_a_title_paid_once_is_issued_once(world):
    source = uuid7()

    assert r.issue(world, world.amina, source=source) == r.issue(world, world.amina, source=source)

    assert Title.objects.count() == 1


def test_the_interest_of_a_year_is_posted_once_title_by_title(world):
    r.issue(world, world.amina, cents=1_000_000)
    r.issue(world, world.farmer, cents=500_000, now=r.NEW_YEAR.replace(year=2026, day=1))

    year = r.run(world)
    again = r.run(world)

    assert year == again
    rows = Interest.objects.order_by("title__number").values_list("days", "cents")
    assert list(rows) == [(275, 19_589), (365, 13_000)]
    assert r.held("titles-interest:essaim") == 32_589
    assert r.held("titles-cost:essaim") == -32_589
    assert Transfer.objects.filter(kind="title-interest").count() == 2
    assert ledger.imbalances() == []
    with pytest.raises(refusals.YearPosted):
        r.run(world, variable_bps=151)


def test_the_preview_is_what_is_posted(world, django_assert_num_queries):
    r.issue(world, world.amina, cents=33_333)
    r.issue(world, world.farmer, cents=77_777)
    with django_assert_num_queries(1):
        told = queries.preview(world.register, civil_year=2026, variable_bps=150)

    r.run(world)

    posted = Interest.objects.order_by("title__number").values_list("title", "cents")
    assert list(posted) == [(row.title.pk, row.earned.cents) for row in told]


def test_a_year_is_posted_once_it_is_over_with_its_figures_and_in_order(world):
    r.issue(world, world.amina)
    with pytest.raises(refusals.YearGoingOn):
        r.run(world, year=2027)
    with pytest.raises(refusals.NoBasis):
        r.run(world, basis=" ")
    with pytest.raises(refusals.NothingEarned):
        r.run(world, year=2025)
    with pytest.raises(refusals.EarlierYearLeft) as refusal:
        r.run(world, year=2027, now=r.TERM)

    assert refusal.value.details == {"civil_year": "2026"}
    assert not InterestYear.objects.exists()
    assert not Transfer.objects.filter(kind="title-interest").exists()


def test_a_year_that_earned_nothing_is_noted_and_does_not_stop_the_next(world):
    r.issue(world, world.amina, fixed_bps=0)
    r.run(world, variable_bps=0)

    r.run(world, year=2027, now=r.TERM)

    assert Interest.objects.get().civil_year == 2027


def test_a_title_is_not_paid_back_before_its_term(world):
    title = r.issue(world, world.amina)
    with pytest.raises(refusals.NotYetRepayable) as refusal:
        actions.repay_title(title=title, by=world.board, now=r.NEW_YEAR)
    assert refusal.value.details["repayable_on"].isoformat() == "2033-04-01"
    assert r.held("titles:essaim") == 10_000

    actions.repay_title(title=title, by=world.board, now=r.TERM)

    assert r.held("titles:essaim") == 0
    assert queries.reconciles(world.register)
    with pytest.raises(refusals.Ended):
        actions.repay_title(title=title, by=world.board, now=r.TERM)
    assert ledger.imbalances() == []


def test_a_title_that_was_never_paid_is_cancelled_with_its_interest(world):
    title, kept = r.issue(world, world.amina), r.issue(world, world.farmer)
    r.run(world)
    posted_cents = r.held("titles-interest:essaim")

    end = actions.cancel_title(source=title.source, reason="repris", now=r.NEW_YEAR)
    again = actions.cancel_title(source=title.source, reason="repris", now=r.NEW_YEAR)

    assert (end.kind, again) == ("cancelled", end)
    assert r.held("titles-interest:essaim") == posted_cents // 2
    assert queries.owned(world.amina)[0].earned_cents == 0
    assert queries.owned(world.farmer)[0].earned_cents == posted_cents // 2
    assert queries.outstanding_cents(world.register) == kept.nominal_cents
    assert actions.cancel_title(source=uuid7(), reason="repris", now=r.NEW_YEAR) is None
    assert ledger.imbalances() == []


def test_a_title_that_was_paid_back_is_not_cancelled(world):
    title = r.issue(world, world.amina)
    actions.repay_title(title=title, by=world.board, now=r.TERM)

    with pytest.raises(refusals.Ended):
        actions.cancel_title(source=title.source, reason="repris", now=r.TERM)


def rewritten(title):
    Title.objects.filter(pk=title.pk).update(nominal_cents=1)


def forgotten(title):
    TitleEnd.objects.filter(title=title).delete()


def paid_less(title):
    Interest.objects.filter(title=title).update(cents=1)


def another_rate(title):
    InterestYear.objects.update(variable_bps=1)


def left_out(title):
    Title.objects.create(
        register=title.register, number=9, holder=title.holder, label="t", nominal_cents=1,
        years=7, fixed_bps=0, variable_percent=0, issued_at=r.TERM, source=uuid7(),
    )  # fmt: skip


def of_another_year(title):
    year = InterestYear.objects.get()
    transfer = Transfer.objects.filter(kind="title-paid").first()
    Interest.objects.create(
        title=title, civil_year=2029, year=year, days=1, cents=1, transfer=transfer
    )


@pytest.mark.parametrize(
    ("trigger", "table", "wrong"),
    [
        ("titles_are_append_only", "title", rewritten),
        ("titles_are_append_only", "titleend", forgotten),
        ("titles_are_append_only", "interest", paid_less),
        ("titles_are_append_only", "interestyear", another_rate),
        ("titles_have_no_gap", "title", left_out),
        ("titles_interest_of_its_year", "interest", of_another_year),
    ],
)
def test_the_database_keeps_the_register_and_without_its_guard_does_not(
    world, trigger, table, wrong
):
    title = r.issue(world, world.amina)
    r.run(world)
    actions.repay_title(title=title, by=world.board, now=r.TERM)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        wrong(title)
    assert refused.value.__cause__.diag.constraint_name == trigger

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE titles_{table} DISABLE TRIGGER {trigger}")
        wrong(title)
        transaction.set_rollback(True)


def test_a_title_earns_once_a_year_whatever_the_keys(world):
    title = r.issue(world, world.amina)
    year = r.run(world)
    transfer = Transfer.objects.filter(kind="title-paid").first()

    with pytest.raises(IntegrityError, match="titles_interest_once_a_year"), transaction.atomic():
        Interest.objects.create(
            title=title, civil_year=2026, year=year, days=1, cents=1, transfer=transfer
        )
