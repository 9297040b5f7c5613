"""Tables of our own (.csv): one ballot a line, one column an option (docs/reference/tally-csv.md).

A table does not say what its numbers mean: 1 is the first place of a ranking and the lowest mark of
a scale. So it is read as what a method counts (`read_table`), or as what it looks like (`kind_of`).
"""

import csv
import unicodedata
from dataclasses import dataclass

from essaim.commons.ballots.rules.judgment import FRENCH_GRADES
from essaim.commons.ballots.rules.motions import Choice
from essaim.commons.ballots.rules.papers import MarkedBallot, Number, RankedBallot, Ranking
from essaim.site.tally import refusals
from essaim.site.tally.texts import (
    BallotFile,
    Kind,
    lines_of,
    number_in,
    numbered,
)

WEIGHT_TITLES = {"weight", "poids"}
COLLEGE_TITLES = {"college", "collège"}
SCALE_TITLES = ("grades", "mentions")
CHOICES = {
    "oui": Choice.YES,
    "yes": Choice.YES,
    "pour": Choice.YES,
    "1": Choice.YES,
    "non": Choice.NO,
    "no": Choice.NO,
    "contre": Choice.NO,
    "0": Choice.NO,
    "abstention": Choice.ABSTAIN,
    "abstain": Choice.ABSTAIN,
    "blanc": Choice.ABSTAIN,
    "": Choice.ABSTAIN,
}
# What a choice is worth in a table of motions; an abstention is an empty mark.
CHOICE_MARKS: dict[Choice, Number | None] = {Choice.YES: 1, Choice.NO: 0, Choice.ABSTAIN: None}
APPROVALS = {"": 0, "0": 0, "1": 1, "non": 0, "oui": 1, "no": 0, "yes": 1, "x": 1}
OPTIONS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    cells: tuple[str, ...]
    weight: Number
    college: str


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a table, read but not yet understood; `scale` is that of its comment, if any."""

    options: tuple[str, ...]
    lines: tuple[_Line, ...]
    scale: tuple[str, ...]
    has_colleges: bool


def table_of(text: str) -> Table:
    """Return the cells of a CSV with commas, semicolons or tabs.

    Raises:
        BadFile: it is no table; the subclass says why, its details where.
    """
    lines = lines_of(text)
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    delimiter = max(";", "\t", ",", key=first.count)
    scale: tuple[str, ...] = ()
    header: _Header | None = None
    rows: list[_Line] = []
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    for number, cells in numbered(reader):
        if len(cells) < 2 and not "".join(cells).strip():
            continue  # an empty line; a line of empty cells is a blank ballot
        if cells[0].lstrip().startswith("#"):
            scale = _scale_in(delimiter.join(cells)) or scale
        elif header is None:
            header = _Header(number, cells)
        else:
            rows.append(header.line(number, cells))
    if header is None or not rows:
        raise refusals.EmptyFile
    return Table(header.options, tuple(rows), scale, has_colleges=header.college is not None)


class _Header:
    """What each column of a table is."""

    def __init__(self, number: int, cells: list[str]) -> None:
        self.titles = [cell.strip() for cell in cells]
        lowered = [title.lower() for title in self.titles]
        self.weight = _column(lowered, WEIGHT_TITLES)
        self.college = _column(lowered, COLLEGE_TITLES)
        special = {self.weight, self.college}
        self.places = [place for place in range(len(cells)) if place not in special]
        self.options = tuple(self.titles[place] for place in self.places)
        self.cells: dict[str, str] = {}
        if not self.options or not all(self.options):
            raise refusals.ColumnMissing(line=number, text="option")
        if len(self.options) > OPTIONS_MAX:
            raise refusals.TooManyOptions(line=number, maximum=OPTIONS_MAX)
        for option in self.options:
            if self.options.count(option) > 1:
                raise refusals.NameTwice(line=number, text=option)

    def line(self, number: int, cells: list[str]) -> _Line:
        """Return a ballot; cells missing at the end of a line are empty."""
        wanted = len(self.titles)
        if len(cells) > wanted and any(cell.strip() for cell in cells[wanted:]):
            raise refusals.WrongNumberOfCells(line=number, wanted=wanted, found=len(cells))
        padded = [cell.strip() for cell in cells] + [""] * (wanted - len(cells))
        known = self.cells
        return _Line(
            number=number,
            cells=tuple(known.setdefault(padded[place], padded[place]) for place in self.places),
            weight=1 if self.weight is None else _weight(number, padded[self.weight]),
            college="" if self.college is None else _college(number, padded[self.college], known),
        )


def kind_of(table: Table) -> Kind:
    """Return what a table looks like.

    Words of a motion, then 0 and 1, then rankings (whole numbers from 1, on every line the first
    place given), else marks.
    """
    values = {cell.lower() for line in table.lines for cell in line.cells}
    words = {value for value in values if value and number_in(value) is None}
    if words and values <= set(CHOICES):
        return Kind.MOTIONS
    if words:
        return Kind.MARKS
    if values <= {"0", "1", ""}:
        return Kind.APPROVALS
    is_ranking = all(_is_ranking(line.cells) for line in table.lines)
    return Kind.RANKINGS if is_ranking else Kind.MARKS


def read_table(table: Table, kind: Kind) -> BallotFile:
    """Read a table as ballots of a kind; the names of options are their identifiers too.

    Raises:
        BadMark: a cell that means nothing in that kind; details have its line.
    """
    rankings: tuple[RankedBallot, ...] = ()
    marked: tuple[MarkedBallot, ...] = ()
    scale: tuple[tuple[Number, str], ...] = ()
    if kind is Kind.RANKINGS:
        rankings = _read_rankings(table)
    else:
        reader = _MarkReader(kind, table.scale)
        marked = tuple(
            MarkedBallot(
                tuple([reader.read(line.number, cell) for cell in line.cells]), line.weight
            )
            for line in table.lines
        )
        scale = reader.scale()
    return BallotFile(
        kind=kind,
        names={option: option for option in table.options},
        rankings=rankings,
        marked=marked,
        colleges=tuple(line.college for line in table.lines) if table.has_colleges else (),
        marks_scale=scale,
    )


class _MarkReader:
    """Reads the marks of one kind of table, and remembers the scale they belong to."""

    def __init__(self, kind: Kind, scale: tuple[str, ...]) -> None:
        words = scale or FRENCH_GRADES
        self.scale_words = tuple(reversed(words))
        self.words = {_folded(word): mark for mark, word in enumerate(self.scale_words)}
        self.are_words = bool(scale)
        self.known: dict[str, Number | None] = {}
        self.kind = kind

    def read(self, line: int, cell: str) -> Number | None:
        if cell not in self.known:
            try:
                self.known[cell] = self._read(cell.lower())
            except KeyError:
                raise refusals.BadMark(line=line, text=cell) from None
        return self.known[cell]

    def scale(self) -> tuple[tuple[Number, str], ...]:
        """Return every mark with its word: the whole scale of words, or the numbers seen."""
        if self.are_words:
            return tuple(enumerate(self.scale_words))
        seen = sorted({mark for mark in self.known.values() if mark is not None})
        return tuple((mark, str(mark)) for mark in seen)

    def _read(self, cell: str) -> Number | None:
        if self.kind is Kind.APPROVALS:
            return APPROVALS[cell]
        if self.kind is Kind.MOTIONS:
            return CHOICE_MARKS[CHOICES[cell]]
        if not cell:
            return None
        if _folded(cell) in self.words:
            self.are_words = True
            return self.words[_folded(cell)]
        mark = number_in(cell)
        if mark is None or self.are_words:
            raise KeyError(cell)
        return mark


def _read_rankings(table: Table) -> tuple[RankedBallot, ...]:
    ones: dict[str, tuple[str, ...]] = {option: (option,) for option in table.options}
    known: dict[tuple[str, ...], Ranking] = {}
    ballots = []
    for line in table.lines:
        if line.cells not in known:
            known[line.cells] = _ranking(line, table.options, ones)
        ballots.append(RankedBallot(known[line.cells], line.weight))
    return tuple(ballots)


def _ranking(line: _Line, options: tuple[str, ...], ones: dict[str, tuple[str, ...]]) -> Ranking:
    places: dict[Number, list[str]] = {}
    for option, cell in zip(options, line.cells, strict=True):
        if not cell:
            continue
        place = number_in(cell)
        if place is None or place < 0:
            raise refusals.BadMark(line=line.number, text=cell)
        places.setdefault(place, []).append(option)
    return tuple(
        ones[tier[0]] if len(tier) == 1 else tuple(tier) for _, tier in sorted(places.items())
    )


def _is_ranking(cells: tuple[str, ...]) -> bool:
    """Say whether numbers are places: 1 first, then none that skips more than the equals."""
    places = sorted(int(cell) if cell.isdecimal() else 0 for cell in cells if cell)
    next_place = 1
    for count, place in enumerate(places, start=1):
        if not 1 <= place <= max(count, next_place):
            return False
        next_place = place + 1
    return not places or places[0] == 1


def _folded(word: str) -> str:
    """Return « À rejeter » as "a rejeter": words are known with or without capitals and accents."""
    letters = unicodedata.normalize("NFKD", word.lower())
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())


def _scale_in(comment: str) -> tuple[str, ...]:
    """Return the grades of « # mentions : bien, passable, insuffisant », the best first."""
    title, colon, words = comment.lstrip("# \t").partition(":")
    if not colon or title.strip().lower() not in SCALE_TITLES:
        return ()
    separator = ";" if ";" in words else ","
    return tuple(word.strip().lower() for word in words.split(separator) if word.strip())


def _column(titles: list[str], wanted: set[str]) -> int | None:
    return next((place for place, title in enumerate(titles) if title in wanted), None)


def _weight(line: int, text: str) -> Number:
    weight = number_in(text)
    if weight is None or weight <= 0:
        raise refusals.BadWeight(line=line, text=text)
    return weight


def _college(line: int, text: str, known: dict[str, str]) -> str:
    if not text:
        raise refusals.CollegeMissing(line=line)
    return known.setdefault(text, text)
