"""What a vote on the commons fund gives to each project, in cents. Pure.

Any method of `ballots` serves: a budget buys whole projects, a matching pool gives each a part.
"""

from collections.abc import Mapping

from essaim.commons.ballots.rules.budgets import Allocation
from essaim.commons.ballots.rules.quadratic import QuadraticResult

Grants = Mapping[str, int]
"""Cents by project, by the key it had in the vote."""


def of_budget(allocation: Allocation) -> dict[str, int]:
    """Return what greedy or equal shares bought, each at its price.

    Raises:
        ValueError: a price is not in whole cents (a bug of the caller).
    """
    found = {}
    for purchase in allocation.purchases:
        if purchase.cost != int(purchase.cost):
            raise ValueError(f"{purchase.project}: {purchase.cost} is not in cents")
        found[purchase.project] = int(purchase.cost)
    return found


def of_matching(result: QuadraticResult, asked: Mapping[str, int]) -> dict[str, int]:
    """Return what quadratic funding adds to each project, at most what it asked.

    What a project does not need stays in the fund.
    """
    matched = {match.project: match.match_cents for match in result.matches}
    return {key: min(cents, asked[key]) for key, cents in matched.items() if cents}
