"""Typed reading of the environment; `NAME_FILE` gives a path whose content is the value (secrets)."""

import os
from pathlib import Path


class BadSetting(ValueError):
    """An environment variable cannot be read; the message names it."""


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
