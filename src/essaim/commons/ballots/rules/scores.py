"""Approval and score: marks are added up, or averaged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from essaim.commons.ballots.rules.papers import (
    MarkedBallot,
    NoBallots,
    Number,
    Ranking,
    in_tiers,
    leaders,
    plain,
)


class Score(StrEnum):
    SUM = "sum"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class ScoredOption:
    """What an option received: how many marked it, what their marks sum to, and what counts."""

    option: str
    marked_by: Number
    total: Number
    value: Number
    has_quorum: bool = True


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """Options from the first to the last; `tied` are the equals who compete for the last seats."""

    score: Score
    weight: Number
    quorum: Number
    scores: tuple[ScoredOption, ...]
    ranking: Ranking
    winners: tuple[str, ...]
    tied: tuple[str, ...]


def approval(
    options: Sequence[str], ballots: Iterable[MarkedBallot], seats_count: int = 1
) -> ScoreResult:
    """Elect the options that most voters approve.

    A mark of 1 approves, 0 or an empty mark does not. Tie rule: equals at the last seat are
    reported and nobody is chosen among them.

    Raises:
        NoBallots: nothing to count.
        ValueError: a mark other than 0 and 1.
    """
    papers = list(ballots)
    if any(mark not in {0, 1, None} for ballot in papers for mark in set(ballot.marks)):
        raise ValueError("an approval is 0 or 1")
    return score(options, papers, seats_count)


def score(
    options: Sequence[str],
    ballots: Iterable[MarkedBallot],
    seats_count: int = 1,
    *,
    by: Score = Score.SUM,
    quorum: Fraction = Fraction(0),
) -> ScoreResult:
    """Elect the options with the highest sum, or mean, of their marks.

    An empty mark adds nothing to a sum and does not count in a mean. With a `quorum`, an option
    marked by less than that share of the voters cannot be elected and comes after all others.
    Tie rule: equals at the last seat are reported and nobody is chosen among them.

    Args:
        quorum: from 0 to 1, the share of the voters who must have given the option a mark.

    Raises:
        NoBallots: nothing to count.
    """
    marked_by: dict[str, Number] = dict.fromkeys(options, 0)
    totals: dict[str, Number] = dict.fromkeys(options, 0)
    weight: Number = 0
    for ballot in ballots:
        weight += ballot.weight
        for option, mark in zip(options, ballot.marks, strict=True):
            if mark is not None:
                marked_by[option] += ballot.weight
                totals[option] += mark * ballot.weight
    if not weight:
        raise NoBallots
    scores = {
        option: ScoredOption(
            option,
            plain(marked_by[option]),
            plain(totals[option]),
            _value(totals[option], marked_by[option], by),
            marked_by[option] >= quorum * weight,
        )
        for option in options
    }
    ranking = _ranking(scores)
    eligible = [tier for tier in ranking if scores[tier[0]].has_quorum]
    winners, tied = leaders(tuple(eligible), seats_count)
    return ScoreResult(
        score=by,
        weight=plain(weight),
        quorum=plain(quorum * weight),
        scores=tuple(scores[option] for tier in ranking for option in tier),
        ranking=ranking,
        winners=winners,
        tied=tied,
    )


def _value(total: Number, marked_by: Number, by: Score) -> Number:
    if by is Score.SUM:
        return plain(total)
    return plain(Fraction(total) / marked_by) if marked_by else 0


def _ranking(scores: dict[str, ScoredOption]) -> Ranking:
    with_quorum = [option for option, scored in scores.items() if scored.has_quorum]
    without = [option for option, scored in scores.items() if not scored.has_quorum]
    values = {option: scored.value for option, scored in scores.items()}
    return (*in_tiers(with_quorum, values), *in_tiers(without, values))
