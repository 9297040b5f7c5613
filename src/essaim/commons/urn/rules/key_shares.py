"""A key kept by several people: any `threshold` of them open the urn, fewer learn nothing.

Shamir's scheme (Communications of the ACM 22, 1979): the secret is the value at zero of a random
polynomial of degree `threshold - 1` over a prime field; each person holds one other point of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

PRIME: Final = 2**521 - 1
"""A Mersenne prime, larger than any secret of 64 bytes."""
SECRET_BYTES_MAX: Final = 64


@dataclass(frozen=True, slots=True)
class KeyShare:
    """One point of the polynomial: `rank` from 1, `value` below `PRIME`."""

    rank: int
    value: int


def cut(
    secret: bytes, *, count: int, threshold: int, draw: Callable[[int], int]
) -> tuple[KeyShare, ...]:
    """Cut a secret in `count` shares of which any `threshold` give it back.

    Args:
        draw: returns a random integer from 0 to below its argument, such as `secrets.randbelow`.

    Raises:
        ValueError: more shares are needed than exist, or the secret is empty or too long.
    """
    if not 1 <= threshold <= count or not 0 < len(secret) <= SECRET_BYTES_MAX:
        raise ValueError(f"{count=} {threshold=} {len(secret)=}")
    coefficients = [int.from_bytes(secret), *(draw(PRIME) for _ in range(threshold - 1))]
    return tuple(KeyShare(rank, _value_at(coefficients, rank)) for rank in range(1, count + 1))


def join(shares: Sequence[KeyShare], *, length: int) -> bytes:
    """Return the secret of `length` bytes that the shares were cut from.

    With too few shares, or shares of another secret, the result is another value: whoever joins
    checks it against what the secret opens.

    Raises:
        ValueError: two shares have one rank, or the value does not fit in `length` bytes.
    """
    if len({share.rank for share in shares}) != len(shares):
        raise ValueError("two shares of one rank")
    total = 0
    for share in shares:
        weight = 1
        for other in shares:
            if other.rank != share.rank:
                weight = weight * other.rank * pow(other.rank - share.rank, -1, PRIME) % PRIME
        total = (total + share.value * weight) % PRIME
    if total.bit_length() > 8 * length:
        raise ValueError("not the shares of a secret of this length")
    return total.to_bytes(length)


def _value_at(coefficients: Sequence[int], place: int) -> int:
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * place + coefficient) % PRIME
    return value
