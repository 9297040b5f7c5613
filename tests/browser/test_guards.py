"""Each look is proven able to see: a page made bad on purpose is caught, one fault at a time."""

import re

import pytest

from tests.browser import looking

pytestmark = pytest.mark.browser

GOOD = "<p>Tout va bien\u202f!</p>"
BAD = {
    "asks elsewhere.invalid": '<img alt="" src="http://elsewhere.invalid/spy.png">',
    r"\d+ requests, 8 allowed": "".join(f'<img alt="" src="/spoilt/{n}">' for n in range(9)),
    r"\d+ KB, 120 allowed": f"<p hidden>{'abeille ' * 16_000}</p>",
    r"\d+ nodes, 350 allowed": "<hr>" * 351,
    r"\d+ px wide on a screen of 320": '<p style="width: 25rem">Trop large.</p>',
    "axe, light: image-alt": '<img src="/spoilt/map">',
    "axe, dark: color-contrast": '<p style="color: light-dark(black, #222)">Le soir tombe.</p>',
    "French: 'Combien .'": "<p>Combien ?</p>",
    "French: 'Vos cartes: trois'": '<p aria-label="Vos cartes: trois" role="note">Trois.</p>',
    "French: 'À 12 €'": "<details><summary>Le prix</summary><p>À 12 €</p></details>",
}


@pytest.fixture(scope="module")
def spoilt(new_window):
    """Look at our legal page with something added to it, its policy and compression lifted."""
    page = new_window()

    def seen(added):
        def answer(route):
            body = route.fetch().text().replace("</main>", f"{added}</main>")
            route.fulfill(body=body, content_type="text/html; charset=utf-8")

        page.route("**/legal/", answer)
        page.route("**/spoilt/*", lambda route: route.fulfill(body="", content_type="image/png"))
        page.goto("/legal/")
        found = looking.faults(looking.look(page))
        page.unroute_all()
        return found

    return seen


def test_a_page_that_keeps_its_promises_has_no_fault(spoilt):
    assert spoilt(GOOD) == []


@pytest.mark.parametrize("fault", BAD)
def test_a_page_made_bad_is_caught(spoilt, fault):
    found = spoilt(BAD[fault])

    assert [one for one in found if re.match(fault, one)]


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ('<script>throw new Error("oups")</script>', "oups"),
        ('<script>console.error("htmx: blocked")</script>', "htmx: blocked"),
    ],
)
def test_a_script_that_complains_is_heard(spoilt, complaints, added, said):
    spoilt(added)

    heard = complaints.copy()
    complaints.clear()
    assert len(heard) == 1
    assert said in heard[0]
