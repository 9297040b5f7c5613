"""The shelf of 10,000 packs: queries, time on the server, and pages against the same data as JSON.

Server time is what the application takes from request to answer, measured in this process without
a network. Pages per second are read over HTTP from the real web server, in turn with the JSON of
the programs' interface for the very same packs.
"""

import random
import time
from statistics import median
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from benchmarks.serving import pages_per_second, serving
from essaim.core.members.models import Organisation
from essaim.trades.food_hub.models import CycleOffer, OrderCycle, Product, StockPool, Variant
from essaim.trades.food_hub.tests import world as small_world

FAMILIES = ("Légumes", "Fruits", "Fromages", "Pains", "Viandes", "Boissons", "Épicerie", "Miels")
GOODS = ("Carotte", "Pomme", "Tomme", "Miche", "Rillettes", "Cidre", "Lentille", "Miel", "Poireau")
PACKS = ((250, 290), (500, 540), (1000, 990), (2500, 2300), (5000, 4400))
PRODUCERS = 40
PAGE = 50


def run(*, quick: bool) -> dict[str, Any]:
    """Measure; needs Django set up on a throw-away installation."""
    world = small_world.build()
    OrderCycle.objects.update(
        opens_at=small_world.OPENING.replace(year=2020),
        closes_at=small_world.CLOSING.replace(year=2090),
    )
    producers = Organisation.objects.bulk_create(
        Organisation(slug=f"ferme-{n}", name=f"Ferme {n}", email=f"f{n}@exemple.fr")
        for n in range(PRODUCERS)
    )
    _stock(world.cycle, producers, products_each=5)
    few = _queries_of_a_page(world.cycle)
    _stock(world.cycle, producers, products_each=45)
    many = _queries_of_a_page(world.cycle)
    count = CycleOffer.objects.filter(cycle=world.cycle).count()
    times_ms = _server_times_ms(world.cycle, count, asked=60 if quick else 400)
    html, data = _rates(world.cycle, count, rounds=3 if quick else 7, pages=80 if quick else 400)
    p95 = times_ms[int(len(times_ms) * 0.95)]
    return {
        "name": "shop",
        "data": {"packs": count, "producers": PRODUCERS, "page": PAGE, "asked": len(times_ms)},
        "results": [
            _fact("queries of a page", many, "queries", few, 10, is_met=many <= 10),
            _fact("server time, p95", p95, "ms", None, 60, is_met=p95 <= 60),
            _fact("server time, median", median(times_ms), "ms", None, None, is_met=None),
            _fact(
                "pages/s against the same data as JSON", html, "1/s", data, 0.6,
                is_met=html / data >= 0.6,
            ),
        ],
    }  # fmt: skip


def _fact(
    metric: str, value: float, unit: str, baseline: float | None, goal: float | None, *,
    is_met: bool | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "metric": metric,
        "value": round(value, 1),
        "unit": unit,
        "baseline": None if baseline is None else round(baseline, 1),
        "ratio": None if baseline is None else round(value / baseline, 2),
        "goal": goal,
        "met": is_met,
    }


def _stock(cycle: OrderCycle, producers: list[Organisation], *, products_each: int) -> None:
    """Give each producer more products of five packs, all offered in the cycle."""
    before = Product.objects.count()
    products = Product.objects.bulk_create(
        Product(
            producer=producer,
            name=f"{GOODS[n % len(GOODS)]} {before + n * len(producers) + rank}",
            family=FAMILIES[(n + rank) % len(FAMILIES)],
            measure="weight",
            labels="bio" if n % 3 else "",
        )
        for rank, producer in enumerate(producers)
        for n in range(products_each)
    )
    StockPool.objects.bulk_create(
        StockPool(product=product, on_hand_units=1_000_000) for product in products
    )
    variants = Variant.objects.bulk_create(
        Variant(product=product, label=f"{weight} g", pool_units=weight, weight_g=weight,
                price_cents=price + number % 90)
        for number, product in enumerate(products)
        for weight, price in PACKS
    )  # fmt: skip
    CycleOffer.objects.bulk_create(
        CycleOffer(cycle=cycle, variant=variant, price_cents=variant.price_cents)
        for variant in variants
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _address(cycle: OrderCycle, query: str = "") -> str:
    return f"/food/{cycle.public_id}/{query}"


def _queries_of_a_page(cycle: OrderCycle) -> int:
    client = Client()
    _ok(client, _address(cycle))
    with CaptureQueriesContext(connection) as seen:
        _ok(client, _address(cycle, "?page=2"))
    return len(seen)


def _server_times_ms(cycle: OrderCycle, count: int, *, asked: int) -> list[float]:
    """Times of pages as people ask for them: leafing, a family, a producer, words."""
    client = Client()
    queries = [
        *(f"?page={random.randint(1, count // PAGE)}" for _ in range(asked // 2)),
        *(f"?family={random.choice(FAMILIES)}" for _ in range(asked // 8)),
        *(f"?words={random.choice(GOODS)}" for _ in range(asked // 4)),
        *(f"?words={random.choice(GOODS)}s+bio" for _ in range(asked // 8)),
    ]
    random.shuffle(queries)
    _ok(client, _address(cycle))
    times = []
    for query in queries:
        started = time.perf_counter()
        _ok(client, _address(cycle, query))
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


def _ok(client: Client, address: str) -> None:
    with override_settings(ALLOWED_HOSTS=["*"]):
        answer = client.get(address, headers={"accept-language": "fr"})
    assert answer.status_code == 200, f"{address}: {answer.status_code}"


def _rates(cycle: OrderCycle, count: int, *, rounds: int, pages: int) -> tuple[float, float]:
    """Median pages per second as HTML and as JSON, read in turn."""
    html, data = [], []
    with serving() as port:
        for number in range(rounds + 1):
            asked = [random.randint(1, count // PAGE) for _ in range(pages)]
            pages_asked = [_address(cycle, f"?page={page}") for page in asked]
            shelf = f"/api/v1/food/cycles/{cycle.public_id}/offers?count={PAGE}&start="
            data_asked = [f"{shelf}{(page - 1) * PAGE}" for page in asked]
            as_html = pages_per_second(port, pages_asked)
            as_data = pages_per_second(port, data_asked)
            if number:  # the first round warms the workers up
                html.append(as_html)
                data.append(as_data)
    return median(html), median(data)
