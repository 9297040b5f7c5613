"""The one life cycle of every deal. Pure: a declared table of allowed transitions."""

from enum import StrEnum

from essaim.kernel.errors import N_, RuleBroken


class WrongState(RuleBroken):
    code = "agreements.wrong-state"
    sentence = N_("This is no longer possible: the agreement has reached another step.")


class SplitDoesNotSum(RuleBroken):
    code = "agreements.split-does-not-sum"
    sentence = N_("The parts do not add up to the price; nothing was recorded.")


class State(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    FULFILLED = "fulfilled"
    SETTLED = "settled"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DISPUTED = "disputed"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.PROPOSED: frozenset({State.ACCEPTED, State.DECLINED, State.WITHDRAWN, State.EXPIRED}),
    State.ACCEPTED: frozenset({State.FULFILLED, State.CANCELLED, State.DISPUTED}),
    # Back to accepted: what was recorded by mistake is taken back, until it is settled.
    State.FULFILLED: frozenset({State.SETTLED, State.DISPUTED, State.ACCEPTED}),
    State.DISPUTED: frozenset({State.FULFILLED, State.SETTLED, State.CANCELLED}),
    State.SETTLED: frozenset({State.DISPUTED}),
    State.DECLINED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset(),
}


CAPITAL = "capital"
"""Role of a share that is no price: it becomes a part of the cooperative, and buys nothing."""

GIVEN_UP = frozenset({State.DECLINED, State.WITHDRAWN, State.CANCELLED, State.EXPIRED})
"""Nothing is owed any more: what was paid is given back."""


def check_transition(from_state: str, to_state: str) -> None:
    """Raise WrongState unless the table allows this step."""
    if State(to_state) not in TRANSITIONS[State(from_state)]:
        raise WrongState(state=from_state, wanted=to_state)


ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def spoken_number(serial: int) -> str:
    """Turn a serial into a short reference, easy to say: 1 → "A1-0001"… without I and O.

    Injective: a longer serial gains a letter, none repeats.
    """
    if serial < 0:
        raise ValueError(f"{serial=}")
    block, digits = divmod(serial, 10_000)
    block, tens = divmod(block, 10)
    letters = ""
    while True:
        block, rest = divmod(block, len(ALPHABET))
        letters = ALPHABET[rest] + letters
        if block == 0:
            break
        block -= 1
    return f"{letters}{tens}-{digits:04d}"
