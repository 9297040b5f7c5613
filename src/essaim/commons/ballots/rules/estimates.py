"""Equal shares in floating point: what is bought, when no rounding could change it; else nothing.

Completion runs the method once for each budget tried, and only needs to know what each buys. Here
every amount has a bound on its error, carried from one purchase to the next. A price depends on the
purses continuously, so who is counted poor at the edge matters no more than the error does. What
must be certain is which project is the cheapest, and whether its supporters have enough: as soon as
two amounts are closer than their errors the estimate gives up, and the exact count is asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

ROUNDING: Final = 2.0**-52
"""More than the relative error of one operation: 2^-53, and what the second order adds."""


class Unsure(Exception):
    """Two amounts are closer than their errors: only the exact count can tell."""


@dataclass(frozen=True, slots=True)
class Backers:
    """The voters who gave a project the same mark; `weights` only where groups of them count.

    `purses` takes out of all wallets those of these voters.
    """

    mark: int
    voters: tuple[int, ...]
    purses: Callable[[Sequence[Any]], Sequence[Any]]
    weights: tuple[int, ...] | None

    @property
    def heads_count(self) -> int:
        return len(self.voters) if self.weights is None else sum(self.weights)


Purses = tuple[int, Sequence[float], tuple[int, ...] | None]
"""A mark, what each of those who gave it has, and their weights."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A project and who supports it. `worth` is what one mark is worth; `order` ends ties."""

    place: int
    cost: int
    worth: int
    crowds: tuple[Backers, ...]
    heads_count: int
    shares_count: int
    """The price is cut in as many: marks times heads."""
    lowest_rate: Fraction
    order: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Offer:
    """A price per mark and its error; `rate` when it is known exactly: all pay the same."""

    wish: Wish
    price: float
    error: float
    rate: Fraction | None

    @property
    def low(self) -> float:
        return (self.price - self.error) / self.wish.worth * (1 - 2 * ROUNDING)

    @property
    def high(self) -> float:
        return (self.price + self.error) / self.wish.worth * (1 + 2 * ROUNDING)


def bought(wishes: Sequence[Wish], voters_count: int, money: Fraction) -> list[int]:
    """Return the places of the projects bought, in order, each voter having `money`.

    Raises:
        Unsure: rounding could change the answer.
    """
    return _Run(wishes, voters_count, float(money)).places()


@dataclass(frozen=True, slots=True)
class _Settled:
    """A price per mark, in how many shares, and who stands next to it on both sides."""

    price: float
    shares: int
    poor_count: int
    richest_poor: float
    poorest_rich: float


class _Run:
    def __init__(self, wishes: Sequence[Wish], voters_count: int, money: float) -> None:
        self.wallets = [money] * voters_count
        self.error = self.step = money * ROUNDING
        self.known = {wish.place: (float(wish.lowest_rate) * (1 - 4 * ROUNDING), wish)
                      for wish in wishes}  # fmt: skip

    def places(self) -> list[int]:
        found = []
        while (offer := self._best()) is not None:
            self._pay(offer)
            del self.known[offer.wish.place]
            found.append(offer.wish.place)
        return found

    def _best(self) -> _Offer | None:
        """Return the cheapest offer; a price only rises, so most need not be asked again."""
        best: list[_Offer] = []
        for known, wish in sorted(self.known.values(), key=lambda each: each[0]):
            if best and known > best[0].high:
                break
            offer = self._offer(wish)
            if offer is None:
                del self.known[wish.place]
                continue
            self.known[wish.place] = (max(known, offer.low), wish)
            best = _cheapest(best, offer)
        return min(best, key=lambda offer: offer.wish.order) if best else None

    def _offer(self, wish: Wish) -> _Offer | None:
        """Return what the supporters would pay; None when they surely have not enough."""
        rich = [(each.mark, each.purses(self.wallets), each.weights) for each in wish.crowds]
        shares = wish.shares_count
        price = wish.cost / shares
        error = price * ROUNDING * 4
        if min(min(purses) / mark for mark, purses, _ in rich) > price + error + self.error:
            return _Offer(wish, price, error, wish.lowest_rate)
        count = sum(len(purses) for _, purses, _ in rich)
        held = sum(_sum(purses, weights) for _, purses, weights in rich)
        slack = held * count * ROUNDING * 2 + wish.heads_count * self.error
        if held + slack < wish.cost:
            return None
        if held - slack < wish.cost:
            raise Unsure
        found = _settled(rich, float(wish.cost))
        error = found.poor_count * self.error + wish.cost * count * ROUNDING * 4
        error = error / found.shares + found.price * ROUNDING * 4
        # Nobody may stand within the error of the price, or how it moves there is not known.
        edge = error + self.error
        if not found.richest_poor < found.price - edge < found.price + edge < found.poorest_rich:
            raise Unsure
        return _Offer(wish, found.price, error, None)

    def _pay(self, offer: _Offer) -> None:
        wallets = self.wallets
        for crowd in offer.wish.crowds:
            due = offer.price * crowd.mark
            if offer.rate is not None:
                for voter in crowd.voters:
                    wallets[voter] -= due
                continue
            for voter in crowd.voters:
                money = wallets[voter]
                wallets[voter] = money - due if money > due else 0.0
        mark = max(crowd.mark for crowd in offer.wish.crowds)
        self.error += offer.error * mark + self.step


def _settled(rich: Sequence[Purses], cost: float) -> _Settled:
    """Find the price that those who have it pay, the others giving all they have."""
    poor_count, richest_poor = 0, -1.0
    while True:
        shares = sum(mark * _heads(purses, weights) for mark, purses, weights in rich)
        if not shares:
            raise Unsure
        price, able = cost / shares, []
        for group in rich:
            mark, purses, weights = group
            due = price * mark
            if not purses or min(purses) >= due:
                able.append(group)
                continue
            poor, heads = _parted(purses, weights, due, is_rich=False)
            cost -= _sum(poor, heads)
            poor_count += _heads(poor, heads)
            richest_poor = max(richest_poor, max(poor) / mark)
            able.append((mark, *_parted(purses, weights, due, is_rich=True)))
        if all(one is other for one, other in zip(able, rich, strict=True)):
            break
        rich = able
    poorest_rich = min(min(purses) / mark for mark, purses, _ in rich if purses)
    return _Settled(price, shares, poor_count, richest_poor, poorest_rich)


def _cheapest(best: list[_Offer], offer: _Offer) -> list[_Offer]:
    """Return the cheapest so far with this one; equal only when both are known exactly."""
    if not best or offer.high < best[0].low:
        return [offer]
    if offer.low > best[0].high:
        return best
    first = best[0].rate
    if first is None or offer.rate is None:
        raise Unsure
    if offer.rate == first:
        return [*best, offer]
    return [offer] if offer.rate < first else best


def _sum(purses: Sequence[float], weights: tuple[int, ...] | None) -> float:
    if weights is None:
        return sum(purses)
    return sum(purse * weight for purse, weight in zip(purses, weights, strict=True))


def _heads(purses: Sequence[float], weights: tuple[int, ...] | None) -> int:
    return len(purses) if weights is None else sum(weights)


def _parted(
    purses: Sequence[float], weights: tuple[int, ...] | None, due: float, *, is_rich: bool
) -> tuple[Sequence[float], tuple[int, ...] | None]:
    """Return those who have the price, or those who have not."""
    if weights is None:
        if is_rich:
            return [purse for purse in purses if purse >= due], None
        return [purse for purse in purses if purse < due], None
    pairs = [
        (purse, weight)
        for purse, weight in zip(purses, weights, strict=True)
        if (purse >= due) is is_rich
    ]
    return [purse for purse, _ in pairs], tuple(weight for _, weight in pairs)
