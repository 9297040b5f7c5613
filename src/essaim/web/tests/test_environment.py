"""Dates and long numbers as people write them."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from essaim.web.environment import day, moment, short_day, spaced

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


@pytest.mark.parametrize(
    ("text", "size", "read"),
    [
        ("823456786", 3, "823 456 786"),
        ("FR7630001007941234567890185", 4, "FR76 3000 1007 9412 3456 7890 185"),
        ("FR76 3000 1007", 4, "FR76 3000 1007"),
        ("", 4, ""),
    ],
)
def test_a_long_number_is_read_in_groups_that_never_part(text, size, read):
    assert spaced(text, size) == read.replace(" ", "\u202f")
