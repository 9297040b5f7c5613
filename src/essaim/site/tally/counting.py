"""From a ballot file to an outcome: the method, its result, who wins and how ties ended."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from essaim.commons.ballots.rules.budgets import Allocation, greedy
from essaim.commons.ballots.rules.colleges import (
    CollegeResult,
    CollegeVotes,
    ballot_weights,
    decide_by_colleges,
)
from essaim.commons.ballots.rules.draws import drawn_order
from essaim.commons.ballots.rules.equal_shares import Utility, equal_shares
from essaim.commons.ballots.rules.judgment import JudgmentResult, majority_judgment
from essaim.commons.ballots.rules.motions import SIMPLE, Majority, MotionResult, Votes, decide
from essaim.commons.ballots.rules.papers import (
    MarkedBallot,
    NoBallots,
    Number,
    RankedBallot,
    Ranking,
    TieBreak,
    TieRule,
    leaders,
    plain,
)
from essaim.commons.ballots.rules.schulze import Links, SchulzeResult, schulze
from essaim.commons.ballots.rules.scores import Score, ScoreResult, approval, score
from essaim.commons.ballots.rules.transfers import (
    TransferResult,
    instant_runoff,
    single_transferable_vote,
)
from essaim.kernel.errors import N_, BadInput
from essaim.site.tally.texts import BallotFile, Kind

NOTE_COLLEGES = N_("Colleges are not weighed: say what each weighs to count by colleges.")


class Method(StrEnum):
    MAJORITY = "majority"
    MAJORITY_JUDGMENT = "majority-judgment"
    SCHULZE = "schulze"
    IRV = "irv"
    STV = "stv"
    APPROVAL = "approval"
    SCORE = "score"
    BUDGET_GREEDY = "budget-greedy"
    EQUAL_SHARES = "equal-shares"


KINDS = {
    Method.MAJORITY: Kind.MOTIONS,
    Method.MAJORITY_JUDGMENT: Kind.MARKS,
    Method.SCHULZE: Kind.RANKINGS,
    Method.IRV: Kind.RANKINGS,
    Method.STV: Kind.RANKINGS,
    Method.APPROVAL: Kind.APPROVALS,
    Method.SCORE: Kind.MARKS,
    Method.BUDGET_GREEDY: Kind.BUDGET,
    Method.EQUAL_SHARES: Kind.BUDGET,
}


class MethodDoesNotFit(BadInput):
    code = "tally.method-does-not-fit"
    sentence = N_("This file cannot be counted by {method}: it holds ballots of another kind.")


class CollegeUnknown(BadInput):
    code = "tally.college-unknown"
    sentence = N_("No weight was given for the college “{college}”.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person who counts asks for.

    Draws that a method cannot do without use the seed, or else the SHA-256 of the file (`digest`):
    nobody chooses it, and anybody can replay them.
    """

    method: Method | None = None
    seats_count: int = 1
    seed: str = ""
    digest: str = ""
    links: Links = Links.WINNING_VOTES
    majority: Majority = SIMPLE
    score: Score = Score.SUM
    quorum: Fraction = Fraction(0)
    utility: Utility | None = None
    college_weights: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def draw_seed(self) -> str:
        return self.seed or self.digest


@dataclass(frozen=True, slots=True)
class Motion:
    """A motion of a table, decided; by colleges too when these weigh."""

    option: str
    result: MotionResult
    by_colleges: CollegeResult | None

    @property
    def is_adopted(self) -> bool:
        return self.by_colleges.is_adopted if self.by_colleges else self.result.is_adopted


Result = (
    SchulzeResult | TransferResult | JudgmentResult | ScoreResult | Allocation | tuple[Motion, ...]
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a count comes to. `winners` hold the `tied` ones when a tie crosses the last seat."""

    method: Method
    is_guessed: bool
    result: Result
    winners: tuple[str, ...]
    tied: tuple[str, ...]
    ranking: Ranking
    ties: tuple[TieBreak, ...]
    ballots_count: Number
    notes: tuple[tuple[str, dict[str, object]], ...]


def guessed_method(file: BallotFile, seats_count: int) -> Method:
    """Return the usual method for a file: see docs/how-to/recompter-un-vote.md."""
    if file.kind is Kind.BUDGET:
        is_greedy = "greedy" in (file.meta or {}).get("rule", "").lower()
        return Method.BUDGET_GREEDY if is_greedy else Method.EQUAL_SHARES
    if file.kind is Kind.RANKINGS:
        return Method.STV if seats_count > 1 else Method.SCHULZE
    return {
        Kind.MARKS: Method.MAJORITY_JUDGMENT,
        Kind.APPROVALS: Method.APPROVAL,
        Kind.MOTIONS: Method.MAJORITY,
    }[file.kind]


def count(file: BallotFile, asked: Asked) -> Outcome:
    """Count a file by the method asked for, or by the usual one for its kind.

    A seed draws among those whom a tie leaves at the last seat; without one they all are reported.

    Raises:
        RuleBroken: the method does not fit, a college has no weight, there is nothing to count.
    """
    method = asked.method or guessed_method(file, asked.seats_count)
    if KINDS[method] is not file.kind:
        raise MethodDoesNotFit(method=method.value)
    notes = list(file.notes)
    if file.colleges and not asked.college_weights:
        notes.append((NOTE_COLLEGES, {}))
    counted = _weighed(file, asked)
    result = COUNTS[method](counted, replace(asked, method=method))
    ranking, ties = _ranking(result), _ties(result)
    winners, tied = _winners(result, ranking, asked.seats_count)
    if tied and asked.seed:
        free_count = asked.seats_count - len(winners)
        drawn = drawn_order(asked.seed, "last seats", tied)[:free_count]
        ties += tuple(TieBreak(0, tied, option, TieRule.DRAW) for option in drawn)
        winners, tied = (*winners, *drawn), ()
    return Outcome(
        method=method,
        is_guessed=asked.method is None,
        result=result,
        winners=(*winners, *tied),
        tied=tied,
        ranking=ranking,
        ties=ties,
        ballots_count=_ballots_count(file),
        notes=tuple(notes),
    )


def _weighed(file: BallotFile, asked: Asked) -> BallotFile:
    """Return the file with ballots that weigh what their college does; motions are left alone."""
    if not file.colleges or not asked.college_weights or file.kind is Kind.MOTIONS:
        return file
    sizes = Counter(file.colleges)
    _check_known(sizes, asked)
    weights = ballot_weights(asked.college_weights, sizes)
    return replace(
        file,
        rankings=tuple(
            RankedBallot(ballot.tiers, ballot.weight * weights[college])
            for ballot, college in zip(file.rankings, file.colleges, strict=False)
        ),
        marked=tuple(
            MarkedBallot(ballot.marks, ballot.weight * weights[college])
            for ballot, college in zip(file.marked, file.colleges, strict=False)
        ),
    )


def _check_known(colleges: Mapping[str, object], asked: Asked) -> None:
    for college in colleges:
        if college not in asked.college_weights:
            raise CollegeUnknown(college=college)


def _motions(file: BallotFile, asked: Asked) -> tuple[Motion, ...]:
    _check_known(dict.fromkeys(file.colleges) if asked.college_weights else {}, asked)
    colleges = file.colleges if asked.college_weights else ()
    motions = []
    for place, option in enumerate(file.options):
        result = decide(_votes(file.marked, place), asked.majority)
        by_colleges = None
        if colleges:
            papers: dict[str, list[MarkedBallot]] = {key: [] for key in asked.college_weights}
            for ballot, college in zip(file.marked, colleges, strict=True):
                papers[college].append(ballot)
            by_colleges = decide_by_colleges(
                [
                    CollegeVotes(key, weight, _votes(papers[key], place))
                    for key, weight in asked.college_weights.items()
                ],
                asked.majority,
            )
        motions.append(Motion(option, result, by_colleges))
    return tuple(motions)


def _votes(ballots: Sequence[MarkedBallot], place: int) -> Votes:
    sums: dict[Number | None, Number] = {1: 0, 0: 0, None: 0}
    for ballot in ballots:
        sums[ballot.marks[place]] += ballot.weight
    return Votes(yes=sums[1], no=sums[0], abstain=sums[None])


def _judgment(file: BallotFile, _asked: Asked) -> JudgmentResult:
    return majority_judgment(file.options, file.marked, [mark for mark, _ in file.marks_scale])


def _score(file: BallotFile, asked: Asked) -> ScoreResult:
    return score(file.options, file.marked, asked.seats_count, by=asked.score, quorum=asked.quorum)


def _stv(file: BallotFile, asked: Asked) -> TransferResult:
    return single_transferable_vote(
        file.options, file.rankings, asked.seats_count, seed=asked.draw_seed
    )


def _equal_shares(file: BallotFile, asked: Asked) -> Allocation:
    vote_type = (file.meta or {}).get("vote_type", "approval").lower()
    usual = Utility.COST if vote_type in {"approval", "choose-1"} else Utility.MARK
    utility = asked.utility or usual
    return equal_shares(file.projects, file.supports, file.budget, utility=utility)


COUNTS: dict[Method, Callable[[BallotFile, Asked], Result]] = {
    Method.MAJORITY: _motions,
    Method.MAJORITY_JUDGMENT: _judgment,
    Method.SCHULZE: lambda file, asked: schulze(file.options, file.rankings, asked.links),
    Method.IRV: lambda file, asked: instant_runoff(
        file.options, file.rankings, seed=asked.draw_seed
    ),
    Method.STV: _stv,
    Method.APPROVAL: lambda file, asked: approval(file.options, file.marked, asked.seats_count),
    Method.SCORE: _score,
    Method.BUDGET_GREEDY: lambda file, _asked: greedy(file.projects, file.supports, file.budget),
    Method.EQUAL_SHARES: _equal_shares,
}


def _winners(
    result: Result, ranking: Ranking, seats_count: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if isinstance(result, tuple):
        return tuple(motion.option for motion in result if motion.is_adopted), ()
    if isinstance(result, Allocation | TransferResult):
        return result.winners, ()
    if isinstance(result, ScoreResult):
        return result.winners, result.tied
    return leaders(ranking, seats_count)


def _ranking(result: Result) -> Ranking:
    if isinstance(result, tuple):
        return ()
    if isinstance(result, Allocation):
        return tuple((project,) for project in result.winners)
    return result.ranking


def _ties(result: Result) -> tuple[TieBreak, ...]:
    return result.ties if isinstance(result, TransferResult | Allocation) else ()


def _ballots_count(file: BallotFile) -> Number:
    ballots = file.rankings or file.marked or file.supports
    if not ballots:
        raise NoBallots
    return plain(sum((ballot.weight for ballot in ballots), Fraction(0)))
