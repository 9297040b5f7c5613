"""What a sealed ballot holds: the choice, the tracker its voter keeps, and a nonce.

Every slip of an election has the same length once written, whatever was chosen: the length of a
sealed ballot says nothing. The tracker is drawn for the voter; the list published after the count
shows it beside the choice, so that each voter finds their own ballot and anybody can count again.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that are not mistaken for one another when copied by hand."""
TRACKER_LETTERS: Final = 10
NONCE_BYTES: Final = 16
PADDING: Final = b" "

Choice = str
"""A choice as its canonical text, see `canonical`."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One ballot in clear: only the voter, and the urn once opened, see it."""

    tracker: str
    choice: Choice
    nonce: str


def canonical(choice: Any) -> Choice:
    """Write a choice (a code, a list of codes or of lists, a table of grades) as one text.

    The same choice is always the same text: JSON without spaces, keys in order.
    """
    return json.dumps(choice, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def draw_tracker(draw: Callable[[int], int]) -> str:
    """Return ten letters (50 bits) drawn with `draw`, such as `secrets.randbelow`."""
    return "".join(ALPHABET[draw(len(ALPHABET))] for _ in range(TRACKER_LETTERS))


def commitment(slip: Slip) -> str:
    """Return the SHA-256 of a slip, in hexadecimal: given to the voter, found again in the list."""
    whole = f"{slip.tracker}\n{slip.choice}\n{slip.nonce}"
    return hashlib.sha256(whole.encode()).hexdigest()


def write(slip: Slip, *, length: int) -> bytes:
    """Return a slip as exactly `length` bytes.

    Raises:
        ValueError: it does not fit: `length` was not foreseen for such a choice.
    """
    text = json.dumps([slip.tracker, slip.choice, slip.nonce], ensure_ascii=False).encode()
    if len(text) > length:
        raise ValueError(f"{len(text)} bytes do not fit in {length}")
    return text.ljust(length, PADDING)


def read(written: bytes) -> Slip:
    """Return the slip that `write` wrote."""
    tracker, choice, nonce = json.loads(written)
    return Slip(tracker, choice, nonce)
