"""Which French words meet in a search, and which must not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.core.catalogue.rules.thesaurus import wanted
from essaim.core.catalogue.rules.words import tokens, words

LISTS = Path(__file__).parent / "data"


def pairs(name):
    lines = (LISTS / f"{name}.txt").read_text("utf-8").splitlines()
    return [tuple(line.split()) for line in lines if line and not line.startswith("#")]


def share_that_meets(name):
    found = [tokens(one) == tokens(other) for one, other in pairs(name)]
    return sum(found) / len(found)


@pytest.mark.parametrize(
    ("name", "count_min", "share_min"), [("same_dev", 240, 0.99), ("same_held_out", 220, 0.95)]
)
def test_inflected_and_derived_words_meet(name, count_min, share_min):
    assert len(pairs(name)) >= count_min
    assert share_that_meets(name) >= share_min


@pytest.mark.parametrize(
    ("name", "count_min", "share_max"),
    [("different_dev", 150, 0.0), ("different_held_out", 120, 0.04)],
)
def test_look_alikes_stay_apart(name, count_min, share_max):
    assert len(pairs(name)) >= count_min
    assert share_that_meets(name) <= share_max


@pytest.mark.parametrize(
    "family",
    [
        "vélo vélos velo VELOS",
        "réparer réparation réparateur réparatrice réparable réparées reparation",
        "garde garder gardée garderie gardien",
        "jardinage jardiner jardin jardinière",
        "covoiturage covoiturer covoitureur co-voiturage",
        "boulanger boulangère boulangerie",
    ],
)
def test_a_family_has_one_token(family):
    assert len({tuple(tokens(word)) for word in family.split()}) == 1


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("L’atelier d'Hélène", ["atelier", "helene"]),
        ("qu’un œuf de l'éco-lieu", ["oeuf", "ecolieu"]),
        ("12 pots de 250 g", ["12", "pot", "250", "g"]),
        ("porte-bagages", ["porte", "bagage"]),
        ("", []),
        ("… ! ?", []),
    ],
)
def test_a_sentence_becomes_tokens(sentence, expected):
    assert tokens(sentence) == expected


def test_stop_words_are_left_out_unless_nothing_else_is_said():
    assert words("le pain de la ferme") == ["pain", "ferme"]
    assert words("mais") == ["mais"]


@given(st.text())
def test_any_text_has_tokens_without_spaces_and_always_the_same(text):
    found = tokens(text)

    assert found == tokens(text)
    assert all(token and not token.isspace() for token in found)


@given(st.text(alphabet="aeiourtslnmdpcçéèêàùûœ'’- ", max_size=60))
def test_capitals_do_not_matter(text):
    assert tokens(text.upper()) == tokens(text)


def test_a_search_also_tries_the_words_that_mean_the_same():
    (part,) = wanted("vélo")

    assert part[0] == ("velo",)
    assert ("bicyclette",) in part


def test_a_phrase_of_the_thesaurus_is_one_part():
    parts = wanted("pommes de terre bio")

    assert [part[0] for part in parts] == [("pomme", "terre"), ("bio",)]
    assert ("patate",) in parts[0]


def test_a_word_without_accents_stands_for_both():
    assert ("marché",) in wanted("marche")[0]
    assert wanted("marché")[0] == [("marché",)]


def test_the_same_query_is_wanted_the_same_way_twice():
    assert wanted("Atelier vélo le samedi") == wanted("atelier vélo le samedi")
