"""Statements of a hot path are prepared by the server, and may be sent without waiting."""

import pytest
from django.db import IntegrityError, connection, transaction

from essaim.kernel.prepared import json_rows, pipelined, run_prepared

pytestmark = pytest.mark.django_db

COUNTED = "SELECT %(n)s::int + 1"


def prepared_names():
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [row[0] for row in cursor.fetchall()]


def test_a_statement_is_kept_by_the_server_and_planned_once():
    answers = [run_prepared(COUNTED, {"n": n}).one() for n in (1, 2, 3)]

    assert answers == [(2,), (3,), (4,)]
    assert prepared_names().count("SELECT $1::int + 1") == 1


def test_rows_come_as_tuples_or_by_name():
    numbers = "SELECT n AS number FROM generate_series(1, %s) AS n"

    assert run_prepared(numbers, [2]).all() == [(1,), (2,)]
    assert run_prepared(numbers, [2]).dicts() == [{"number": 1}, {"number": 2}]
    assert run_prepared(numbers, [0]).one() is None


def test_wrappers_and_the_log_of_queries_see_it(settings):
    seen = []

    def note(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    settings.DEBUG = True
    with connection.execute_wrapper(note):
        run_prepared(COUNTED, {"n": 1})

    assert seen == [COUNTED]
    assert connection.queries[-1]["sql"] == COUNTED


def test_statements_of_a_pipeline_are_sent_before_the_first_answer_is_read():
    with transaction.atomic(), pipelined():
        first = run_prepared(COUNTED, {"n": 1})
        second = run_prepared(COUNTED, {"n": 10})
        is_in_pipeline = connection.connection.pgconn.pipeline_status

        assert (second.one(), first.one()) == ((11,), (2,))

    assert is_in_pipeline


@transaction.atomic
def insert_twice():
    with pipelined():
        run_prepared("INSERT INTO counted VALUES (1)")
        run_prepared("INSERT INTO counted VALUES (1)")


def test_an_error_nobody_waited_for_appears_at_the_end_and_undoes_everything():
    table = "CREATE TEMPORARY TABLE counted (n int PRIMARY KEY)"
    with connection.cursor() as cursor:
        cursor.execute(table)

    with pytest.raises(IntegrityError):
        insert_twice()

    assert run_prepared("SELECT count(*) FROM counted").one() == (0,)


def test_rows_written_as_json_are_read_back_as_columns():
    rows = json_rows([{"n": 1, "label": 'deux "mots"'}, {"n": None, "label": "é"}])

    found = run_prepared(
        "SELECT * FROM json_to_recordset(%s::json) AS r(n int, label text)", [rows]
    )

    assert found.all() == [(1, 'deux "mots"'), (None, "é")]
