"""The source code of what is running, offered to everybody who uses it (AGPL, article 13).

It is made from the files on this machine, so that a platform that changes Essaim publishes its
changes without having to think of it.
"""

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from essaim.site import launch

FOLDERS = ("src", "docs", "tests", "benchmarks", ".ci")
SUFFIXES = {
    "", ".cfg", ".css", ".csv", ".html", ".in", ".js", ".json", ".lock", ".md", ".otf", ".png",
    ".po", ".py", ".svg", ".toml", ".tsv", ".ttf", ".txt", ".typ", ".webp", ".woff2", ".xz",
    ".yaml", ".yml",
}  # fmt: skip
"""What a source file is called; anything else in these folders is not ours to give away."""
AT_THE_ROOT = {"essaim", "LICENSE", ".importlinter"}


def archive() -> Path:
    """Return the archive of this version, made the first time it is asked for."""
    newest = max(path.stat().st_mtime_ns for path in _files())
    path = settings.DATA_DIR / f"essaim-{settings.VERSION}-{newest // 10**9}.tar.gz"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        with tarfile.open(draft, "w:gz") as tar:
            for file in _files():
                inside = file.relative_to(launch.CODE_ROOT)
                tar.add(file, arcname=f"essaim-{settings.VERSION}/{inside}", recursive=False)
        draft.replace(path)
    return path


def _files() -> Iterator[Path]:
    for path in sorted(launch.CODE_ROOT.iterdir()):
        if path.is_file() and (
            path.name in AT_THE_ROOT or path.suffix in {".md", ".toml", ".lock"}
        ):
            yield path
    for folder in FOLDERS:
        for path in sorted((launch.CODE_ROOT / folder).rglob("*")):
            hidden = any(part.startswith((".", "__pycache__")) for part in path.parts[-3:])
            if path.is_file() and path.suffix in SUFFIXES and not hidden:
                yield path
