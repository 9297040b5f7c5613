"""The pool of a local authority: its guards, its dry run, what it pays and gives back."""

import pytest

from essaim.commons.campaigns import actions, queries
from essaim.commons.campaigns.models import Contribution, MatchingPool
from essaim.commons.campaigns.rules import refusals
from essaim.commons.campaigns.rules.matching import Rule
from essaim.commons.campaigns.tests import towns as t
from essaim.commons.campaigns.tests.test_campaigns import close
from essaim.core.ledger import queries as ledger

pytestmark = pytest.mark.django_db


def test_a_pool_adds_to_each_campaign_and_gives_the_rest_back(town):
    pool = town.pool(cents=50_000, person_cap_cents=5_000)
    oven, trees = town.open(pool=pool), town.open("Haies", pool=pool, carrier=town.world.town)
    town.give(oven, town.person("bea"), 9_000)
    town.give(oven, town.person("zoe"), 1_000)
    town.give(trees, town.person("ines"), 3_000)
    with pytest.raises(refusals.CampaignsStillOpen):
        actions.settle_pool(pool=pool, by=town.world.board, now=t.END)
    close(oven)
    assert close(trees).state == "failed"

    settled = actions.settle_pool(pool=pool, by=town.world.board, now=t.END)
    again = actions.settle_pool(pool=pool, by=town.world.board, now=t.END)

    assert settled.outcome == {str(oven.public_id): 6_000}
    assert again.transfer_id == settled.transfer_id
    assert t.held("payable:ferme") == 10_000 + 6_000
    assert t.held("payable:ville") == 44_000
    assert queries.pool_cents(pool) == 0
    assert ledger.imbalances() == []
    with pytest.raises(refusals.PoolSettled):
        actions.endow(pool=pool, cents=1, key="encore", now=t.END)


def test_an_endowment_told_twice_is_recorded_once(town):
    pool = town.pool(cents=0)

    for _turn in range(2):
        actions.endow(pool=pool, cents=700, key="virement 12", now=t.NOW)

    assert queries.pool_cents(pool) == 700


def test_one_verified_person_is_one_contributor_and_managers_of_the_carrier_draw_nothing(town):
    pool = town.pool(rule=Rule.QUADRATIC)
    campaign, bea = town.open(pool=pool), town.person("bea")
    town.give(campaign, bea, 1_000)
    town.give(campaign, bea, 500)
    town.give(campaign, town.world.amina, 400)
    town.world.join(town.world.farmer)
    town.give(campaign, town.world.farmer, 9_000)
    unverified = t.coop.person("fantome")
    town.give(campaign, unverified, 9_000)

    gifts = queries.gifts(pool)

    given = gifts[str(campaign.public_id)]
    assert sorted(given.values()) == [400, 1_500]
    assert given[queries.pseudonym(pool, bea.pk)] == 1_500


def test_a_pseudonym_is_one_in_a_pool_and_another_in_the_next(town):
    pool, other, bea = town.pool(), town.pool(), town.person("bea")

    assert queries.pseudonym(pool, bea.pk) == queries.pseudonym(pool, bea.pk)
    assert queries.pseudonym(pool, bea.pk) != queries.pseudonym(other, bea.pk)


def test_shares_and_titles_draw_no_public_money(town):
    pool = town.pool(rule=Rule.QUADRATIC)
    campaign = town.open(pool=pool, takes_shares=True)
    asked = actions.contribute_shares(
        campaign=campaign, member=town.person("bea"), category_code="users", shares=3,
        means="card", now=t.NOW,
    )  # fmt: skip
    Contribution.objects.filter(pk=asked.pk).update(state="paid")

    assert queries.gifts(pool) == {str(campaign.public_id): {}}


def test_the_dry_run_costs_the_same_queries_for_many_givers(town, django_assert_num_queries):
    pool = town.pool(rule=Rule.QUADRATIC)
    campaign = town.open(pool=pool)
    for number in range(5):
        town.give(campaign, town.person(f"p{number}"), 400)

    with django_assert_num_queries(7):
        table = queries.dry_run(pool, queries.gifts(pool))

    assert (table[0].contributors_count, table[0].match_cents) == (5, 8_000)


def test_a_settled_pool_takes_no_campaign_more(town):
    pool = town.pool()
    actions.settle_pool(pool=pool, by=town.world.board, now=t.NOW)

    with pytest.raises(refusals.PoolSettled):
        town.open(pool=pool)

    assert MatchingPool.objects.get().transfer_id is not None


def test_a_table_too_long_for_a_page_is_computed_by_the_worker(town, monkeypatch):
    from essaim.commons.campaigns.rules import matching

    monkeypatch.setattr(matching, "PAIRS_MAX", 0)
    pool = town.pool(rule=Rule.PAIRWISE, bound_cents=5_000)
    campaign = town.open(pool=pool)
    for name in ("bea", "zoe"):
        town.give(campaign, town.person(name), 400)
    assert queries.table(pool).rows == []

    assert actions.forecast_heavy(now=t.NOW) == 1

    pool.refresh_from_db()
    told = queries.table(pool)
    assert told.at == t.NOW
    assert told.rows == queries.dry_run(pool, queries.gifts(pool))


def test_a_short_table_is_of_now_and_the_worker_leaves_it(town):
    pool = town.pool(rule=Rule.PAIRWISE, bound_cents=5_000)
    campaign = town.open(pool=pool)
    for name in ("bea", "zoe"):
        town.give(campaign, town.person(name), 400)

    assert actions.forecast_heavy(now=t.NOW) == 0
    assert queries.table(pool).rows[0].match_cents > 0


def test_settling_is_asked_once_done_by_the_worker_and_closes_the_pool_meanwhile(town):
    pool = town.pool(cents=5_000)
    campaign = town.open(pool=pool, is_all_or_nothing=False)
    town.give(campaign, town.person("bea"), 1_000)
    with pytest.raises(refusals.CampaignsStillOpen):
        actions.ask_settlement(pool=pool, by=town.world.board, now=t.NOW)
    close(campaign)

    asked = [
        actions.ask_settlement(pool=pool, by=town.world.board, now=t.END) for _turn in range(2)
    ]

    assert asked == [True, False]
    assert t.held("payable:ferme") == 1_000
    with pytest.raises(refusals.PoolSettled):
        town.open("Autre", pool=pool)
    with pytest.raises(refusals.PoolSettled):
        actions.endow(pool=pool, cents=1, key="encore", now=t.END)
    assert [actions.settle_asked(now=t.END) for _turn in range(2)] == [1, 0]
    pool.refresh_from_db()
    assert (pool.settled_by, pool.outcome) == (town.world.board, {str(campaign.public_id): 1_000})
    assert t.held("payable:ferme") == 2_000
    assert ledger.imbalances() == []
