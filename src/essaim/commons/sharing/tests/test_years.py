"""What a year earned: from the ledger, from the clerk, closed once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from essaim.commons.sharing import actions, queries
from essaim.commons.sharing.models import Year, YearLine
from essaim.commons.sharing.rules import refusals
from essaim.commons.sharing.tests.cooperatives import AFTER, IN_2026, earn, held
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Transfer

pytestmark = pytest.mark.django_db
LAST_SECOND = datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)
NEW_YEAR = LAST_SECOND + timedelta(seconds=1)


def result(cooperative):
    return queries.books(cooperative.year).result_cents


def test_the_cooperative_earns_its_parts_of_prices_less_what_it_gave_back(cooperative):
    earn("fund:platform", 10_000)
    earn("fund:platform", -1_500, kind="reversal:order-settled")

    assert queries.books(cooperative.year).earned == {"fund:platform": 8_500}


def test_what_it_sells_under_its_own_name_is_earned_and_taking_it_to_the_bank_costs_nothing(
    cooperative,
):
    earn("payable:essaim", 7_000)
    earn("payable:essaim", -7_000, kind="payout")

    assert result(cooperative) == 7_000


def test_costs_that_the_ledger_paid_are_charges(cooperative):
    earn("fund:platform", 10_000)
    earn("fees:halle", -300, kind="fees")

    assert result(cooperative) == 9_700


def test_what_belongs_to_others_is_no_income(cooperative):
    for code in ("fund:commons", "payable:ferme", "solidarity:halle", "capital:essaim"):
        earn(code, 5_000)

    assert result(cooperative) == 0


def test_a_year_ends_at_midnight_local_time(cooperative):
    earn("fund:platform", 100, at=LAST_SECOND)
    earn("fund:platform", 10, at=NEW_YEAR)
    earn("fund:platform", 1, at=datetime(2025, 12, 31, 22, 59, 59, tzinfo=UTC))

    assert result(cooperative) == 100


def test_lines_of_the_clerk_add_incomes_and_subsidies_and_take_charges(cooperative):
    cooperative.enter("income", 50_000)
    cooperative.enter("subsidy", 20_000)
    cooperative.enter("charge", 30_000)
    cooperative.enter("charge", -10_000, label="Correction")

    facts = queries.books(cooperative.year).facts()

    assert (facts.result_cents, facts.subsidies_cents) == (50_000, 20_000)


def test_capital_is_that_of_the_last_day_and_the_highest_ever_is_remembered(cooperative):
    facts = queries.books(cooperative.year).facts()

    assert facts.capital_cents == facts.highest_capital_cents == 20 * 2000


def test_capital_of_after_the_year_is_not_counted(cooperative):
    earlier = actions.open_year(register=cooperative.world.register, civil_year=2025, now=IN_2026)

    assert queries.books(earlier).capital_cents == 0


def test_reserves_and_losses_of_before_are_brought_forward_once(cooperative):
    cooperative.bring_forward(legal=9_000, statutory=1_000, losses=4_000)

    facts = queries.books(cooperative.year).facts()
    assert (facts.legal_reserve_cents, facts.reserves_cents) == (9_000, 10_000)
    assert facts.prior_losses_cents == 4_000
    assert ledger.imbalances() == []
    with pytest.raises(refusals.AlreadyBroughtForward):
        cooperative.bring_forward(legal=9_000)
    assert held("legal-reserve:essaim") == 9_000


def test_what_those_who_left_bore_of_the_losses_makes_up_for_as_much(cooperative):
    cooperative.bring_forward(losses=4_000)
    earn("losses:essaim", 1_000)

    assert queries.books(cooperative.year).facts().prior_losses_cents == 3_000


def test_reading_a_year_is_one_query_whatever_its_size(cooperative, django_assert_num_queries):
    for _turn in range(5):
        earn("fund:platform", 100)
        cooperative.enter("income", 1)

    with django_assert_num_queries(1):
        queries.books(cooperative.year)


def test_a_year_is_closed_once_with_its_books_frozen(cooperative):
    earn("fund:platform", 10_000)

    year = cooperative.close()

    assert year.books["earned"] == {"fund:platform": 10_000}
    with pytest.raises(refusals.YearClosed):
        cooperative.close()
    earn("fund:platform", 5)
    year.refresh_from_db()
    assert year.books["earned"] == {"fund:platform": 10_000}


def test_a_year_that_is_not_over_stays_open(cooperative):
    with pytest.raises(refusals.YearNotOver) as refusal:
        cooperative.close(now=LAST_SECOND)

    assert refusal.value.details == {"civil_year": 2026}
    cooperative.year.refresh_from_db()
    assert cooperative.year.closed_at is None


def test_a_profit_posts_nothing_before_the_assembly_decides(cooperative):
    earn("fund:platform", 10_000)
    count = Transfer.objects.count()

    cooperative.close()

    assert Transfer.objects.count() == count


def test_a_loss_is_carried_forward_when_the_year_closes(cooperative):
    cooperative.enter("charge", 2_500)

    cooperative.close()

    assert (held("result:essaim"), held("losses-carried:essaim")) == (2_500, -2_500)
    following = actions.open_year(register=cooperative.world.register, civil_year=2027, now=AFTER)
    assert queries.books(following).facts().prior_losses_cents == 2_500


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"line_date": date(2025, 12, 31)}, refusals.DayOutsideYear),
        ({"label": "  "}, refusals.NothingWritten),
        ({"cents": 0}, refusals.NothingWritten),
    ],
)
def test_a_line_that_says_nothing_or_is_of_another_year_is_not_written(cooperative, wrong, refusal):
    with pytest.raises(refusal):
        cooperative.enter(**({"kind": "charge", "cents": 100} | wrong))

    assert not YearLine.objects.exists()


def test_nothing_is_added_to_a_closed_year(cooperative):
    cooperative.close()

    with pytest.raises(refusals.YearClosed):
        cooperative.enter("charge", 100)
    assert not YearLine.objects.exists()


def test_a_year_is_opened_once(cooperative):
    again = actions.open_year(register=cooperative.world.register, civil_year=2026, now=AFTER)

    assert again == cooperative.year


@pytest.mark.parametrize("amounts", [{}, {"legal": -1, "losses": 1}])
def test_bringing_nothing_forward_is_a_bug(cooperative, amounts):
    with pytest.raises(ValueError, match="amounts"):
        cooperative.bring_forward(**amounts)


def rewritten_line(cooperative):
    YearLine.objects.filter(year=cooperative.year).update(cents=1)


def erased_line(cooperative):
    YearLine.objects.filter(year=cooperative.year)._raw_delete("default")


def reopened(cooperative):
    Year.objects.update(closed_at=None, books=None)


def late_line(cooperative):
    YearLine.objects.create(
        year=cooperative.year, kind="income", label="x", cents=1, line_date=date(2026, 1, 1),
        recorded_at=AFTER,
    )  # fmt: skip


GUARDS = [
    ("sharing_line_is_append_only", "sharing_is_append_only", "yearline", rewritten_line),
    ("sharing_line_is_append_only", "sharing_is_append_only", "yearline", erased_line),
    ("sharing_year_is_closed_once", "sharing_year_is_closed_once", "year", reopened),
    ("sharing_line_of_an_open_year", "sharing_line_of_an_open_year", "yearline", late_line),
]


@pytest.mark.parametrize(("trigger", "said", "table", "wrong"), GUARDS)
def test_the_database_keeps_years_and_lines_as_they_were_and_without_its_guard_does_not(
    cooperative, trigger, said, table, wrong
):
    cooperative.enter("income", 100)
    cooperative.close()

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        wrong(cooperative)
    assert refused.value.__cause__.diag.constraint_name == said

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE sharing_{table} DISABLE TRIGGER {trigger}")
        wrong(cooperative)
        transaction.set_rollback(True)
