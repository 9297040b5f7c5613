"""In which order results stand, and why. A declared, versioned policy; no personal profile.

Each result has a score of 100 points at most, the sum of three parts:

| part | points | full when | fades |
| --- | --- | --- | --- |
| words | 50 | all words are in the title | 0.7 in the text, 0.4 by the same meaning |
| nearness | 35 | at the place searched from | half at `near_m`, a third at twice that |
| freshness | 15 | published now | half every `fresh_s` |

Equal scores stand in the order of publication, the newest first.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class WordMatch(StrEnum):
    """How the words of a search were found."""

    IN_TITLE = "in-title"
    IN_TEXT = "in-text"
    SAME_MEANING = "same-meaning"
    NOT_ASKED = "not-asked"


WORD_SHARES: Final = {
    WordMatch.IN_TITLE: 1.0,
    WordMatch.IN_TEXT: 0.7,
    WordMatch.SAME_MEANING: 0.4,
    WordMatch.NOT_ASKED: 0.0,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the policy looks at, and nothing else.

    Args:
        distance_m: None when no place was searched from or the listing has none.
        age_s: seconds since publication, 0 or more.
    """

    words: WordMatch
    distance_m: float | None
    age_s: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of « why here »: the part, its points, and the fact behind them."""

    part: str
    points: float
    words: WordMatch | None = None
    distance_m: int | None = None
    age_days: int | None = None


@dataclass(frozen=True, slots=True)
class RankingPolicy:
    """Weights and scales of one version. A change is a new version, never an edit."""

    version: str
    words_points: float
    near_points: float
    fresh_points: float
    near_m: float
    fresh_s: float

    def reasons(self, facts: Facts) -> tuple[Reason, ...]:
        """Return the parts that gave points, the weightiest first."""
        found = (
            Reason("words", self.words_points * WORD_SHARES[facts.words], words=facts.words),
            self._nearness(facts.distance_m),
            Reason("freshness", self._freshness(facts.age_s), age_days=int(facts.age_s // 86_400)),
        )
        given = [reason for reason in found if reason.points > 0]
        return tuple(sorted(given, key=lambda reason: -reason.points))

    def score(self, facts: Facts) -> float:
        """Return the points of a result, 0 to 100: the sum of its reasons."""
        return sum(reason.points for reason in self.reasons(facts))

    def _nearness(self, distance_m: float | None) -> Reason:
        if distance_m is None:
            return Reason("nearness", 0.0)
        points = self.near_points / (1 + distance_m / self.near_m)
        return Reason("nearness", points, distance_m=round(distance_m))

    def _freshness(self, age_s: float) -> float:
        return float(self.fresh_points * 0.5 ** (max(0.0, age_s) / self.fresh_s))


CURRENT: Final = RankingPolicy(
    version="2026-1",
    words_points=50,
    near_points=35,
    fresh_points=15,
    near_m=3_000,
    fresh_s=30 * 86_400,
)
