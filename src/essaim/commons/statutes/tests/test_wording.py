"""Statutes in plain words: what they say, and nothing of what they do not."""

from fractions import Fraction

import pytest

from essaim.commons.statutes import wording
from essaim.commons.statutes.rules.statutes import (
    Admission,
    Capital,
    Interest,
    Leaving,
    Majority,
    Notice,
    Reserves,
)
from essaim.commons.statutes.tests.models_of_statutes import statutes_of


def said(**changes):
    chapters = wording.in_plain_words(statutes_of(**changes))
    return " ".join(sentence for _title, sentences in chapters for sentence in sentences)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Une part vaut 20,00\u00a0€"),
        ({}, "au moins 2/3"),
        ({}, "sans minimum à la deuxième"),
        ({}, "puis 25\u202f% à la deuxième convocation"),
        ({"capital": Capital(2000, Admission.PAYMENT)}, "en payant ses parts"),
        ({"capital": Capital(2000, ceiling_cents=10**7)}, "s’arrête à 100\u202f000,00\u00a0€"),
        ({"capital": Capital(2000, shares_max=50)}, "détient 50 parts au plus"),
        ({"colleges": ()}, "Une personne, une voix"),
        ({"interest": Interest(is_paid=True)}, "plafonné par la loi"),
        ({"leaving": Leaving(1)}, "en 1 an"),
    ],
)  # fmt: skip
def test_what_statutes_say_is_said(changes, words):
    assert words in said(**changes)


def test_what_statutes_do_not_say_is_left_out():
    silent = said(
        capital=Capital(), quorums={}, majorities={}, notice=Notice(), reserves=Reserves(),
        leaving=Leaving(), colleges=(),
    )  # fmt: skip

    for words in ("vaut", "réunir", "de oui", "convoqués", "réserve", "remboursées"):
        assert words not in silent


def test_a_majority_is_a_part_or_more_than_a_part():
    strict = {next(iter(statutes_of().majorities)): Majority(Fraction(3, 4), is_more_than=True)}

    assert "plus de 75\u202f%" in said(majorities=strict)
