"""The reference tells the truth: it is made from the code, and nothing is missing."""

import pytest

from essaim.core.bylaws.rules import rule_book
from essaim.site import reference
from tests.architecture import house


@pytest.fixture(scope="module")
def pages():
    return reference.pages()


def test_the_pages_of_the_repository_are_those_of_the_code(pages):
    stale = [
        path.name
        for path, text in pages.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]

    house.expect_nothing(stale)


def test_pages_are_the_same_each_time(pages):
    assert reference.pages() == pages


def test_every_article_event_refusal_and_setting_is_in_the_pages(pages):
    text = "\n".join(pages.values())
    names = [article.key for article in rule_book()]
    names += [event.__name__ for event in reference.events()]
    names += [refusal.code for refusal in reference.refusals()]
    names += reference.settings_read()

    assert len(names) > 30
    assert [name for name in names if f"`{name}`" not in text] == []


def test_every_setting_is_explained_and_no_explanation_is_left_over():
    assert set(reference.settings_read()) == set(reference.SETTINGS)


def test_every_event_says_what_happened():
    silent = [event.__name__ for event in reference.events() if not event.__doc__]

    house.expect_nothing(silent)


def test_a_setting_read_anywhere_is_found(tmp_path):
    (tmp_path / "room.py").write_text(
        'a = env.flag("ESSAIM_NEW", default=True)\nb = os.environ.get("ESSAIM_OTHER")\n'
        'c = env.integer("ESSAIM_COUNT", 3)\nd = other.text("ESSAIM_NOT_READ")\n'
    )

    assert reference.settings_read(tmp_path) == {
        "ESSAIM_COUNT": "3",
        "ESSAIM_NEW": "True",
        "ESSAIM_OTHER": "",
    }
