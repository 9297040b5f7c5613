"""Sharing the surplus of a year: losses first, then reserves, then what may reach people.

Sources: loi 47-1775 (art. 14, 16, 19 nonies) for a Scic, loi 78-763 (art. 33) for a Scop. Each
number of the law comes from `statutes.rules.law` on the day of the assembly, each choice from the
statutes. Amounts are cents. What must be at least something is rounded up to the cent, what may
be at most something is rounded down: no rounding ever breaks the law.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from essaim.commons.sharing.rules.refusals import InterestCapUnknown, InterestHasNoCap
from essaim.commons.statutes.rules import law
from essaim.commons.statutes.rules.statutes import SCIC, SCOP, Form, ReserveStop, Statutes
from essaim.kernel.errors import N_

REFUNDING = frozenset({Form.UK_SOCIETY})
"""Forms whose users may be given back a part of what they paid; art. 15 excludes the Scic."""
DISINTERESTED = frozenset({Form.ASSOCIATION})
"""Forms that share nothing among their members."""
HOUSE = N_("statutes")


class Use(StrEnum):
    """Where a part of the result goes."""

    LOSSES = "losses"
    LEGAL_RESERVE = "legal-reserve"
    WORKERS = "workers"
    STATUTORY_RESERVE = "statutory-reserve"
    SUBSIDIES = "subsidies"
    INTEREST = "interest"
    REFUND = "refund"
    REST = "rest"


RESERVES = (Use.LEGAL_RESERVE, Use.STATUTORY_RESERVE, Use.SUBSIDIES, Use.REST)
TO_PEOPLE = (Use.WORKERS, Use.INTEREST, Use.REFUND)


@dataclass(frozen=True, slots=True)
class Facts:
    """A year as the books tell it, in cents. Reserves and losses are those before this year.

    `subsidies_cents` is the part of the result's income that came from public money or gifts;
    `reserves_cents` counts the legal reserve too. Raises ValueError on a negative stock (a bug).
    """

    result_cents: int
    prior_losses_cents: int = 0
    subsidies_cents: int = 0
    capital_cents: int = 0
    legal_reserve_cents: int = 0
    reserves_cents: int = 0
    highest_capital_cents: int = 0

    def __post_init__(self) -> None:
        stocks = (
            self.prior_losses_cents, self.subsidies_cents, self.capital_cents,
            self.legal_reserve_cents, self.highest_capital_cents,
            self.reserves_cents - self.legal_reserve_cents,
        )  # fmt: skip
        if min(stocks) < 0:
            raise ValueError(f"a negative stock: {self}")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a variant asks for. None: what the statutes or the law say, and no more.

    `statutory_rate` is a part of what is left after the legal reserve, `interest_rate` per cent of
    the capital, `workers_rate` a part of the surplus, `refund_rate` a part of what is left then.
    """

    statutory_rate: Fraction | None = None
    interest_rate: Fraction = Fraction(0)
    workers_rate: Fraction | None = None
    refund_rate: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        parts = (self.statutory_rate or 0, self.workers_rate or 0, self.refund_rate)
        if not all(0 <= part <= 1 for part in parts) or self.interest_rate < 0:
            raise ValueError(f"a part below nothing or above the whole: {self}")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the computation: `cents` of `base_cents`, at `rate` (a part) where there is one.

    `label` is a sentence in English for the catalogue, filled with `details`.
    """

    use: Use | None
    label: str
    base_cents: int
    rate: Fraction | None
    cents: int
    source: str
    details: dict[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sharing:
    """The whole computation. Its steps add up to the result; nothing is negative."""

    facts: Facts
    steps: tuple[Step, ...]

    def cents(self, *uses: Use) -> int:
        """Return what goes to these uses together."""
        return sum(step.cents for step in self.steps if step.use in uses)

    @property
    def surplus_cents(self) -> int:
        """What is shared: the result less the losses of earlier years."""
        return max(0, self.facts.result_cents) - self.cents(Use.LOSSES)

    @property
    def reserves_cents(self) -> int:
        return self.cents(*RESERVES)


def share_out(facts: Facts, statutes: Statutes, wish: Wish, day: date) -> Sharing:
    """Share a result as the law of a day and the statutes let it be, as near to a wish as may be.

    What is asked against the law or the statutes is not done; `findings.findings` says so.

    Raises:
        InterestCapUnknown: interest is asked and the TMO of a year it needs is not known.
        InterestHasNoCap: interest is asked where neither law nor statutes cap it.
    """
    if facts.result_cents <= 0:
        label = N_("The year has no surplus: nothing is shared, a loss is carried forward.")
        return Sharing(facts, (Step(None, label, facts.result_cents, None, 0, ""),))
    steps: list[Step] = []
    left_cents = facts.result_cents
    for part in (
        _losses, _legal_reserve, _workers, _statutory_reserve,
        _subsidies, _interest, _refund, _rest,
    ):  # fmt: skip
        pot = _Pot(facts, statutes, wish, day, left_cents, Sharing(facts, tuple(steps)))
        found = part(pot)
        steps += found
        left_cents -= sum(step.cents for step in found)
    return Sharing(facts, tuple(steps))


def interest_cap(statutes: Statutes, day: date) -> Fraction:
    """Return the highest interest of a decision of this day, per cent: the law's or lower.

    Raises:
        InterestCapUnknown: the TMO of a year is not known; `details` has the first one.
        InterestHasNoCap: neither the law of this form nor the statutes say.
    """
    chosen = statutes.interest.rate_max
    if statutes.form not in SCIC | SCOP:
        if chosen is None:
            raise InterestHasNoCap
        return chosen
    try:
        lawful = law.interest_cap(day)
    except law.NotKnown as problem:
        raise InterestCapUnknown(year=_first_unknown_year(day)) from problem
    return lawful if chosen is None else min(lawful, chosen)


def reserve_room_cents(facts: Facts, stop: ReserveStop | None) -> int | None:
    """Return what the legal reserve may still take before it is full; None: no end.

    Statutes that do not say when it stops do not stop it.
    """
    if stop is None or stop is ReserveStop.NEVER:
        return None
    ceiling, held = {
        ReserveStop.LEGAL_RESERVE_REACHES_CAPITAL: (
            facts.capital_cents,
            facts.legal_reserve_cents,
        ),
        ReserveStop.ALL_RESERVES_REACH_CAPITAL: (facts.capital_cents, facts.reserves_cents),
        ReserveStop.HIGHEST_CAPITAL_EVER: (facts.highest_capital_cents, facts.legal_reserve_cents),
    }[stop]
    return max(0, ceiling - held)


def lowest_statutory_rate(statutes: Statutes, day: date) -> Fraction:
    """Return the lowest part that must go to the statutory reserve after the legal one."""
    lawful = law.at(law.STATUTORY_RESERVE_MIN, day) if statutes.form in SCIC else Fraction(0)
    return max(lawful, statutes.reserves.statutory_rate or Fraction(0))


def lowest_workers_rate(statutes: Statutes, day: date) -> Fraction:
    """Return the lowest part of the surplus that goes to those who work here."""
    return law.at(law.WORKERS_SHARE_MIN, day) if statutes.form in SCOP else Fraction(0)


def usual_wishes(statutes: Statutes, day: date) -> dict[str, Wish]:
    """Return variants a board may start from: all to reserves, and all the interest allowed.

    Raises:
        InterestCapUnknown, InterestHasNoCap: the statutes pay interest and its cap is not known.
    """
    wishes = {N_("Everything that may go to reserves"): Wish(statutory_rate=Fraction(1))}
    if statutes.interest.is_paid:
        wishes[N_("The highest interest, the rest to reserves")] = Wish(
            interest_rate=interest_cap(statutes, day)
        )
    return wishes


@dataclass(frozen=True, slots=True)
class _Pot:
    facts: Facts
    statutes: Statutes
    wish: Wish
    day: date
    left_cents: int
    so_far: Sharing

    def at_least(self, rate: Fraction, base_cents: int) -> int:
        return min(ceil(rate * base_cents), self.left_cents)


def _losses(pot: _Pot) -> list[Step]:
    base_cents = pot.facts.prior_losses_cents
    if not base_cents:
        return []
    label = N_("The losses of earlier years are made up first.")
    cents = min(base_cents, pot.left_cents)
    return [Step(Use.LOSSES, label, base_cents, None, cents, _source(pot, law.LEGAL_RESERVE))]


def _legal_reserve(pot: _Pot) -> list[Step]:
    if pot.statutes.form not in SCIC | SCOP:
        return []
    rate = law.at(law.LEGAL_RESERVE, pot.day)
    cents = pot.at_least(rate, pot.left_cents)
    label = N_("Legal reserve: nobody may ever share it.")
    room_cents = reserve_room_cents(pot.facts, pot.statutes.reserves.stop)
    details: dict[str, int | str] = {}
    if room_cents is not None and room_cents < cents:
        cents, details = room_cents, {"room_cents": room_cents}
        label = (
            N_("Legal reserve: only {room_cents} are missing before it is full.")
            if room_cents
            else N_("Legal reserve: it is full, nothing more is due.")
        )
    source = _source(pot, law.LEGAL_RESERVE)
    return [Step(Use.LEGAL_RESERVE, label, pot.left_cents, rate, cents, source, details)]


def _workers(pot: _Pot) -> list[Step]:
    lowest = lowest_workers_rate(pot.statutes, pot.day)
    if not lowest:
        return []
    base_cents = pot.so_far.surplus_cents
    rate = max(lowest, pot.wish.workers_rate or lowest)
    label = N_("Part of those who work here, members or not.")
    source = _source(pot, law.WORKERS_SHARE_MIN)
    return [
        Step(Use.WORKERS, label, base_cents, rate, pot.at_least(rate, base_cents), source),
    ]


def _statutory_reserve(pot: _Pot) -> list[Step]:
    rate = max(lowest_statutory_rate(pot.statutes, pot.day), pot.wish.statutory_rate or Fraction(0))
    if not rate:
        return []
    base_cents = pot.so_far.surplus_cents - pot.so_far.cents(Use.LEGAL_RESERVE)
    label = N_("Statutory reserve, of what is left after the legal one.")
    is_of_law = pot.statutes.form in SCIC
    source = _source(pot, law.STATUTORY_RESERVE_MIN) if is_of_law else HOUSE
    return [
        Step(
            Use.STATUTORY_RESERVE, label, base_cents, rate, pot.at_least(rate, base_cents), source
        ),
    ]


def _subsidies(pot: _Pot) -> list[Step]:
    base_cents = pot.facts.subsidies_cents
    if not base_cents:
        return []
    label = N_("Subsidies are shared with nobody: they go to reserves.")
    source = _source(pot, law.STATUTORY_RESERVE_MIN) if pot.statutes.form in SCIC else HOUSE
    return [Step(Use.SUBSIDIES, label, base_cents, None, min(base_cents, pot.left_cents), source)]


def _interest(pot: _Pot) -> list[Step]:
    statutes, asked = pot.statutes, pot.wish.interest_rate
    if statutes.form in DISINTERESTED:
        label = N_("An association shares nothing among its members.")
        return [Step(None, label, pot.left_cents, None, 0, law.LOI_1901)]
    if not statutes.interest.is_paid:
        return [Step(None, N_("Shares earn no interest: so say the statutes."),
                     pot.facts.capital_cents, None, 0, HOUSE)]  # fmt: skip
    if not asked:
        return [Step(None, N_("This proposal pays no interest on shares."),
                     pot.facts.capital_cents, None, 0, "")]  # fmt: skip
    rate = min(asked, interest_cap(statutes, pot.day)) / 100
    capital_cents = pot.facts.capital_cents
    may_cents, label = pot.left_cents, N_("Interest on the shares paid up.")
    if statutes.form in SCOP:
        may_cents = min(may_cents, pot.so_far.cents(Use.WORKERS))
    cents = floor(rate * capital_cents)
    if cents > may_cents:
        cents = may_cents
        label = N_("Interest on the shares paid up, cut to what may still be shared.")
    source = _source(pot, law.INTEREST_MARGIN) if statutes.form in SCIC | SCOP else HOUSE
    return [Step(Use.INTEREST, label, capital_cents, rate, cents, source)]


def _refund(pot: _Pot) -> list[Step]:
    if pot.statutes.form in SCIC:
        label = N_("A Scic gives nothing back to its users in proportion to what they paid.")
        source = f"{law.LOI_1947}, art. 19 nonies"
        return [Step(None, label, pot.left_cents, None, 0, source)]
    rate = pot.wish.refund_rate
    if pot.statutes.form not in REFUNDING or not rate:
        return []
    label = N_("Given back to users in proportion to what they paid.")
    cents = floor(rate * pot.left_cents)
    return [Step(Use.REFUND, label, pot.left_cents, rate, cents, HOUSE)]


def _rest(pot: _Pot) -> list[Step]:
    label = N_("What is left joins the reserves.")
    return [Step(Use.REST, label, pot.left_cents, None, pot.left_cents, HOUSE)]


def _source(pot: _Pot, parameter: law.Parameter) -> str:
    return law.dated_at(parameter, pot.day).source


def _first_unknown_year(day: date) -> int:
    for year in range(day.year - int(law.at(law.INTEREST_YEARS, day)), day.year):
        try:
            law.at(law.TMO, date(year, 1, 1))
            law.at(law.TMO, date(year, 7, 1))
        except law.NotKnown:
            return year
    return day.year
