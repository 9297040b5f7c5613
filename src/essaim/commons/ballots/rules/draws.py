"""Public draws: anybody who knows the seed gets the same result, on any machine, in any year.

Only SHA-256 of UTF-8 text is used, so a draw can be redone with a terminal and no program of ours.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")
_BLOCK = 1 << 256


def drawn_order(seed: str, subject: str, keys: Iterable[str]) -> tuple[str, ...]:
    """Return `keys` in the order of the SHA-256 of seed, subject and key, smallest first.

    The three are the lines of one text, with no line end after the last. The first key is drawn. A
    key's place among others does not depend on which others there are.
    """
    return tuple(sorted(keys, key=lambda key: (_digest(f"{seed}\n{subject}\n{key}"), key)))


class Draw:
    """An endless public sequence of numbers: block n is the SHA-256 of the lines seed and n.

    A block is read as one integer, its first byte the highest. The clock, the machine and the
    version of Python play no part in it.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._block_count = 0

    def below(self, bound: int) -> int:
        """Return an integer from 0 to `bound - 1`, all equally likely.

        Blocks at or above the largest multiple of `bound` are skipped, so none is favoured.

        Raises:
            ValueError: the bound is not positive.
        """
        if bound <= 0:
            raise ValueError(f"{bound=}")
        limit = _BLOCK - _BLOCK % bound
        while True:
            block = int.from_bytes(_digest(f"{self._seed}\n{self._block_count}"), "big")
            self._block_count += 1
            if block < limit:
                return block % bound

    def pick(self, things: Sequence[T]) -> T:
        """Return one of `things`, all equally likely."""
        return things[self.below(len(things))]


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
