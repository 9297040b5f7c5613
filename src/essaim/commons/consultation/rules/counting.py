"""Counting answers to a question, by themselves and with the voices they carry. Exact."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from essaim.commons.assembly.rules.elections import Election, Method, decided

METHODS: Final = (
    Method.APPROVAL,
    Method.MAJORITY_JUDGMENT,
    Method.SCHULZE,
    Method.INSTANT_RUNOFF,
)
"""Ways to choose one answer among several."""


def both_counts(
    election: Election, answers: Mapping[int, Any], speakers: Mapping[int, int]
) -> dict[str, Any]:
    """Return the result twice: each answer once, then once for each voice that it speaks for.

    Args:
        answers: the choice of each person who answered.
        speakers: who speaks for each giver, all of them among those who answered.
    """
    voices = Counter(speakers.values())
    order = sorted(answers)
    alone = [("", answers[one]) for one in order]
    together = [("", answers[one]) for one in order for _voice in range(1 + voices[one])]
    return {
        "alone": decided(election, alone, {})[1],
        "together": decided(election, together, {})[1],
    }
