"""A week of a hub, told by those who live it: each chapter is what one person does and reads.

Everything is found by its words and pressed as people would. Amounts are read from the pages, in
cents, and compared between pages: what was shown before is what is shown after.
"""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import amounts, first_pack, follow, go, open_going_cycle, press

PARIS = ZoneInfo("Europe/Paris")
SQUASH, HONEY, BUTTER = "Potimarron", "Miel de tilleul", "Beurre de baratte"
FARM = "Ferme du Ferrain"
WEIGHED_G = 1260


@dataclass
class Week:
    """What the story remembers from one page to the next; amounts are in cents.

    `look` is called on each page worth looking at.
    """

    title: str
    has_script: bool
    look: Callable[[Page], None]
    total_cents: int = 0
    number: str = ""
    order_address: str = ""
    goods_cents: int = 0
    farm_cents: int = 0
    parts: dict[str, int] = field(default_factory=dict)


def open_the_week(page: Page, week: Week) -> None:
    """The manager makes a cycle like the one that is open, names it and opens it at once."""
    open_going_cycle(page)
    press(page, "Préparer le suivant comme celui-ci")
    week.look(page)
    go(page, "Changer les dates")
    now = datetime.now(PARIS)
    page.get_by_label("Nom du cycle").fill(week.title)
    _set_time(page, "Ouverture des commandes", now - timedelta(days=1))
    _set_time(page, "Fermeture des commandes", now + timedelta(days=1))
    press(page, "Enregistrer")
    go(page, "Vérifier et ouvrir")
    week.look(page)
    press(page, "Ouvrir les commandes")


def show_the_squash(page: Page, week: Week) -> None:
    """The farmer gives the squash its photo, as large as a phone takes it."""
    photo = io.BytesIO()
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(photo, "JPEG")
    page.goto("/food/desk/")
    go(page, "Produits et stock", SQUASH)
    file = {"name": "potimarron.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
    page.get_by_label("Photo").locator("input[type=file]").set_input_files(file)
    shown = page.locator(".photo img")
    drawing = shown.get_attribute("src") or ""
    press(page, "Remplacer la photo")
    expect(shown).not_to_have_attribute("src", drawing)
    week.look(page)


def find(page: Page, week: Week) -> None:
    """A visitor searches for squash, reads its price, then finds the hub's week from home."""
    page.goto("/")
    page.get_by_role("searchbox").fill("potimaron")
    press(page, "Chercher")
    found = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=SQUASH))
    (price_cents,) = amounts(found)
    follow(page, found.get_by_role("link"))
    expect(page.get_by_role("heading", level=1)).to_have_text(SQUASH)
    assert amounts(page.get_by_role("main"))[0] == price_cents
    week.look(page)
    page.goto("/")
    follow(page, page.get_by_role("main").get_by_role("link", name=re.compile(week.title)))
    expect(page.get_by_role("heading", level=1)).to_have_text(week.title)


def fill_the_basket(page: Page, week: Week) -> None:
    """The buyer takes a squash, some butter and two jars of honey: three farms."""
    page.goto("/food/")
    follow(page, page.get_by_role("link", name=week.title))
    for product in (SQUASH, BUTTER, HONEY):
        _look_for(page, product)
        row = page.locator("#shelf").get_by_role("listitem").filter(has_text=product).first
        expect(row.get_by_role("presentation")).to_have_count(1)
        row.get_by_role("button", name="Ajouter").click()
        expect(_quantity(page, product)).to_have_value("1")
    page.reload()
    week.look(page)
    dock = page.locator("#dock")
    expect(dock).to_contain_text("3 produits")
    before = dock.locator(".money").inner_text()
    _two_of(page, HONEY, week)
    expect(dock.locator(".money")).not_to_have_text(before)
    week.total_cents = amounts(dock)[0]
    go(page, "Mon panier")
    week.look(page)
    basket = page.get_by_role("region", name=re.compile(week.title))
    lines = [amounts(row)[0] for row in basket.get_by_role("listitem").all()]
    assert len(lines) == 3
    assert sum(lines) == week.total_cents == amounts(basket.locator(".sum").last)[0]
    follow(page, basket.get_by_role("link", name="Commander"))


def order(page: Page, week: Week) -> None:
    """On one page: when, at what price, paid how; five percent more, for somebody else."""
    assert _total(page) == week.total_cents
    page.get_by_role("group", name="Quand").get_by_role("radio").first.check()
    more = page.get_by_role("radio", name=re.compile("de plus, pour quelqu’un")).first
    (promised_cents,) = amounts(more.locator("xpath=.."))
    more.check()
    if not week.has_script:
        press(page, "Recalculer le total")
    expect(page.locator("#sums")).to_contain_text("Solidarité")
    assert _total(page) == promised_cents > week.total_cents
    assert sum(_bar(page)) == promised_cents
    page.get_by_role("radio", name="Par carte").check()
    week.look(page)
    week.total_cents = promised_cents
    press(page, "Confirmer la commande")


def pay(page: Page, week: Week) -> None:
    """The bank refuses, then takes the total that was shown; the order says so."""
    heading = page.get_by_role("heading", level=1)
    assert amounts(heading) == [week.total_cents]
    week.look(page)
    answer_as_the_bank(page, "Carte refusée", status=409)
    expect(page.get_by_role("alert")).to_contain_text("Rien n’a été débité")
    answer_as_the_bank(page, "Carte acceptée")
    week.number = heading.inner_text().split()[-1]
    week.order_address = page.url
    assert _total(page) == week.total_cents == sum(_bar(page)) == sum(_payments(page))
    expect(page.get_by_role("main")).to_contain_text("payé")


def change(page: Page, week: Week) -> None:
    """One jar less: the difference goes back to the card at once."""
    before_cents = week.total_cents
    if week.has_script:
        page.get_by_role("button", name=re.compile(f"Un de moins : {HONEY}")).click()
    else:
        page.get_by_role("spinbutton", name=re.compile(HONEY)).fill("1")
    press(page, "Changer les quantités")
    week.total_cents = _total(page)
    assert week.total_cents < before_cents
    _order_adds_up(page, week)
    week.look(page)


def close(page: Page, week: Week) -> None:
    """The manager closes: one order, of the buyer's total."""
    page.goto("/food/desk/")
    go(page, week.title, "Fermer les commandes")
    expect(page.get_by_role("main")).to_contain_text("1 commande")
    assert week.total_cents in amounts(page.get_by_role("main"))
    week.look(page)
    press(page, "Fermer les commandes")
    assert sum(_bar(page)) == week.total_cents
    week.look(page)


def weigh(page: Page, week: Week) -> None:
    """The farmer, on a phone in the barn, types what the squash really weighs."""
    page.goto("/food/desk/")
    follow(page, page.get_by_role("listitem").filter(has_text=week.title).get_by_role("link"))
    week.look(page)
    row = page.get_by_role("listitem").filter(has_text=week.number).filter(has_text="La pièce")
    row.get_by_role("textbox").fill(str(WEIGHED_G))
    row.get_by_role("button", name="Enregistrer").click()
    said = row.get_by_role("status")
    expect(said).to_contain_text("pour l’acheteur")
    price_cents, before_cents, back_cents, _own_cents = amounts(said)
    assert before_cents - price_cents == back_cents > 0
    page.reload()
    (week.farm_cents,) = amounts(page.get_by_text("Vous recevrez"))
    week.look(page)


def read_the_refund(page: Page, week: Week) -> None:
    """The buyer reads the price of the real weight, and what came back."""
    page.goto(week.order_address)
    expect(page.get_by_role("main")).to_contain_text("poids réel")
    before_cents, week.total_cents = week.total_cents, _total(page)
    assert week.total_cents < before_cents
    _order_adds_up(page, week)


def pack(page: Page, week: Week) -> None:
    """The hub prepares from the list, on the screen, in a spreadsheet or on paper."""
    page.goto("/food/desk/")
    follow(page, page.get_by_role("listitem").filter(has_text=week.title).get_by_role("link"))
    follow(page, page.locator(".breadcrumb a"))
    go(page, "Listes de préparation")
    sheet = page.get_by_role("article").filter(has_text=week.number)
    expect(sheet.get_by_role("listitem")).to_have_count(3)
    week.look(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Pour un tableur (CSV)").click()
    assert _goods_in(download.value.path()) == week.goods_cents
    paper = page.request.get(page.get_by_role("link", name="Imprimer (PDF)").get_attribute("href"))
    assert paper.headers["content-type"] == "application/pdf"


def hand_over(page: Page, week: Week) -> None:
    """At the pick-up desk: three letters of a name, tick, hand over."""
    page.goto("/food/desk/")
    follow(page, page.get_by_role("listitem").filter(has_text=week.title).get_by_role("link"))
    week.look(page)
    page.get_by_role("searchbox").fill("bena")
    press(page, "Chercher")
    follow(page, page.get_by_role("link", name=week.number))
    for box in page.get_by_role("checkbox").all():
        box.check()
    assert week.total_cents in amounts(page.get_by_role("main"))
    expect(page.locator(".dock")).to_contain_text("payé")
    week.look(page)
    press(page, "Remettre la commande")


def settle(page: Page, week: Week) -> None:
    """The manager settles: the parts of all make what the buyer paid."""
    page.goto("/food/desk/")
    follow(page, page.get_by_role("listitem").filter(has_text=week.title).get_by_role("link"))
    assert sum(_bar(page)) == week.total_cents
    week.look(page)
    (button_name,) = page.get_by_role("button", name=re.compile("^Solder")).all_inner_texts()
    press(page, button_name)
    rows = page.locator("tbody tr")
    names = rows.get_by_role("rowheader").all_inner_texts()
    week.parts = {name: amounts(row)[0] for name, row in zip(names, rows.all(), strict=True)}
    assert sum(week.parts.values()) == week.total_cents == amounts(page.locator("tfoot"))[0]
    assert week.parts[FARM] == week.farm_cents
    week.look(page)


def read_the_statement(page: Page, week: Week) -> None:
    """The farmer reads what is due: what was announced in the barn, to the cent."""
    page.goto("/food/desk/")
    follow(page, page.get_by_role("listitem").filter(has_text=week.title).get_by_role("link"))
    expect(page.get_by_role("heading", level=1)).to_have_text(FARM)
    said = amounts(page.get_by_role("main"))
    assert said[0] == week.farm_cents
    assert amounts(page.locator("tfoot").first) == [week.farm_cents]
    week.look(page)
    page.goto("/demo/mailbox/")
    letters = page.get_by_role("listitem").filter(has_text=f"Votre relevé : {week.title}")
    follow(page, letters.filter(has_text="ferme-du-ferrain@").get_by_role("link"))
    assert week.farm_cents in amounts(page.get_by_role("main"))


def write_the_receipt(page: Page, week: Week) -> None:
    """The order is over; its receipt is of the same total."""
    page.goto(week.order_address)
    assert _total(page) == week.total_cents == sum(_bar(page)) == sum(_payments(page))
    week.look(page)
    go(page, "Reçus et factures")
    press(page, "Écrire le reçu")
    week.look(page)
    assert week.total_cents in amounts(page.get_by_role("main"))


def order_one_thing(page: Page, week: Week) -> None:
    """Somebody orders the first thing of the shelf and pays by card; the answer is lost."""
    first_pack(page)
    press(page, "Mettre dans mon panier")
    page.goto("/food/basket/")
    go(page, "Commander")
    page.get_by_role("radio", name="Ferme du Héron").check()
    week.total_cents = _total(page)
    press(page, "Confirmer la commande")
    answer_as_the_bank(page, "Débitée, mais la réponse se perd")
    week.order_address = page.url
    expect(page.get_by_role("main")).to_contain_text("n’a pas répondu à temps")


def ask_the_bank_again(page: Page, week: Week) -> None:
    """Asked again, the payment service confirms: nothing is paid twice."""
    press(page, "Vérifier auprès du service de paiement")
    assert _total(page) == week.total_cents == sum(_payments(page))
    expect(page.get_by_text("Reste à payer")).to_have_count(0)


def cancel(page: Page, week: Week) -> None:
    """Cancelled before the closing, the order gives everything back."""
    page.get_by_role("button", name="Annuler la commande").click()
    press(page, "Oui, l’annuler")
    expect(page.get_by_role("main")).to_contain_text("annulée")
    taken_cents, back_cents = _payments(page)
    assert taken_cents == -back_cents == week.total_cents


def answer_as_the_bank(page: Page, answer: str, *, status: int = 200) -> None:
    page.get_by_role("radio", name=answer).check()
    press(page, page.get_by_role("heading", level=1).inner_text(), status=status)


def _set_time(page: Page, label: str, when: datetime) -> None:
    page.get_by_label(label).fill(f"{when:%Y-%m-%dT%H:%M}")


def _look_for(page: Page, words: str) -> None:
    box = page.get_by_role("searchbox", name="Que cherchez-vous")
    box.fill(words)
    box.press("Enter")
    page.wait_for_url(re.compile("words="))
    expect(page.locator("#shelf").get_by_role("listitem").first).to_contain_text(words)


def _quantity(page: Page, product: str) -> Locator:
    return page.get_by_role("spinbutton", name=re.compile(product)).first


def _two_of(page: Page, product: str, week: Week) -> None:
    if week.has_script:
        page.get_by_role("button", name=re.compile(f"Un de plus : {product}")).first.click()
    else:
        _quantity(page, product).fill("2")
        press(page, "Mettre à jour")
    expect(_quantity(page, product)).to_have_value("2")


def _lines(page: Page) -> list[Locator]:
    return page.locator("main form .rows > li").all()


def _total(page: Page) -> int:
    """The total that the page shows; `amounts` fails the test when there is none."""
    total = page.locator("main .sum").filter(has_text="Total").last
    return amounts(total)[0]


def _bar(page: Page) -> list[int]:
    """Where each euro goes: the parts of the last bar of the page."""
    return amounts(page.locator(".money-bar").last.locator("li"))


def _payments(page: Page) -> list[int]:
    """What was taken, and given back with a minus sign."""
    return amounts(page.get_by_role("region", name="Paiements"))


def _order_adds_up(page: Page, week: Week) -> None:
    solidarity = amounts(page.locator("main .sum").filter(has_text="Solidarité"))
    goods = [amounts(row)[0] for row in _lines(page)]
    week.goods_cents = sum(goods)
    assert week.goods_cents + sum(solidarity) == week.total_cents
    assert sum(_bar(page)) == week.total_cents == sum(_payments(page))


def _goods_in(file: Path) -> int:
    text = io.StringIO(file.read_text(encoding="utf-8-sig"))
    rows = list(csv.DictReader(text, delimiter=";"))
    return sum(int(row["Prix (€)"].replace(",", "")) for row in rows)
