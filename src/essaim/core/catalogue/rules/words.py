"""From a French sentence to the tokens that are stored and searched."""

import re
import unicodedata
from typing import Final

from essaim.core.catalogue.rules.lexicon import french, lines_of
from essaim.core.catalogue.rules.stemmer import root
from essaim.core.territories.rules import LIGATURES, plain

STOP_WORDS: Final = frozenset(" ".join(lines_of("stop_words.txt")).split())
PREFIXES: Final = frozenset(" ".join(lines_of("prefixes.txt")).split())
"""Hyphenated beginnings that are also written in one word: co-voiturage, auto-partage."""

_WORD: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_ELISION: Final = re.compile(
    r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu|presqu)'", re.IGNORECASE
)


def words(text: str) -> list[str]:
    """Return the words of `text` in lower case, accents kept, elisions and hyphens undone.

    Stop words are left out, unless nothing else is said: a search for `mais` finds maïs.
    """
    composed = unicodedata.normalize("NFC", text).lower().replace("’", "'").replace("ʼ", "'")
    found: list[str] = []
    for compound in _WORD.findall(_ELISION.sub(" ", composed.replace("aujourd'hui", "aujourdhui"))):
        found += _parts(compound)
    return [word for word in found if word not in STOP_WORDS] or found


def token(word: str) -> str:
    """Return the token of one word, as given by `words`."""
    own = french().accented.get(word)
    return own if own is not None else root(folded(word))


def folded(word: str) -> str:
    """Return a word without accents; a word of another alphabet stays as it is."""
    bare = plain(word).replace(" ", "")
    return bare if len(bare) >= len(word) else _unaccented(word)


def tokens(text: str) -> list[str]:
    """Return the tokens of `text`, in its order, repeats kept. The same text, the same tokens."""
    return [token(word) for word in words(text)]


def _unaccented(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.translate(LIGATURES))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)) or word


def _parts(compound: str) -> list[str]:
    first, hyphen, rest = compound.partition("-")
    if hyphen and first in PREFIXES:
        return [first + rest.replace("-", "")]
    return compound.split("-")
