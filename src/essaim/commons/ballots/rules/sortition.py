"""Sortition: a panel drawn by lot that has as many of each kind of people as was promised.

The way of the Sortition Foundation's "legacy" selection: always draw next among the kind of people
that is the scarcest compared with its quota; when that leads nowhere, begin again. It makes no
promise that everybody has the same chance. The seed is public: anybody can replay the draw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from essaim.commons.ballots.rules.draws import Draw
from essaim.kernel.errors import N_, RuleBroken


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be drawn; `traits` gives a value for each category."""

    key: str
    traits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Quota:
    """At least `minimum` and at most `maximum` people of the panel have this value."""

    category: str
    value: str
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Panel:
    """Who was drawn, in order, and at which attempt; `reached` follows the quotas."""

    seed: str
    attempt: int
    members: tuple[str, ...]
    reached: tuple[int, ...]


class QuotaBeyondPeople(RuleBroken):
    code = "ballots.quota-beyond-people"
    sentence = N_(
        "{category}: {minimum} people “{value}” are wanted, and only {available} can be drawn."
    )


class QuotasTooHigh(RuleBroken):
    code = "ballots.quotas-too-high"
    sentence = N_(
        "{category}: the smallest numbers add up to {total} people, for {seats_count} places."
    )


class QuotasTooLow(RuleBroken):
    code = "ballots.quotas-too-low"
    sentence = N_(
        "{category}: the largest numbers add up to {total} people, for {seats_count} places."
    )


class TraitWithoutQuota(RuleBroken):
    code = "ballots.trait-without-quota"
    sentence = N_("{category}: no quota is given for “{value}”.")


class NoPanelFound(RuleBroken):
    """Each quota can be met alone, no draw met all; `details` name the one missed most often."""

    code = "ballots.no-panel-found"
    sentence = N_(
        "No panel meets every quota in {attempts_count} draws. The one missed most often:"
        " {category}, “{value}”. Lower its smallest number or look for more such people."
    )


def draw_panel(
    candidates: Sequence[Candidate],
    quotas: Sequence[Quota],
    seats_count: int,
    *,
    seed: str,
    attempts_count: int = 200,
) -> Panel:
    """Draw `seats_count` people who together meet every quota.

    Candidates are first put in the order of their keys, so their order in the list is no matter.
    Attempt n draws from the seed "seed/n"; the first that meets every quota is the panel.

    Raises:
        QuotaBeyondPeople, QuotasTooHigh, QuotasTooLow, TraitWithoutQuota: no draw can succeed.
        NoPanelFound: none did.
    """
    people = sorted(candidates, key=lambda candidate: candidate.key)
    check_quotas(people, quotas, seats_count)
    misses: dict[Quota, int] = dict.fromkeys(quotas, 0)
    for attempt in range(1, attempts_count + 1):
        outcome = _attempt(people, quotas, seats_count, Draw(f"{seed}/{attempt}"))
        if isinstance(outcome, Quota):
            misses[outcome] += 1
            continue
        members = [candidate.key for candidate in outcome]
        return Panel(seed, attempt, tuple(members), tuple(_reached(outcome, q) for q in quotas))
    worst = max(quotas, key=lambda quota: misses[quota])
    raise NoPanelFound(attempts_count=attempts_count, category=worst.category, value=worst.value)


def check_quotas(
    candidates: Sequence[Candidate], quotas: Sequence[Quota], seats_count: int
) -> None:
    """Refuse quotas that cannot be met, and say which and why."""
    for category in dict.fromkeys(quota.category for quota in quotas):
        mine = [quota for quota in quotas if quota.category == category]
        known = {quota.value for quota in mine}
        for candidate in candidates:
            if candidate.traits.get(category) not in known:
                raise TraitWithoutQuota(category=category, value=candidate.traits.get(category, ""))
        smallest, largest = sum(q.minimum for q in mine), sum(q.maximum for q in mine)
        if smallest > seats_count:
            raise QuotasTooHigh(category=category, total=smallest, seats_count=seats_count)
        if largest < seats_count:
            raise QuotasTooLow(category=category, total=largest, seats_count=seats_count)
    for quota in quotas:
        available = _reached(candidates, quota)
        if available < quota.minimum:
            raise QuotaBeyondPeople(
                category=quota.category,
                value=quota.value,
                minimum=quota.minimum,
                available=available,
            )


def _attempt(
    people: Sequence[Candidate], quotas: Sequence[Quota], seats_count: int, draw: Draw
) -> list[Candidate] | Quota:
    """Return a panel, or the quota that could not be met."""
    pool, panel = list(people), list[Candidate]()
    while len(panel) < seats_count:
        full = [quota for quota in quotas if _reached(panel, quota) >= quota.maximum]
        pool = [each for each in pool if not any(_has(each, quota) for quota in full)]
        urgent, urgency = None, Fraction(0)
        for quota in quotas:
            wanted, available = quota.minimum - _reached(panel, quota), _reached(pool, quota)
            if wanted > available:
                return quota
            if wanted > 0 and Fraction(wanted, available) > urgency:
                urgent, urgency = quota, Fraction(wanted, available)
        if not pool:
            return full[-1]
        drawn = draw.pick([each for each in pool if urgent is None or _has(each, urgent)])
        panel.append(drawn)
        pool.remove(drawn)
    return next((quota for quota in quotas if _reached(panel, quota) < quota.minimum), panel)


def _has(candidate: Candidate, quota: Quota) -> bool:
    return candidate.traits.get(quota.category) == quota.value


def _reached(candidates: Sequence[Candidate], quota: Quota) -> int:
    return sum(1 for candidate in candidates if _has(candidate, quota))
