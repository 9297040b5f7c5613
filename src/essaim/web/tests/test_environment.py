"""Dates as each language writes them."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from essaim.web.environment import day, moment, short_day

FIRST = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("language", "value", "words", "short"),
    [
        ("fr", FIRST, "mardi 1er décembre", "1er déc. 2026"),
        ("fr", date(2026, 12, 21), "lundi 21 décembre", "21 déc. 2026"),
        ("fr", date(2026, 12, 11), "vendredi 11 décembre", "11 déc. 2026"),
        ("en", FIRST, "Tuesday 1 December", "1 Dec 2026"),
    ],
)
def test_the_first_of_a_month_is_an_ordinal_in_french(language, value, words, short):
    with translation.override(language):
        written = (day(value), short_day(value))

    assert written == (words, short)


def test_a_moment_says_the_day_as_the_day_alone_does():
    with translation.override("fr"):
        written = moment(datetime(2026, 12, 1, 17, tzinfo=UTC))

    assert written == "mardi 1er décembre à 18\u00a0h"
