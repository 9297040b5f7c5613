"""What a transfer must be before it reaches the database. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from essaim.kernel.errors import N_, RuleBroken


class BoundExceeded(RuleBroken):
    code = "ledger.bound-exceeded"
    sentence = N_("This is more than the account allows.")


class KeyTaken(RuleBroken):
    code = "ledger.key-taken"
    sentence = N_("This operation was already recorded with other amounts.")


class HoldResolved(RuleBroken):
    code = "ledger.hold-resolved"
    sentence = N_("This reservation is over: it was already used, cancelled or has expired.")


class HoldTooSmall(RuleBroken):
    code = "ledger.hold-too-small"
    sentence = N_("At most {held_cents} were reserved.")


@dataclass(frozen=True, slots=True)
class Draft:
    """A transfer to post. `lines` are (account id, signed amount in minor units)."""

    key: str
    kind: str
    lines: tuple[tuple[int, int], ...]
    reference: UUID | None = None
    memo: str = ""
    reverses: UUID | None = None


KEY_CHARS_MAX, KIND_CHARS_MAX = 120, 40


def check(draft: Draft) -> None:
    """Raise ValueError (a bug of the caller) unless the draft balances and moves something."""
    if not 0 < len(draft.key) <= KEY_CHARS_MAX or not 0 < len(draft.kind) <= KIND_CHARS_MAX:
        raise ValueError(f"transfer {draft.key}: no key or kind, or one that is too long")
    if len(draft.lines) < 2 or any(amount == 0 for _, amount in draft.lines):
        raise ValueError(f"transfer {draft.key}: at least two non-zero lines are needed")
    if sum(amount for _, amount in draft.lines):
        raise ValueError(f"transfer {draft.key} does not balance: {draft.lines}")


def merged(lines: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Add up the lines of each account and drop those that come to nothing, in account order."""
    totals: defaultdict[int, int] = defaultdict(int)
    for account_id, amount in lines:
        totals[account_id] += amount
    return tuple(
        (account_id, totals[account_id]) for account_id in sorted(totals) if totals[account_id]
    )


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    """An account and what it holds: `stored` by its row, `counted` from its entries."""

    account_id: int
    code: str
    unit: str
    stored: int
    counted: int
