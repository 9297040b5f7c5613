"""Colleges: a vote in which each college weighs what the statutes say, whatever its size.

The law of French cooperatives of collective interest lets statutes weight colleges between 10 % and
50 % of the votes (law 47-1775, article 19 octies); the bounds are arguments, not constants.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from essaim.commons.ballots.rules.motions import (
    Choice,
    Majority,
    MotionResult,
    Votes,
    counted,
    decide,
)
from essaim.commons.ballots.rules.papers import NoBallots, Number, plain
from essaim.kernel.errors import N_, BadInput


class CollegeWeightsWrong(BadInput):
    """`details` has `min_percent max_percent total_percent`."""

    code = "ballots.college-weights-wrong"
    sentence = N_(
        "Each college weighs between {min_percent} % and {max_percent} %, and all together 100 %;"
        " these sum to {total_percent} %."
    )


class CarryOver(StrEnum):
    """How the votes of a college become its part of the result."""

    PROPORTIONAL = "proportional"
    """A college of 40 % that votes yes by three quarters brings 30 % of yes."""
    WINNER_TAKES_COLLEGE = "winner-takes-college"
    """It brings 40 % of what most of it voted; when yes and no are equal, half to each."""
    NONE = "none"
    """Colleges do not weigh: one person, one vote."""


class EmptyCollege(StrEnum):
    """What becomes of the weight of a college in which nobody voted."""

    SHARED = "shared"
    """The others keep their proportions: its weight is shared out among them."""
    LOST = "lost"
    """It stays in the base and helps nobody: like a vote against."""


@dataclass(frozen=True, slots=True)
class CollegeVotes:
    """A college, its weight (1/4 for 25 %), and its votes; `votes.entitled` is its size."""

    key: str
    weight: Fraction
    votes: Votes


@dataclass(frozen=True, slots=True)
class CollegePart:
    """What a college brings to the result; yes + no + abstain is its weight unless it is empty."""

    key: str
    weight: Fraction
    counted_weight: Fraction
    yes: Fraction
    no: Fraction
    abstain: Fraction
    is_empty: bool


@dataclass(frozen=True, slots=True)
class CollegeResult:
    """The weighted result, each college's part in it, and one person, one vote beside it.

    `participation` weighs the participation of each college; `heads_participation` counts heads.
    Both are None when somebody's college has no size.
    """

    carry_over: CarryOver
    parts: tuple[CollegePart, ...]
    weighted: MotionResult
    one_person_one_vote: MotionResult
    participation: Fraction | None
    heads_participation: Fraction | None

    @property
    def is_adopted(self) -> bool:
        unweighted = self.carry_over is CarryOver.NONE
        return (self.one_person_one_vote if unweighted else self.weighted).is_adopted


def check_weights(
    weights: Sequence[Fraction],
    *,
    minimum: Fraction = Fraction(1, 10),
    maximum: Fraction = Fraction(1, 2),
) -> None:
    """Refuse weights that do not sum to 1 or of which one is out of bounds.

    Raises:
        CollegeWeightsWrong: they do not.
    """
    if sum(weights) != 1 or any(not minimum <= weight <= maximum for weight in weights):
        raise CollegeWeightsWrong(
            min_percent=plain(minimum * 100),
            max_percent=plain(maximum * 100),
            total_percent=plain(sum(weights, Fraction(0)) * 100),
        )


def decide_by_colleges(
    colleges: Sequence[CollegeVotes],
    majority: Majority,
    *,
    carry_over: CarryOver = CarryOver.PROPORTIONAL,
    empty: EmptyCollege = EmptyCollege.SHARED,
    casting_vote: Choice | None = None,
) -> CollegeResult:
    """Say whether a motion is adopted when colleges weigh.

    Inside a college the shares of yes and no are taken on the base of the majority (valid, cast or
    entitled), so an abstention weighs in the result exactly when it weighs in a plain vote. The
    sums of the parts are then decided by the same majority. Ties as in a plain vote: rejected,
    unless there is a casting vote.

    Raises:
        NoBallots: nobody voted in any college.
    """
    parts = _parts(colleges, majority, carry_over, empty)
    counted_total = sum((part.counted_weight for part in parts), Fraction(0))
    if not any(not part.is_empty for part in parts):
        raise NoBallots
    yes = sum((part.yes for part in parts), Fraction(0))
    # What is neither yes nor in the base as a no (abstentions, lost weights) still is in the base.
    weighted = Votes(yes=yes, no=counted_total - yes)
    on_the_whole = Majority(majority.share, is_strict=majority.is_strict)
    heads = _heads([college.votes for college in colleges])
    return CollegeResult(
        carry_over=carry_over,
        parts=parts,
        weighted=decide(weighted, on_the_whole, casting_vote),
        one_person_one_vote=decide(heads, majority, casting_vote),
        participation=_participation(colleges),
        heads_participation=Fraction(heads.cast) / heads.entitled if heads.entitled else None,
    )


def ballot_weights(
    weights: Mapping[str, Fraction], ballots_counts: Mapping[str, int]
) -> dict[str, Fraction]:
    """Return what one ballot of each college weighs, so that a college weighs its weight in all.

    For rankings, marks and grades: counted with these weights, any method gives colleges their
    proportional part. Weights of colleges without ballots are shared among the others; the sum
    over all ballots is the number of ballots, so figures stay readable.

    Raises:
        NoBallots: no college has ballots.
        KeyError: ballots of a college without a weight.
    """
    present = {key: weights[key] for key, count in ballots_counts.items() if count}
    total = sum(present.values())
    if not total:
        raise NoBallots
    everybody = sum(ballots_counts.values())
    return {
        key: weight * everybody / (total * ballots_counts[key]) for key, weight in present.items()
    }


def _parts(
    colleges: Sequence[CollegeVotes],
    majority: Majority,
    carry_over: CarryOver,
    empty: EmptyCollege,
) -> tuple[CollegePart, ...]:
    parts = []
    for college in colleges:
        base_count = counted(college.votes, majority)
        is_empty = not base_count or not college.votes.cast
        yes, no = _shares(college.votes, base_count, carry_over) if not is_empty else (0, 0)
        is_out = is_empty and empty is EmptyCollege.SHARED
        parts.append(
            CollegePart(
                key=college.key,
                weight=college.weight,
                counted_weight=Fraction(0) if is_out else college.weight,
                yes=college.weight * yes,
                no=college.weight * no,
                abstain=college.weight * (1 - yes - no) if not is_empty else Fraction(0),
                is_empty=is_empty,
            )
        )
    return tuple(parts)


def _shares(votes: Votes, base_count: Number, carry_over: CarryOver) -> tuple[Fraction, Fraction]:
    if carry_over is CarryOver.WINNER_TAKES_COLLEGE:
        if votes.yes == votes.no:
            return Fraction(1, 2), Fraction(1, 2)
        return (Fraction(1), Fraction(0)) if votes.yes > votes.no else (Fraction(0), Fraction(1))
    return Fraction(votes.yes) / base_count, Fraction(votes.no) / base_count


def _heads(votes: Sequence[Votes]) -> Votes:
    sizes = [each.entitled for each in votes]
    return Votes(
        yes=sum(each.yes for each in votes),
        no=sum(each.no for each in votes),
        abstain=sum(each.abstain for each in votes),
        spoilt=sum(each.spoilt for each in votes),
        entitled=None if None in sizes else sum(size for size in sizes if size is not None),
    )


def _participation(colleges: Sequence[CollegeVotes]) -> Fraction | None:
    total = Fraction(0)
    for college in colleges:
        if college.votes.entitled is None:
            return None
        if college.votes.entitled:
            total += college.weight * Fraction(college.votes.cast) / college.votes.entitled
    return total
