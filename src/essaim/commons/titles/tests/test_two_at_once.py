"""Real connections at the same time: a year is posted once, a number is given once."""

import pytest

from essaim.commons.titles import actions, queries
from essaim.commons.titles.models import Interest, InterestYear, Title
from essaim.commons.titles.tests import registers as r
from essaim.core.ledger import queries as ledger
from essaim.kernel.tests.at_once import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_interest_of_a_year_run_four_times_at_once_is_posted_once():
    world = r.build()
    r.issue(world, world.amina)
    r.issue(world, world.farmer)

    told = together(*[lambda: r.run(world).pk] * 4)

    assert len(set(told)) == 1
    assert (InterestYear.objects.count(), Interest.objects.count()) == (1, 2)
    total_cents = sum(Interest.objects.values_list("cents", flat=True))
    assert r.held("titles-interest:essaim") == total_cents
    assert ledger.imbalances() == []


def test_titles_issued_at_once_take_numbers_without_gap():
    world = r.build()
    people = [r.person(f"p{number}") for number in range(4)]

    together(*[lambda one=one: r.issue(world, one) for one in people])

    assert sorted(Title.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert queries.reconciles(world.register)


def test_a_title_paid_back_while_it_is_cancelled_ends_once():
    world = r.build()
    title = r.issue(world, world.amina)

    told = together(
        lambda: actions.repay_title(title=title, by=world.board, now=r.TERM).kind,
        lambda: actions.cancel_title(source=title.source, reason="repris", now=r.TERM).kind,
    )

    assert "titles.ended" in told
    assert ledger.imbalances() == []
