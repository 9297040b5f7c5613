"""The French words that guesses are checked against, and the families made by hand.

Three files of `data/` are read once: `lexicon.txt.xz` (from Grammalecte's dictionary, see
`build_lexicon`), `families.txt` and `apart.txt` (ours). They are part of the code, as a table
in a module would be; keys are folded (`plain`) since people type without accents.
"""

import lzma
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from essaim.core.territories.rules import plain

DATA: Final = files("essaim.core.catalogue") / "data"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Folded words by class; `irregular` gives the infinitive of a form."""

    er_verbs: frozenset[str]
    ir_verbs: frozenset[str]
    nominals: frozenset[str]
    irregular: dict[str, str]
    family: dict[str, str]
    """Word to the head of its family, when no rule tells."""
    apart: frozenset[str]
    """Words that look derived and are not: they stay themselves."""
    accented: dict[str, str]
    """Accented words that another word differs from by accents alone, to their own token."""

    def is_verb(self, word: str) -> bool:
        """Say whether `word` is an infinitive."""
        return word in self.er_verbs or word in self.ir_verbs or self.irregular.get(word) == word

    def knows(self, word: str) -> bool:
        """Say whether `word` is an uninflected word, or a form of an irregular verb."""
        return (
            word in self.nominals
            or word in self.er_verbs
            or word in self.ir_verbs
            or word in self.irregular
        )


@cache
def french() -> Lexicon:
    """Return the shipped lexicon (read once, about 0.15 s)."""
    classes = _classes()
    irregular: dict[str, str] = {}
    for line in classes["irregular"]:
        form, _, lemma = plain(line).partition(" ")
        irregular.setdefault(form, lemma)
    return Lexicon(
        er_verbs=frozenset(map(plain, classes["er"])),
        ir_verbs=frozenset(map(plain, classes["ir"])),
        nominals=frozenset(map(plain, classes["nominal"])),
        irregular=irregular,
        family=_families(),
        apart=frozenset(plain(word) for line in lines_of("apart.txt") for word in line.split()),
        accented=dict(line.split() for line in lines_of("accents.txt")),
    )


def lines_of(name: str) -> list[str]:
    """Return the lines of a data file, without blank lines and comments."""
    text = (DATA / name).read_text("utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _classes() -> dict[str, list[str]]:
    classes: dict[str, list[str]] = {}
    words: list[str] = []
    for line in lzma.decompress((DATA / "lexicon.txt.xz").read_bytes()).decode().splitlines():
        if line.startswith("["):
            words = classes.setdefault(line.strip("[]"), [])
        else:
            words.append(line)
    return classes


def _families() -> dict[str, str]:
    family: dict[str, str] = {}
    for line in lines_of("families.txt"):
        head, *others = plain(line).split()
        family |= dict.fromkeys((head, *others), head)
    return family
