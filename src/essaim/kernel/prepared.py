"""Prepared statements for hot paths: bound and planned by the server once per connection.

Django binds values in the client, so that the server parses and plans each statement again; for the
few large statements of a checkout that planning costs several times their execution. The setting
`prepare_threshold` of the database must not be None, or psycopg prepares nothing.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

Values = Sequence[object] | Mapping[str, object]


class Rows:
    """What a prepared statement answers. Inside `pipelined()`, asking for it waits for it."""

    __slots__ = ("_cursor", "_database")

    def __init__(
        self, cursor: "psycopg.Cursor[tuple[Any, ...]]", database: BaseDatabaseWrapper
    ) -> None:
        self._cursor = cursor
        self._database = database

    def one(self) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        with self._database.wrap_database_errors:
            return self._cursor.fetchone()

    def all(self) -> list[tuple[Any, ...]]:
        """Return every row."""
        with self._database.wrap_database_errors:
            return self._cursor.fetchall()

    def dicts(self) -> list[dict[str, Any]]:
        """Return every row as a dictionary keyed by column name."""
        rows = self.all()
        names = [column.name for column in self._cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows]


def run_prepared(statement: str, values: Values | None = None) -> Rows:
    """Run a statement on Django's own connection (same transaction), prepared by the server.

    Execution wrappers and `connection.queries` see it like any other; errors are Django's.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    database.validate_no_broken_transaction()
    cursor = psycopg.Cursor(database.connection)
    run = partial(_run, database, cursor)
    for wrapper in reversed(database.execute_wrappers):
        run = partial(wrapper, run)
    run(statement, values, False, {"connection": database, "cursor": cursor})  # noqa: FBT003
    return Rows(cursor, database)


def json_rows(rows: Sequence[Mapping[str, object]]) -> str:
    """Write rows as the JSON that `json_to_recordset` reads; identifiers as text.

    A third of the cost of binding one array a column, which the driver adapts value by value.
    """
    return json.dumps(rows, default=str)


@contextmanager
def pipelined() -> Iterator[None]:
    """Send the prepared statements of the block without waiting for each one's answer.

    A statement whose rows are asked for waits for itself and those before it; the others are
    awaited together at the end. An error appears at the first wait after the statement it is of.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors, database.connection.pipeline():
        yield


def _run(
    database: BaseDatabaseWrapper,
    cursor: "psycopg.Cursor[tuple[Any, ...]]",
    statement: str,
    values: Values | None,
    *_: object,
) -> None:
    started = time.monotonic()
    with database.wrap_database_errors:
        cursor.execute(statement, values, prepare=True)
    if database.queries_logged:
        elapsed_s = time.monotonic() - started
        database.queries_log.append({"sql": statement, "time": f"{elapsed_s:.3f}"})
