"""Making a backup while people work, proving it can be read back, and putting it back.

Django must be set up. The database is reached through the default connection, so that this works
the same on the embedded cluster and on a server of one's own (which must allow CREATE DATABASE).
"""

import json
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from essaim.core.ledger import queries as ledger
from essaim.site import archives, embedded_database
from essaim.site.archives import BadArchive, Manifest, TableFacts

LAST_BACKUP = "last_backup.json"
LAST_PROOF = "last_proven_restore.json"
LOST_LINES_MAX = 5


class NotEmpty(Exception):
    """The installation already holds something, and nobody said to replace it."""


class StillRunning(Exception):
    """Somebody is connected to the database that would be replaced."""


class ProgramFailed(RuntimeError):
    """pg_dump or pg_restore failed; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A backup that was read back whole: compared table by table, its ledger balanced."""

    archive: Path
    manifest: Manifest
    proven_at: datetime


def make(folder: Path, *, now: datetime) -> tuple[Path, Manifest]:
    """Write a backup in `folder`; members may go on working meanwhile.

    Raises:
        ProgramFailed: pg_dump refused.
        OSError: the folder cannot be written, or the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"essaim-{now:%Y%m%d-%H%M%S}.tar"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".essaim-") as work:
        dump = Path(work) / archives.DUMP
        tables, major = _dump(dump)
        parts = [(archives.DUMP, dump)]
        parts += [(name, path) for name in archives.KEPT_FILES if (path := _data(name)).exists()]
        # After the database: whatever file its rows name exists by now.
        parts += archives.media_parts(Path(settings.MEDIA_ROOT))
        facts = {
            "version": settings.VERSION,
            "made_at": now,
            "postgresql_major": major,
            "tables": tables,
        }
        manifest = archives.write(target, parts, facts)
    _note(LAST_BACKUP, {"at": now.isoformat(), "path": str(target)})
    return target, manifest


def verify(archive: Path, *, now: datetime) -> Proof:
    """Read a backup back into a throw-away database, compare everything, and note the proof.

    Raises:
        BadArchive: it is damaged, or what it restores is not what was saved.
        ProgramFailed: pg_restore refused.
    """
    with _restored(archive) as (manifest, _, _):
        pass
    _note(LAST_PROOF, {"at": now.isoformat(), "path": str(archive)})
    return Proof(archive, manifest, now)


def restore(archive: Path, *, may_replace: bool, now: datetime) -> Proof:
    """Put a backup back in place of this installation; all is checked before anything changes.

    Raises:
        NotEmpty: there are members or files here and `may_replace` is false.
        StillRunning: other processes use the database.
        BadArchive: as `verify`.
        ProgramFailed: pg_restore refused.
    """
    if not may_replace and not is_empty():
        raise NotEmpty
    if others := _other_sessions():
        raise StillRunning(f"{others}")
    with _restored(archive) as (manifest, folder, database):
        _swap_database(database)
        _swap_media(folder / archives.MEDIA)
        for name in archives.KEPT_FILES:
            if (folder / name).exists():
                _replace_secret(folder / name, _data(name))
    _data("prepared").unlink(missing_ok=True)
    return Proof(archive, manifest, now)


def is_empty() -> bool:
    """Say whether nobody has used this installation: no member, no file."""
    media = Path(settings.MEDIA_ROOT)
    if media.exists() and any(path.is_file() for path in media.rglob("*")):
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.members_member') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return True
        cursor.execute("SELECT NOT EXISTS (SELECT FROM members_member)")
        return bool(cursor.fetchone()[0])


def facts_of_tables(reader: "psycopg.Connection[tuple[Any, ...]]") -> dict[str, TableFacts]:
    """Count and digest every table of a database, independently of the order of rows."""
    reader.execute("SET LOCAL TIME ZONE 'UTC'")
    names = reader.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    found = {}
    for (name,) in names:
        query = sql.SQL(
            "SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint"
            "::numeric), 0)::text FROM {} AS t"
        ).format(sql.Identifier(str(name)))
        row = reader.execute(query).fetchone()
        assert row is not None  # noqa: S101 - an aggregate always answers
        found[str(name)] = TableFacts(row[0], row[1])
    return found


def _dump(target: Path) -> tuple[dict[str, TableFacts], int]:
    """Dump the database, and count its tables in the very snapshot of the dump."""
    with psycopg.connect(_conninfo()) as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = reader.execute("SELECT pg_export_snapshot()").fetchone()
        snapshot = str(row[0]) if row else ""
        _program(
            "pg_dump", "--format=custom", "--no-owner", "--no-privileges",
            f"--snapshot={snapshot}", f"--file={target}",
        )  # fmt: skip
        return facts_of_tables(reader), reader.info.server_version // 10_000


@contextmanager
def _restored(archive: Path) -> Iterator[tuple[Manifest, Path, str]]:
    """Yield the manifest, the extracted files and a database that holds exactly what was saved."""
    manifest = archives.read_manifest(archive)
    archives.check_parts(archive, manifest)
    database = f"essaim_restore_{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".restore-") as work:
        folder = Path(work)
        archives.extract(archive, folder)
        _administrate(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(database))
        )
        try:
            _program(
                "pg_restore", "--exit-on-error", "--no-owner", "--no-privileges",
                str(folder / archives.DUMP), database=database,
            )  # fmt: skip
            _compare(database, manifest)
            yield manifest, folder, database
        finally:
            _drop(database)


def _compare(database: str, manifest: Manifest) -> None:
    with psycopg.connect(_conninfo(database)) as reader:
        found = facts_of_tables(reader)
    wrong = [
        name
        for name in sorted(manifest.tables.keys() | found.keys())
        if manifest.tables.get(name) != found.get(name)
    ]
    if wrong:
        raise BadArchive(f"Ces tables ne sont pas celles sauvegardées : {', '.join(wrong)}.")
    with _default_connection_on(database):
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        if problems := ledger.imbalances():
            lines = " ; ".join(problems[:LOST_LINES_MAX])
            raise BadArchive(f"Les comptes de la sauvegarde ne tombent pas juste : {lines}.")


@contextmanager
def _default_connection_on(database: str) -> Iterator[None]:
    """Point Django at another database of the same server for a moment (one thread only)."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def _other_sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def _swap_database(database: str) -> None:
    """Rename the restored database in place of the installation's, in one transaction."""
    usual = str(connection.settings_dict["NAME"])
    former = f"{usual}_former_{secrets.token_hex(4)}"
    connection.close()
    with psycopg.connect(_conninfo("postgres")) as server:
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        server.execute(rename.format(sql.Identifier(usual), sql.Identifier(former)))
        server.execute(rename.format(sql.Identifier(database), sql.Identifier(usual)))
    _drop(former)


def _swap_media(restored: Path) -> None:
    media = Path(settings.MEDIA_ROOT)
    former = media.with_name(f"{media.name}.former")
    shutil.rmtree(former, ignore_errors=True)
    restored.mkdir(exist_ok=True)
    media.parent.mkdir(parents=True, exist_ok=True)
    if media.exists():
        media.rename(former)
    shutil.move(restored, media)
    shutil.rmtree(former, ignore_errors=True)


def _replace_secret(source: Path, target: Path) -> None:
    draft = target.with_name(target.name + ".partial")
    shutil.copyfile(source, draft)
    draft.chmod(0o600)
    draft.replace(target)


def _data(name: str) -> Path:
    return Path(settings.DATA_DIR) / name


def _note(name: str, content: dict[str, str]) -> None:
    draft = _data(name + ".partial")
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(_data(name))


def _conninfo(database: str = "", *, has_password: bool = True) -> str:
    """Return how libpq reaches a database of the server, the installation's unless named."""
    known = connection.settings_dict
    parts = {
        "dbname": database or known["NAME"],
        "user": known["USER"],
        "password": known["PASSWORD"] if has_password else "",
        "host": known["HOST"],
        "port": known["PORT"],
    }
    options = {name: str(value) for name, value in known.get("OPTIONS", {}).items()}
    options.pop("prepare_threshold", None)  # the driver's, unknown to libpq
    return make_conninfo(**options | {name: value for name, value in parts.items() if value})


def _program(name: str, *arguments: str, database: str = "") -> None:
    """Run a PostgreSQL program; the password travels in its environment, seen by nobody else."""
    cluster = embedded_database.cluster_at(Path(settings.DATA_DIR))
    command = [embedded_database.program(cluster, name), *arguments]
    command.append(f"--dbname={_conninfo(database, has_password=False)}")
    password = connection.settings_dict["PASSWORD"]
    done = subprocess.run(
        command,
        env=os.environ | ({"PGPASSWORD": password} if password else {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ProgramFailed(f"{name} : {done.stderr.strip()[-600:]}")


def _administrate(statement: sql.Composed) -> None:
    with psycopg.connect(_conninfo("postgres"), autocommit=True) as server:
        server.execute(statement)


def _drop(database: str) -> None:
    _administrate(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
    )
