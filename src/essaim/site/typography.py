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
_LOOSE_UNIT = re.compile(
    r"(?:\d|%\(\w+\)[sd]|\{\w*\}) (?:€|%|km²?|kg|g|mL|cL|L|[KM]o|h|min)(?!\w)|n° (?=\d|%\(|\{)"
)


def problems(text: str) -> list[str]:
    """Return what is wrong with a French sentence, in words; empty when nothing is."""
    plain = _CODE.sub("x", text)
    found = []
    if "'" in plain:
        found.append("straight apostrophe: write ’")
    if '"' in plain:
        found.append("straight quotes: write « and » with narrow no-break spaces inside")
    if "..." in plain:
        found.append("three dots: write …")
    if any(space != NARROW for space, _ in _MARKS.findall(plain)):
        found.append("; ! ? need a narrow no-break space (U+202F) before")
    if any(space != NO_BREAK for space in _COLON.findall(plain)):
        found.append("a colon needs a no-break space (U+00A0) before")
    if re.search(rf"«(?!{NARROW})|(?<!{NARROW})»", plain):
        found.append("« » need narrow no-break spaces (U+202F) inside")
    if re.search(r"(?<=[^\W\d]) {2,}(?=\w)", plain):
        found.append("two spaces in a row")
    return found


def loose_units(text: str) -> list[str]:
    """Return the numbers that a line's end may part from their unit, placeholders included.

    Only for the sentences we write: people type "500 g" as they like, and their words stay theirs.
    """
    return _LOOSE_UNIT.findall(text)
