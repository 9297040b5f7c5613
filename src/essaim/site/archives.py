"""Backups: one `.tar` file that holds a whole installation, and the proof that it can be read back.

An archive holds `database.dump` (pg_dump, custom format), `secret_key` and `essaim.env` when they
exist, `media/…`, and last `manifest.json`: the SHA-256 of each part, and for each table the number
of its rows and a digest of their content, taken in the same snapshot as the dump. A truncated
archive has no manifest.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"
MEDIA = "media"
KEPT_FILES = ("secret_key", "essaim.env")
CHUNK_BYTES = 1 << 20


class BadArchive(Exception):
    """A backup cannot be used; the message says why, in French."""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What a table held: its rows, and the sum of the digests of their text."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    version: str
    made_at: datetime
    postgresql_major: int
    parts: dict[str, str]
    """SHA-256 of each member, in hexadecimal, by name."""
    tables: dict[str, TableFacts]

    @property
    def row_count(self) -> int:
        return sum(table.rows for table in self.tables.values())

    def as_json(self) -> bytes:
        content = {
            "format": FORMAT,
            "version": self.version,
            "made_at": self.made_at.isoformat(),
            "postgresql_major": self.postgresql_major,
            "parts": self.parts,
            "tables": {name: [facts.rows, facts.digest] for name, facts in self.tables.items()},
        }
        return json.dumps(content, indent=1, sort_keys=True).encode()


def read_manifest(archive: Path) -> Manifest:
    """Return what an archive says it holds.

    Raises:
        BadArchive: it is no archive of Essaim, is truncated, or was made by a later Essaim.
    """
    with _opened(archive) as tar:
        try:
            file = tar.extractfile(MANIFEST)
        except KeyError as problem:
            raise BadArchive("La sauvegarde est incomplète : elle n’a pas de fin.") from problem
        return _manifest_of(json.load(file) if file else {})


def check_parts(archive: Path, manifest: Manifest) -> None:
    """Read the whole archive and compare it with its manifest.

    Raises:
        BadArchive: a part is missing, unknown, damaged, or would be written outside.
    """
    with _opened(archive) as tar:
        found = {
            member.name: _digest(tar.extractfile(member))
            for member in tar
            if member.name != MANIFEST and _is_sound(member)
        }
    if missing := sorted(manifest.parts.keys() - found.keys()):
        raise BadArchive(f"Il manque à la sauvegarde : {', '.join(missing[:5])}.")
    if unknown := sorted(found.keys() - manifest.parts.keys()):
        raise BadArchive(
            f"La sauvegarde contient des fichiers inconnus : {', '.join(unknown[:5])}."
        )
    if damaged := sorted(name for name, digest in found.items() if digest != manifest.parts[name]):
        raise BadArchive(f"La sauvegarde est abîmée : {', '.join(damaged[:5])}.")


def extract(archive: Path, folder: Path) -> None:
    """Write every part of a checked archive into a folder."""
    # Member by member, each looked at: `extractall` filters only since Python 3.11.4.
    with _opened(archive) as tar:
        for member in filter(_is_sound, tar):
            target = folder / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as written:
                _copy(tar.extractfile(member), written)


def write(target: Path, parts: list[tuple[str, Path]], facts: dict[str, Any]) -> Manifest:
    """Write an archive of these (name, file) parts, manifest last, readable by its owner only.

    The file appears under its name once complete: a crash leaves at most a `.partial` file.
    """
    draft = target.with_name(target.name + ".partial")
    digests: dict[str, str] = {}
    with draft.open("wb") as file:
        draft.chmod(0o600)
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name, path in parts:
                digests[name] = _add(tar, name, path)
            manifest = Manifest(parts=digests, **facts)
            _add_bytes(tar, MANIFEST, manifest.as_json())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    return manifest


def media_parts(media_root: Path) -> list[tuple[str, Path]]:
    """Return the (name, file) pairs of the photos and documents of an installation."""
    return [
        (f"{MEDIA}/{path.relative_to(media_root).as_posix()}", path)
        for path in sorted(media_root.rglob("*"))
        if path.is_file() and not path.is_symlink()
    ]


class _Counted(io.RawIOBase):
    """A file being read that adds up the SHA-256 of what went by."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.sha256.update(chunk)
        return chunk


def _add(tar: tarfile.TarFile, name: str, path: Path) -> str:
    with path.open("rb") as file:
        member = tar.gettarinfo(arcname=name, fileobj=file)
        counted = _Counted(file)
        tar.addfile(member, counted)
        return counted.sha256.hexdigest()


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def _manifest_of(content: dict[str, Any]) -> Manifest:
    if content.get("format") != FORMAT:
        raise BadArchive("Cette sauvegarde vient d’un autre Essaim : mettez celui-ci à jour.")
    return Manifest(
        version=content["version"],
        made_at=datetime.fromisoformat(content["made_at"]),
        postgresql_major=content["postgresql_major"],
        parts=content["parts"],
        tables={name: TableFacts(*facts) for name, facts in content["tables"].items()},
    )


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(archive, mode="r:") as tar:
            yield tar
    except FileNotFoundError as problem:
        raise BadArchive(f"{archive} est introuvable.") from problem
    except (tarfile.TarError, EOFError, OSError, ValueError, KeyError, TypeError) as problem:
        raise BadArchive(f"La sauvegarde est illisible ou tronquée ({problem}).") from problem


def _is_sound(member: tarfile.TarInfo) -> bool:
    path = PurePosixPath(member.name)
    if not member.isfile() or path.is_absolute() or ".." in path.parts:
        raise BadArchive(f"La sauvegarde contient un fichier interdit : {member.name}.")
    return True


def _copy(file: IO[bytes] | None, target: IO[bytes]) -> None:
    for chunk in _chunks(file):
        target.write(chunk)


def _digest(file: IO[bytes] | None) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(file):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(file: IO[bytes] | None) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES) if file else b"":
        yield chunk
