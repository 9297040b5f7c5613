"""Signing minutes: who signs as what, what is copied to say which minutes, what a scan may be."""

from enum import StrEnum
from string import hexdigits
from typing import Final

COPIED_CHARS: Final = 8
"""How much of the digest is copied from the paper by who signs: these minutes, not others."""
SCAN_MEGABYTES_MAX: Final = 8
SCAN_BYTES_MAX: Final = SCAN_MEGABYTES_MAX * 1_000_000
SCAN_STARTS: Final = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}


class Role(StrEnum):
    """In which quality somebody signs."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    SCRUTINEER = "scrutineer"


class Means(StrEnum):
    """How a signature was given."""

    REAUTHENTICATED = "reauthenticated"
    """Signed in, the password or the second factor given again within minutes."""
    TYPED = "typed"
    """Signed in, by an account without password nor second factor: the digest copied."""
    PAPER = "paper"
    """By hand; the secretary recorded it with a scan."""


def names_these(copied: str, digest: str) -> bool:
    """Say whether the characters copied are the first of the digest, spaces and case aside."""
    said = "".join(letter for letter in copied.lower() if letter in hexdigits)
    return len(said) >= COPIED_CHARS and digest.startswith(said)


def scan_kind(content: bytes) -> str | None:
    """Return the media type of a scan by its first bytes; None when it is not accepted."""
    if not 0 < len(content) <= SCAN_BYTES_MAX:
        return None
    return next((kind for start, kind in SCAN_STARTS.items() if content.startswith(start)), None)
