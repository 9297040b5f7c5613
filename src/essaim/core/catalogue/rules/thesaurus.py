"""Words that people use for the same thing, and which words a search should also try."""

from functools import cache
from typing import Final

from essaim.core.catalogue.rules.lexicon import french, lines_of
from essaim.core.catalogue.rules.stemmer import root
from essaim.core.catalogue.rules.words import token, tokens, words
from essaim.core.territories.rules import plain

PHRASE_MAX: Final = 4
"""Tokens of the longest phrase looked up."""

Phrase = tuple[str, ...]


@cache
def circles() -> dict[Phrase, frozenset[Phrase]]:
    """Return, for each phrase (as tokens), the phrases that mean the same."""
    same: dict[Phrase, set[Phrase]] = {}
    for line in lines_of("thesaurus.txt"):
        phrases = {tuple(tokens(entry.replace("_", " "))) for entry in line.split()}
        for phrase in phrases:
            same.setdefault(phrase, set()).update(phrases - {phrase})
    return {phrase: frozenset(others) for phrase, others in same.items()}


def wanted(query: str) -> list[list[Phrase]]:
    """Return what a listing must hold: for each part of the query, one of these phrases.

    The first phrase of a part is what was typed, without its synonyms; the others follow in
    alphabetical order. Phrases of the thesaurus are recognised first, the longest first. A word
    typed without accents also stands for the accented word it may be (marche, marché).
    """
    typed = words(query)
    parts: list[list[Phrase]] = []
    start = 0
    while start < len(typed):
        length = _phrase_length(typed, start)
        phrase = tuple(token(word) for word in typed[start : start + length])
        others = set(circles().get(phrase, ()))
        if length == 1:
            others |= _accented(typed[start])
        parts.append([phrase, *sorted(others - {phrase})])
        start += length
    return parts


def _phrase_length(typed: list[str], start: int) -> int:
    for length in range(min(PHRASE_MAX, len(typed) - start), 1, -1):
        if tuple(token(word) for word in typed[start : start + length]) in circles():
            return length
    return 1


def _accented(word: str) -> set[Phrase]:
    """Return the tokens a word without accents may stand for."""
    if plain(word) != word:
        return set()
    return {(own,) for own in _by_plain().get(word, ())} | {(root(word),)}


@cache
def _by_plain() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for word, own in french().accented.items():
        found.setdefault(plain(word), set()).add(own)
    return {bare: frozenset(owns) for bare, owns in found.items()}
