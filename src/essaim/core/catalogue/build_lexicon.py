"""Make the French word list shipped with the search. Run by maintainers, never at run time.

    python -m essaim.core.catalogue.build_lexicon --dictionary UNPACKED_NPM_PACKAGE

The npm package `dictionary-fr` holds Grammalecte's spelling dictionary (MPL 2.0): words with
flags that tell verbs from nouns, and affix rules. Regular forms are left to `rules.stemmer`,
which checks its guesses against these words; the forms of irregular verbs are written out.
"""

import argparse
import lzma
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

DATA_FILE: Final = Path(__file__).parent / "data" / "lexicon.txt.xz"
WORD: Final = re.compile(r"[a-zàâäæçéèêëîïôöœùûü-]{2,}")
REGULAR_ER: Final = tuple("abcd")
REGULAR_IR: Final = ("f",)
IRREGULAR: Final = tuple("ghijklmnopqrstuvwxyz")

Affixes = dict[str, list[tuple[str, str, re.Pattern[str]]]]


def read_suffixes(lines: list[str]) -> Affixes:
    """Return, for each two-letter flag, its (cut, put, when) suffix rules."""
    rules: Affixes = defaultdict(list)
    for line in lines:
        parts = line.split()
        if len(parts) >= 5 and parts[0] == "SFX":
            _, flag, cut, put, when = parts[:5]
            ending = re.compile(("" if when == "." else when) + "$")
            rules[flag].append((cut.strip("0"), put.split("/")[0].strip("0"), ending))
    return rules


def forms(word: str, flags: str, affixes: Affixes) -> Iterator[str]:
    """Give the forms of a word by its flags, without elided ones."""
    for flag in re.findall("..", flags):
        for cut, put, ending in affixes[flag]:
            if word.endswith(cut) and ending.search(word):
                form = word[: len(word) - len(cut)] + put
                if WORD.fullmatch(form):
                    yield form


def sort_words(dic: list[str], affixes: Affixes) -> dict[str, set[str]]:
    """Return the words by class: er, ir, nominal; and `form lemma` of irregular verbs."""
    classes: dict[str, set[str]] = {"er": set(), "ir": set(), "nominal": set(), "irregular": set()}
    for line in dic:
        word, _, flags = line.strip().partition("/")
        if not WORD.fullmatch(word) or word.startswith("-") or flags == "||--":
            continue
        if flags[:1] in REGULAR_ER and word.endswith("er") and flags[1:2] != "'":
            classes["er"].add(word)
        elif flags[:1] in REGULAR_IR and word.endswith("ir"):
            classes["ir"].add(word)
        elif flags[:1] in IRREGULAR and word.endswith(("ir", "re", "er", "ïr")):
            classes["irregular"].add(f"{word} {word}")
            classes["irregular"] |= {f"{form} {word}" for form in forms(word, flags, affixes)}
        else:
            classes["nominal"].add(word)
    return classes


def build(folder: Path, target: Path = DATA_FILE) -> dict[str, int]:
    """Write `target` from the unpacked npm package; return how many words of each class."""
    affixes = read_suffixes((folder / "index.aff").read_text("utf-8").splitlines())
    dic = (folder / "index.dic").read_text("utf-8").splitlines()[1:]
    classes = sort_words(dic, affixes)
    text = "".join(
        f"[{name}]\n" + "".join(f"{word}\n" for word in sorted(words))
        for name, words in classes.items()
    )
    target.write_bytes(lzma.compress(text.encode(), preset=9))
    return {name: len(words) for name, words in classes.items()}


def main() -> None:
    """Build the file from the command line and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dictionary", type=Path, required=True, help="unpacked npm package")
    parser.add_argument("--target", type=Path, default=DATA_FILE)
    arguments = parser.parse_args()
    print(build(arguments.dictionary, arguments.target))  # noqa: T201 - the answer of the command


if __name__ == "__main__":
    main()
