"""Finding what a territory offers: words, nearness, hours, and why here."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from essaim.core.catalogue import actions, queries
from essaim.core.catalogue.models import Word
from essaim.core.catalogue.rules.needs import Need
from essaim.core.catalogue.rules.opening import OpenPeriod, week_of
from essaim.core.catalogue.rules.ranking import CURRENT, WordMatch
from essaim.core.catalogue.tests.conftest import NOON
from essaim.core.territories import rules as ground
from essaim.core.territories.models import Territory
from essaim.core.territories.rules import Position

CENTRE = Position(50.63, 3.06)
SATURDAY_MORNING = week_of([OpenPeriod(5, 8 * 60, 14 * 60)])


def titles(page):
    return [found.title for found in page.results]


@pytest.mark.parametrize(
    ("title", "summary", "typed"),
    [
        ("Réparation de vélos", "", "reparer velo"),
        ("Atelier", "Nous réparons votre bicyclette", "réparation vélo"),
        ("Pommes de terre", "", "patates"),
        ("Marché du samedi", "", "marche"),
        ("Œufs de plein air", "", "oeuf"),
        ("L’huile d’olive", "", "huile d'olive"),
    ],
)
def test_a_listing_is_found_by_other_forms_of_its_words(territory, publish, title, summary, typed):
    publish(title, summary=summary)
    publish("Tout autre chose")

    page = queries.search(territory=territory, now=NOON, text=typed)

    assert titles(page) == [title]
    assert page.corrections == ()


def test_every_word_typed_must_be_found(territory, publish):
    publish("Vélo de ville")

    assert titles(queries.search(territory=territory, now=NOON, text="vélo cargo")) == []


def test_a_slip_is_corrected_and_said(territory, publish):
    publish("Carottes de sable")

    page = queries.search(territory=territory, now=NOON, text="carote")

    assert titles(page) == ["Carottes de sable"]
    assert page.corrections == (queries.Correction("carote", ("carotte",)),)


def test_a_slip_in_a_plural_is_corrected_by_the_singular_in_use(territory, publish):
    publish("Potimarron")

    page = queries.search(territory=territory, now=NOON, text="potimarons")

    assert titles(page) == ["Potimarron"]
    assert page.corrections == (queries.Correction("potimarons", ("potimarron",)),)


def test_a_word_in_use_is_not_corrected(territory, publish):
    publish("Poires")
    publish("Foires")

    page = queries.search(territory=territory, now=NOON, text="poire")

    assert titles(page) == ["Poires"]
    assert page.corrections == ()


def test_a_dictionary_word_that_nobody_uses_is_taken_for_a_slip(territory, publish):
    publish("Vélo de ville")

    page = queries.search(territory=territory, now=NOON, text="velu")

    assert titles(page) == ["Vélo de ville"]
    assert page.corrections == (queries.Correction("velu", ("velo",)),)


def test_title_then_text_then_meaning(territory, publish):
    publish("Bicyclette bleue")
    publish("Balade", summary="On prête un vélo")
    publish("Vélo rouge")

    page = queries.search(territory=territory, now=NOON, text="vélo")

    assert titles(page) == ["Vélo rouge", "Balade", "Bicyclette bleue"]
    assert [found.why[0].words for found in page.results] == [
        WordMatch.IN_TITLE,
        WordMatch.IN_TEXT,
        WordMatch.SAME_MEANING,
    ]


def test_results_stand_in_the_order_of_the_declared_policy(territory, publish, place_at):
    chance = random.Random(7)
    for number in range(60):
        place = None
        if chance.random() < 0.8:
            place = place_at(50.6 + chance.random() / 10, 3 + chance.random() / 10)
        publish(
            f"Pain {number}" if chance.random() < 0.5 else f"Fournée {number}",
            summary="pain",
            place=place,
            now=NOON - timedelta(days=chance.randrange(90)),
        )

    page = queries.search(territory=territory, now=NOON, text="pain", near=CENTRE, page_size=60)

    assert page.total_count == len(page.results) == 60
    scores = [found.score for found in page.results]
    assert scores == sorted(scores, reverse=True)
    for found in page.results:
        assert found.score == pytest.approx(sum(reason.points for reason in found.why))
        if found.position:
            assert found.distance_m == round(ground.distance_m(CENTRE, found.position))


def test_another_policy_gives_another_order(territory, publish, place_at):
    publish("Pain", place=place_at(50.80, 3.06), now=NOON)
    publish("Pain proche", place=place_at(50.63, 3.06), now=NOON - timedelta(days=300))
    fresh_first = replace(CURRENT, version="test", near_points=0, fresh_points=50)

    by_default = queries.search(territory=territory, now=NOON, text="pain", near=CENTRE)
    by_freshness = queries.search(
        territory=territory, now=NOON, text="pain", near=CENTRE, policy=fresh_first
    )

    assert titles(by_default) == ["Pain proche", "Pain"]
    assert titles(by_freshness) == ["Pain", "Pain proche"]


def test_open_now_keeps_what_is_open_and_what_has_no_hours(territory, publish):
    publish("Pain du samedi", open_week=SATURDAY_MORNING)
    publish("Pain toujours")
    publish("Pain fermé", open_week=())
    publish("Pain passé", available_until=NOON)
    publish("Pain à venir", available_from=NOON + timedelta(hours=1))

    def found(at):
        page = queries.search(territory=territory, now=NOON, text="pain", open_at=at)
        return set(titles(page))

    # Noon in UTC is 13:00 in Lille: hours are those of the territory.
    assert found(NOON) == {"Pain du samedi", "Pain toujours"}
    assert found(NOON + timedelta(hours=1)) == {"Pain toujours", "Pain à venir"}


def test_within_keeps_what_is_near(territory, publish, place_at):
    publish("Pain d'ici", place=place_at(50.63, 3.07))
    publish("Pain de loin", place=place_at(50.9, 3.07))
    publish("Pain de nulle part")

    page = queries.search(territory=territory, now=NOON, text="pain", near=CENTRE, within_m=5_000)

    assert titles(page) == ["Pain d'ici"]


def test_need_and_trade_narrow_the_search(territory, publish):
    publish("Pain", need=Need.EAT)
    publish("Pain à faire soi-même", need=Need.HELP, trade="neighbours")

    assert titles(queries.search(territory=territory, now=NOON, need="help")) == [
        "Pain à faire soi-même"
    ]
    assert titles(queries.search(territory=territory, now=NOON, text="pain", trade="food-hub")) == [
        "Pain"
    ]


def test_other_territories_and_withdrawn_listings_are_not_found(territory, publish):
    elsewhere = Territory.objects.create(name="Ailleurs", slug="ailleurs", created_at=NOON)
    publish("Pain d'ailleurs", territory=elsewhere)
    actions.withdraw_listing(listing=publish("Pain d'hier"), now=NOON)

    assert queries.search(territory=territory, now=NOON, text="pain").total_count == 0


@pytest.mark.parametrize("text", ["' | !", "\\", "a:*", "''", "<->", "x" * 500, "', 'a", "%s", "œ"])
def test_nothing_typed_breaks_the_search(territory, publish, text):
    publish("Chose", summary=f"{text} d'art")

    page = queries.search(territory=territory, now=NOON, text=text)

    assert page.total_count <= 1


def test_a_long_strange_word_is_still_found(territory, publish):
    publish("Z" * 100)

    assert queries.search(territory=territory, now=NOON, text="z" * 100).total_count == 1


def test_pages_follow_one_another_without_gap_or_repeat(territory, publish):
    for number in range(7):
        publish(f"Pain {number}")

    pages = [
        queries.search(territory=territory, now=NOON, text="pain", start=start, page_size=3)
        for start in (0, 3, 6, 9)
    ]

    assert [len(page.results) for page in pages] == [3, 3, 1, 0]
    assert len({found.listing_id for page in pages for found in page.results}) == 7
    assert [page.page for page in pages] == [1, 2, 3, 4]
    assert pages[0].page_count == 3


def test_a_search_is_two_queries_whatever_is_found(
    territory, publish, place_at, django_assert_num_queries
):
    for number in range(10):
        publish(f"Pain {number}", place=place_at(50.63, 3.06))

    with django_assert_num_queries(2):
        queries.search(territory=territory, now=NOON, text="pain", near=CENTRE, open_at=NOON)
    with django_assert_num_queries(1):
        queries.search(territory=territory, now=NOON, need="eat")
    with django_assert_num_queries(2):
        queries.search(territory=territory, now=NOON, text="paiin")
    with django_assert_num_queries(3):
        queries.search(territory=territory, now=NOON, text="bain")


def test_a_home_is_found_by_its_cell_and_without_its_name(territory, publish, place_at):
    home = place_at(50.6312, 3.0623, name="Chez Ada", is_home=True)
    publish("Pain maison", place=home)

    (found,) = queries.search(territory=territory, now=NOON, text="pain", near=CENTRE).results

    assert found.position == ground.shown_position(home.position, is_home=True)
    assert found.place_name == ""


def test_the_nearest_of_a_need_are_those_of_a_scan(
    territory, publish, place_at, django_assert_num_queries
):
    chance = random.Random(3)
    for number in range(80):
        place = place_at(50.6 + chance.random() / 10, 3 + chance.random() / 10)
        publish(f"Pain {number}", place=place, need=chance.choice([Need.EAT, Need.HELP]))
    publish("Pain de nulle part")

    with django_assert_num_queries(1):
        found = queries.nearest_listings(
            territory=territory, need=Need.EAT, origin=CENTRE, now=NOON, count=15
        )

    scan = queries.search(
        territory=territory, now=NOON, need="eat", near=CENTRE, page_size=100
    ).results
    expected = sorted(
        (near for near in scan if near.position),
        key=lambda near: ground.distance_m(CENTRE, near.position),
    )
    assert [near.listing_id for near in found] == [near.listing_id for near in expected[:15]]


def test_needs_are_counted(territory, publish, django_assert_num_queries):
    publish("Pain")
    publish("Œufs")
    publish("Coup de main", need=Need.HELP)

    with django_assert_num_queries(1):
        assert queries.counts_by_need(territory) == {"eat": 2, "help": 1}


def test_words_of_withdrawn_listings_are_forgotten(territory, publish):
    actions.withdraw_listing(listing=publish("Carottes"), now=NOON)

    assert Word.objects.get(word="carottes").listing_count == 0
    assert queries.search(territory=territory, now=NOON, text="carote").corrections == ()
