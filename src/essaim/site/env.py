"""Typed reading of the environment; `NAME_FILE` gives a path whose content is the value (secrets).

`essaim.env` in the data folder holds what `essaim init` was told, one `NAME=value` a line.
"""

import os
from pathlib import Path


class BadSetting(ValueError):
    """An environment variable cannot be read; the message names it."""


KEPT_FILE = "essaim.env"
KEPT_NAMES = ("ESSAIM_", "DATABASE_URL")


def load(data_dir: Path) -> None:
    """Add the settings kept in a data folder to the environment, which wins where both speak.

    Raises:
        BadSetting: a line is no `NAME=value`, or names what is no setting of Essaim.
    """
    path = data_dir / KEPT_FILE
    if not path.exists():
        return
    for name, value in parse(path.read_text(encoding="utf-8")).items():
        if f"{name}_FILE" not in os.environ:
            os.environ.setdefault(name, value)


def parse(content: str) -> dict[str, str]:
    """Return the settings of a kept file; blank lines and lines that start with # say nothing."""
    found = {}
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, is_set, value = line.partition("=")
        if not is_set or not name.strip().startswith(KEPT_NAMES):
            raise BadSetting(f"{KEPT_FILE}, line {number}: NAME=value expected, not {line!r}")
        found[name.strip()] = value.strip()
    return found


def keep(data_dir: Path, values: dict[str, str]) -> Path:
    """Write settings to a data folder for the next starts, readable by its owner only."""
    if bad := [name for name, value in values.items() if "\n" in value]:
        raise BadSetting(f"{', '.join(bad)} must be one line")
    path = data_dir / KEPT_FILE
    draft = path.with_name(f"{KEPT_FILE}.partial")
    draft.touch(mode=0o600)
    lines = ["# Written by `essaim init`; the environment wins over these lines.", ""]
    lines += [f"{name}={value}" for name, value in values.items()]
    draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
    draft.replace(path)
    return path


def text(name: str, default: str = "") -> str:
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def flag(name: str, *, default: bool = False) -> bool:
    raw = text(name).lower()
    if raw in {"", None}:
        return default
    if raw in {"1", "true", "yes", "on", "oui"}:
        return True
    if raw in {"0", "false", "no", "off", "non"}:
        return False
    raise BadSetting(f"{name} must be true or false, not {raw!r}")


def integer(name: str, default: int) -> int:
    raw = text(name)
    if not raw:
        return default
    try:
        return int(raw)
    except ValueError as problem:
        raise BadSetting(f"{name} must be a whole number, not {raw!r}") from problem


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    return Path(text(name, str(default))).expanduser().resolve()
