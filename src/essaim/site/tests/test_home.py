"""The home page: the ground, the exchanges, the euros that stay."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import h3
import pytest
from django.core.cache import cache
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from essaim.core.agreements.models import Agreement, Transition
from essaim.core.agreements.rules import CAPITAL, State
from essaim.core.members.models import Organisation
from essaim.kernel import clock
from essaim.site import queries
from essaim.site.rules import MAP_RESOLUTION, ground_cells, grouped, with_article
from essaim.site.tests import world as worlds
from essaim.site.tests.world import deal, organisation

PARIS = ZoneInfo("Europe/Paris")
NOVEMBER = datetime(2026, 11, 1, tzinfo=PARIS)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_figure_of_another_test():
    cache.clear()


@pytest.fixture
def world(db):
    return worlds.build(NOW)


def _kept(world, months=(NOVEMBER,)):
    where = queries.ground_of(world.territory)
    return queries.euros_kept(world.territory, where, months=list(months))


def test_what_stays_is_what_organisations_from_here_and_the_funds_receive(world):
    brewery = organisation("brasserie", postcode="59000", town="Lille")
    mill = organisation("moulin", postcode="62000", town="Arras")
    shares = [(world.farm, 1000), (brewery, 500), (mill, 300), (None, 60)]

    deal(world, shares, proposed_at=NOW, settled_at=NOW)

    (november,) = _kept(world)
    assert november.organisations_cents == 1500
    assert november.funds_cents == 60
    assert november.elsewhere_cents == 300
    assert november.spent_cents == Agreement.objects.get().total_cents


def test_what_a_fund_gives_to_lower_a_price_is_taken_off(world):
    deal(world, [(world.farm, 1000), (None, -100)], proposed_at=NOW, settled_at=NOW)

    (november,) = _kept(world)

    assert november.kept_cents == 900
    assert november.kept_cents == november.spent_cents


def test_capital_is_neither_spent_nor_an_exchange(world):
    bought = deal(world, [(world.farm, 1000)], proposed_at=NOW, settled_at=NOW)
    bought.shares.update(role=CAPITAL)
    where = queries.ground_of(world.territory)

    counts = queries.exchanges_by_cell(world.territory, where, since=NOW - timedelta(days=30))

    assert _kept(world)[0].spent_cents == 0
    assert not any(counts.values())


def test_a_deal_counts_in_the_month_it_is_settled_in_local_time(world):
    last_minute = datetime(2026, 10, 31, 22, 59, tzinfo=UTC)
    deal(world, [(world.farm, 1)], proposed_at=NOW, settled_at=last_minute)
    deal(world, [(world.farm, 20)], proposed_at=NOW, settled_at=last_minute + timedelta(minutes=1))

    october, november = _kept(world, (datetime(2026, 10, 1, tzinfo=PARIS), NOVEMBER))

    assert (october.kept_cents, november.kept_cents) == (1, 20)


def test_a_deal_settled_twice_counts_once_on_the_last_day(world):
    earlier = datetime(2026, 10, 20, tzinfo=UTC)
    made = deal(world, [(world.farm, 700)], proposed_at=earlier, settled_at=earlier)
    Transition.objects.create(
        agreement=made, from_state="fulfilled", to_state=State.SETTLED.value, done_at=NOW
    )

    october, november = _kept(world, (datetime(2026, 10, 1, tzinfo=PARIS), NOVEMBER))

    assert (october.kept_cents, november.kept_cents) == (0, 700)


def test_a_deal_that_is_not_settled_is_not_counted(world):
    deal(world, [(world.farm, 700)], proposed_at=NOW)

    assert _kept(world)[0].spent_cents == 0


def test_the_euros_cost_one_query_however_many_deals(world, django_assert_num_queries):
    for _ in range(5):
        deal(world, [(world.farm, 700), (None, 7)], proposed_at=NOW, settled_at=NOW)
    where = queries.ground_of(world.territory)

    with django_assert_num_queries(1):
        queries.euros_kept(world.territory, where, months=[NOVEMBER])


@pytest.mark.parametrize(
    ("postcode", "town", "is_here"),
    [
        ("59000", "Lille", True),
        ("", "Lille", True),
        ("", "LILLE", True),
        ("59000", "Hellemmes", True),
        ("62000", "Lille", False),
        ("62000", "Arras", False),
        ("", "Arras", False),
        ("", "", False),
    ],
)
def test_a_seat_is_here_by_its_town_then_by_its_postcode(world, postcode, town, is_here):
    where = queries.ground_of(world.territory)

    assert bool(where.commune_of(postcode, town)) is is_here


def test_an_exchange_counts_where_it_is_fetched_and_where_it_is_made(world):
    shares = [(world.farm, 700), (world.farm, 70), (None, 7)]
    deal(world, shares, proposed_at=NOW, place=world.hall)
    where = queries.ground_of(world.territory)

    counts = queries.exchanges_by_cell(world.territory, where, since=NOW - timedelta(days=30))

    halluin = h3.latlng_to_cell(50.7836, 3.1256, MAP_RESOLUTION)
    lille = h3.latlng_to_cell(50.6292, 3.0573, MAP_RESOLUTION)
    assert {cell: n for cell, n in counts.items() if n} == {lille: 1, halluin: 1}


def test_a_home_is_never_counted_on_the_map(world):
    # The pick-up point becomes somebody's home, shown as the middle of its cell.
    shown = h3.cell_to_latlng(h3.latlng_to_cell(50.6292, 3.0573, 8))
    world.hall.is_home, (world.hall.shown_lat, world.hall.shown_lng) = True, shown
    world.hall.save(update_fields=["is_home", "shown_lat", "shown_lng"])
    deal(world, [(None, 7)], proposed_at=NOW, place=world.hall)
    where = queries.ground_of(world.territory)

    counts = queries.exchanges_by_cell(world.territory, where, since=NOW - timedelta(days=30))

    assert not any(counts.values())


def test_old_and_cancelled_deals_are_not_on_the_map(world):
    deal(world, [(world.farm, 7)], proposed_at=NOW - timedelta(days=40), place=world.hall)
    gone = deal(world, [(world.farm, 7)], proposed_at=NOW, place=world.hall)
    Agreement.objects.filter(pk=gone.pk).update(state=State.CANCELLED.value)
    where = queries.ground_of(world.territory)

    counts = queries.exchanges_by_cell(world.territory, where, since=NOW - timedelta(days=30))

    assert not any(counts.values())


def test_home_says_the_sentence_the_search_and_the_money(client, world):
    deal(world, [(world.farm, 123400)], proposed_at=clock.now(), settled_at=clock.now())

    page = client.get("/").content.decode()

    assert "Ce que la Métropole de Lille sait faire, ensemble." in page
    assert 'role="search"' in page
    assert "1\u202f234\u00a0€" in page
    assert reverse("euros_kept") in page


def test_home_costs_the_same_queries_with_many_deals(client, world, django_assert_max_num_queries):
    for _ in range(6):
        deal(
            world, [(world.farm, 700)], proposed_at=clock.now(), settled_at=clock.now(),
            place=world.hall,
        )  # fmt: skip

    with django_assert_max_num_queries(10):
        client.get("/")


def test_the_figures_of_home_are_counted_at_most_every_five_minutes(client, world):
    client.get("/")
    deal(world, [(world.farm, 123400)], proposed_at=clock.now(), settled_at=clock.now())

    assert "1\u202f234" not in client.get("/").content.decode()
    cache.clear()
    assert "1\u202f234" in client.get("/").content.decode()


def test_without_a_territory_home_says_what_to_do(client, db):
    answer = client.get("/")

    assert answer.status_code == 200
    assert "./essaim init" in answer.content.decode()


def test_the_explanation_shows_the_same_figure_for_six_months(client, world):
    deal(world, [(world.farm, 123456)], proposed_at=clock.now(), settled_at=clock.now())

    page = client.get(reverse("euros_kept")).content.decode()

    assert "1\u202f234,56\u00a0€" in page
    assert page.count("<tr") == 2  # the header and the only month where something was settled


@given(
    ours=st.lists(
        st.tuples(st.floats(50.5, 50.8), st.floats(2.9, 3.3)), min_size=1, max_size=8, unique=True
    ),
    others=st.lists(st.tuples(st.floats(50.3, 51), st.floats(2.7, 3.5)), max_size=8),
)
def test_each_seat_keeps_its_cell_and_the_ground_stays_around_the_seats(ours, others):
    cells = ground_cells(ours, others)

    seats = {h3.latlng_to_cell(lat, lng, MAP_RESOLUTION) for lat, lng in ours}
    assert seats <= cells
    assert all(min(h3.grid_distance(cell, seat) for seat in seats) <= 1 for cell in cells)


def test_a_cell_nearer_to_a_neighbour_is_the_neighbours():
    lille, next_door = (50.6292, 3.0573), (50.6292, 3.0900)

    alone, beside = ground_cells([lille], []), ground_cells([lille], [next_door])

    assert len(alone) == 7
    assert beside < alone
    assert ground_cells([], [lille]) == frozenset()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Métropole Européenne de Lille", "la Métropole Européenne de Lille"),
        ("Communauté de communes du Warndt", "la Communauté de communes du Warndt"),
        ("Grand Angoulême", "le Grand Angoulême"),
        ("Pays de Nay", "le Pays de Nay"),
        ("Roannais Agglomération", "Roannais Agglomération"),
        ("Lille", "Lille"),
    ],
)
def test_a_territory_is_named_as_french_says_it(name, said):
    assert with_article(name) == said


def test_thousands_are_parted_by_a_narrow_space():
    assert grouped(1234567) == "1\u202f234\u202f567"


def test_organisations_from_nowhere_known_are_elsewhere(world):
    deal(
        world, [(Organisation.objects.create(slug="x", name="X"), 5)],
        proposed_at=NOW, settled_at=NOW,
    )  # fmt: skip

    assert _kept(world)[0].elsewhere_cents == 5
