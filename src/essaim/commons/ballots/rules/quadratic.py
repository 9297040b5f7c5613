"""Quadratic funding: many small gifts draw more of a common pool than a few large ones.

Sources: V. Buterin, Z. Hitzig and E. G. Weyl, "A Flexible Design for Funding Public Goods" (2019);
V. Buterin, "Pairwise coordination subsidies" (2019) for the variant against collusion.

Square roots are irrational: every root is an integer square root of cents times 10^24, so in units
of 10^-12 of the root of a cent, rounded down. All that follows is exact arithmetic on integers, the
same on any machine; what is lost is far below a cent before the split, which gives whole cents.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, islice
from math import isqrt

from essaim.kernel.money import split_cents

ROOT = 10**12
"""Fine parts in the square root of one cent."""
_SQUARE = ROOT * ROOT
Gifts = Mapping[str, Mapping[str, int]]
"""Cents by project, then by person."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a project received and what the pool adds, in cents.

    `counted_cents` is the part of the gifts below the cap of each person; `ideal_cents` what the
    formula would add if the pool had no end, `match_cents` what it adds.
    """

    project: str
    contributors_count: int
    given_cents: int
    counted_cents: int
    ideal_cents: Fraction
    match_cents: int


@dataclass(frozen=True, slots=True)
class QuadraticResult:
    """Matches in the order of the projects; `left_cents` when the pool has more than enough."""

    pool_cents: int
    matches: tuple[Match, ...]

    @property
    def matched_cents(self) -> int:
        return sum(match.match_cents for match in self.matches)

    @property
    def left_cents(self) -> int:
        return self.pool_cents - self.matched_cents


def quadratic_funding(
    gifts: Gifts, pool_cents: int, *, person_cap_cents: int | None = None
) -> QuadraticResult:
    """Share a pool between projects by quadratic funding.

    The formula adds to a project (sum of the roots of its gifts)² less their sum. The pool is cut
    in those proportions by largest remainder, down to the cent; when it is larger than all of them
    together, each project gets its own, rounded down together, and the rest stays in the pool.
    Tie rule for a last cent: the larger claim, then the first project named.

    Args:
        person_cap_cents: all the gifts of one person count at most for this much, each in
            proportion; what is above still goes to its project but draws nothing.

    Raises:
        ValueError: a negative amount.
    """
    counted = capped(gifts, person_cap_cents)
    ideals = {}
    for project, given in counted.items():
        roots_sum = sum(root(cents) for cents in given.values())
        # At least nothing: a lone gift draws nothing, and its root was rounded down.
        ideals[project] = max(0, roots_sum * roots_sum - sum(given.values()) * _SQUARE)
        if len([cents for cents in given.values() if cents]) < 2:
            ideals[project] = 0
    return _shared(gifts, counted, ideals, pool_cents)


def pairwise_bounded_funding(
    gifts: Gifts, pool_cents: int, *, bound_cents: int, person_cap_cents: int | None = None
) -> QuadraticResult:
    """Share a pool so that no two people draw much from it by always giving together.

    Two people who gave c and d to a project draw 2 √(c d) x M / (M + s), where M is `bound_cents`
    and s the sum of √(c d) over all the projects they both gave to. With M without end this is
    plain quadratic funding. The rest is as there.

    Two people who meet on one project alone draw what their two amounts draw: there, amounts are
    looked at two by two, and counted. Only those who meet on several projects are looked at by
    themselves, people who gave the very same once. So the time grows with the pairs of different
    amounts and of different regulars (`pairs_count`), not with those of people.

    Raises:
        ValueError: a negative amount, or a bound that is not positive.
    """
    if bound_cents <= 0:
        raise ValueError(f"{bound_cents=}")
    counted = capped(gifts, person_cap_cents)
    bound = bound_cents * ROOT
    sums = {project: _alone(given, bound) for project, given in counted.items()}
    for one, other, count in _met_again(_regulars(counted)):
        drawn = {
            project: one_root * other.roots[project] // ROOT
            for project, one_root in one.roots.items()
            if project in other.roots
        }
        together = sum(drawn.values())
        for project, each in drawn.items():
            sums[project] += count * (each * bound // (bound + together) - _bounded(each, bound))
    ideals = {project: 2 * bounded_sum * ROOT for project, bounded_sum in sums.items()}
    return _shared(gifts, counted, ideals, pool_cents)


def pairs_count(gifts: Gifts) -> int:
    """Return how many pairs the rule against collusion looks at: of amounts, and of regulars."""
    amounts = sum(_pairs_of(len(set(given.values()))) for given in gifts.values())
    return amounts + sum(_pairs_of(len(both)) for both in _meetings(_regulars(gifts)).values())


def root(cents: int) -> int:
    """Return the square root of an amount in units of 10^-12 √cent, rounded down."""
    return isqrt(cents * _SQUARE)


def capped(gifts: Gifts, person_cap_cents: int | None) -> dict[str, dict[str, int]]:
    """Return the gifts with those of each person cut to the cap, in proportion, to the cent."""
    totals: dict[str, int] = {}
    for given in gifts.values():
        for person, cents in given.items():
            if cents < 0:
                raise ValueError(f"{person=} {cents=}")
            totals[person] = totals.get(person, 0) + cents
    counted = {project: dict(given) for project, given in gifts.items()}
    if person_cap_cents is None:
        return counted
    for person, total in totals.items():
        if total > person_cap_cents:
            projects = [project for project, given in gifts.items() if given.get(person)]
            parts = split_cents(person_cap_cents, [gifts[each][person] for each in projects])
            for project, cents in zip(projects, parts, strict=True):
                counted[project][person] = cents
    return counted


@dataclass(frozen=True, slots=True)
class _Regular:
    """People who gave the same to the same several projects: the root of each gift, how many."""

    roots: Mapping[str, int]
    people_count: int


def _bounded(drawn: int, bound: int) -> int:
    """What two people draw where they meet on one project alone, in 10^-12 cent."""
    return drawn * bound // (bound + drawn)


def _alone(given: Mapping[str, int], bound: int) -> int:
    """What all pairs of a project draw as if they met nowhere else, amounts two by two."""
    amounts = [(root(cents), count) for cents, count in Counter(given.values()).items() if cents]
    total = 0
    for place, (one_root, count) in enumerate(amounts):
        drawn = one_root * one_root // ROOT
        total += count * (count - 1) // 2 * (drawn * bound // (bound + drawn))
        for other_root, other_count in amounts[place + 1 :]:
            drawn = one_root * other_root // ROOT
            total += count * other_count * (drawn * bound // (bound + drawn))
    return total


def _regulars(counted: Gifts) -> list[_Regular]:
    """Return those who gave to more than one project, people who gave alike together."""
    given_by: dict[str, list[tuple[str, int]]] = {}
    for project, given in counted.items():
        for person, cents in given.items():
            if cents:
                given_by.setdefault(person, []).append((project, cents))
    profiles = Counter(tuple(profile) for profile in given_by.values() if len(profile) > 1)
    return [
        _Regular({project: root(cents) for project, cents in profile}, count)
        for profile, count in profiles.items()
    ]


def _meetings(regulars: Iterable[_Regular]) -> dict[tuple[str, str], list[_Regular]]:
    """Return who gave to both of each two projects."""
    found: dict[tuple[str, str], list[_Regular]] = {}
    for one in regulars:
        for both in combinations(one.roots, 2):
            found.setdefault(both, []).append(one)
    return found


def _met_again(regulars: Iterable[_Regular]) -> Iterator[tuple[_Regular, _Regular, int]]:
    """Yield once each two kinds of regulars who meet on several projects, and how many pairs."""
    for both, there in _meetings(regulars).items():
        for place, one in enumerate(there):
            if one.people_count > 1 and both == _first_two(one, one):
                yield one, one, one.people_count * (one.people_count - 1) // 2
            for other in there[place + 1 :]:
                if both == _first_two(one, other):
                    yield one, other, one.people_count * other.people_count


def _first_two(one: _Regular, other: _Regular) -> tuple[str, ...]:
    """The first two projects to which both gave: the place where their meeting is counted."""
    return tuple(islice((project for project in one.roots if project in other.roots), 2))


def _pairs_of(count: int) -> int:
    """How many pairs there are among as many things, each with itself too."""
    return count * (count + 1) // 2


def _shared(
    gifts: Gifts, counted: Gifts, ideals: Mapping[str, int], pool_cents: int
) -> QuadraticResult:
    if pool_cents < 0:
        raise ValueError(f"{pool_cents=}")
    claims = list(ideals.values())
    enough_cents = sum(claims) // _SQUARE
    shared_cents = min(pool_cents, enough_cents)
    parts = split_cents(shared_cents, claims) if shared_cents else [0] * len(claims)
    return QuadraticResult(
        pool_cents=pool_cents,
        matches=tuple(
            Match(
                project=project,
                contributors_count=sum(1 for cents in gifts[project].values() if cents),
                given_cents=sum(gifts[project].values()),
                counted_cents=sum(counted[project].values()),
                ideal_cents=Fraction(ideals[project], _SQUARE),
                match_cents=match_cents,
            )
            for project, match_cents in zip(ideals, parts, strict=True)
        ),
    )
