"""Real connections at the same time: a year shared once, a fund never overdrawn."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from essaim.commons.sharing import actions
from essaim.commons.sharing.actions import funds
from essaim.commons.sharing.models import Quarter, Variant, YearLine
from essaim.commons.sharing.rules import refusals
from essaim.commons.sharing.tests import cooperatives as c
from essaim.commons.sharing.tests import votes
from essaim.commons.sharing.tests.test_adopting import DAY, adopt, propose, ready
from essaim.commons.sharing.tests.test_funds import opened, pay
from essaim.commons.sharing.tests.test_funds import propose as propose_project
from essaim.core.ledger.actions import open_account
from essaim.core.ledger.models import Account, Transfer
from essaim.kernel.errors import RuleBroken

pytestmark = pytest.mark.django_db(transaction=True)


def together(work, things):
    """Run in threads, each on a connection of its own; a refusal is an answer."""

    def apart(thing):
        try:
            return work(thing)
        except RuleBroken as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(apart, things))


def test_two_proposals_adopted_at_once_share_the_year_once():
    cooperative = ready()
    variants = [propose(cooperative, title=f"Proposition {turn}") for turn in range(4)]
    votes.carry(*variants, day=DAY)

    told = together(adopt, variants)

    # Whether the first one was done before or after: no other is.
    others = {refusals.YearAlreadyShared.code, refusals.AnotherOneCarried.code}
    assert [one.pk for one in told if one not in others] == [variants[0].pk]
    assert Transfer.objects.filter(kind="surplus-shared").count() == 1
    assert Variant.objects.exclude(adopted_at=None).count() == 1
    assert c.held("legal-reserve:essaim") == 15_000


def test_one_decision_sent_four_times_at_once_is_one():
    variant = propose(ready())
    votes.carry(variant, day=DAY)

    told = together(adopt, [variant] * 4)

    assert {one.pk for one in told} == {variant.pk}
    assert Transfer.objects.filter(kind="surplus-shared").count() == 1


def test_a_line_entered_while_the_year_closes_is_counted_or_refused():
    cooperative = c.build()

    def enter_or_close(number):
        return cooperative.close() if number == 2 else cooperative.enter("income", 100 + number)

    told = together(enter_or_close, range(4))

    year = cooperative.year
    year.refresh_from_db()
    counted = sum(YearLine.objects.values_list("cents", flat=True))
    assert year.books["lines"].get("income", 0) == counted
    assert told.count(refusals.YearClosed.code) + YearLine.objects.count() == 3


def two_quarters_of_a_small_fund():
    cooperative = c.build()
    c.earn("fund:commons", 10_000)
    quarters = [opened(cooperative, number) for number in (1, 2)]
    projects = {one.pk: propose_project(cooperative, one) for one in quarters}
    for project in projects.values():
        open_account(code=f"payable:{project.payee.slug}", label="x", minimum=0)
    return quarters, lambda one: pay(cooperative, one, {projects[one.pk]: 6_000})


def test_two_quarters_paid_at_once_never_take_more_than_there_is():
    quarters, pay_one = two_quarters_of_a_small_fund()

    told = together(pay_one, quarters)

    assert told.count(refusals.FundTooSmall.code) == 1
    assert c.held("fund:commons") == 4_000
    assert Quarter.objects.exclude(paid_at=None).count() == 1


def test_without_its_lock_the_fund_is_overdrawn(monkeypatch):
    quarters, pay_one = two_quarters_of_a_small_fund()
    both = threading.Barrier(2)
    read = funds.ledger.balance

    def unlocked():
        return Account.objects.get(code="fund:commons")

    def read_then_wait(account):
        found = read(account)
        both.wait(timeout=20)
        return found

    monkeypatch.setattr(funds, "lock_fund", unlocked)
    monkeypatch.setattr(funds.ledger, "balance", read_then_wait)
    together(pay_one, quarters)
    monkeypatch.undo()

    assert c.held("fund:commons") == -2_000


def test_the_whole_life_of_a_year_goes_through_real_commits():
    cooperative = ready()

    variant = adopt(propose(cooperative))
    following = actions.open_year(register=cooperative.world.register, civil_year=2027, now=c.AFTER)

    assert variant.transfer_id == Transfer.objects.get(kind="surplus-shared").pk
    assert following.closed_at is None
