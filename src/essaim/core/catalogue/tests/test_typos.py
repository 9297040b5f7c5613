"""One slip of the finger on a word of the catalogue."""

import random
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.core.catalogue.rules.typos import LETTERS_MIN, corrections, single_edits
from essaim.core.catalogue.rules.words import token
from essaim.core.catalogue.tests.test_words import LISTS, pairs
from essaim.core.territories.rules import plain

folded = st.text(alphabet=ascii_lowercase, min_size=4, max_size=12)


def vocabulary():
    """Return the words of all lists, look-alikes included, with counts as uneven as real ones."""
    known = sorted(
        {
            word
            for path in LISTS.glob("*.txt")
            for pair in pairs(path.stem)
            for typed in pair
            for word in plain(typed).split()
            if word.isalpha()
        }
    )
    random.Random(4).shuffle(known)
    return {word: max(1, 2000 // (rank + 1)) for rank, word in enumerate(known)}


def slips(word, chance):
    """Return one slip of each kind."""
    place, letter = chance.randrange(len(word)), chance.choice(ascii_lowercase)
    pair = chance.randrange(len(word) - 1)
    return [
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
        word[:pair] + word[pair + 1] + word[pair] + word[pair + 2 :],
    ]


def test_98_percent_of_single_slips_find_the_word_that_was_meant():
    known = vocabulary()
    chance = random.Random(59)
    tried = found = 0

    for word in known:
        if len(word) < LETTERS_MIN:
            continue
        for slip in slips(word, chance):
            if slip == word:
                continue
            tried += 1
            # A slip that is itself a word of the catalogue is a miss, not left out.
            proposed = [slip] if slip in known else corrections(slip, known)
            found += token(word) in map(token, proposed)

    assert tried > 4_000
    assert found / tried >= 0.98


@given(folded, st.integers(0, 11), st.sampled_from(ascii_lowercase))
def test_every_edit_can_be_undone(word, place, letter):
    place %= len(word)

    assert word in single_edits(word[:place] + word[place + 1 :])
    assert word in single_edits(word[:place] + letter + word[place:]) or letter == ""
    changed = word[:place] + letter + word[place + 1 :]
    assert changed == word or word in single_edits(changed)


@given(folded)
def test_a_word_is_no_edit_of_itself(word):
    assert word not in single_edits(word)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("carote", "carotte"), ("tomatte", "tomate"), ("vleo", "velo"), ("repqrer", "reparer")],
)
def test_likely_slips_come_before_common_words(typed, meant):
    known = {meant: 3, "carore": 5, "tomatee": 5, "vlea": 5, "repurer": 5}

    assert corrections(typed, known)[0] == meant


def test_the_more_common_word_comes_first():
    assert corrections("pore", {"pure": 1, "pote": 1, "poire": 50})[0] == "poire"


def test_short_words_are_not_proposed():
    assert corrections("pan", {"pin": 10, "pain": 1}) == ["pain"]


def test_nothing_near_is_nothing_proposed():
    assert corrections("xylophone", {"carotte": 10}) == []
