"""What every command needs first: the database, Django, the files made from the sources."""

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from essaim.site import embedded_database, env

CODE_ROOT = Path(__file__).resolve().parents[3]
PACKAGE = CODE_ROOT / "src" / "essaim"
UNUSED_STATIC_FILES = ["ninja", "django_htmx", "admin"]
"""Files that libraries bring and no page of ours asks for; compressing them takes half a minute."""


@contextmanager
def installation(
    data_dir: Path, *, demo: bool = False, database_options: Sequence[str] = ()
) -> Iterator[embedded_database.Cluster | None]:
    """Make `data_dir` the installation of this process and its children, its database running.

    Yields the embedded cluster, None when `DATABASE_URL` names a server of one's own.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    os.environ["ESSAIM_DATA_DIR"] = str(data_dir)
    env.load(data_dir)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "essaim.site.settings")
    if demo:
        os.environ["ESSAIM_DEMO"] = "true"
    compile_catalogues()
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        _set_up_django()
        yield None
        return
    with embedded_database.running(data_dir, database_options) as cluster:
        os.environ["DATABASE_URL"] = cluster.dsn()
        try:
            _set_up_django()
            yield cluster
        finally:
            _close_connections()
            del os.environ["DATABASE_URL"]


def _set_up_django() -> None:
    import django

    django.setup()


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


def compile_catalogues() -> None:
    """Write the `.mo` files older than their `.po` (they are not kept in the repository)."""
    for source in PACKAGE.glob("**/locale/*/LC_MESSAGES/django.po"):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        _compile(source, compiled)


def _compile(source: Path, compiled: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file)
    draft = compiled.with_suffix(f".{os.getpid()}.tmp")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(compiled)


def prepare(data_dir: Path) -> bool:
    """Bring the database schema and static files up to this code; return whether anything was done.

    A stamp of the sources makes the second start immediate.
    """
    from django.core.management import call_command

    stamp, digest = data_dir / "prepared", _digest_of_sources()
    if stamp.exists() and stamp.read_text() == digest:
        return False
    call_command("migrate", verbosity=0, interactive=False)
    call_command(
        "collectstatic", verbosity=0, interactive=False, ignore_patterns=UNUSED_STATIC_FILES
    )
    stamp.write_text(digest)
    return True


def _digest_of_sources() -> str:
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in {".py", ".css", ".js", ".html", ".svg", ".woff2"}:
            facts = path.stat()
            digest.update(f"{path}{facts.st_mtime_ns}{facts.st_size}".encode())
    return digest.hexdigest()


def say(sentence: str = "") -> None:
    """Tell the person at the terminal something, at once."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()
