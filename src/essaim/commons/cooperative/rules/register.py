"""The register of shares: movements, replayed in order, are the only truth about who holds what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction


class Kind(StrEnum):
    SUBSCRIPTION = "subscription"
    TRANSFER = "transfer"
    REFUND = "refund"
    CANCELLATION = "cancellation"
    LOSS_REDUCTION = "loss-reduction"


GIVING = frozenset({Kind.SUBSCRIPTION, Kind.TRANSFER})
"""Kinds that give shares to somebody; the others only take them away."""
TAKING = frozenset(Kind) - {Kind.SUBSCRIPTION}


@dataclass(frozen=True, slots=True)
class Movement:
    """Shares that appear, pass from one associate to another, or go; `number` has no gap."""

    number: int
    kind: Kind
    from_associate: int | None
    to_associate: int | None
    shares: int
    moved_at: datetime


class RegisterBroken(ValueError):
    """The movements contradict one another: a bug or a database that was tampered with."""


def replay(movements: Iterable[Movement], *, until: datetime | None = None) -> dict[int, int]:
    """Return the shares of each associate who holds some, after the movements up to an instant.

    Raises:
        RegisterBroken: a number is missing, time goes back, or somebody gives more than they hold.
    """
    held: dict[int, int] = {}
    expected, latest = 1, None
    for movement in movements:
        if movement.number != expected:
            raise RegisterBroken(f"movement {expected} is missing")
        if latest is not None and movement.moved_at < latest:
            raise RegisterBroken(f"movement {movement.number} is before the one it follows")
        expected, latest = movement.number + 1, movement.moved_at
        if until is not None and movement.moved_at > until:
            break
        _apply(held, movement)
    return {associate: shares for associate, shares in held.items() if shares}


def _apply(held: dict[int, int], movement: Movement) -> None:
    giver, taker = movement.from_associate, movement.to_associate
    if (giver is None, taker is None) != (
        movement.kind not in TAKING,
        movement.kind not in GIVING,
    ):
        raise RegisterBroken(f"movement {movement.number} is no {movement.kind}")
    if giver is not None:
        if held.get(giver, 0) < movement.shares:
            raise RegisterBroken(f"movement {movement.number} takes what is not held")
        held[giver] -= movement.shares
    if taker is not None:
        held[taker] = held.get(taker, 0) + movement.shares


def created(movements: Iterable[Movement]) -> int:
    """Return the shares that appeared less those that went: what everybody holds together."""
    return sum(
        movement.shares
        * ((movement.to_associate is not None) - (movement.from_associate is not None))
        for movement in movements
    )


def room_for_authorities(*, capital_shares: int, authorities_shares: int, ceiling: Fraction) -> int:
    """Return how many shares local authorities may still take together, counted on the capital.

    Their new shares raise the capital too: with a ceiling of one half, a of c shares leave room for
    c - 2a. A negative answer says by how many they are too many already.
    """
    if not 0 <= ceiling < 1:
        raise ValueError(f"{ceiling=}")
    room = (ceiling * capital_shares - authorities_shares) / (1 - ceiling)
    return room.numerator // room.denominator


def room_under(*, ceiling_cents: int | None, capital_cents: int, nominal_cents: int) -> int | None:
    """Return how many shares fit under the statutes' ceiling on the capital; None: no ceiling."""
    if ceiling_cents is None:
        return None
    return max(0, ceiling_cents - capital_cents) // nominal_cents
