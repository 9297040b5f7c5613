"""A trade is one folder: found by itself, known to nobody below, silent about its neighbours."""

import ast
import re
from pathlib import Path

from django.apps import apps

from essaim.kernel import trades
from essaim.site import reference
from tests.architecture import house

IMPORTING = re.compile(r"{%-?\s*(?:extends|include|import|from)\s+['\"]([\w-]+)/")
# « Repair » is also a need in the closed list of the kernel, and `barter-euro` a unit of account;
# « delivery » and « reuse » are ordinary words. A core that means the trade names its slug in code.
ORDINARY_WORDS = {"delivery", "repair", "reuse", "lending", "hosting", "neighbours"}


def _trade_folders() -> list[Path]:
    return [room for room in house.rooms() if room.parent.name == "trades"]


def _trade_words() -> set[str]:
    installed = {trade.slug for trade in trades.installed()}
    folders = {folder.name for folder in _trade_folders()}
    return ({*house.PLANNED_TRADES} | installed | folders) - ORDINARY_WORDS


def _spoken(path: Path) -> str:
    """What a source says to the machine: names and strings, not comments nor docstrings."""
    if path.suffix != ".py":
        return path.read_text(encoding="utf-8")
    module = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(module):
        if isinstance(getattr(node, "body", None), list):
            node.body = [child for child in node.body if not _is_bare_string(child)] or [ast.Pass()]
    return ast.unparse(module)


def _is_bare_string(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def trade_words_in(text: str, words: set[str]) -> list[str]:
    plain = text.replace("-", "_")
    return sorted(
        word
        for word in words
        if re.search(rf"(?<![a-zA-Z]){re.escape(word.replace('-', '_'))}(?![a-zA-Z])", plain)
    )


def test_every_trade_folder_is_an_installed_trade():
    installed = {config.name for config in trades.installed()}

    assert _trade_folders()
    assert {f"essaim.trades.{folder.name}" for folder in _trade_folders()} == installed


def test_every_trade_answers_who_it_is_under_a_slug_of_its_own():
    found = list(trades.installed())

    assert len({trade.slug for trade in found}) == len(found)
    for trade in found:
        assert re.fullmatch(r"[a-z][a-z-]+", trade.slug)
        assert trade.need in {"eat", "move", "lodge", "repair", "borrow", "help", "trade"}
        assert str(trade.verbose_name) != trade.label.replace("_", " ").title()


def test_under_the_slug_of_a_trade_there_are_only_its_own_addresses():
    for trade in trades.installed():
        found = [one for one in reference.addresses() if one.pattern.startswith(f"/{trade.slug}/")]

        assert found
        assert [one for one in found if not one.name.startswith(f"{trade.label}:")] == []


def test_the_base_of_trades_is_never_an_app():
    assert all(type(config) is not trades.TradeConfig for config in apps.get_app_configs())


def test_templates_of_a_room_use_only_their_own_and_those_below():
    floors = {"core": 1, "commons": 2, "trades": 3}
    owner = {room.name: room for room in house.rooms()}
    wrong = []
    for room in house.rooms():
        for path in house.templates(room):
            for name in IMPORTING.findall(path.read_text(encoding="utf-8")):
                other = owner.get(name)
                if other is None or other == room:
                    continue
                is_below = floors[other.parent.name] < floors[room.parent.name]
                are_beside = other.parent == room.parent and room.parent.name != "trades"
                if not is_below and not are_beside:
                    wrong.append(f"{house.shown(path)} names a template of {name}")

    house.expect_nothing(wrong)


def test_core_commons_and_web_know_no_trade_word():
    words = _trade_words()
    files = [
        path
        for floor in ("web", "core", "commons")
        for path in (*house.sources(house.PACKAGE / floor), *house.templates(house.PACKAGE / floor))
    ]

    wrong = {house.shown(p): found for p in files if (found := trade_words_in(_spoken(p), words))}

    house.expect_nothing(wrong)


def test_a_trade_word_is_seen_in_names_strings_and_templates_but_not_inside_other_words():
    words = {"food_hub", "carpool", "food"}

    assert trade_words_in("from x import food_hub_order", words) == ["food", "food_hub"]
    assert trade_words_in('url("carpool-trip")', words) == ["carpool"]
    assert trade_words_in("the foodstuff of carpooling", words) == []


def test_trades_link_to_no_other_trade_by_name():
    wrong = []
    for trade in trades.installed():
        others = {other.slug for other in trades.installed()} - {trade.slug}
        folder = Path(trade.path)
        for path in (*house.sources(folder), *house.templates(folder)):
            text = path.read_text(encoding="utf-8")
            wrong += [
                f"{house.shown(path)} links to {other}"
                for other in others
                if re.search(rf"['\"]{other}:", text)
            ]

    house.expect_nothing(wrong)
