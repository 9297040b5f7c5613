"""Ballot papers and what every count shares: weights, rankings, ties."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import lcm
from typing import TypeVar

from essaim.kernel.errors import N_, BadInput

Number = int | Fraction
"""An exact quantity; never a float."""
Ranking = tuple[tuple[str, ...], ...]
"""Options from the best to the last; those of one tier are equal."""
Key = TypeVar("Key")


class NoBallots(BadInput):
    code = "ballots.no-ballots"
    sentence = N_("There is no ballot to count.")


class TooFewOptions(BadInput):
    code = "ballots.too-few-options"
    sentence = N_("{seats_count} seats cannot be filled by {options_count} options.")


@dataclass(frozen=True, slots=True)
class RankedBallot:
    """A ranking: tiers of equal options, the best first; options left out are ranked last."""

    tiers: Ranking
    weight: Number = 1


@dataclass(frozen=True, slots=True)
class MarkedBallot:
    """One mark per option, in the order of the options; None where the voter left it empty."""

    marks: tuple[Number | None, ...]
    weight: Number = 1


class TieRule(StrEnum):
    EARLIER_ROUND = "earlier-round"
    DRAW = "draw"
    LOWER_COST = "lower-cost"
    MORE_VOTES = "more-votes"
    ORDER = "order"


TIE_SENTENCES = {
    TieRule.EARLIER_ROUND: N_("the first round in which they differed"),
    TieRule.DRAW: N_("a public draw"),
    TieRule.LOWER_COST: N_("the lower cost"),
    TieRule.MORE_VOTES: N_("the larger number of votes"),
    TieRule.ORDER: N_("the order of the list"),
}


@dataclass(frozen=True, slots=True)
class TieBreak:
    """`tied` were equal in round `round_number`; `chosen` came out, by `rule`.

    `decided_in` is the earlier round that told them apart, 0 when none did.
    """

    round_number: int
    tied: tuple[str, ...]
    chosen: str
    rule: TieRule
    decided_in: int = 0


def whole_weights(weights: Sequence[Number]) -> tuple[list[int], int]:
    """Return the weights as integers in units of one over the second value returned."""
    scale = lcm(*{weight.denominator for weight in weights})
    return [weight.numerator * (scale // weight.denominator) for weight in weights], scale


def grouped(papers: Iterable[tuple[Key, Number]]) -> dict[Key, Number]:
    """Return each different paper with the sum of its weights; weights of zero are left out.

    Raises:
        NoBallots: nothing has a weight.
        ValueError: a negative weight.
    """
    sums: dict[Key, Number] = {}
    for paper, weight in papers:
        sums[paper] = sums.get(paper, 0) + weight
        if weight < 0:
            raise ValueError(f"{weight=}")
    kept = {paper: weight for paper, weight in sums.items() if weight}
    if not kept:
        raise NoBallots
    return kept


def in_units(units: int, scale: int) -> Number:
    """Return `units` of 1/`scale` as a number, an integer when it is one."""
    return units if scale == 1 else plain(Fraction(units, scale))


def plain(number: Number) -> Number:
    """Return an integer rather than a fraction over one."""
    return number.numerator if number.denominator == 1 else number


def in_tiers(options: Iterable[str], values: dict[str, Number]) -> Ranking:
    """Rank options by value, the highest first; equal values share a tier, in the order given."""
    tiers: dict[Number, list[str]] = {}
    for option in options:
        tiers.setdefault(values[option], []).append(option)
    return tuple(tuple(tiers[value]) for value in sorted(tiers, reverse=True))


def leaders(ranking: Ranking, seats_count: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who is elected without doubt, and the equals among whom the last seats must go.

    The second tuple is empty unless a tie crosses the last seat.
    """
    sure: list[str] = []
    for tier in ranking:
        free_count = seats_count - len(sure)
        if free_count <= 0:
            break
        if len(tier) > free_count:
            return tuple(sure), tier
        sure += tier
    return tuple(sure), ()
