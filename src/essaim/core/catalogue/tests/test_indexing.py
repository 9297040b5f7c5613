"""What is stored and asked, as PostgreSQL reads it."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from essaim.core.catalogue.rules import indexing
from essaim.core.catalogue.rules.thesaurus import wanted

texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)


def test_the_title_weighs_more_than_the_summary():
    assert indexing.vector("Vélos", "Réparer un vélo") == "'velo':1A 'reparer':2B 'velo':3B"


def test_a_query_asks_for_one_phrase_of_each_part():
    parts = [[("pomme", "terre"), ("patate",)], [("bio",)]]

    assert indexing.any_of(parts) == "(('pomme' & 'terre') | ('patate')) & (('bio'))"
    assert indexing.typed(parts, "A") == "('pomme':A & 'terre':A) & ('bio':A)"


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(title=texts, summary=texts)
def test_the_database_reads_any_text_and_finds_it_by_its_own_words(title, summary):
    vector = indexing.vector(title, summary)
    parts = wanted(title)

    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector", [vector])
        if parts:
            cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [vector, indexing.any_of(parts)])
            assert cursor.fetchone() == (True,)
