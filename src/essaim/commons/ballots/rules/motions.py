"""Motions: yes, no and abstentions under any majority, and consent with reasoned objections."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from essaim.commons.ballots.rules.papers import Number, plain
from essaim.kernel.errors import N_, BadInput


class Choice(StrEnum):
    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class Base(StrEnum):
    """What a share of the votes is a share of."""

    VALID = "valid"
    """Yes and no; abstentions too where the rule counts them."""
    CAST = "cast"
    """Every paper in the urn: yes, no, abstentions and spoilt papers."""
    ENTITLED = "entitled"
    """Everybody who may vote."""


class Decided(StrEnum):
    BY_VOTES = "votes"
    BY_TIE = "tie"
    BY_CASTING_VOTE = "casting-vote"


@dataclass(frozen=True, slots=True)
class Votes:
    """What a motion received; `entitled` is how many may vote, needed by the base of that name."""

    yes: Number
    no: Number
    abstain: Number = 0
    spoilt: Number = 0
    entitled: Number | None = None

    @property
    def cast(self) -> Number:
        return self.yes + self.no + self.abstain + self.spoilt


@dataclass(frozen=True, slots=True)
class Majority:
    """`share` of `base`: more than it when `is_strict`, at least it otherwise."""

    share: Fraction
    is_strict: bool = False
    base: Base = Base.VALID
    counts_abstentions: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1 or (self.share == 1 and self.is_strict):
            raise ValueError(f"{self.share=} {self.is_strict=}")


SIMPLE = Majority(Fraction(1, 2), is_strict=True)
ABSOLUTE = Majority(Fraction(1, 2), is_strict=True, base=Base.CAST)
TWO_THIRDS = Majority(Fraction(2, 3))
THREE_QUARTERS = Majority(Fraction(3, 4))
UNANIMITY = Majority(Fraction(1))


@dataclass(frozen=True, slots=True)
class MotionResult:
    """The outcome and its arithmetic: `votes.yes` against `share` of `base_count`."""

    votes: Votes
    majority: Majority
    base_count: Number
    yes_share: Fraction | None
    is_adopted: bool
    is_tie: bool
    decided: Decided


def decide(votes: Votes, majority: Majority, casting_vote: Choice | None = None) -> MotionResult:
    """Say whether a motion is adopted.

    Tie rule: yes votes that are exactly the share a strict majority must exceed are a tie, and
    the motion is rejected unless the casting vote is a yes. Without any vote it is rejected.

    Raises:
        ValueError: a negative number, or the base is those entitled and nobody said how many.
    """
    base_count = counted(votes, majority)
    needed = majority.share * base_count
    is_tie = majority.is_strict and base_count > 0 and votes.yes == needed
    is_reached = votes.yes > needed or (not majority.is_strict and votes.yes == needed)
    is_adopted = base_count > 0 and is_reached
    decided = Decided.BY_VOTES
    if is_tie:
        decided = Decided.BY_TIE if casting_vote is None else Decided.BY_CASTING_VOTE
        is_adopted = casting_vote is Choice.YES
    return MotionResult(
        votes=votes,
        majority=majority,
        base_count=plain(base_count),
        yes_share=Fraction(votes.yes) / base_count if base_count else None,
        is_adopted=is_adopted,
        is_tie=is_tie,
        decided=decided,
    )


def counted(votes: Votes, majority: Majority) -> Number:
    """Return what the base of the majority comes to for these votes."""
    if min(votes.yes, votes.no, votes.abstain, votes.spoilt) < 0:
        raise ValueError(f"{votes=}")
    if majority.base is Base.ENTITLED:
        if votes.entitled is None or votes.entitled < votes.cast:
            raise ValueError(f"how many are entitled? {votes=}")
        return votes.entitled
    if majority.base is Base.CAST:
        return votes.cast
    return votes.yes + votes.no + (votes.abstain if majority.counts_abstentions else 0)


class Stance(StrEnum):
    CONSENT = "consent"
    RESERVE = "reserve"
    OBJECTION = "objection"


class ReasonMissing(BadInput):
    code = "ballots.reason-missing"
    sentence = N_("An objection needs its reason.")


@dataclass(frozen=True, slots=True)
class ConsentPaper:
    """What a member says to a proposal; an objection that was lifted no longer stands."""

    stance: Stance
    reason: str = ""
    is_lifted: bool = False


@dataclass(frozen=True, slots=True)
class ConsentResult:
    """Adopted when no objection stands; objections, lifted ones and reserves with their reasons."""

    is_adopted: bool
    consents_count: int
    objections: tuple[ConsentPaper, ...]
    lifted: tuple[ConsentPaper, ...]
    reserves: tuple[ConsentPaper, ...]


def consent(papers: Iterable[ConsentPaper]) -> ConsentResult:
    """Say whether a proposal has everybody's consent: nobody's objection stands.

    A reserve is heard and written down, and stops nothing. One standing objection does, whatever
    the number of consents; nobody at all is no consent.

    Raises:
        ReasonMissing: an objection without its reason.
    """
    every = list(papers)
    against = [paper for paper in every if paper.stance is Stance.OBJECTION]
    if any(not paper.reason.strip() for paper in against):
        raise ReasonMissing
    standing = tuple(paper for paper in against if not paper.is_lifted)
    return ConsentResult(
        is_adopted=bool(every) and not standing,
        consents_count=sum(1 for paper in every if paper.stance is Stance.CONSENT),
        objections=standing,
        lifted=tuple(paper for paper in against if paper.is_lifted),
        reserves=tuple(paper for paper in every if paper.stance is Stance.RESERVE),
    )
