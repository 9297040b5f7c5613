"""One token for the words of a family: réparer, répare, réparation, réparateur → `reparer`.

A guess is only kept when the lexicon has the word it leads to, so that look-alikes stay
apart: `poireau` is not a `poire`. The token is the infinitive of the verb of the family when
there is one, else the uninflected noun or adjective, folded. Three steps:

1. a family made by hand answers first (lire, lecture, lecteur);
2. the word is brought back to the one of the dictionary (plural, feminine, conjugation);
3. that one is brought back to the verb or noun it is made from (-ation, -age, -eur, -erie…).
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from essaim.core.catalogue.rules.lexicon import Lexicon, french, lines_of

SHORT: Final = 3
"""Words of this many letters or fewer are only looked up, never cut."""

STRONG_FEMININES: Final = (
    ("ienne", "ien"),
    ("iere", "ier"),
    ("gere", "ger"),  # codespell:ignore gere
    ("chere", "cher"),
    ("euse", "eur"),
    ("euse", "eux"),
    ("trice", "teur"),
    ("tive", "tif"),
    ("aise", "ais"),
    ("ante", "ant"),
)
"""Feminine endings that win even over a dictionary word: cuisinière is a cuisinier."""
WEAK_FEMININES: Final = (
    ("ere", "er"),
    ("elle", "el"),
    ("elle", "eau"),
    ("enne", "en"),
    ("onne", "on"),
    ("ette", "et"),
    ("ete", "et"),
    ("otte", "ot"),  # codespell:ignore ot
    ("ille", "il"),
    ("ulle", "ul"),
    ("asse", "as"),
    ("esse", "es"),
    ("osse", "os"),
    ("ive", "if"),
    ("euve", "euf"),
    ("gue", "g"),
    ("ouse", "oux"),
    ("e", ""),
)
"""Feminine endings tried only on what is no dictionary word: porte is not a port."""

ER_ENDINGS, IR_ENDINGS = (tuple(line.split()) for line in lines_of("verb_endings.txt"))

VERB_SUFFIXES: Final = (
    # ending of the noun, endings of the verb to try on what is left
    ("ification", ("ifier",)),
    ("ificateur", ("ifier",)),
    ("duction", ("duire",)),
    ("ducteur", ("duire",)),
    ("struction", ("struire",)),
    ("structeur", ("struire",)),
    ("scription", ("scrire",)),
    ("scripteur", ("scrire",)),
    ("vention", ("venir",)),
    ("position", ("poser",)),
    ("ection", ("ecter", "iger")),
    ("ecteur", ("ecter", "iger")),
    ("ution", ("uer",)),
    ("uteur", ("uer",)),
    ("cation", ("quer", "cer")),
    ("cateur", ("quer",)),
    ("catif", ("quer",)),
    ("gation", ("guer", "ger")),
    ("gateur", ("guer", "ger")),
    ("ation", ("er",)),
    ("ateur", ("er",)),
    ("atif", ("er",)),
    ("aison", ("er",)),
    ("ition", ("ir",)),
    ("ssion", ("sser", "ttre")),
    ("sion", ("ser", "dre", "der")),  # codespell:ignore ser
    ("tion", ("ter",)),
    ("ature", ("er",)),
    ("issage", ("ir",)),
    ("issement", ("ir",)),
    ("isseur", ("ir",)),
    ("issoir", ("ir",)),
    ("iture", ("ir",)),
    ("issant", ("ir",)),
    ("iement", ("yer",)),
    ("geable", ("ger",)),
    ("able", ("er", "re", "ir")),
    ("ible", ("re", "ir")),
    ("ement", ("er", "re", "ir")),
    ("geage", ("ger",)),
    ("age", ("er", "re", "ir")),
    ("geur", ("ger",)),
    ("queur", ("quer",)),
    ("eur", ("er", "re", "ir")),
    ("ure", ("er", "re")),  # codespell:ignore ure
    ("ance", ("er", "ir")),
    ("geant", ("ger",)),
    ("ant", ("er", "re")),
    ("oire", ("er",)),
    ("oir", ("er", "re")),
    ("ade", ("er",)),
    ("erie", ("er",)),
    ("ier", ("er",)),
    ("is", ("er",)),
    ("ee", ("er",)),
)
"""Nouns and adjectives made from verbs. Longest first."""
NOUN_SUFFIXES: Final = (
    # ending, endings of the noun to try on what is left
    ("icienne", ("ique",)),
    ("icien", ("ique", "ie")),
    ("icite", ("ique",)),
    ("acien", ("acie",)),
    ("culteur", ("culture",)),
    ("teur", ("tion",)),
    ("airie", ("aire",)),
    ("isterie", ("iste",)),
    ("erie", ("ier", "er", "eur")),
    ("onnaire", ("on",)),
    ("graphe", ("graphie",)),
    ("graphique", ("graphie",)),
    ("logue", ("logie",)),
    ("logique", ("logie",)),
    ("logiste", ("logie",)),
    ("iste", ("", "e", "ie")),
    ("ariat", ("aire",)),
    ("at", ("",)),
    ("arite", ("aire",)),
    ("alite", ("al",)),
    ("ivite", ("if",)),
    ("bilite", ("ble",)),
    ("ite", ("", "e")),
    ("ivement", ("if",)),
    ("eusement", ("eux",)),
    ("lement", ("l",)),  # codespell:ignore lement
    ("ement", ("", "e")),
)
"""Nouns and adjectives made from nouns. Longest first."""
LEFT_MIN: Final = 3
"""Letters that must be left of a noun when a suffix is cut."""
VERB_MIN: Final = 4
"""A verb this short is the source of nothing but what `families.txt` says."""


@lru_cache(maxsize=50_000)
def root(word: str) -> str:
    """Return the token of a folded word (`plain` letters, no space)."""
    lexicon = french()
    lemma = _lemma(word, lexicon)
    if lemma is None:
        return word[:-1] if len(word) > SHORT and word[-1] in "sx" else word
    for _ in range(3):  # a locksmith's shop, a locksmith, a lock
        if (head := lexicon.family.get(lemma)) is not None:
            return head
        made_from = None if lemma in lexicon.apart else _made_from(lemma, lexicon)
        if made_from is None:
            return lemma
        lemma = made_from
    return lemma


def _lemma(word: str, lexicon: Lexicon) -> str | None:
    """Return the dictionary word of a form, or None for a word the lexicon lacks."""
    if word in lexicon.family or lexicon.is_verb(word):
        return word
    for found in (
        _strong_feminine(word, lexicon),
        _participle(word, lexicon),
        _nominal(word, lexicon),
        lexicon.irregular.get(word),
        _regular_verb(word, lexicon),
    ):
        if found is not None:
            return found
    return None


def _singulars(word: str) -> Iterator[str]:
    yield word
    if len(word) <= SHORT:
        return
    if word.endswith("aux") and not word.endswith("eaux"):
        yield word[:-3] + "al"
        yield word[:-3] + "ail"
    if word[-1] in "sx":
        yield word[:-1]


def _strong_feminine(word: str, lexicon: Lexicon) -> str | None:
    if word in lexicon.apart:
        return None
    for singular in _singulars(word):
        for feminine, masculine in STRONG_FEMININES:
            if singular.endswith(feminine) and singular not in lexicon.apart:
                candidate = singular.removesuffix(feminine) + masculine
                if candidate in lexicon.nominals and len(candidate) > SHORT:
                    return candidate
    return None


def _participle(word: str, lexicon: Lexicon) -> str | None:
    """Return the verb of an irregular participle that is also an adjective: vendu, peinte."""
    if len(word) <= 4 or word in lexicon.apart:
        return None
    singular = word.removesuffix("s").removesuffix("e")
    if singular in lexicon.apart or not singular.endswith(
        ("du", "nu", "tu", "ert", "int", "uit", "crit")
    ):
        return None
    return lexicon.irregular.get(singular)


def _nominal(word: str, lexicon: Lexicon) -> str | None:
    singulars = list(_singulars(word))
    for singular in singulars:
        if singular in lexicon.nominals or singular in lexicon.family:
            return singular
    if len(word) <= SHORT:
        return None
    for singular in singulars:
        for feminine, masculine in WEAK_FEMININES:
            candidate = singular.removesuffix(feminine) + masculine
            if singular.endswith(feminine) and candidate in lexicon.nominals:
                return candidate
    return None


def _regular_verb(word: str, lexicon: Lexicon) -> str | None:
    for ending in ER_ENDINGS:
        if word.endswith(ending):
            for infinitive in _er_infinitives(word.removesuffix(ending)):
                if infinitive in lexicon.er_verbs:
                    return infinitive
    for ending in IR_ENDINGS:
        candidate = word.removesuffix(ending) + "ir"
        if word.endswith(ending) and candidate in lexicon.ir_verbs:
            return candidate
    return None


def _er_infinitives(stem: str) -> Iterator[str]:
    """Give the infinitives a stem may belong to: appell-, nettoi- and mange- included."""
    yield stem + "er"
    if stem.endswith("e"):
        yield stem + "r"
    if stem.endswith("i"):
        yield stem[:-1] + "yer"
    if stem[-2:] in {"ll", "tt"}:
        yield stem[:-1] + "er"


def _made_from(lemma: str, lexicon: Lexicon) -> str | None:
    """Return the word that `lemma` is made from, or None when it stands on its own."""
    if lexicon.is_verb(lemma):
        return None
    return (
        _shop(lemma, lexicon)
        or _bare_verb(lemma, lexicon)
        or _verb_behind(lemma, lexicon)
        or _noun_behind(lemma, lexicon)
    )


def _shop(lemma: str, lexicon: Lexicon) -> str | None:
    """Return who keeps a shop or a trade: poterie → potier, before any verb is thought of."""
    keeper = lemma.removesuffix("erie") + "ier"
    return keeper if lemma.endswith("erie") and keeper in lexicon.nominals else None


def _bare_verb(lemma: str, lexicon: Lexicon) -> str | None:
    """Return the verb whose stem is the noun itself: garde, échange, jardin, essai, prêt."""
    if len(lemma) <= SHORT:
        return None
    if lemma.endswith("e"):
        candidates = [lemma + "r"]
    elif lemma.endswith("i"):
        candidates = [lemma[:-1] + "yer", lemma + "er"]
    else:  # the last letter is often doubled: don, donner; débarras, débarrasser
        candidates = [lemma + "er", lemma + lemma[-1] + "er"]
    return next((verb for verb in candidates if verb in lexicon.er_verbs), None)


def _verb_behind(lemma: str, lexicon: Lexicon) -> str | None:
    for suffix, endings in VERB_SUFFIXES:
        stem = lemma.removesuffix(suffix)
        if stem == lemma:
            continue
        for ending in endings:
            if len(stem + ending) > VERB_MIN and lexicon.is_verb(stem + ending):
                return stem + ending
    return None


def _noun_behind(lemma: str, lexicon: Lexicon) -> str | None:
    for suffix, endings in NOUN_SUFFIXES:
        stem = lemma.removesuffix(suffix)
        if stem == lemma or len(stem) < LEFT_MIN:
            continue
        for ending in endings:
            candidate = stem + ending
            if len(candidate) > SHORT and candidate in lexicon.nominals:
                return candidate
    return None
