"""French sentences without Django: the catalogues of the rooms, read as they are written."""

from functools import cache
from pathlib import Path

from essaim.kernel.errors import RuleBroken

PACKAGE = Path(__file__).resolve().parents[2]
CATALOGUES = ("commons/ballots", "core/roads", "site", "kernel")


def in_french(sentence: str, details: dict[str, object] | None = None) -> str:
    """Return a sentence of the rules in French, its `{names}` filled from the details."""
    return _catalogue().get(sentence, sentence).format(**(details or {}))


def refusal_in_french(refusal: RuleBroken) -> str:
    return in_french(refusal.sentence, refusal.details)


@cache
def _catalogue() -> dict[str, str]:
    from babel.messages.pofile import read_po  # only when there is something to translate

    found = {}
    for room in CATALOGUES:
        path = PACKAGE / room / "locale" / "fr" / "LC_MESSAGES" / "django.po"
        with path.open("rb") as file:
            for message in read_po(file, locale="fr"):
                if isinstance(message.id, str) and isinstance(message.string, str):
                    found[message.id] = message.string
    return {original: french for original, french in found.items() if french}
