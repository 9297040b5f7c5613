"""How fast the catalogue answers: words + near + open now, and the nearest of a kind.

Run by `essaim bench search`. Everything happens in a database of its own, dropped afterwards.
Baselines are taken in the same run, interleaved: the same statements without the indexes
(`enable_indexscan` and `enable_bitmapscan` off), and for recall a scan by numpy with the
haversine formula, which shares no code with the database.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

import numpy as np
from django.db import connection
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from benchmarks.database import copy, database_of_its_own
from essaim.core.catalogue import queries as catalogue
from essaim.core.catalogue.rules import indexing
from essaim.core.catalogue.rules.lexicon import lines_of
from essaim.core.catalogue.rules.opening import OpenPeriod, week_of
from essaim.core.members.models import Organisation
from essaim.core.territories import queries as ground
from essaim.core.territories.models import Commune, Territory
from essaim.core.territories.rules import Position, cell_of
from essaim.kernel.identifiers import uuid7

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LISTINGS_COUNT, LISTINGS_QUICK = 100_000, 10_000
PLACES_COUNT, PLACES_QUICK = 1_000_000, 50_000
SEARCHES_COUNT, SEARCHES_QUICK = 400, 60
NEAREST_COUNT, NEAREST_QUICK = 1_000, 100
SCANS_COUNT = 30
DATABASE = "essaim_bench_search"
NEEDS = ("eat", "eat", "eat", "move", "lodge", "repair", "borrow", "help", "trade")
KINDS = ("pickup", "farm", "workshop", "home-like", "stop", "shelf", "kitchen", "rare")
KIND_WEIGHTS = (40, 20, 15, 10, 8, 5, 1.9, 0.1)


def run(quick: bool) -> dict[str, Any]:  # noqa: FBT001 - the form all benchmarks share
    """Measure and return the figures; Django must be set up on a running database."""
    with database_of_its_own(DATABASE):
        results = [
            *_measure_search(
                LISTINGS_QUICK if quick else LISTINGS_COUNT,
                SEARCHES_QUICK if quick else SEARCHES_COUNT,
            ),
            *_measure_nearest(
                PLACES_QUICK if quick else PLACES_COUNT,
                NEAREST_QUICK if quick else NEAREST_COUNT,
            ),
        ]
    return {
        "name": "search",
        "data": {
            "quick": quick,
            "listings": LISTINGS_QUICK if quick else LISTINGS_COUNT,
            "places": PLACES_QUICK if quick else PLACES_COUNT,
        },
        "results": results,
    }


def _settle(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {table}")


def _vocabulary() -> tuple[list[str], list[float]]:
    """Return words of the trades, commonest first, and how often each is drawn.

    Zipf's law without its head, as stop words are not stored: the commonest of about a thousand
    words is in one listing of six.
    """
    lines = [*lines_of("thesaurus.txt"), *lines_of("families.txt"), *lines_of("apart.txt")]
    drawn = list(dict.fromkeys(" ".join(lines).replace("_", " ").split()))
    random.Random(1).shuffle(drawn)
    return drawn, list(accumulate(1 / (rank + 30) for rank in range(len(drawn))))


def _measure_search(listings_count: int, searches_count: int) -> list[dict[str, Any]]:

    territory = Territory.objects.create(name="Bench", slug="bench", created_at=NOW)
    _fill_listings(territory.pk, listings_count)
    drawn, weights = _vocabulary()
    chance = random.Random(2)

    def search() -> Callable[[], object]:
        typed = " ".join(chance.choices(drawn, cum_weights=weights, k=chance.choice((1, 1, 2))))
        if chance.random() < 0.1 and len(typed) > 5:
            place = chance.randrange(1, len(typed))
            typed = typed[:place] + typed[place + 1 :]
        near = Position(50.63 + chance.gauss(0, 0.08), 3.06 + chance.gauss(0, 0.12))
        open_at = NOW + timedelta(minutes=chance.randrange(7 * 1440))
        return lambda: catalogue.search(
            territory=territory, now=NOW, text=typed, near=near, open_at=open_at
        )

    for _ in range(20):
        search()()
    with_index, by_scan = [], []
    for number in range(searches_count):
        ask = search()
        with_index.append(_ms(ask))
        if number % max(1, searches_count // SCANS_COUNT) == 0:
            with _no_index():
                by_scan.append(_ms(ask))
    scan_ms = _centile(by_scan, 95)
    return [
        _result("words + near + open now, p95", _centile(with_index, 95), scan_ms, 50.0),
        _result("words + near + open now, median", _centile(with_index, 50), _centile(by_scan, 50)),
    ]


def _fill_listings(territory_id: int, count: int) -> None:

    maker = Organisation.objects.create(slug="bench", name="Bench", created_at=NOW)
    drawn, weights = _vocabulary()
    chance = random.Random(3)
    weeks = [
        week_of(
            OpenPeriod(day, 60 * chance.randrange(6, 12), 60 * chance.randrange(13, 22))
            for day in chance.sample(range(7), chance.randrange(1, 7))
        )
        for _ in range(50)
    ]
    used: dict[str, int] = {}

    def rows() -> Iterator[Sequence[object]]:
        for number in range(count):
            title = " ".join(chance.choices(drawn, cum_weights=weights, k=3))
            summary = " ".join(chance.choices(drawn, cum_weights=weights, k=15))
            for word in indexing.vocabulary(title, summary):
                used[word] = used.get(word, 0) + 1
            spans = None if chance.random() < 0.3 else chance.choice(weeks)
            yield (
                *(uuid7(), territory_id, maker.pk, "bench", chance.choice(NEEDS), "thing", False),
                *(title, summary, f"/bench/{number}/", indexing.vector(title, summary)),
                *(50.63 + chance.gauss(0, 0.08), 3.06 + chance.gauss(0, 0.12), "", "published"),
                None if spans is None else Multirange([Range(*span) for span in spans]),
                NOW - timedelta(minutes=chance.randrange(200 * 1440)),
            )

    copy(
        "catalogue_listing (public_id, territory_id, provider_id, trade, need, kind, is_request,"
        " title, summary, path, search_vector, lat, lng, price_label, status, open_week,"
        " published_at)",
        rows(),
    )
    copy(
        "catalogue_word (word, token, listing_count)",
        ((word, indexing.stored_token(word), times) for word, times in used.items()),
    )
    _settle("catalogue_listing")
    _settle("catalogue_word")


def _measure_nearest(places_count: int, nearest_count: int) -> list[dict[str, Any]]:

    ids, lats, lngs, kinds = _fill_places(places_count)
    chance = random.Random(5)
    with_index: list[float] = []
    by_scan: list[float] = []
    hits = wanted = 0
    for number in range(nearest_count):
        origin = Position(chance.uniform(42.5, 51), chance.uniform(-4.5, 8))
        kind = chance.choice(KINDS)
        started = time.perf_counter()
        found = ground.nearest_places(kind, origin, count=20)
        with_index.append((time.perf_counter() - started) * 1000)
        if number % max(1, nearest_count // 200) == 0:
            nearest = _scan(ids, lats, lngs, kinds == KINDS.index(kind), origin)
            hits += len(nearest & {place.place_id for place in found})
            wanted += len(nearest)
        if number % max(1, nearest_count // SCANS_COUNT) == 0:
            with _no_index():
                by_scan.append(_ms(lambda: ground.nearest_places(kind, origin, count=20)))  # noqa: B023
    return [
        _result("nearest 20 of a kind, p99", _centile(with_index, 99), _centile(by_scan, 50), 5.0),
        _result("nearest 20 of a kind, median", _centile(with_index, 50), _centile(by_scan, 50)),
        {
            "metric": "nearest 20 of a kind, recall against a scan",
            "value": round(100 * hits / wanted, 3),
            "unit": "%",
            "baseline": 100.0,
            "ratio": round(hits / wanted, 5),
            "goal": 100.0,
            "met": hits == wanted,
        },
    ]


def _fill_places(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Put places over France, crowded around towns, and return their ids, positions and kinds."""
    draw = np.random.default_rng(4)
    towns = np.column_stack([draw.uniform(42.5, 51, 400), draw.uniform(-4.5, 8, 400)])
    chosen = draw.zipf(1.3, count) % 400
    lats = towns[chosen, 0] + draw.normal(0, 0.05, count)
    lngs = towns[chosen, 1] + draw.normal(0, 0.07, count)
    weights = np.array(KIND_WEIGHTS) / sum(KIND_WEIGHTS)
    kinds = draw.choice(len(KINDS), count, p=weights)
    ids = np.arange(1, count + 1)
    commune = Commune.objects.create(
        code="99999", name="Bench", search_text=" bench", postcodes=[], population=0,
        departement="99", region="99",
    )  # fmt: skip
    cell = cell_of(Position(50.63, 3.06))

    def rows() -> Iterator[Sequence[object]]:
        for place_id, lat, lng, kind in zip(
            ids.tolist(), lats.tolist(), lngs.tolist(), kinds.tolist(), strict=True
        ):
            yield (
                *(place_id, uuid7(), "", KINDS[kind], "", commune.pk),
                *(lat, lng, lat, lng, cell, False, NOW),
            )

    with connection.cursor() as cursor:  # an index is made faster after than during the copy
        cursor.execute("SELECT pg_get_indexdef('place_near'::regclass)")
        (index,) = cursor.fetchone() or ("",)
        cursor.execute("DROP INDEX place_near")
    copy(
        "territories_place (id, public_id, name, kind, address, commune_id, lat, lng, shown_lat,"
        " shown_lng, cell_r9, is_home, created_at)",
        rows(),
    )
    with connection.cursor() as cursor:
        cursor.execute(index)
    _settle("territories_place")
    return ids, lats, lngs, kinds


def _scan(
    ids: np.ndarray, lats: np.ndarray, lngs: np.ndarray, fits: np.ndarray, origin: Position
) -> set[int]:
    lat, lng = np.radians(lats[fits]), np.radians(lngs[fits])
    here_lat, here_lng = np.radians(origin.lat), np.radians(origin.lng)
    square = np.sin((lat - here_lat) / 2) ** 2
    square += np.cos(here_lat) * np.cos(lat) * np.sin((lng - here_lng) / 2) ** 2
    return set(ids[fits][np.argsort(square)[:20]].tolist())


@contextmanager
def _no_index() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET enable_indexscan = off; SET enable_bitmapscan = off")
        try:
            yield
        finally:
            cursor.execute("RESET enable_indexscan; RESET enable_bitmapscan")


def _ms(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _centile(values: list[float], centile: int) -> float:
    return float(np.percentile(values, centile))


def _result(
    metric: str, value_ms: float, baseline_ms: float, goal_ms: float | None = None
) -> dict[str, Any]:
    return {
        "metric": metric,
        "value": round(value_ms, 2),
        "unit": "ms",
        "baseline": round(baseline_ms, 2),
        "ratio": round(value_ms / baseline_ms, 4),
        "goal": goal_ms,
        "met": None if goal_ms is None else value_ms <= goal_ms,
    }
