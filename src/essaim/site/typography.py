"""French typography of what people read: a pure check, used on every translation."""

import re

NARROW = "\u202f"
NO_BREAK = "\u00a0"
APOSTROPHE = "\u2019"

# What is code inside a sentence: placeholders, tags, addresses, times, entities.
_CODE = re.compile(
    r"%\([a-z_]+\)[sd]|\{[a-z_]*\}|<[^>]*>|https?://\S+|\S+@\S+\.\S+|\d{1,2}:\d{2}|&[a-z#0-9]+;|%%"
)
_MARKS = re.compile(r"(.?)([;!?]+)(?=[\s»)”…]|$)", re.DOTALL)
_COLON = re.compile(r"(.?):(?=\s|$)", re.DOTALL)
_MONTHS = "janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc"
_WRONG = [
    (re.compile("'"), "straight apostrophe: write ’"),
    (re.compile('"'), "straight quotes: write « and » with narrow no-break spaces inside"),
    (re.compile(r"\.\.\."), "three dots: write …"),
    (
        re.compile(rf"«(?!{NARROW})|(?<!{NARROW})»"),
        "« » need narrow no-break spaces (U+202F) inside",
    ),
    (re.compile(r"(?<=[^\W\d]) {2,}(?=\w)"), "two spaces in a row"),
    (re.compile(rf"(?<!\d)1[ {NO_BREAK}](?:{_MONTHS})"), "the first of a month is written 1er"),
]
_LOOSE_UNIT = re.compile(
    r"(?:\d|%\(\w+\)[sd]|\{\w*\}) (?:€|%|km²?|kg|g|mL|cL|L|[KM]o|h|min)(?!\w)|n° (?=\d|%\(|\{)"
)


def problems(text: str) -> list[str]:
    """Return what is wrong with a French sentence, in words; empty when nothing is."""
    plain = _CODE.sub("x", text)
    found = [words for pattern, words in _WRONG if pattern.search(plain)]
    if any(space != NARROW for space, _ in _MARKS.findall(plain)):
        found.append("; ! ? need a narrow no-break space (U+202F) before")
    if any(space != NO_BREAK for space in _COLON.findall(plain)):
        found.append("a colon needs a no-break space (U+00A0) before")
    return found


def loose_units(text: str) -> list[str]:
    """Return the numbers that a line's end may part from their unit, placeholders included.

    Only for the sentences we write: people type "500 g" as they like, and their words stay theirs.
    """
    return _LOOSE_UNIT.findall(text)
