"""Quadratic funding: many small gifts draw more of a common pool than a few large ones.

Sources: V. Buterin, Z. Hitzig and E. G. Weyl, "A Flexible Design for Funding Public Goods" (2019);
V. Buterin, "Pairwise coordination subsidies" (2019) for the variant against collusion.

Square roots are irrational: every root is an integer square root of cents times 10^24, so in units
of 10^-12 of the root of a cent, rounded down. All that follows is exact arithmetic on integers, the
same on any machine; what is lost is far below a cent before the split, which gives whole cents.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
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

    The time grows with the pairs of contributors of each project: for 2,000 people on one project,
    two million pairs.

    Raises:
        ValueError: a negative amount, or a bound that is not positive.
    """
    if bound_cents <= 0:
        raise ValueError(f"{bound_cents=}")
    counted = capped(gifts, person_cap_cents)
    together = _drawn_together(counted)
    bound = bound_cents * ROOT
    ideals = {}
    for project, given in counted.items():
        bounded_sum = 0
        for one, other, drawn in _pairs(given):
            bounded_sum += drawn * bound // (bound + together.get((one, other), drawn))
        ideals[project] = 2 * bounded_sum * ROOT
    return _shared(gifts, counted, ideals, pool_cents)


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


def _pairs(given: Mapping[str, int]) -> Iterator[tuple[str, str, int]]:
    """Yield each two contributors with the product of the roots of their gifts, in 10^-12 cent."""
    roots = [(person, root(cents)) for person, cents in sorted(given.items()) if cents]
    for place, (one, one_root) in enumerate(roots):
        for other, other_root in roots[place + 1 :]:
            yield one, other, one_root * other_root // ROOT


def _drawn_together(counted: Gifts) -> dict[tuple[str, str], int]:
    """Return what two people draw over all projects, for those who may meet in more than one."""
    projects_of = Counter(person for given in counted.values() for person in given)
    together: dict[tuple[str, str], int] = {}
    for given in counted.values():
        regulars = {person: cents for person, cents in given.items() if projects_of[person] > 1}
        for one, other, drawn in _pairs(regulars):
            together[one, other] = together.get((one, other), 0) + drawn
    return together


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
