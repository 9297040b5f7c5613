"""Participatory budgets: what the rules share, and the greedy rule most towns use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from essaim.commons.ballots.rules.papers import NoBallots, Number, TieBreak, TieRule, plain


@dataclass(frozen=True, slots=True)
class Project:
    """Something that can be paid for; `cost` is in the unit of the budget."""

    key: str
    cost: Number


@dataclass(frozen=True, slots=True)
class BudgetBallot:
    """The projects a voter supports, each with its mark (1 in an approval ballot)."""

    marks: tuple[tuple[str, Number], ...]
    weight: Number = 1


class BudgetRule(StrEnum):
    GREEDY = "budget-greedy"
    EQUAL_SHARES = "equal-shares"


@dataclass(frozen=True, slots=True)
class Purchase:
    """A project that is paid, in the order of choice.

    `rate` is what a supporter pays for each unit of utility, unless they have less left: None when
    the project was not bought by voters but added from the rest of the budget.
    """

    project: str
    cost: Number
    votes: Number
    rate: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """What a budget buys. Whoever wants to know who paid asks `equal_shares.payments`.

    `voter_budget` is what each voter was given to spend; `tried_count` how many such budgets were
    tried. `too_dear` are the supported projects that the end of the budget could not pay.
    """

    rule: BudgetRule
    budget: Number
    purchases: tuple[Purchase, ...]
    votes: dict[str, Number]
    too_dear: tuple[str, ...]
    ties: tuple[TieBreak, ...]
    voter_budget: Fraction = field(default=Fraction(0))
    tried_count: int = 0

    @property
    def spent(self) -> Number:
        return plain(sum((purchase.cost for purchase in self.purchases), Fraction(0)))

    @property
    def winners(self) -> tuple[str, ...]:
        return tuple(purchase.project for purchase in self.purchases)


def votes_of(projects: Sequence[Project], ballots: Iterable[BudgetBallot]) -> dict[str, Number]:
    """Return the sum of the marks of each project: votes, or points.

    Raises:
        NoBallots: there is no ballot.
        KeyError: a ballot names a project that is not on the list.
    """
    votes: dict[str, Number] = {project.key: 0 for project in projects}
    weight: Number = 0
    for ballot in ballots:
        weight += ballot.weight
        for key, mark in ballot.marks:
            votes[key] += mark * ballot.weight
    if not weight:
        raise NoBallots
    return {key: plain(count) for key, count in votes.items()}


def greedy(
    projects: Sequence[Project], ballots: Iterable[BudgetBallot], budget: Number
) -> Allocation:
    """Pay projects in the order of their votes (or points), as long as the budget lasts.

    A project that costs more than what is left is passed over and the next ones are still tried.
    A project without any vote is never paid. Tie rule: of two with the same votes the cheaper
    first, then the first on the list; a tie that the list decided is reported.

    Raises:
        NoBallots: there is no ballot.
        ValueError: a negative cost or budget.
    """
    check_costs(projects, budget)
    votes = votes_of(projects, ballots)
    purchases, too_dear = fill([], projects, votes, budget)
    return Allocation(
        rule=BudgetRule.GREEDY,
        budget=budget,
        purchases=tuple(purchases),
        votes=votes,
        too_dear=too_dear,
        ties=_ties_of_the_list(projects, votes),
    )


def fill(
    bought: Sequence[Purchase],
    projects: Sequence[Project],
    votes: dict[str, Number],
    budget: Number,
) -> tuple[list[Purchase], tuple[str, ...]]:
    """Add to what is bought, in the order of votes, all that the rest of the budget can pay."""
    purchases = list(bought)
    taken = {purchase.project for purchase in purchases}
    left = budget - sum(purchase.cost for purchase in purchases)
    too_dear = []
    for project in sorted(projects, key=lambda each: (-votes[each.key], each.cost)):
        if project.key in taken or not votes[project.key]:
            continue
        if project.cost <= left:
            left -= project.cost
            purchases.append(Purchase(project.key, project.cost, votes[project.key]))
        else:
            too_dear.append(project.key)
    return purchases, tuple(too_dear)


def check_costs(projects: Sequence[Project], budget: Number) -> None:
    """Raise ValueError for a negative cost or budget: a bug of the caller."""
    if budget < 0 or any(project.cost < 0 for project in projects):
        raise ValueError(f"{budget=} {projects=}")


def _ties_of_the_list(
    projects: Sequence[Project], votes: dict[str, Number]
) -> tuple[TieBreak, ...]:
    """Return the groups with the same votes and cost, in which only the list told who is first."""
    groups: dict[tuple[Number, Number], list[str]] = {}
    for project in projects:
        if votes[project.key]:
            groups.setdefault((votes[project.key], project.cost), []).append(project.key)
    return tuple(
        TieBreak(1, tuple(keys), keys[0], TieRule.ORDER)
        for keys in groups.values()
        if len(keys) > 1
    )
