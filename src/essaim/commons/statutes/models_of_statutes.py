"""The texts shipped with the software: the model of a territory, and published statutes."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "data"


@cache
def text(name: str) -> str:
    """Return a text by its name, such as "territory" or "scani"."""
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
