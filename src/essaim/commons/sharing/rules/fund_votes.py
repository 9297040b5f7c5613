"""How the ballots of a quarter become grants: each ballot is the projects a person supports. Pure.

The same ballot serves every method, so that members choose projects and never fill in figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from essaim.commons.ballots.rules.budgets import Allocation, BudgetBallot, Project, greedy
from essaim.commons.ballots.rules.equal_shares import equal_shares
from essaim.commons.ballots.rules.quadratic import QuadraticResult, quadratic_funding
from essaim.commons.sharing.rules import grants
from essaim.kernel.money import split_cents

VOICE = 10_000
"""In quadratic sharing every ballot weighs as much, cut equally between its projects."""
CENTS = 100


class Method(StrEnum):
    EQUAL_SHARES = "equal-shares"
    GREEDY = "budget-greedy"
    QUADRATIC = "quadratic"


@dataclass(frozen=True, slots=True)
class FundCount:
    """What a count gives: cents by project, and the figures that explain it.

    `allocation` is that of a budget, `matching` that of quadratic sharing; neither without ballots.
    """

    method: Method
    budget_cents: int
    ballots_count: int
    supports: Mapping[str, int]
    grants: Mapping[str, int]
    allocation: Allocation | None = None
    matching: QuadraticResult | None = None


def count(
    method: Method,
    asked_cents: Mapping[str, int],
    ballots: Sequence[Sequence[str]],
    budget_cents: int,
) -> FundCount:
    """Count ballots; money is in euros inside a budget, whose voters' parts grow by one euro.

    A ballot without a project is no voice for anything, yet in equal shares its part of the budget
    is nobody else's.

    Raises:
        KeyError: a ballot names a project of elsewhere. ValueError: a negative budget.
    """
    supports = dict.fromkeys(asked_cents, 0)
    for ballot in ballots:
        for key in ballot:
            supports[key] += 1
    told = FundCount(method, budget_cents, len(ballots), supports, {})
    if not ballots:
        return told
    if method is Method.QUADRATIC:
        return _quadratic(told, asked_cents, ballots)
    projects = [Project(key, Fraction(cents, CENTS)) for key, cents in asked_cents.items()]
    papers = [BudgetBallot(tuple((key, 1) for key in ballot)) for ballot in ballots]
    choose = equal_shares if method is Method.EQUAL_SHARES else greedy
    allocation = choose(projects, papers, Fraction(budget_cents, CENTS))
    bought = {one.project: asked_cents[one.project] for one in allocation.purchases}
    return FundCount(method, budget_cents, len(ballots), supports, bought, allocation=allocation)


def _quadratic(
    told: FundCount, asked_cents: Mapping[str, int], ballots: Sequence[Sequence[str]]
) -> FundCount:
    voices: dict[str, dict[str, int]] = {key: {} for key in asked_cents}
    for place, ballot in enumerate(ballots):
        if ballot:
            for key, voice in zip(ballot, split_cents(VOICE, [1] * len(ballot)), strict=True):
                voices[key][str(place)] = voice
    matching = quadratic_funding(voices, told.budget_cents)
    return FundCount(
        told.method, told.budget_cents, told.ballots_count, told.supports,
        grants.of_matching(matching, asked_cents), matching=matching,
    )  # fmt: skip
