"""Prepared statements for hot paths: bound and planned by the server once per connection.

Django binds values in the client, so that the server parses and plans each statement again; for the
few large statements of a checkout that planning costs more than their execution.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from django.db import connection

Values = Sequence[object] | Mapping[str, object]


class PreparedCursor:
    """A cursor on Django's own connection (same transaction) whose statements are prepared."""

    def __init__(self, cursor: "psycopg.Cursor[tuple[Any, ...]]") -> None:
        self._cursor = cursor

    def execute(self, statement: str, values: Values | None = None) -> "PreparedCursor":
        """Run a statement; wrappers and `connection.queries` see it like any other."""
        run = self._run
        for wrapper in reversed(connection.execute_wrappers):
            run = partial(wrapper, run)
        run(statement, values, False, {"connection": connection, "cursor": self})  # noqa: FBT003
        return self

    def _run(self, statement: str, values: Values | None, *_: object) -> None:
        started = time.monotonic()
        self._cursor.execute(statement, values, prepare=True)
        if connection.queries_logged:
            elapsed_s = time.monotonic() - started
            connection.queries_log.append({"sql": statement, "time": f"{elapsed_s:.3f}"})

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._cursor.fetchone()

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._cursor.fetchall()

    def fetch_dicts(self) -> list[dict[str, Any]]:
        """All rows as dictionaries keyed by column name."""
        columns = self._cursor.description or ()
        names = [column.name for column in columns]
        return [dict(zip(names, row, strict=True)) for row in self._cursor.fetchall()]


@contextmanager
def prepared_cursor() -> Iterator[PreparedCursor]:
    """Yield a cursor for a hot path; database errors are Django's, as with any other cursor."""
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield PreparedCursor(cursor)
