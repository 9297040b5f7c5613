"""What waits for an agenda in the rooms above: they say it, the secretary's desk shows it."""

from collections.abc import Callable

from essaim.commons.cooperative.models import Register
from essaim.kernel.trades import PanelRow

Source = Callable[[Register], list[PanelRow]]
_sources: dict[str, Source] = {}


def ask_also(code: str, source: Source) -> None:
    """Have the secretary's desk ask this source too; asked once under its code."""
    _sources[code] = source


def rows(register: Register) -> list[PanelRow]:
    """Return what every source says waits, in the order they came."""
    return [row for source in _sources.values() for row in source(register)]
