"""Every pair of colours that carries words can be read, by day and by night."""

import re
from itertools import product
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[1] / "css" / "00-tokens.css"
PAIR = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)")
SINGLE = re.compile(r"--([\w-]+): (#\w{6})")

WORDS = ("ink", "slate", "propolis", "clover", "lavender", "cornflower", "poppy")
SHEETS = ("wax", "paper")
OTHER_PAIRS = (
    ("on-honey", "honey"),
    ("ink", "honey-pale"),
    ("slate", "honey-pale"),
    ("propolis", "honey-pale"),
    ("ink", "clover-pale"),
    ("clover", "clover-pale"),
    ("ink", "lavender-pale"),
    ("lavender", "lavender-pale"),
    ("ink", "cornflower-pale"),
    ("cornflower", "cornflower-pale"),
    ("ink", "poppy-pale"),
    ("poppy", "poppy-pale"),
    ("paper", "clover"),
    ("wax", "ink"),
    ("ink", "hairline"),
)


def tokens(scheme: int) -> dict[str, str]:
    css = TOKENS.read_text("utf-8")
    values = dict(SINGLE.findall(css))
    return values | {name: pair[scheme] for name, *pair in PAIR.findall(css)}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_contrast_of_black_on_white_is_twenty_one():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("scheme", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize(("words", "sheet"), [*product(WORDS, SHEETS), *OTHER_PAIRS])
def test_words_stand_out_at_least_four_and_a_half_times(scheme, words, sheet):
    colours = tokens(scheme)

    assert contrast(colours[words], colours[sheet]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize(("line", "sheet"), [*product(("rule", "ink", "lavender"), SHEETS)])
def test_lines_and_the_focus_ring_stand_out_at_least_three_times(scheme, line, sheet):
    colours = tokens(scheme)

    assert contrast(colours[line], colours[sheet]) >= 3
