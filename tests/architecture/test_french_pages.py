"""The French pages of the documentation are written as French is printed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from essaim.kernel import trades
from essaim.site import catalogues, typography
from tests.architecture import house

ENGLISH = {"add-a-trade.md"}
CODE = re.compile(
    r"^```.*?^```$|`[^`\n]*`|\]\([^)]*\)|^\| --- .*$|\*English version: .*\*",
    re.DOTALL | re.MULTILINE,
)
LABEL = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


def _pages() -> list[Path]:
    docs = house.CODE_ROOT / "docs"
    found = [
        *docs.glob("tutorials/*.md"),
        *docs.glob("how-to/*.md"),
        *house.CODE_ROOT.glob("*.fr.md"),
    ]
    return sorted(page for page in found if page.name not in ENGLISH)


def wrongs(text: str) -> Iterator[str]:
    """What is wrong in a page, by paragraph; code, addresses and emphasis are left out."""
    for paragraph in CODE.sub("x", text).replace("*", "").split("\n\n"):
        for problem in (*typography.problems(paragraph), *typography.loose_units(paragraph)):
            yield f"{problem}: {paragraph[:60]!r}"


@pytest.mark.parametrize("page", _pages(), ids=lambda page: page.name)
def test_a_french_page_has_its_spaces_quotes_and_apostrophes(page):
    house.expect_nothing(wrongs(page.read_text(encoding="utf-8")))


GUIDES = [page for page in _pages() if page.parent != house.CODE_ROOT]


def _plain(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def said() -> list[str]:
    """Every sentence of the site in French, and the names of the trades."""
    found = [str(trade.verbose_name) for trade in trades.installed()]
    for room in catalogues.rooms():
        for message in catalogues.read(room):
            texts = message.string
            found += [texts] if isinstance(texts, str) else texts or []
    return [_plain(text) for text in found]


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_what_a_page_says_to_press_is_what_the_site_says(page, said):
    labels = LABEL.findall(page.read_text(encoding="utf-8"))
    parts = [part for label in labels for part in _plain(label).split(" : ")]

    house.expect_nothing(part for part in parts if not any(part in text for text in said))


def test_a_fault_is_seen_and_code_is_not_read():
    assert len(list(wrongs("Une faute : l'espace ; 10 Mo"))) == 4
    assert list(wrongs("Lancez `a ; b: c`\u00a0:\n\n```sh\nx ; y 'z'\n```\n\n[ici](a: b)")) == []
