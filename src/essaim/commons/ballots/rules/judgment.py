"""Majority judgment: each option gets the grade that a majority stands behind.

Source: M. Balinski and R. Laraki, "Majority Judgment" (MIT Press, 2010); the six words are those
of their French ballots.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
from itertools import accumulate
from itertools import pairwise as neighbours

from essaim.commons.ballots.rules.papers import (
    MarkedBallot,
    Number,
    Ranking,
    grouped,
    in_units,
    whole_weights,
)

FRENCH_GRADES = (
    "excellent",
    "très bien",
    "bien",
    "assez bien",
    "passable",
    "insuffisant",
    "à rejeter",
)
"""The best first; as marks they are worth 6 to 0."""


@dataclass(frozen=True, slots=True)
class MeritProfile:
    """What one option received, and what it comes to.

    `counts` follow the scale from the worst to the best. `majority_mark` is the lower median;
    `better` and `worse` are the shares of voters who gave more, and less: the majority gauge.
    """

    option: str
    counts: tuple[Number, ...]
    majority_mark: Number
    better: Fraction
    worse: Fraction


@dataclass(frozen=True, slots=True)
class Separation:
    """`above` and `below` share their majority grade.

    They differ once `removed` median grades are taken off both, where their next medians are the
    two marks given. None for both when their profiles are the same: a true tie.
    """

    above: str
    below: str
    removed: Number
    mark_above: Number | None
    mark_below: Number | None


@dataclass(frozen=True, slots=True)
class JudgmentResult:
    """Profiles from the best to the last, and how neighbours with one grade were told apart."""

    scale: tuple[Number, ...]
    weight: Number
    profiles: tuple[MeritProfile, ...]
    ranking: Ranking
    separations: tuple[Separation, ...]

    @property
    def winners(self) -> tuple[str, ...]:
        return self.ranking[0]


@dataclass(frozen=True, slots=True)
class _Tally:
    """Whole counts of an option, worst mark first; all options have the same total."""

    option: str
    counts: tuple[int, ...]
    median: int


def majority_judgment(
    options: Sequence[str], ballots: Iterable[MarkedBallot], scale: Sequence[Number]
) -> JudgmentResult:
    """Rank `options` by majority judgment.

    A mark left empty is the worst of the scale, as on the authors' ballots. The majority grade is
    the median, the lower of the two middle ones when voters are even in number. Between equal
    grades one median grade is taken off each, again and again, until the medians differ. Tie
    rule: only the same profile to the last ballot remains tied, and it is reported so.

    Args:
        scale: every mark that could be given, in any order; a higher mark is better.

    Raises:
        NoBallots: nothing to count.
        ValueError: a mark outside the scale.
    """
    marks = tuple(sorted(set(scale)))
    groups = grouped((ballot.marks, ballot.weight) for ballot in ballots)
    weights, units = whole_weights(list(groups.values()))
    total = sum(weights)
    tallies = []
    for place, option in enumerate(options):
        counts: dict[Number | None, int] = dict.fromkeys((None, *marks), 0)
        for paper, weight in zip(groups, weights, strict=True):
            counts[paper[place]] = counts.get(paper[place], 0) + weight
        if len(counts) > len(marks) + 1:
            raise ValueError(f"{option}: a mark outside the scale {marks}")
        empty_count, worst_count, *others = counts.values()
        given = (empty_count + worst_count, *others)
        tallies.append(_Tally(option, given, _grade_at(given, (total + 1) // 2)))
    tallies.sort(key=cmp_to_key(_compare))
    return JudgmentResult(
        scale=marks,
        weight=in_units(total, units),
        profiles=tuple(_profile(tally, marks, total, units) for tally in tallies),
        ranking=_ranking(tallies),
        separations=tuple(
            _separation(above, below, marks, units)
            for above, below in neighbours(tallies)
            if above.median == below.median
        ),
    )


def first_difference(one: Sequence[int], other: Sequence[int]) -> tuple[int, int, int] | None:
    """Return where the majority values of two profiles part: (removed, grade, other grade).

    A profile is counts by grade, the worst first, with the same total. Its majority value is the
    order in which its grades come as medians: from the (lower) median outwards, one below and one
    above in turn. So the values part at the nearest place below or the nearest place above where
    the sorted grades differ, whichever comes first: two walks over the grades, whatever the
    number of voters. None when the profiles are the same.
    """
    total = sum(one)
    middle = (total + 1) // 2
    downwards = _first_parting(_down_runs(one, middle), _down_runs(other, middle))
    upwards = _first_parting(_up_runs(one, middle), _up_runs(other, middle))
    # Steps down from the median come at 0, then second of each pair when voters are even in
    # number, first when they are odd: the lower median is taken off first.
    is_even = total % 2 == 0
    found = []
    if downwards is not None:
        steps, a, b = downwards
        found.append((2 * steps if is_even or steps == 0 else 2 * steps - 1, a, b))
    if upwards is not None:
        steps, a, b = upwards
        found.append((2 * steps + 1 if is_even else 2 * steps + 2, a, b))
    return min(found, default=None)


def _down_runs(counts: Sequence[int], middle: int) -> list[tuple[int, int]]:
    """Return (grade, how many) from the median down to the worst, the median itself included."""
    runs = []
    seen = 0
    for grade, count in enumerate(counts):
        taken = min(count, middle - seen)
        seen += taken
        if taken:
            runs.append((grade, taken))
    return runs[::-1]


def _up_runs(counts: Sequence[int], middle: int) -> list[tuple[int, int]]:
    """Return (grade, how many) from just above the median to the best."""
    runs = []
    seen = 0
    for grade, count in enumerate(counts):
        above = min(count, max(0, seen + count - middle))
        seen += count
        if above:
            runs.append((grade, above))
    return runs


def _first_parting(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> tuple[int, int, int] | None:
    """Return the first place where two run-length sequences of one length differ."""
    place = 0
    mine, theirs = list(reversed(one)), list(reversed(other))
    while mine and theirs:
        (grade, count), (other_grade, other_count) = mine.pop(), theirs.pop()
        if grade != other_grade:
            return place, grade, other_grade
        common = min(count, other_count)
        place += common
        if count > common:
            mine.append((grade, count - common))
        if other_count > common:
            theirs.append((other_grade, other_count - common))
    return None


def _compare(one: _Tally, other: _Tally) -> int:
    parting = first_difference(one.counts, other.counts)
    return 0 if parting is None else parting[2] - parting[1]


def _grade_at(counts: Sequence[int], place: int) -> int:
    """Return the grade of the voter at `place`, the most severe being the first."""
    return next(grade for grade, seen in enumerate(accumulate(counts)) if seen >= place)


def _profile(tally: _Tally, marks: Sequence[Number], total: int, units: int) -> MeritProfile:
    return MeritProfile(
        option=tally.option,
        counts=tuple(in_units(count, units) for count in tally.counts),
        majority_mark=marks[tally.median],
        better=Fraction(sum(tally.counts[tally.median + 1 :]), total),
        worse=Fraction(sum(tally.counts[: tally.median]), total),
    )


def _separation(above: _Tally, below: _Tally, marks: Sequence[Number], units: int) -> Separation:
    parting = first_difference(above.counts, below.counts)
    if parting is None:
        everything = in_units(sum(above.counts), units)
        return Separation(above.option, below.option, everything, None, None)
    removed, grade, other_grade = parting
    return Separation(
        above.option, below.option, in_units(removed, units), marks[grade], marks[other_grade]
    )


def _ranking(tallies: Sequence[_Tally]) -> Ranking:
    tiers: list[list[str]] = []
    last: tuple[int, ...] | None = None
    for tally in tallies:
        if tally.counts == last:
            tiers[-1].append(tally.option)
        else:
            tiers.append([tally.option])
        last = tally.counts
    return tuple(tuple(tier) for tier in tiers)
