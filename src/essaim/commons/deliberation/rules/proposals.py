"""A proposal from its first support to the agenda. Pure: no database, no clock."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

BASIS_POINTS: Final = 10_000
BLANK_LINES: Final = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")


class State(StrEnum):
    """Where a proposal stands; what an assembly made of it is read from its motion."""

    OPEN = "open"
    REACHED = "reached"
    """It has its supports, or a consent: the board puts it on the agenda."""
    SCHEDULED = "scheduled"
    """It is a point of an assembly."""
    SETTLED = "settled"
    """Decided by the consent of all, without an assembly."""
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


STEPS: Final[Mapping[State, frozenset[State]]] = {
    State.OPEN: frozenset({State.REACHED, State.SETTLED, State.EXPIRED, State.WITHDRAWN}),
    State.REACHED: frozenset({State.SCHEDULED, State.SETTLED}),
    State.SCHEDULED: frozenset({State.SCHEDULED}),
    State.SETTLED: frozenset(),
    State.EXPIRED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
"""Which state may follow which. An assembly that closed without deciding a point leaves it to
another: scheduled once more. Once reached, a proposal belongs to those who support it: its author
no longer takes it back."""


def may_become(before: State, after: State) -> bool:
    """Say whether a proposal may go from one state to the other."""
    return after in STEPS[before]


def supports_needed(*, associates_count: int, share_bps: int, minimum: int) -> int:
    """Return how many supports bring a proposal to the agenda.

    The share is rounded up: 5 % of 41 associates are 3. At least `minimum`, at most everybody, and
    always one.

    Raises:
        ValueError: a negative number (a bug of the caller).
    """
    if min(associates_count, share_bps, minimum) < 0:
        raise ValueError(f"{associates_count=} {share_bps=} {minimum=}")
    of_share = -(-associates_count * share_bps // BASIS_POINTS)
    return max(1, min(max(of_share, minimum), associates_count))


def paragraphs(text: str) -> tuple[str, ...]:
    """Cut a text where lines are left blank; the first paragraph is number 1."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return tuple(part.strip() for part in BLANK_LINES.split(lines) if part.strip())
