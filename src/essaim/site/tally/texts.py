"""What every kind of ballot file shares: its text, its numbers, and what was read."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from essaim.commons.ballots.rules.budgets import BudgetBallot, Project
from essaim.commons.ballots.rules.papers import MarkedBallot, Number, RankedBallot, plain
from essaim.kernel.errors import N_
from essaim.site.tally.refusals import BadTable

if TYPE_CHECKING:
    import _csv

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?|\d+/[1-9]\d*")
_SPACES = re.compile(r"[\s\u00a0\u202f]")
DIGITS_MAX = 40


class Kind(StrEnum):
    RANKINGS = "rankings"
    MARKS = "marks"
    APPROVALS = "approvals"
    MOTIONS = "motions"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Published:
    """What a file says of its own count; None for what it does not say."""

    selected: frozenset[str] | None
    votes: dict[str, Number] | None


@dataclass(frozen=True, slots=True)
class BallotFile:
    """What was read: options by id with their names, and the ballots of their kind.

    `marks_scale` is every mark of the scale of grades, the worst first, with its word; `notes` are
    facts about the file that a reader should know: (sentence, details).
    """

    kind: Kind
    names: dict[str, str]
    rankings: tuple[RankedBallot, ...] = ()
    marked: tuple[MarkedBallot, ...] = ()
    colleges: tuple[str, ...] = ()
    marks_scale: tuple[tuple[Number, str], ...] = ()
    projects: tuple[Project, ...] = ()
    supports: tuple[BudgetBallot, ...] = ()
    budget: Number = 0
    meta: dict[str, str] | None = None
    published: Published | None = None
    notes: tuple[tuple[str, dict[str, object]], ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(self.names)


NOTE_TWICE = N_("{count} ballots name something twice; it is counted once.")
NOTE_VOTERS = N_("The file announces {announced} ballots and holds {found}.")


def text_of(content: bytes) -> str:
    """Return the text of a file: UTF-8 with or without its mark, else UTF-16 or Latin-1."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def lines_of(text: str) -> list[str]:
    """Return the lines, whatever ends them; a form feed or a line separator ends none."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def number_in(text: str) -> Number | None:
    """Return « 3 », « 2,5 », « 1/3 », « 1 500 » exactly; None when it is no number."""
    compact = _SPACES.sub("", text)
    if len(compact) > DIGITS_MAX or not _NUMBER.fullmatch(compact):
        return None
    return plain(Fraction(compact.replace(",", ".")))


def numbered(reader: "_csv.Reader") -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a table, each with the number of the line where it begins.

    Raises:
        BadTable: quotes that do not close.
    """
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise BadTable(line=line) from None
        yield line, cells
