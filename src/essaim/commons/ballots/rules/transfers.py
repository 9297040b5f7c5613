"""Instant run-off and the single transferable vote: ballots move, and no part of one is lost.

Everything is counted in whole units (a unit is one ballot, or the common part of the weights) times
an exact fraction, the value at which a ballot has arrived; nothing is ever rounded.

Sources: N. Tideman, "The Single Transferable Vote", Journal of Economic Perspectives 9 (1995); for
the weighted inclusive Gregory transfer, the Scottish Local Government Elections Order 2007.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from essaim.commons.ballots.rules.draws import drawn_order
from essaim.commons.ballots.rules.papers import (
    NoBallots,
    Number,
    RankedBallot,
    Ranking,
    TieBreak,
    TieRule,
    TooFewOptions,
    grouped,
    plain,
    whole_weights,
)

Batch = tuple[Fraction, dict[int, int]]
"""Ballots that count for the same value: units by the index of their ranking."""


class Move(StrEnum):
    SURPLUS = "surplus"
    EXCLUSION = "exclusion"


@dataclass(frozen=True, slots=True)
class Round:
    """What stands in one round, who is elected then, and what is moved next.

    `quota` is what elects: to be reached in STV, to be exceeded in a run-off. `votes` are those of
    the options elected before or still continuing; with `exhausted`, the ballots that have no
    further preference, they always sum to the total. `transfers` is what each option receives from
    `moved`, and "" what is exhausted on the way.
    """

    number: int
    quota: Number
    votes: dict[str, Number]
    exhausted: Number
    elected: tuple[str, ...] = ()
    move: Move | None = None
    moved: str = ""
    transfers: dict[str, Number] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TransferResult:
    """The whole count. `ranking` is the elected in order, then the others, the last out first."""

    options: tuple[str, ...]
    seats_count: int
    weight: Number
    blank: Number
    rounds: tuple[Round, ...]
    winners: tuple[str, ...]
    ranking: Ranking
    ties: tuple[TieBreak, ...]
    seed: str

    @property
    def quota(self) -> Number:
        return self.rounds[0].quota


def instant_runoff(
    options: Sequence[str], ballots: Iterable[RankedBallot], *, seed: str = ""
) -> TransferResult:
    """Elect one option by instant run-off.

    Round after round the option with the fewest votes is excluded and its ballots go to their next
    preference, until one has more than half of the votes that still count. Equal preferences share
    the ballot equally. Tie rule: whoever had fewer votes in the first round in which they
    differed is excluded; if they never differed, the public draw of `seed` says who.

    Raises:
        NoBallots: no ballot names anybody.
        TooFewOptions: there is no option.
    """
    return _Count(options, ballots, 1, seed, is_quota_fixed=False).result()


def single_transferable_vote(
    options: Sequence[str], ballots: Iterable[RankedBallot], seats_count: int, *, seed: str = ""
) -> TransferResult:
    """Elect `seats_count` options by the single transferable vote.

    Quota of Droop: floor(votes / (seats + 1)) + 1, fixed at the start (votes: the ballots that
    name somebody; with fractional weights it is counted in their common unit). The largest surplus
    is moved first, every ballot of the elected option at its value times surplus / votes (weighted
    inclusive Gregory); with no surplus the option with the fewest votes is excluded. Once as many
    options continue as seats are left, they are elected. Equal preferences share the ballot
    equally. Tie rule, for an exclusion and for the order of surpluses: the first round in which
    they differed, then the public draw of `seed`.

    Raises:
        NoBallots: no ballot names anybody.
        TooFewOptions: fewer options than seats.
        ValueError: the number of seats is not positive.
    """
    return _Count(options, ballots, seats_count, seed, is_quota_fixed=True).result()


class _Count:
    """The state of a count, and its steps."""

    def __init__(
        self,
        options: Sequence[str],
        ballots: Iterable[RankedBallot],
        seats_count: int,
        seed: str,
        *,
        is_quota_fixed: bool,
    ) -> None:
        if seats_count < 1:
            raise ValueError(f"{seats_count=}")
        if len(options) < seats_count:
            raise TooFewOptions(seats_count=seats_count, options_count=len(options))
        groups = grouped((ballot.tiers, ballot.weight) for ballot in ballots)
        weights, self.scale = whole_weights(list(groups.values()))
        self.options, self.seats_count, self.seed = tuple(options), seats_count, seed
        self.rankings = list(groups)
        self.next_tier = [0] * len(groups)
        named = {index: units for index, units in enumerate(weights) if self.rankings[index]}
        self.blank = sum(weights) - sum(named.values())
        self.total = sum(named.values())
        if not self.total:
            raise NoBallots
        self.is_quota_fixed = is_quota_fixed
        self.continuing = dict.fromkeys(options)
        self.piles: dict[str, list[Batch]] = {option: [] for option in options}
        self.exhausted = Fraction(0)
        self.elected: list[str] = []
        self.excluded: list[str] = []
        self.surpluses: dict[str, Fraction] = {}
        self.history: list[dict[str, Fraction]] = []
        self.rounds: list[Round] = []
        self.ties: list[TieBreak] = []
        self._deal([(Fraction(1), named)])

    def result(self) -> TransferResult:
        while not self._is_over():
            self._play_round()
        left = self._by_votes(self.continuing)
        tail = [(option,) for option in reversed(self.excluded)]
        return TransferResult(
            options=self.options,
            seats_count=self.seats_count,
            weight=self._shown(self.total + self.blank),
            blank=self._shown(self.blank),
            rounds=tuple(self.rounds),
            winners=tuple(self.elected),
            ranking=(*((option,) for option in self.elected), *left, *tail),
            ties=tuple(self.ties),
            seed=self.seed,
        )

    def _is_over(self) -> bool:
        return len(self.elected) == self.seats_count

    def _play_round(self) -> None:
        votes = {
            option: sum((value * sum(units.values()) for value, units in pile), Fraction(0))
            for option, pile in self.piles.items()
        }
        self.history.append(votes)
        quota = self._quota(votes)
        newly = self._newly_elected(votes, quota)
        for option in newly:
            del self.continuing[option]
            self.elected.append(option)
            if votes[option] > quota:
                self.surpluses[option] = votes[option] - quota
        number, exhausted = len(self.history), self.exhausted
        move, moved, transfers = (None, "", {}) if self._is_over() else self._move(votes)
        self.rounds.append(
            Round(
                number=number,
                quota=self._shown(quota),
                votes={option: self._shown(count) for option, count in votes.items()},
                exhausted=self._shown(exhausted),
                elected=tuple(newly),
                move=move,
                moved=moved,
                transfers={option: self._shown(count) for option, count in transfers.items()},
            )
        )

    def _quota(self, votes: dict[str, Fraction]) -> Fraction:
        if self.is_quota_fixed:
            return Fraction(self.total // (self.seats_count + 1) + 1)
        return sum(votes.values(), Fraction(0)) / 2

    def _newly_elected(self, votes: dict[str, Fraction], quota: Fraction) -> list[str]:
        """Return who is elected in this round, most votes first."""
        free_count = self.seats_count - len(self.elected)
        reached = [
            option
            for option in self.continuing
            if votes[option] > quota or (self.is_quota_fixed and votes[option] == quota)
        ]
        is_filled = len(self.continuing) <= free_count
        return self._in_order(list(self.continuing) if is_filled else reached, votes)

    def _in_order(self, options: list[str], votes: dict[str, Fraction]) -> list[str]:
        left, ordered = list(options), []
        while left:
            first = self._settle(left, votes, sign=1)
            left.remove(first)
            ordered.append(first)
        return ordered

    def _move(self, votes: dict[str, Fraction]) -> tuple[Move, str, dict[str, Fraction]]:
        """Move the largest surplus, or else every ballot of the weakest option."""
        before = self.exhausted
        if self.surpluses:
            largest = max(self.surpluses.values())
            candidates = [option for option in self.surpluses if self.surpluses[option] == largest]
            source = self._settle(candidates, votes, sign=1)
            share = self.surpluses.pop(source) / votes[source]
            batches = [(value * share, units) for value, units in self.piles[source]]
            self.piles[source] = [
                (value * (1 - share), units) for value, units in self.piles[source]
            ]
            move = Move.SURPLUS
        else:
            source = self._settle(list(self.continuing), votes, sign=-1)
            del self.continuing[source]
            self.excluded.append(source)
            batches = self.piles.pop(source)
            move = Move.EXCLUSION
        received = self._deal(batches)
        received[""] = self.exhausted - before
        return move, source, {option: count for option, count in received.items() if count}

    def _settle(self, options: list[str], votes: dict[str, Fraction], *, sign: int) -> str:
        """Return the option with the most votes (`sign` 1) or the fewest (-1), by the tie rule."""
        best = max(sign * votes[option] for option in options)
        tied = [option for option in options if sign * votes[option] == best]
        left, decided_in = tied, 0
        for number, earlier in enumerate(self.history, start=1):
            if len(left) == 1:
                break
            most = max(sign * earlier[option] for option in left)
            kept = [option for option in left if sign * earlier[option] == most]
            decided_in = number if len(kept) < len(left) else decided_in
            left = kept
        number = len(self.history)
        if len(left) > 1:
            subject = f"round {number} {'first' if sign > 0 else 'last'}"
            left = [drawn_order(self.seed, subject, left)[0]]
            self.ties.append(TieBreak(number, tuple(tied), left[0], TieRule.DRAW))
        elif len(tied) > 1:
            rule = TieRule.EARLIER_ROUND
            self.ties.append(TieBreak(number, tuple(tied), left[0], rule, decided_in))
        return left[0]

    def _deal(self, batches: list[Batch]) -> dict[str, Fraction]:
        """Give ballots to their best continuing options; return what each received."""
        received: defaultdict[str, Fraction] = defaultdict(Fraction)
        for value, units in batches:
            heaps: defaultdict[tuple[str, ...], dict[int, int]] = defaultdict(dict)
            for index, count in units.items():
                heaps[self._best_of(index)][index] = count
            for takers, heap in heaps.items():
                if not takers:
                    self.exhausted += value * sum(heap.values())
                    continue
                part = value / len(takers)
                worth = part * sum(heap.values())
                for option in takers:
                    _add_batch(self.piles[option], part, heap)
                    received[option] += worth
        return received

    def _best_of(self, index: int) -> tuple[str, ...]:
        """Return the continuing options of the first tier that has any; () when none is left."""
        tiers, place = self.rankings[index], self.next_tier[index]
        continuing = self.continuing
        while place < len(tiers):
            tier = tiers[place]
            if len(tier) == 1:
                if tier[0] in continuing:
                    break
            elif found := tuple(option for option in tier if option in continuing):
                self.next_tier[index] = place
                return found
            place += 1
        self.next_tier[index] = place
        return tiers[place] if place < len(tiers) else ()

    def _by_votes(self, options: Iterable[str]) -> Ranking:
        votes = self.history[-1]
        tiers: dict[Fraction, list[str]] = {}
        for option in options:
            tiers.setdefault(votes[option], []).append(option)
        return tuple(tuple(tiers[count]) for count in sorted(tiers, reverse=True))

    def _shown(self, units: Number) -> Number:
        return plain(Fraction(units) / self.scale)


def _add_batch(pile: list[Batch], value: Fraction, heap: dict[int, int]) -> None:
    """Put ballots on a pile, with those of the same value if there are any."""
    for known, units in pile:
        if known == value:
            for index, count in heap.items():
                units[index] = units.get(index, 0) + count
            return
    pile.append((value, dict(heap)))
