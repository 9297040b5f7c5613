"""Prepared statements for hot paths: bound and planned by the server once per connection.

Django binds values in the client, so that the server parses and plans each statement again; for the
few large statements of a checkout that planning costs more than their execution.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

Values = Sequence[object] | Mapping[str, object]


class PreparedCursor:
    """A cursor on Django's own connection (same transaction) whose statements are prepared."""

    def __init__(self, cursor: "psycopg.Cursor[tuple[Any, ...]]") -> None:
        self._cursor = cursor

    def execute(self, statement: str, values: Values | None = None) -> "PreparedCursor":
        """Run a statement with server-side values; seen by `connection.queries` like any other."""
        started = time.monotonic()
        self._cursor.execute(statement, values, prepare=True)  # type: ignore[arg-type]
        if connection.queries_logged:
            connection.queries_log.append(
                {"sql": statement, "time": f"{time.monotonic() - started:.3f}"}
            )
        return self

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
