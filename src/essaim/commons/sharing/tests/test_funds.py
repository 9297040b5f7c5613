"""The commons fund: projects of a quarter, paid to the cent, never more than there is."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from essaim.commons.ballots.rules.budgets import BudgetBallot, greedy
from essaim.commons.ballots.rules.budgets import Project as OnTheBallot
from essaim.commons.ballots.rules.equal_shares import equal_shares
from essaim.commons.ballots.rules.quadratic import quadratic_funding
from essaim.commons.sharing import actions, queries
from essaim.commons.sharing.models import Project, Quarter
from essaim.commons.sharing.rules import grants, refusals
from essaim.commons.sharing.tests import cooperatives as c
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Transfer

pytestmark = pytest.mark.django_db
DECISION = "Vote du 2 avril 2026"


@pytest.fixture
def quarter(cooperative):
    return opened(cooperative)


def opened(cooperative, number=1):
    return actions.open_quarter(
        register=cooperative.world.register, civil_year=2026, number=number, now=c.IN_2026
    )


def propose(cooperative, quarter, title="Four à pain", asked_cents=6_000, **changes):
    return actions.propose_project(
        **{
            "quarter": quarter, "title": title, "text": "Pour tout le monde.",
            "asked_cents": asked_cents, "payee": cooperative.world.farm,
            "by": cooperative.world.amina, "now": c.IN_2026,
        } | changes
    )  # fmt: skip


def pay(cooperative, quarter, given, decision=DECISION, method="equal-shares"):
    return actions.pay_projects(
        quarter=quarter, grants={project.public_id: cents for project, cents in given.items()},
        method=method, decision=decision, by=cooperative.world.board, now=c.IN_2026,
    )  # fmt: skip


def test_projects_are_paid_to_the_cent_and_the_fund_says_what_is_left(cooperative, quarter):
    c.earn("fund:commons", 10_001)
    oven = propose(cooperative, quarter)
    trees = propose(cooperative, quarter, "Haies", 4_000, payee=cooperative.world.town)
    propose(cooperative, quarter, "Kiosque", 9_000)

    paid = pay(cooperative, quarter, {oven: 6_000, trees: 3_999})

    assert (paid.before_cents, paid.paid_cents, paid.after_cents) == (10_001, 9_999, 2)
    assert c.held("fund:commons") == 2
    assert (c.held("payable:ferme"), c.held("payable:ville")) == (6_000, 3_999)
    assert list(quarter.projects.order_by("pk").values_list("granted_cents", flat=True)) == [
        6_000, 3_999, 0,
    ]  # fmt: skip
    assert ledger.imbalances() == []


def test_before_less_paid_is_after_in_the_ledger_itself(
    cooperative, quarter, django_assert_num_queries
):
    c.earn("fund:commons", 10_000)
    oven = propose(cooperative, quarter)
    pay(cooperative, quarter, {oven: 5_000})
    c.earn("fund:commons", 700)

    with django_assert_num_queries(1):
        found = queries.reconciliation(quarter)

    assert found == queries.Reconciliation(10_000, 5_000, 5_000, 5_000, 5_000, 5_000)
    assert found.agrees


def test_a_quarter_that_says_more_than_the_ledger_does_not_reconcile(cooperative, quarter):
    c.earn("fund:commons", 10_000)
    pay(cooperative, quarter, {propose(cooperative, quarter): 5_000})
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE sharing_quarter DISABLE TRIGGER sharing_quarter_is_paid_once")

    Quarter.objects.filter(pk=quarter.pk).update(paid_cents=5_001)

    assert not queries.reconciliation(quarter).agrees


def test_more_than_the_fund_holds_is_refused_and_nothing_is_written(cooperative, quarter):
    c.earn("fund:commons", 5_999)
    oven = propose(cooperative, quarter)
    count = Transfer.objects.count()

    with pytest.raises(refusals.FundTooSmall) as refusal:
        pay(cooperative, quarter, {oven: 6_000})

    assert refusal.value.details == {"before_cents": 5_999, "asked_cents": 6_000}
    assert Transfer.objects.count() == count
    oven.refresh_from_db()
    quarter.refresh_from_db()
    assert (oven.granted_cents, quarter.paid_at) == (0, None)


def test_the_fund_of_a_quarter_is_shared_once(cooperative, quarter):
    c.earn("fund:commons", 20_000)
    oven = propose(cooperative, quarter)
    pay(cooperative, quarter, {oven: 6_000})

    again = pay(cooperative, quarter, {oven: 6_000})
    assert again.paid_cents == 6_000
    with pytest.raises(refusals.QuarterPaid):
        pay(cooperative, quarter, {oven: 1}, decision="Autre")
    with pytest.raises(refusals.QuarterPaid):
        propose(cooperative, quarter, "Trop tard")

    assert c.held("fund:commons") == 14_000
    assert Project.objects.count() == 1


def test_the_next_quarter_starts_from_what_is_left(cooperative, quarter):
    c.earn("fund:commons", 10_000)
    pay(cooperative, quarter, {propose(cooperative, quarter): 6_000})
    following = opened(cooperative, 2)
    garden = propose(cooperative, following, "Jardin")

    with pytest.raises(refusals.FundTooSmall):
        pay(cooperative, following, {garden: 4_001})
    paid = pay(cooperative, following, {garden: 4_000})

    assert (paid.before_cents, paid.after_cents) == (4_000, 0)
    assert queries.reconciliation(quarter).agrees
    assert queries.reconciliation(following).agrees


def test_a_quarter_where_nothing_is_chosen_pays_nothing_and_reconciles(cooperative, quarter):
    c.earn("fund:commons", 10_000)
    propose(cooperative, quarter)

    paid = pay(cooperative, quarter, {})

    assert (paid.transfer_id, paid.after_cents) == (None, 10_000)
    assert queries.reconciliation(paid).agrees


def test_a_project_never_receives_more_than_it_asked(cooperative, quarter):
    c.earn("fund:commons", 10_000)
    oven = propose(cooperative, quarter)

    with pytest.raises(refusals.GrantAboveWhatWasAsked):
        pay(cooperative, quarter, {oven: 6_001})

    assert c.held("fund:commons") == 10_000


@pytest.mark.parametrize("wrong", [{"title": " "}, {"asked_cents": 0}])
def test_a_project_says_what_it_is_and_how_much(cooperative, quarter, wrong):
    with pytest.raises(refusals.NothingWritten):
        propose(cooperative, quarter, **wrong)

    assert not Project.objects.exists()


def test_a_negative_grant_and_a_project_of_elsewhere_are_bugs(cooperative, quarter):
    oven = propose(cooperative, quarter)
    elsewhere = propose(cooperative, opened(cooperative, 2))

    with pytest.raises(ValueError, match="grants"):
        pay(cooperative, quarter, {oven: -1})
    with pytest.raises(KeyError):
        pay(cooperative, quarter, {elsewhere: 1})


BALLOTS = [BudgetBallot((("oven", 1), ("trees", 1))), BudgetBallot((("oven", 1),))]
PRICES = [OnTheBallot("oven", 6_000), OnTheBallot("trees", 4_000)]


@pytest.mark.parametrize("count", [greedy, equal_shares])
def test_a_budget_vote_gives_its_grants(count):
    assert grants.of_budget(count(PRICES, BALLOTS, 10_000)) == {"oven": 6_000, "trees": 4_000}


def test_a_price_with_parts_of_cents_is_a_bug():
    from fractions import Fraction

    allocation = greedy([OnTheBallot("oven", Fraction(1, 2))], [BudgetBallot((("oven", 1),))], 10)

    with pytest.raises(ValueError, match="cents"):
        grants.of_budget(allocation)


def test_quadratic_funding_gives_each_project_its_match_and_never_more_than_it_asked():
    result = quadratic_funding(
        {"oven": {"a": 100, "b": 100, "c": 100}, "trees": {"a": 900}}, pool_cents=500
    )

    assert grants.of_matching(result, {"oven": 9_999, "trees": 100}) == {"oven": 500}
    assert grants.of_matching(result, {"oven": 300, "trees": 100}) == {"oven": 300}


def test_a_vote_by_quadratic_funding_is_paid_from_the_fund(cooperative, quarter):
    c.earn("fund:commons", 500)
    oven = propose(cooperative, quarter, asked_cents=400)
    key = str(oven.public_id)
    result = quadratic_funding({key: {"a": 100, "b": 100, "c": 100}}, pool_cents=500)

    found = grants.of_matching(result, {key: oven.asked_cents})
    pay(cooperative, quarter, {oven: found[key]}, method="quadratic")

    assert c.held("payable:ferme") == 400


def paid_again(quarter):
    Quarter.objects.filter(pk=quarter.pk).update(decision="y")


def regranted(quarter):
    Project.objects.filter(quarter=quarter).update(granted_cents=1)


def late(quarter):
    first = quarter.projects.get()
    Project.objects.create(
        quarter=quarter, title="x", asked_cents=1, payee=first.payee,
        proposed_by=first.proposed_by, proposed_at=c.AFTER + timedelta(days=1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("trigger", "table", "wrong"),
    [
        ("sharing_quarter_is_paid_once", "quarter", paid_again),
        ("sharing_project_is_kept", "project", regranted),
        ("sharing_project_is_kept", "project", late),
    ],
)
def test_the_database_keeps_a_paid_quarter_and_without_its_guard_does_not(
    cooperative, quarter, trigger, table, wrong
):
    c.earn("fund:commons", 10_000)
    pay(cooperative, quarter, {propose(cooperative, quarter): 5_000})
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        wrong(quarter)
    assert refused.value.__cause__.diag.constraint_name == trigger

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE sharing_{table} DISABLE TRIGGER {trigger}")
        wrong(quarter)
        transaction.set_rollback(True)


def test_a_payment_that_is_not_the_sum_of_its_grants_is_refused_by_the_database(
    cooperative, quarter
):
    c.earn("fund:commons", 10_000)
    transfer = Transfer.objects.order_by("pk").first()

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Quarter.objects.filter(pk=quarter.pk).update(
            paid_at=c.AFTER, before_cents=9, paid_cents=5, transfer=transfer
        )

    assert refused.value.__cause__.diag.constraint_name == "sharing_grants_add_up"
