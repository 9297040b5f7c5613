"""Numbers of the law: dated, sourced, never guessed, never written elsewhere."""

import ast
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from essaim.commons.statutes import rules
from essaim.commons.statutes.rules import law


def test_the_ceiling_of_local_authorities_was_a_fifth_before_2014_and_is_a_half_since():
    assert law.at(law.AUTHORITIES_CAPITAL_MAX, date(2014, 1, 1)) == Fraction(1, 5)
    assert law.at(law.AUTHORITIES_CAPITAL_MAX, date(2014, 8, 1)) == Fraction(1, 5)
    assert law.at(law.AUTHORITIES_CAPITAL_MAX, date(2014, 8, 2)) == Fraction(1, 2)
    assert law.last_day(law.AUTHORITIES_CAPITAL_MAX.values[0]) == date(2014, 8, 1)


def test_an_assembly_of_2024_may_vote_an_interest_of_3_80_per_cent():
    assert law.interest_cap(date(2024, 6, 15)) == Fraction("3.8025")


@pytest.mark.parametrize("year", [2023, 2025, 2026])
def test_a_cap_that_needs_an_unknown_half_year_is_not_guessed(year):
    with pytest.raises(law.NotKnown):
        law.interest_cap(date(year, 6, 15))


def test_a_number_of_before_what_was_read_is_not_guessed():
    with pytest.raises(law.NotKnown):
        law.at(law.LEGAL_RESERVE, date(1990, 1, 1))


def test_every_number_says_its_unit_its_dates_and_its_source():
    assert len({parameter.key for parameter in law.parameters()}) == len(law.parameters()) > 15
    for parameter in law.parameters():
        assert parameter.unit
        assert parameter.values
        for dated, following in zip(parameter.values, parameter.values[1:], strict=False):
            assert dated.until == following.since
        assert all(dated.source and dated.since for dated in parameter.values)


def _numbers(source):
    """Numbers of a source that could be of the law: 0, 1, 2 and 100 count and convert."""
    return [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and node.value not in {0, 1, 2, 100}
    ]


def test_no_number_of_the_law_is_written_outside_its_file():
    arithmetic = {12, 28, 29, 30, 64, 10_000}  # months, last days, a cache, hundredths of a percent
    found = {
        path.name: strange
        for path in Path(rules.__file__).parent.glob("*.py")
        if path.name != "law.py"
        if (strange := set(_numbers(path.read_text(encoding="utf-8"))) - arithmetic)
    }

    assert found == {}


def test_a_number_written_elsewhere_is_seen():
    assert _numbers("share = surplus * 0.15\nif count < 20: pass") == [0.15, 20]
