"""What becomes of a thing bought ahead, line after line: nothing is undone, the last one counts."""

from collections.abc import Sequence
from enum import StrEnum


class Step(StrEnum):
    """One line of the journal of a delivery."""

    READY = "ready"
    """Its buyer was told that it can be fetched."""
    HANDED_OVER = "handed-over"
    TAKEN_BACK = "taken-back"
    """It was noted as handed over by mistake."""
    REFUNDED = "refunded"
    REVERSED = "reversed"
    """The bank of its buyer took the money back before it was handed over."""


class Standing(StrEnum):
    PROMISED = "promised"
    READY = "ready"
    HANDED_OVER = "handed-over"
    ENDED = "ended"


OWED = frozenset({Standing.PROMISED, Standing.READY})
_ENDS = frozenset({Step.REFUNDED, Step.REVERSED})


def standing(steps: Sequence[str]) -> Standing:
    """Return where a delivery stands after these lines, the oldest first."""
    last = next((step for step in reversed(steps) if step != Step.READY), None)
    if last in _ENDS:
        return Standing.ENDED
    if last == Step.HANDED_OVER:
        return Standing.HANDED_OVER
    return Standing.READY if Step.READY in steps else Standing.PROMISED
