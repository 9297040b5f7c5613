"""The method of equal shares: every voter has the same part of the budget, and spends it.

Sources: D. Peters, G. Pierczyński and P. Skowron, "Proportional Participatory Budgeting with
Additive Utilities" (NeurIPS 2021); the completion is the one called Add1U at equalshares.net.

All money is held as whole numbers of one unit, fine enough for every price paid so far; the unit
is made finer at each purchase. So nothing is rounded and no fraction is reduced voter by voter.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from math import gcd
from operator import itemgetter, mul

from essaim.commons.ballots.rules.budgets import (
    Allocation,
    BudgetBallot,
    BudgetRule,
    Project,
    Purchase,
    check_costs,
    fill,
    votes_of,
)
from essaim.commons.ballots.rules.estimates import Backers, Unsure, Wish, bought
from essaim.commons.ballots.rules.papers import Number, TieBreak, TieRule, grouped, whole_weights


class Utility(StrEnum):
    """What a project that a voter supports is worth to them."""

    COST = "cost"
    """Its mark times its cost: the supporters of a project share its cost equally."""
    MARK = "mark"
    """Its mark alone: a cheap project with the same mark is preferred."""


class Completion(StrEnum):
    """What is done with the money that equal shares leave."""

    NONE = "none"
    ADD1U = "add1u"
    """Voters' budgets grow by 1 as long as the whole fits; then projects by number of votes."""


@dataclass(frozen=True, slots=True)
class _Support:
    """Who supports a project, by the mark they gave."""

    project: Project
    cost: int
    backers: tuple[Backers, ...]
    votes: Number
    place: int


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a project would cost its supporters: `numerator / denominator` per mark of 1."""

    numerator: int
    denominator: int
    rate: Fraction


def equal_shares(
    projects: Sequence[Project],
    ballots: Iterable[BudgetBallot],
    budget: Number,
    *,
    utility: Utility = Utility.COST,
    completion: Completion = Completion.ADD1U,
) -> Allocation:
    """Choose projects by the method of equal shares.

    Each voter, whether they support anything or not, has the same part of the budget. The project
    with the lowest price per utility is bought, its supporters paying that price or all they have
    left, until no supporters can pay for a project together. Tie rule: the cheaper project, then
    the one with more votes, then the first on the list; ties are reported.

    Completion Add1U: voters' budgets grow by one unit of money as long as something could still be
    bought and the whole outcome stays within the real budget; what then is left goes to the
    projects in the order of their votes.

    Raises:
        NoBallots: there is no ballot.
        ValueError: a negative cost or budget.
    """
    check_costs(projects, budget)
    papers = [ballot for ballot in ballots if ballot.weight]
    votes = votes_of(projects, papers)
    count = _Count(projects, papers, votes, utility)
    voter_budget = Fraction(budget) / count.weight
    tried_count = 1
    too_dear: tuple[str, ...] = ()
    if completion is Completion.ADD1U:
        taken = count.bought(voter_budget)
        while count.could_add(taken, budget):
            taken = count.bought(voter_budget + 1)
            if sum(support.project.cost for support in taken) > budget:
                break
            voter_budget += 1
            tried_count += 1
    purchases, ties = count.buy(voter_budget)
    if completion is Completion.ADD1U:
        purchases, too_dear = fill(purchases, projects, votes, budget)
    return Allocation(
        rule=BudgetRule.EQUAL_SHARES,
        budget=budget,
        purchases=tuple(purchases),
        votes=votes,
        too_dear=too_dear,
        ties=tuple(ties),
        voter_budget=voter_budget,
        tried_count=tried_count,
    )


def payments(
    allocation: Allocation, ballot: BudgetBallot, utility: Utility = Utility.COST
) -> list[tuple[str, Fraction]]:
    """Return what one voter with this ballot paid for each project, in the order of purchase."""
    left, marks = allocation.voter_budget, dict(ballot.marks)
    paid = []
    for purchase in allocation.purchases:
        mark = marks.get(purchase.project, 0)
        if purchase.rate is None or not mark:
            continue
        worth = mark * purchase.cost if utility is Utility.COST else mark
        price = min(left, purchase.rate * worth)
        left -= price
        paid.append((purchase.project, price))
    return paid


class _Count:
    """Voters grouped by equal ballots, and the supporters of each project."""

    def __init__(
        self,
        projects: Sequence[Project],
        ballots: Sequence[BudgetBallot],
        votes: dict[str, Number],
        utility: Utility,
    ) -> None:
        self.utility = utility
        groups = grouped((_positive(ballot.marks), ballot.weight) for ballot in ballots)
        papers = list(groups)
        weights, _ = whole_weights(list(groups.values()))
        self.weight = sum(groups.values())
        self.voters_per_unit = Fraction(self.weight) / sum(weights)
        if sum(weights) <= 2 * len(papers):
            # So few are equal that counting voters one by one is quicker than weighing groups.
            papers = [
                paper for paper, weight in zip(papers, weights, strict=True) for _ in range(weight)
            ]
            weights = []
        self.voters_count = len(papers)
        costs, self.cost_units = whole_weights([project.cost for project in projects])
        _, self.mark_units = whole_weights([mark for paper in groups for _, mark in paper] or [1])
        voters: dict[str, defaultdict[int, list[int]]] = {
            project.key: defaultdict(list) for project in projects
        }
        for voter, paper in enumerate(papers):
            for key, mark in paper:
                voters[key][int(mark * self.mark_units)].append(voter)
        self.supports = [
            _Support(
                project, cost, _backers(voters[project.key], weights), votes[project.key], place
            )
            for place, (project, cost) in enumerate(zip(projects, costs, strict=True))
            if voters[project.key]
        ]
        self.wishes = [
            Wish(
                place=each.place,
                cost=each.cost,
                worth=each.cost if utility is Utility.COST else 1,
                crowds=each.backers,
                heads_count=sum(backers.heads_count for backers in each.backers),
                shares_count=_shares_of(each),
                lowest_rate=self._lowest_rate(each),
                order=(each.cost, -each.votes, each.place),
            )
            for each in self.supports
        ]

    def could_add(self, taken: Sequence[_Support], budget: Number) -> bool:
        """Say whether the real budget could pay one more project that somebody supports."""
        places = {support.place for support in taken}
        left = budget - sum(support.project.cost for support in taken)
        return any(each.project.cost <= left for each in self.supports if each.place not in places)

    def bought(self, voter_budget: Fraction) -> list[_Support]:
        """Say what the method buys, in order: estimated where no rounding matters, else exactly."""
        by_place = {support.place: support for support in self.supports}
        try:
            return [
                by_place[place]
                for place in bought(self.wishes, self.voters_count, self._money(voter_budget))
            ]
        except (Unsure, OverflowError):
            by_key = {support.project.key: support for support in self.supports}
            return [by_key[purchase.project] for purchase in self.buy(voter_budget)[0]]

    def buy(self, voter_budget: Fraction) -> tuple[list[Purchase], list[TieBreak]]:
        """Run the method once, each voter having `voter_budget`."""
        money = self._money(voter_budget)
        unit = money.denominator
        wallets = [money.numerator] * self.voters_count
        open_offers = {each.place: (self._lowest_rate(each), each) for each in self.supports}
        purchases: list[Purchase] = []
        ties: list[TieBreak] = []
        while True:
            best = self._best_offers(open_offers, wallets, unit)
            if not best:
                return purchases, ties
            support, offer = best[0]
            if len(best) > 1:
                ties.append(_tie([each for each, _ in best], len(purchases) + 1))
            unit = self._pay(support, offer, wallets, unit)
            del open_offers[support.place]
            purchases.append(
                Purchase(
                    support.project.key,
                    support.project.cost,
                    support.votes,
                    self._rate(offer),
                )
            )

    def _money(self, voter_budget: Fraction) -> Fraction:
        """Return what a voter has, in the unit of costs, by whole unit of their weight."""
        return voter_budget * self.voters_per_unit * self.cost_units

    def _best_offers(
        self,
        open_offers: dict[int, tuple[Fraction, _Support]],
        wallets: list[int],
        unit: int,
    ) -> list[tuple[_Support, _Offer]]:
        """Return the projects with the lowest price, the one the tie rule prefers first.

        A price only rises as wallets empty, so a project whose last known price is above the best
        new one need not be asked again.
        """
        best: list[tuple[_Support, _Offer]] = []
        for known, support in sorted(open_offers.values(), key=lambda each: each[0]):
            if best and known > best[0][1].rate:
                break
            offer = self._offer(support, wallets, unit)
            if offer is None:
                del open_offers[support.place]
                continue
            open_offers[support.place] = (offer.rate, support)
            if best and offer.rate < best[0][1].rate:
                best = []
            if not best or offer.rate == best[0][1].rate:
                best.append((support, offer))
        best.sort(key=lambda each: (each[0].cost, -each[0].votes, each[0].place))
        return best

    def _offer(self, support: _Support, wallets: list[int], unit: int) -> _Offer | None:
        """Return what the supporters would pay, None when they have not enough together.

        Those who cannot pay the equal price give all they have, which raises the price for the
        others, until all the others can pay it.
        """
        missing = support.cost * unit
        rich = [(backers, backers.purses(wallets)) for backers in support.backers]
        if sum(_sum(backers, money) for backers, money in rich) < missing:
            return None
        while True:
            shares = sum(
                backers.mark * (len(money) if backers.weights is None else sum(backers.weights))
                for backers, money in rich
            )
            able = [
                _able(backers, money, -(-missing * backers.mark // shares))
                for backers, money in rich
            ]
            if sum(len(money) for _, money in able) == sum(len(money) for _, money in rich):
                break
            missing -= sum(_sum(backers, money) for backers, money in rich)
            missing += sum(_sum(backers, money) for backers, money in able)
            rich = able
        worth = support.cost if self.utility is Utility.COST else 1
        return _Offer(missing, shares, Fraction(missing, shares * unit * worth))

    def _pay(self, support: _Support, offer: _Offer, wallets: list[int], unit: int) -> int:
        """Take the price from the supporters; return the unit, made finer if the price asks it."""
        finer = offer.denominator // gcd(offer.numerator, offer.denominator)
        if finer > 1:
            wallets[:] = [money * finer for money in wallets]
        price = offer.numerator * finer // offer.denominator
        for backers in support.backers:
            due = price * backers.mark
            for voter in backers.voters:
                money = wallets[voter]
                wallets[voter] = money - due if money > due else 0
        return unit * finer

    def _lowest_rate(self, support: _Support) -> Fraction:
        """Return the price per utility when everybody can pay it: it never gets lower."""
        return Fraction(1 if self.utility is Utility.COST else support.cost, _shares_of(support))

    def _rate(self, offer: _Offer) -> Fraction:
        """Return the price per utility for one voter, in money of the budget."""
        per_mark = offer.rate * self.mark_units / self.voters_per_unit
        return per_mark if self.utility is Utility.COST else per_mark / self.cost_units


def _backers(voters_by_mark: dict[int, list[int]], weights: list[int]) -> tuple[Backers, ...]:
    found = []
    for mark, voters in sorted(voters_by_mark.items()):
        # With a single index `itemgetter` returns no tuple: a slice does.
        one = slice(voters[0], voters[0] + 1)
        purses = itemgetter(one) if len(voters) == 1 else itemgetter(*voters)
        mine = tuple(weights[voter] for voter in voters) if weights else None
        found.append(Backers(mark, tuple(voters), purses, mine))
    return tuple(found)


def _shares_of(support: _Support) -> int:
    return sum(each.mark * each.heads_count for each in support.backers)


def _sum(backers: Backers, money: Sequence[int]) -> int:
    return sum(money) if backers.weights is None else sum(map(mul, money, backers.weights))


def _able(backers: Backers, money: Sequence[int], price: int) -> tuple[Backers, Sequence[int]]:
    """Return those of the backers who have the price."""
    if not money or min(money) >= price:
        return backers, money
    if backers.weights is None:
        return backers, [purse for purse in money if purse >= price]
    able = [each for each in zip(money, backers.weights, strict=True) if each[0] >= price]
    weights = tuple(weight for _, weight in able)
    return replace(backers, weights=weights), [purse for purse, _ in able]


def _positive(marks: tuple[tuple[str, Number], ...]) -> tuple[tuple[str, Number], ...]:
    return tuple(sorted((key, mark) for key, mark in marks if mark > 0))


def _tie(supports: Sequence[_Support], round_number: int) -> TieBreak:
    first, second = supports[0], supports[1]
    rule = TieRule.ORDER
    if first.cost != second.cost:
        rule = TieRule.LOWER_COST
    elif first.votes != second.votes:
        rule = TieRule.MORE_VOTES
    keys = tuple(support.project.key for support in supports)
    return TieBreak(round_number, keys, first.project.key, rule)
