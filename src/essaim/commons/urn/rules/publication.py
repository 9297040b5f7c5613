"""The list of ballots that is published, as a file that anybody can check and count again."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from essaim.commons.urn.rules.slips import Slip, commitment

COLUMNS: Final = ("college", "tracker", "choice", "nonce", "commitment")


@dataclass(frozen=True, slots=True)
class OpenedBallot:
    college: str
    slip: Slip


def in_published_order(ballots: Iterable[OpenedBallot]) -> list[OpenedBallot]:
    """Return ballots by their commitment: an order that says nothing of when they were cast."""
    return sorted(ballots, key=lambda ballot: (commitment(ballot.slip), ballot.college))


def as_csv(ballots: Sequence[OpenedBallot]) -> bytes:
    """Write the published list: UTF-8, comma, one line each, in its order."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for ballot in ballots:
        slip = ballot.slip
        writer.writerow((ballot.college, slip.tracker, slip.choice, slip.nonce, commitment(slip)))
    return text.getvalue().encode()


def digest(file: bytes) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(file).hexdigest()


def first_disagreement(
    ballots: Iterable[OpenedBallot], voted: Iterable[str]
) -> tuple[str, int, int] | None:
    """Return the first college whose ballots are not as many as its ticks on the roll.

    Args:
        voted: the college of each line of the roll that is ticked.

    Returns:
        the college, its ballots, its ticks; None when all agree.
    """
    in_urn = Counter(ballot.college for ballot in ballots)
    on_roll = Counter(voted)
    for college in sorted(in_urn.keys() | on_roll.keys()):
        if in_urn[college] != on_roll[college]:
            return college, in_urn[college], on_roll[college]
    return None
