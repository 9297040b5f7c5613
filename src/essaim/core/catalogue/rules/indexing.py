"""What is stored of a listing's text, and what a search asks of it, in PostgreSQL's notation.

Tokens are quoted here and never parsed by the database, so its own dictionaries stay out.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from essaim.core.catalogue.rules.thesaurus import Phrase
from essaim.core.catalogue.rules.words import folded, token, words

WORD_MAX: Final = 60
"""Letters kept of a word; a longer one is cut, the same way on both sides."""
POSITIONS_MAX: Final = 200
"""Positions stored: what stands beyond the 200th word is found but not by phrase."""


def vector(title: str, summary: str) -> str:
    """Return the `tsvector` of a listing: the title weighs A, the summary B."""
    entries = [
        f"{_quoted(token(word))}:{min(rank, POSITIONS_MAX)}{weight}"
        for rank, (word, weight) in enumerate(
            [*((word, "A") for word in words(title)), *((word, "B") for word in words(summary))], 1
        )
    ]
    return " ".join(entries)


def vocabulary(title: str, summary: str) -> set[str]:
    """Return the folded words of a listing."""
    return {folded(word)[:WORD_MAX] for word in (*words(title), *words(summary))}


def stored_token(word: str) -> str:
    """Return the token of a word of the vocabulary."""
    return token(word)[:WORD_MAX]


def any_of(parts: Sequence[Sequence[Phrase]]) -> str:
    """Return the `tsquery`: of every part, one of its phrases."""
    return " & ".join(f"({' | '.join(_phrase(phrase) for phrase in part)})" for part in parts)


def typed(parts: Sequence[Sequence[Phrase]], weight: str = "") -> str:
    """Return the `tsquery` of the words as typed, in the title only when `weight` is A."""
    return " & ".join(_phrase(part[0], weight) for part in parts)


def _phrase(phrase: Iterable[str], weight: str = "") -> str:
    suffix = f":{weight}" if weight else ""
    return f"({' & '.join(_quoted(word) + suffix for word in phrase)})"


def _quoted(word: str) -> str:
    escaped = word[:WORD_MAX].replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
