"""A database of a benchmark's own, dropped afterwards, and rows written to it in bulk."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from psycopg import sql


@contextmanager
def database_of_its_own(name: str) -> Iterator[None]:
    """Let Django work on a new migrated database until the block ends."""
    before = connection.settings_dict["NAME"]
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with connection.cursor() as cursor:
        cursor.execute(drop)
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        with connection.cursor() as cursor:
            cursor.execute(drop)


def copy(target: str, rows: Iterable[Sequence[object]]) -> None:
    """Write rows into `table (columns)` by COPY."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as writer:
        for row in rows:
            writer.write_row(row)
