"""French words that an English speller takes for mistakes (« exemple », « adresse »).

Our sources are English with French inside: sentences of the terminal, names of a demo, guides.
"""

from collections.abc import Iterator
from pathlib import Path

from essaim.core.catalogue.rules.lexicon import Lexicon, french

# Ending of an inflected form, and what its dictionary word ends with instead.
ENDINGS = (
    ("", ""),
    ("s", ""),
    ("x", ""),
    ("e", ""),
    ("es", ""),
    ("aux", "al"),
    ("e", "er"),
    ("es", "er"),
    ("ent", "er"),
    ("ons", "er"),
    ("ez", "er"),
    ("ant", "er"),
    ("ee", "er"),
    ("ees", "er"),
    ("it", "ir"),
    ("is", "ir"),
)


def taken_for_english() -> list[str]:
    """Return the entries of codespell's dictionary that are right in French, in order."""
    lexicon = french()
    return sorted(word for word in _entries() if is_french(word, lexicon))


def is_french(word: str, lexicon: Lexicon) -> bool:
    """Say whether a word without accents is French, inflected or not."""
    return any(
        lexicon.knows(word[: len(word) - len(ending)] + base)
        for ending, base in ENDINGS
        if word.endswith(ending)
    )


def _entries() -> Iterator[str]:
    import codespell_lib  # comes with the developers' packages only

    folder = Path(codespell_lib.__file__).parent / "data"
    for line in (folder / "dictionary.txt").read_text(encoding="utf-8").splitlines():
        yield line.partition("->")[0].lower()
