"""One slip of the finger: which known word was meant.

Every string one edit away from what was typed is made (about 50 per letter) and those the
catalogue knows are ranked. Nothing is indexed and nothing can be missed: a letter too many, too
few, wrong or swapped is found whatever its place; accents are folded before.
"""

import math
from collections.abc import Iterator, Mapping
from string import ascii_lowercase
from typing import Final

LETTERS_MIN: Final = 4
"""Shorter words are never proposed: one edit makes any of them."""
CORRECTIONS_MAX: Final = 3

_ROWS: Final = (("azertyuiop", 0.0), ("qsdfghjklm", 0.25), ("wxcvbn", 0.75))
_KEYS: Final = {
    letter: (rank + shift, row)
    for row, (letters, shift) in enumerate(_ROWS)
    for rank, letter in enumerate(letters)
}
_SOUNDS: Final = ("sc", "sz", "cq", "ck", "kq", "gj", "iy", "ae", "ei", "mn", "td", "bp", "fv")

DOUBLED: Final = 2.0
SWAPPED: Final = 1.5
NEIGHBOUR: Final = 1.5
SOUNDS_ALIKE: Final = 1.0
FIRST_LETTER: Final = -1.5
ANY: Final = 0.0


def single_edits(word: str) -> dict[str, float]:
    """Return every string one edit away from a folded `word`, with how likely the slip is."""
    found: dict[str, float] = {}
    for candidate, likelihood in _edits(word):
        if candidate != word and found.get(candidate, -9.0) < likelihood:
            found[candidate] = likelihood
    return found


def readings(word: str) -> tuple[str, ...]:
    """Return the folded words that may hold the slip: the one typed, and its singular.

    A slip in a plural is two edits away from a singular in use; its ending is no slip.
    """
    is_plural = word.endswith(("s", "x")) and len(word) > LETTERS_MIN
    return (word, word[:-1]) if is_plural else (word,)


def corrections(word: str, known: Mapping[str, int]) -> list[str]:
    """Return the known words one edit away from `word`, the likeliest first, at most three.

    Args:
        word: what was typed, folded; one letter may be missing from `LETTERS_MIN`.
        known: candidates and in how many listings each stands.

    The score is the likelihood of the slip plus the natural logarithm of the count, so a
    doubled letter (2.0) outweighs a word about seven times as common.
    """
    if len(word) < LETTERS_MIN - 1:
        return []
    scored = [
        (likelihood + math.log1p(known[candidate]), candidate)
        for candidate, likelihood in single_edits(word).items()
        if candidate in known and len(candidate) >= LETTERS_MIN
    ]
    scored.sort(key=lambda pair: (-pair[0], pair[1]))
    return [candidate for _, candidate in scored[:CORRECTIONS_MAX]]


def _edits(word: str) -> Iterator[tuple[str, float]]:
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        first = FIRST_LETTER if place == 0 else 0.0
        for letter in ascii_lowercase:
            is_double = letter in (before[-1:], after[:1])
            yield before + letter + after, first + (DOUBLED if is_double else ANY)
        if not after:
            continue
        is_double = before[-1:] == after[0]
        yield before + after[1:], first + (DOUBLED if is_double else _slid(before, after))
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:], first + SWAPPED
        for letter in ascii_lowercase:
            yield before + letter + after[1:], first + _mistaken(after[0], letter)


def _slid(before: str, after: str) -> float:
    """Return how likely the first letter of `after` was hit beside one of its neighbours."""
    beside = (before[-1:], after[1:2])
    return NEIGHBOUR if any(other and _are_near(after[0], other) for other in beside) else ANY


def _mistaken(typed: str, meant: str) -> float:
    if _are_near(typed, meant):
        return NEIGHBOUR
    sounds_alike = typed + meant in _SOUNDS or meant + typed in _SOUNDS
    return SOUNDS_ALIKE if sounds_alike else ANY


def _are_near(one: str, other: str) -> bool:
    """Say whether two letters touch on a French keyboard."""
    if one not in _KEYS or other not in _KEYS:
        return False
    (x, row), (other_x, other_row) = _KEYS[one], _KEYS[other]
    return abs(row - other_row) <= 1 and abs(x - other_x) <= 1
