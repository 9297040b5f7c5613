"""What every key page promises: it fits, it is light, it asks nobody else, everybody can use it."""

import os
from pathlib import Path

import axe_playwright_python
import pytest

from essaim.site import typography

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not os.environ.get("ESSAIM_BROWSER"),
        reason="parcours dans Chromium : ESSAIM_BROWSER=1, sur une machine calme",
    ),
]

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
BUYER, MANAGER, CLERK = "Amina Benali", "Mona Delattre", "Yann Lefebvre"
PAGES = [
    ("", "/", 350),
    ("", "/search/?q=miel", 350),
    ("", "/rules/", 350),
    ("", "/account/login/", 350),
    ("", "/food/", 350),
    ("", "shop", 600),
    (BUYER, "/food/basket/", 350),
    (BUYER, "checkout", 350),
    (BUYER, "/my/", 350),
    (BUYER, "/food/orders/", 350),
    (MANAGER, "/food/desk/", 350),
    (CLERK, "/my/", 350),
]
WEIGHT_KB_MAX = 120
REQUESTS_MAX = 8


def open_page(page, address: str):
    """Go to an address; `shop` and `checkout` are found by following links, as people do."""
    if address == "shop":
        page.goto("/food/")
        page.locator("main a[href^='/food/']").first.click()
        page.wait_for_load_state()
    elif address == "checkout":
        open_page(page, "shop")
        page.locator("button[name=add]").first.click()
        page.wait_for_load_state("networkidle")
        page.goto("/food/basket/")
        page.locator("a[href*='/food/checkout/']").first.click()
        page.wait_for_load_state()
    else:
        page.goto(address)


@pytest.mark.parametrize(("who", "address", "nodes_max"), PAGES)
def test_a_key_page_is_light_and_asks_no_other_host(visitor, demo, who, address, nodes_max):
    page = visitor(who)
    open_page(page, address)
    seen = []
    page.on("response", seen.append)

    page.reload()
    page.wait_for_load_state("networkidle")

    assert {response.url for response in seen if not response.url.startswith(demo.base)} == set()
    assert len(seen) <= REQUESTS_MAX
    weight = sum(response.request.sizes()["responseBodySize"] for response in seen)
    assert weight <= WEIGHT_KB_MAX * 1024
    assert page.evaluate("document.querySelectorAll('body *').length") <= nodes_max


@pytest.mark.parametrize(("who", "address", "nodes_max"), PAGES)
def test_a_key_page_never_scrolls_sideways_at_320_px(visitor, who, address, nodes_max):
    page = visitor(who, width=320)

    open_page(page, address)

    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320


@pytest.mark.parametrize(("who", "address", "nodes_max"), PAGES)
def test_a_key_page_has_no_accessibility_violation(visitor, who, address, nodes_max):
    page = visitor(who)
    open_page(page, address)
    # The policy of the page forbids foreign scripts, so axe comes in by the debugger's door.
    page.evaluate(AXE.read_text() + "\n;0")

    result = page.evaluate("axe.run()")

    found = [(v["id"], v["nodes"][0]["html"][:160]) for v in result["violations"]]
    assert found == []


@pytest.mark.parametrize(("who", "address", "nodes_max"), PAGES)
def test_the_french_of_a_key_page_is_set_right(visitor, who, address, nodes_max):
    page = visitor(who)

    open_page(page, address)

    lines = page.locator("body").inner_text().splitlines()
    assert {line: found for line in lines if (found := typography.problems(line))} == {}
