"""What the demo shows of campaigns: two that go on, matched, their money set aside."""

from datetime import UTC, datetime

import pytest

from essaim.commons.campaigns import demo, queries
from essaim.commons.campaigns.models import Campaign, MatchingPool
from essaim.commons.cooperative.tests.test_demo import sown
from essaim.commons.titles import queries as titles
from essaim.core.ledger import queries as ledger
from essaim.core.members.models import Member

__all__ = ["sown"]
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def test_two_campaigns_go_on_and_the_town_adds_to_the_one_that_many_support(sown):
    demo.sow(NOW)

    greenhouse, bikes, _mill, _draft = Campaign.objects.order_by("pk")
    pool = MatchingPool.objects.get()
    table = {one.campaign: one for one in queries.dry_run(pool, queries.gifts(pool))}
    assert queries.reconciles(greenhouse)
    assert queries.reconciles(bikes)
    assert queries.gathered(greenhouse).people_count == len(demo.GREENHOUSE_GIFTS)
    few, many = table[str(bikes.public_id)], table[str(greenhouse.public_id)]
    assert few.given_cents > many.given_cents
    assert few.match_cents < many.match_cents
    assert few.counted_cents < few.given_cents
    assert ledger.imbalances() == []


def test_a_year_ago_a_mill_succeeded_its_flour_is_in_every_state_and_its_titles_earned(sown):
    demo.sow(NOW)

    mill = Campaign.objects.get(state="succeeded")
    rows = queries.deliveries(mill)
    assert {one.standing for one in rows} == {"promised", "ready", "handed-over"}
    register = mill.register
    assert queries.reversals(register).get().is_owed
    assert titles.reconciles(register)
    amina = Member.objects.get(display_name="Amina Benali")
    (owned,) = titles.owned(amina)
    assert owned.earned_cents > 0
    assert titles.earliest_year_left(register, NOW.date()) is None
    assert Campaign.objects.get(state="draft").rewards.count() == 1
    assert ledger.imbalances() == []


@pytest.mark.django_db
def test_without_a_cooperative_there_is_no_campaign():
    demo.sow(NOW)

    assert not Campaign.objects.exists()
