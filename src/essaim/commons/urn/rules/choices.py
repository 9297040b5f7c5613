"""What a voter may write on a ballot paper, and how long a sealed slip must be."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from essaim.commons.urn.rules.slips import NONCE_BYTES, TRACKER_LETTERS, canonical
from essaim.kernel.errors import N_, BadInput

BLANK: Final = "blank"
"""A ballot that chooses nothing, whatever the kind of paper."""
ROUNDED_BYTES: Final = 64


class PaperKind(StrEnum):
    """What is asked of a voter; each method of counting reads one of them."""

    MOTION = "motion"
    """`"yes"`, `"no"` or `"abstain"`."""
    APPROVAL = "approval"
    """A list of options, in the order of the paper."""
    RANKING = "ranking"
    """Lists of equal options, the best first; those left out come last, equal."""
    GRADES = "grades"
    """A grade by option; an option without grade has the lowest."""


MOTION_CHOICES: Final = ("yes", "no", "abstain")


class PaperSpoilt(BadInput):
    code = "urn.paper-spoilt"
    sentence = N_("This ballot cannot be read: choose again among what is proposed.")


@dataclass(frozen=True, slots=True)
class Paper:
    """A ballot paper: its kind, the codes of its options and, for grades, the highest one."""

    kind: PaperKind
    options: tuple[str, ...]
    grade_max: int = 0

    def check(self, choice: Any) -> Any:
        """Return a choice in the one form it is written in.

        Raises:
            PaperSpoilt: it is none that this paper offers.
        """
        if choice == BLANK:
            return BLANK
        read = _READERS[self.kind](self, choice)
        if read is None:
            raise PaperSpoilt
        return read

    @property
    def slip_bytes(self) -> int:
        """Bytes that any choice on this paper fits in, once written as a slip."""
        longest = max(len(canonical(choice).encode()) for choice in _longest(self))
        # The choice is written as text inside a text: each of its quotes takes one byte more.
        slip = 2 * longest + TRACKER_LETTERS + 2 * NONCE_BYTES + len('["", "", ""]')
        return -(-slip // ROUNDED_BYTES) * ROUNDED_BYTES


def _motion(_paper: Paper, choice: Any) -> Any:
    return choice if choice in MOTION_CHOICES else None


def _approval(paper: Paper, choice: Any) -> Any:
    if not _is_list_of_texts(choice) or not _are_distinct(choice, paper.options):
        return None
    return [option for option in paper.options if option in choice] or BLANK


def _ranking(paper: Paper, choice: Any) -> Any:
    if not isinstance(choice, list) or not all(map(_is_list_of_texts, choice)):
        return None
    tiers = [tier for tier in choice if tier]
    if not _are_distinct([option for tier in tiers for option in tier], paper.options):
        return None
    return [sorted(tier, key=paper.options.index) for tier in tiers] or BLANK


def _grades(paper: Paper, choice: Any) -> Any:
    if not isinstance(choice, dict) or not _are_distinct(list(choice), paper.options):
        return None
    if not all(type(grade) is int and 0 <= grade <= paper.grade_max for grade in choice.values()):
        return None
    return dict(sorted(choice.items())) or BLANK


_READERS: Final = {
    PaperKind.MOTION: _motion,
    PaperKind.APPROVAL: _approval,
    PaperKind.RANKING: _ranking,
    PaperKind.GRADES: _grades,
}


def _is_list_of_texts(choice: Any) -> bool:
    return isinstance(choice, list) and all(isinstance(option, str) for option in choice)


def _are_distinct(chosen: Sequence[str], options: Sequence[str]) -> bool:
    return len(set(chosen)) == len(chosen) and set(chosen) <= set(options)


def _longest(paper: Paper) -> list[Any]:
    everything = list(paper.options)
    return [
        MOTION_CHOICES[-1],
        BLANK,
        [[option] for option in everything],
        dict.fromkeys(everything, paper.grade_max),
    ]
