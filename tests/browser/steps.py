"""What people do on the pages, by the words they read there; each step ends on a loaded page."""

import re

from playwright.sync_api import Locator, Page, Response

AMOUNT = re.compile(r"([-−])?(\d[\d\s]*),(\d\d)\s?€")


def follow(page: Page, link: Locator, *, status: int = 200) -> None:
    """Press what leads to another page, and wait for it: a part refreshed meanwhile is not it."""
    with page.expect_event("load"), page.expect_event("response", _is_of_a_page) as arrival:
        link.first.click()
    assert arrival.value.status == status


def _is_of_a_page(answer: Response) -> bool:
    return answer.request.is_navigation_request() and not 300 <= answer.status < 400


def press(page: Page, name: str, *, status: int = 200) -> None:
    """Press a button that sends a form and brings another page."""
    follow(page, page.get_by_role("button", name=name, exact=True), status=status)


def go(page: Page, *names: str) -> None:
    """Follow links one after the other, by their words."""
    for name in names:
        follow(page, page.get_by_role("main").get_by_role("link", name=name, exact=True))


def open_shop(page: Page) -> None:
    page.goto("/food/")
    follow(page, page.locator("main .card a", has_text="Semaine"))


def first_pack(page: Page) -> None:
    open_shop(page)
    follow(page, page.locator("#shelf li a"))


def first_rule(page: Page) -> None:
    page.goto("/rules/")
    follow(page, page.locator("main .rows a"))


def fill_a_basket(page: Page) -> None:
    """Come to a basket with something in it, filled on the page of a pack the first time."""
    page.goto("/food/basket/")
    if not page.get_by_role("link", name="Commander", exact=True).count():
        first_pack(page)
        press(page, "Mettre dans mon panier")
        page.goto("/food/basket/")


def start_a_checkout(page: Page) -> None:
    fill_a_basket(page)
    go(page, "Commander")


def first_order(page: Page) -> None:
    page.goto("/food/orders/")
    follow(page, page.locator("main .rows a"))


def documents_of_the_first_order(page: Page) -> None:
    first_order(page)
    go(page, "Reçus et factures")


def first_product(page: Page) -> None:
    page.goto("/food/desk/producers/ferme-du-ferrain/products/")
    follow(page, page.locator("main .rows a"))


def open_cycle_at_the_desk(page: Page, title: str, *links: str) -> None:
    page.goto("/food/desk/")
    go(page, "Tous les cycles", title, *links)


def open_going_cycle(page: Page, *links: str) -> None:
    """The demo's own cycle that takes orders, whatever the stories open beside it."""
    page.goto("/food/desk/")
    go(page, "Tous les cycles")
    row = page.get_by_role("listitem").filter(has_text="Ouvert").filter(has_text="Semaine")
    follow(page, row.get_by_role("link"))
    go(page, *links)


def open_assembly(page: Page, where: str, *links: str) -> None:
    """The demo's assembly, from a page that lists it."""
    page.goto(where)
    go(page, "Assemblée générale ordinaire", *links)


def read_a_form(page: Page) -> None:
    """The page on which a form by post is typed; the form is printed the first time."""
    open_assembly(page, "/assembly/desk/", "Formulaires postaux")
    if not page.get_by_role("link", name="Lire le formulaire 1", exact=True).count():
        page.goto(f"{page.url}?q=benali")
        go(page, "Amina Benali")
        press(page, "Obtenir ce formulaire")
        open_assembly(page, "/assembly/desk/", "Formulaires postaux")
    go(page, "Lire le formulaire 1")


def open_minutes(page: Page, *links: str) -> None:
    """The minutes of the demo's last assembly, from their register."""
    page.goto("/minutes/")
    go(page, "Assemblée générale de printemps", *links)


def open_last_year(page: Page) -> None:
    page.goto("/sharing/")
    follow(page, page.locator("main table a"))


def open_year_being_written(page: Page) -> None:
    _open_year_at_the_desk(page, "En cours d’écriture")


def open_shared_year(page: Page) -> None:
    _open_year_at_the_desk(page, "Partagé")


def open_campaign(page: Page, *links: str) -> None:
    page.goto("/campaigns/")
    go(page, "Deux vélos cargos pour livrer", *links)


def open_mill(page: Page, *links: str) -> None:
    """The campaign of the demo that succeeded."""
    page.goto("/campaigns/")
    go(page, "Un moulin pour le quartier", *links)


def open_draft(page: Page) -> None:
    page.goto("/campaigns/propose/")
    go(page, "Un composteur partagé")


def open_my_title(page: Page) -> None:
    page.goto("/titles/")
    follow(page, page.locator("main h2 a").first)


def open_quarter(page: Page, state: str) -> None:
    page.goto("/sharing/fund/")
    follow(page, page.get_by_role("listitem").filter(has_text=state).get_by_role("link"))


def _open_year_at_the_desk(page: Page, state: str) -> None:
    page.goto("/sharing/desk/")
    follow(page, page.get_by_role("listitem").filter(has_text=state).get_by_role("link"))


def open_proposal(page: Page, title: str, *links: str) -> None:
    page.goto("/deliberation/")
    go(page, title, *links)


def open_round(page: Page, title: str, *links: str) -> None:
    page.goto("/deliberation/rounds/")
    go(page, title, *links)


def open_consultation(page: Page, question: str = "Où ouvrir le prochain point") -> None:
    page.goto("/consultations/")
    follow(page, page.get_by_role("main").get_by_role("link", name=question))


def give_a_voice(page: Page) -> None:
    """Search for somebody on the page where a voice is given; nothing is given."""
    page.goto("/my/delegations/")
    follow(page, page.get_by_role("main").get_by_role("link", name="Prix"))
    page.goto(f"{page.url}?q=jeanne")


def amounts(*places: Locator) -> list[int]:
    """The amounts in euros that a place shows, in cents, in the order of reading."""
    texts = [text for place in places for text in place.all_inner_texts()]
    return [
        int(re.sub(r"\D", "", euros + decimals)) * (-1 if sign else 1)
        for text in texts
        for sign, euros, decimals in AMOUNT.findall(text)
    ]
