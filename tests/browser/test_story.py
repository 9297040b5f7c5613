"""The whole story of a hub in a real browser, with JavaScript and without."""

import os
import re

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not os.environ.get("ESSAIM_BROWSER"),
        reason="parcours dans Chromium : ESSAIM_BROWSER=1, sur une machine calme",
    ),
]

BUYER, MANAGER = "Amina Benali", "Mona Delattre"


def first_shop(page):
    page.goto("/food/")
    page.locator("main a[href^='/food/']").first.click()
    page.wait_for_load_state()


def producers_on_the_page(page) -> list[str]:
    options = page.locator("select[name=producer] option")
    return [value for value in options.evaluate_all("all => all.map(o => o.value)") if value]


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_buyer_orders_from_three_producers_pays_and_cancels(visitor, script):
    page = visitor(BUYER, script=script)
    first_shop(page)
    shop = page.url
    producers = producers_on_the_page(page)
    assert len(producers) >= 3

    for producer in producers[:3]:
        page.goto(f"{shop}?producer={producer}")
        page.locator("button[name=add]").first.click()
        page.wait_for_load_state("networkidle")
    page.goto("/food/basket/")
    page.locator("a[href*='/food/checkout/']").first.click()
    page.locator("input[type=radio][name=slot]:not([disabled])").first.check()
    page.locator("input[type=radio][name=means][value=card]").check()
    page.locator("button[type=submit]:visible").last.click()
    page.wait_for_load_state()

    assert re.search(r"/pay/|/food/orders/", page.url)
    assert "bac à sable" in page.locator("main").inner_text().lower()
