"""From ballots to a decision, under the statutes: by colleges where they weigh, else by heads."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from essaim.commons.ballots.rules.colleges import CollegeVotes, decide_by_colleges
from essaim.commons.ballots.rules.motions import (
    Base,
    Majority,
    MotionResult,
    Votes,
    counted,
    decide,
)
from essaim.commons.statutes.rules.statutes import Abstention, MajorityBase, Statutes
from essaim.commons.statutes.rules.statutes import Majority as StatutesMajority

BLANK: Final = "blank"


@dataclass(frozen=True, slots=True)
class Ballots:
    """What a college cast, and how many might have."""

    counts: Mapping[str, int]
    entitled_count: int

    @property
    def votes(self) -> Votes:
        return Votes(
            yes=self.counts.get("yes", 0),
            no=self.counts.get("no", 0),
            abstain=self.counts.get("abstain", 0) + self.counts.get(BLANK, 0),
            entitled=self.entitled_count,
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a motion is adopted, and the count as it is declared."""

    is_adopted: bool
    outcome: dict[str, Any]


def as_published(majority: StatutesMajority) -> dict[str, Any]:
    """Return how a motion is counted, as whoever counts it again reads it."""
    return {
        "method": "motion",
        "needed": str(majority.needed),
        "is_more_than": majority.is_more_than,
        "base": "entitled" if majority.base is MajorityBase.ENTITLED else "valid",
        "abstentions": majority.abstentions is Abstention.AGAINST,
    }


def gathered(ballots: Iterable[tuple[str, str]], entitled: Mapping[str, int]) -> dict[str, Ballots]:
    """Count (college, choice) pairs by college."""
    counts: dict[str, Counter[str]] = {code: Counter() for code in entitled}
    for college, choice in ballots:
        counts[college][choice] += 1
    return {code: Ballots(counts[code], entitled[code]) for code in entitled}


def decided(
    statutes: Statutes, majority: StatutesMajority, ballots: Mapping[str, Ballots]
) -> Decision:
    """Decide a motion; nobody voting adopts nothing.

    With colleges, each brings its weight in proportion of its own votes (proportional carry-over;
    the weight of a college in which nobody voted is shared among the others), and the count of one
    person, one vote is written beside it.
    """
    rule = Majority(
        majority.needed,
        is_strict=majority.is_more_than,
        base=Base.ENTITLED if majority.base is MajorityBase.ENTITLED else Base.VALID,
        counts_abstentions=majority.abstentions is Abstention.AGAINST,
    )
    heads = decide(_sum(ballots), rule)
    outcome = {
        "needed": str(majority.needed),
        "is_more_than": majority.is_more_than,
        "heads": _shown(heads),
        "colleges": [
            _college_shown(code, found, statutes) for code, found in sorted(ballots.items())
        ],
    }
    if not statutes.colleges or not any(_weighs(found.votes, rule) for found in ballots.values()):
        return Decision(heads.is_adopted, outcome)
    weights = {college.code: college.weight for college in statutes.colleges}
    weighed = decide_by_colleges(
        [CollegeVotes(code, weights[code], found.votes) for code, found in sorted(ballots.items())],
        rule,
    )
    outcome["weighted"] = _shown(weighed.weighted)
    return Decision(weighed.is_adopted, outcome)


def decided_again(
    outcome: Mapping[str, Any], published: Mapping[str, Any], statutes: Statutes
) -> Decision | None:
    """Decide a motion again from its declared counts, as if the statutes were these.

    Args:
        outcome: as declared. published: how it was counted, as `as_published` wrote it.

    Returns:
        None when its colleges are not those of the statutes: nothing can be compared.
    """
    ballots = {
        one["code"]: Ballots(
            {"yes": one["yes"], "no": one["no"], "abstain": one["abstain"]}, one["entitled"]
        )
        for one in outcome["colleges"]
    }
    if not statutes.colleges or not set(ballots) <= {one.code for one in statutes.colleges}:
        return None
    majority = StatutesMajority(
        needed=Fraction(published["needed"]),
        is_more_than=published["is_more_than"],
        base=MajorityBase.ENTITLED if published["base"] == "entitled" else MajorityBase.VOTERS,
        abstentions=Abstention.AGAINST if published["abstentions"] else Abstention.IGNORED,
    )
    return decided(statutes, majority, ballots)


def _weighs(votes: Votes, rule: Majority) -> bool:
    """Whether a college has a vote to count: only abstentions may be as good as none."""
    return bool(votes.cast and counted(votes, rule))


def _sum(ballots: Mapping[str, Ballots]) -> Votes:
    found = [one.votes for one in ballots.values()]
    return Votes(
        yes=sum(votes.yes for votes in found),
        no=sum(votes.no for votes in found),
        abstain=sum(votes.abstain for votes in found),
        entitled=sum(one.entitled_count for one in ballots.values()),
    )


def _shown(result: MotionResult) -> dict[str, Any]:
    return {
        "yes": str(result.votes.yes),
        "no": str(result.votes.no),
        "abstain": str(result.votes.abstain),
        "yes_share": str(result.yes_share if result.yes_share is not None else Fraction()),
        "is_adopted": result.is_adopted,
        "is_tie": result.is_tie,
    }


def _college_shown(code: str, found: Ballots, statutes: Statutes) -> dict[str, Any]:
    known = {college.code: college for college in statutes.colleges}
    votes = found.votes
    return {
        "code": code,
        "label": known[code].label if code in known else "",
        "weight": str(known[code].weight) if code in known else "1",
        "yes": int(votes.yes),
        "no": int(votes.no),
        "abstain": int(votes.abstain),
        "entitled": found.entitled_count,
    }
