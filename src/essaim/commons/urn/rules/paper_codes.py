"""Secrets that people keep on paper: groups of four letters, with a check against slips."""

import hashlib
from typing import Final

from essaim.commons.urn.rules.slips import ALPHABET
from essaim.kernel.errors import N_, BadInput

CHECK_LETTERS: Final = 4
GROUP_LETTERS: Final = 4
LOOK_ALIKES: Final = str.maketrans("IO01", "LQQL")
"""Letters that no code contains, read as what they were copied from."""


class CodeMistyped(BadInput):
    code = "urn.code-mistyped"
    sentence = N_("This code has a slip: copy it again from the paper, group by group.")


def write(secret: bytes) -> str:
    """Return a secret as groups of letters: « K7QD-M2XF-… », its check at the end."""
    letters = _letters(int.from_bytes(secret), _length(len(secret))) + _check(secret)
    groups = [letters[i : i + GROUP_LETTERS] for i in range(0, len(letters), GROUP_LETTERS)]
    return "-".join(groups)


def read(typed: str, *, length: int) -> bytes:
    """Return the secret of `length` bytes that was copied, spaces, hyphens and case set aside.

    Raises:
        CodeMistyped: it has another length, a foreign letter, or its check does not fit.
    """
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    letters = letters.translate(LOOK_ALIKES)
    if len(letters) != _length(length) + CHECK_LETTERS or set(letters) - set(ALPHABET):
        raise CodeMistyped
    value = 0
    for letter in letters[:-CHECK_LETTERS]:
        value = value * len(ALPHABET) + ALPHABET.index(letter)
    if value.bit_length() > 8 * length:
        raise CodeMistyped
    secret = value.to_bytes(length)
    if _check(secret) != letters[-CHECK_LETTERS:]:
        raise CodeMistyped
    return secret


def _length(bytes_count: int) -> int:
    return -(-8 * bytes_count // 5)


def _letters(value: int, count: int) -> str:
    letters = ""
    for _ in range(count):
        value, rest = divmod(value, len(ALPHABET))
        letters = ALPHABET[rest] + letters
    return letters


def _check(secret: bytes) -> str:
    digest = hashlib.sha256(secret).digest()
    return _letters(int.from_bytes(digest[:4]) >> 12, CHECK_LETTERS)
