"""Choosing people or proposals among several: which paper, which count, who is elected."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from essaim.commons.ballots.rules.colleges import ballot_weights
from essaim.commons.ballots.rules.judgment import majority_judgment
from essaim.commons.ballots.rules.papers import (
    MarkedBallot,
    Number,
    RankedBallot,
    Ranking,
    leaders,
)
from essaim.commons.ballots.rules.schulze import schulze
from essaim.commons.ballots.rules.scores import approval
from essaim.commons.ballots.rules.transfers import (
    Move,
    TransferResult,
    instant_runoff,
    single_transferable_vote,
)
from essaim.commons.urn.rules.choices import BLANK, PaperKind

GRADE_MAX: Final = 6
"""« Excellent » ; 0 is « à rejeter »: the seven mentions of Balinski and Laraki."""


class Method(StrEnum):
    """How a vote is counted; a motion is yes or no."""

    MOTION = "motion"
    APPROVAL = "approval"
    MAJORITY_JUDGMENT = "majority-judgment"
    SCHULZE = "schulze"
    INSTANT_RUNOFF = "irv"
    TRANSFERABLE = "stv"


PAPERS: Final = {
    Method.MOTION: PaperKind.MOTION,
    Method.APPROVAL: PaperKind.APPROVAL,
    Method.MAJORITY_JUDGMENT: PaperKind.GRADES,
    Method.SCHULZE: PaperKind.RANKING,
    Method.INSTANT_RUNOFF: PaperKind.RANKING,
    Method.TRANSFERABLE: PaperKind.RANKING,
}


@dataclass(frozen=True, slots=True)
class Election:
    """What is asked: among which options, how many seats, counted how.

    `seed` decides the ties that only a public draw can decide (transfers of votes).
    """

    method: Method
    options: tuple[str, ...]
    seats_count: int
    seed: str


@dataclass(frozen=True, slots=True)
class Elected:
    """Who is elected; `tied` compete for the last seats and are not.

    `detail` is how the count went, as the method tells it: votes, mentions or rounds.
    """

    winners: tuple[str, ...]
    tied: tuple[str, ...]
    ranking: Ranking
    detail: dict[str, Any] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        return {
            "winners": list(self.winners),
            "tied": list(self.tied),
            "ranking": [list(tier) for tier in self.ranking],
            **self.detail,
        }


def decided(
    election: Election,
    ballots: Sequence[tuple[str, Any]],
    weights: Mapping[str, Fraction],
) -> tuple[bool, dict[str, Any]]:
    """Count an election; say whether every seat is filled without a tie, and the result as shown.

    Blank ballots are counted apart. With colleges each ballot weighs the weight of its college over
    the number of its ballots, and the count of one person, one vote is written beside it.

    Args:
        ballots: (college, choice) pairs, choices as the paper writes them.
        weights: of each college; empty when heads count.
    """
    said = [(college, choice) for college, choice in ballots if choice != BLANK]
    outcome: dict[str, Any] = {
        "method": election.method.value,
        "seats_count": election.seats_count,
        "ballots_count": len(ballots),
        "blank_count": len(ballots) - len(said),
    }
    if not said:
        return False, outcome
    heads = _count(election, [(choice, 1) for _college, choice in said])
    outcome["heads"] = heads.shown()
    found = heads
    if weights:
        each = ballot_weights(weights, Counter(college for college, _choice in said))
        found = _count(election, [(choice, each[college]) for college, choice in said])
        outcome["weighted"] = found.shown()
    return len(found.winners) == election.seats_count, outcome


def _count(election: Election, ballots: Sequence[tuple[Any, Number]]) -> Elected:
    options, seats = election.options, election.seats_count
    if election.method is Method.APPROVAL:
        counted = approval(
            options,
            [
                MarkedBallot(tuple(int(option in choice) for option in options), weight)
                for choice, weight in ballots
            ],
            seats,
        )
        votes = {one.option: str(one.total) for one in counted.scores}
        return Elected(counted.winners, counted.tied, counted.ranking, {"votes": votes})
    if election.method is Method.MAJORITY_JUDGMENT:
        grades = [
            MarkedBallot(tuple(choice.get(option, 0) for option in options), weight)
            for choice, weight in ballots
        ]
        judged = majority_judgment(options, grades, range(GRADE_MAX + 1))
        mentions = {one.option: int(one.majority_mark) for one in judged.profiles}
        elected = leaders(judged.ranking, seats)
        return Elected(*elected, judged.ranking, {"mentions": mentions})
    papers = [
        RankedBallot(tuple(tuple(tier) for tier in choice), weight) for choice, weight in ballots
    ]
    if election.method is Method.SCHULZE:
        ranking = schulze(options, papers).ranking
        return Elected(*leaders(ranking, seats), ranking)
    if election.method is Method.INSTANT_RUNOFF:
        one = instant_runoff(options, papers, seed=election.seed)
        return Elected(one.winners, (), one.ranking, _rounds(one))
    several = single_transferable_vote(options, papers, seats, seed=election.seed)
    return Elected(several.winners, (), several.ranking, _rounds(several))


def _rounds(found: TransferResult) -> dict[str, Any]:
    """Votes round after round, who is elected then and who is out, as exact numbers."""
    return {
        "rounds": [
            {
                "quota": str(one.quota),
                "votes": {option: str(votes) for option, votes in one.votes.items()},
                "exhausted": str(one.exhausted),
                "elected": list(one.elected),
                "out": one.moved if one.move is Move.EXCLUSION else "",
            }
            for one in found.rounds
        ]
    }
