"""Pabulib files (.pb): a participatory budget with its projects and its votes.

Three sections, META, PROJECTS and VOTES, each a table with semicolons. Source: D. Stolicki,
S. Szufa, N. Talmon, "Pabulib: A Participatory Budgeting Library" (2020) and its format 1.0.
"""

import csv
from collections.abc import Callable, Iterator
from typing import NamedTuple

from essaim.commons.ballots.rules.budgets import BudgetBallot, Project
from essaim.commons.ballots.rules.papers import Number
from essaim.site.tally import refusals
from essaim.site.tally.texts import (
    NOTE_TWICE,
    NOTE_VOTERS,
    BallotFile,
    Kind,
    Published,
    lines_of,
    number_in,
)

QUOTED_LINES_MAX = 20
SECTIONS = ("META", "PROJECTS", "VOTES")
APPROVALS = {"approval", "choose-1"}
VOTE_TYPES = {*APPROVALS, "ordinal", "cumulative", "scoring"}
Marks = tuple[tuple[str, Number], ...]


class Row(NamedTuple):
    """A line of a section: its number, and its cells by column."""

    line: int
    cells: dict[str, str]


def read_pabulib(text: str) -> BallotFile:
    """Read a participatory budget and the marks of its voters.

    - approval: 1 for each project of the vote;
    - cumulative and scoring: the points, in the order of the vote;
    - ordinal: the points of Borda, from `max_length` (or the longest vote) for the first down.

    Raises:
        BadFile: it cannot be read; the subclass says why, its details where.
    """
    sections, ends = _sections(lines_of(text))
    meta = {row.cells["key"].lower(): row.cells["value"] for row in sections["META"]}
    meta_lines = {row.cells["key"].lower(): row.line for row in sections["META"]}
    budget = _amount(meta_lines.get("budget", ends["META"]), meta.get("budget", ""))
    vote_type = meta.get("vote_type", "approval").strip().lower()
    if vote_type not in VOTE_TYPES:
        raise refusals.UnknownVoteType(line=meta_lines["vote_type"], text=vote_type)
    projects, names = _projects(sections["PROJECTS"])
    marks_of = _marks_reader(vote_type, meta, sections["VOTES"])
    is_approval = vote_type in APPROVALS
    reader = _Votes({project.key for project in projects}, marks_of, may_repeat=is_approval)
    supports = tuple(BudgetBallot(reader.read(row)) for row in sections["VOTES"])
    return BallotFile(
        kind=Kind.BUDGET,
        names=names,
        projects=projects,
        supports=supports,
        budget=budget,
        meta=meta,
        published=_published(sections["PROJECTS"]),
        notes=tuple(_notes(meta, len(supports), reader.twice_count)),
    )


def _notes(
    meta: dict[str, str], found_count: int, twice_count: int
) -> Iterator[tuple[str, dict[str, object]]]:
    announced = meta.get("num_votes", "").strip()
    if announced.isdecimal() and len(announced) < 13 and int(announced) != found_count:
        yield NOTE_VOTERS, {"announced": announced, "found": found_count}
    if twice_count:
        yield NOTE_TWICE, {"count": twice_count}


def _sections(lines: list[str]) -> tuple[dict[str, list[Row]], dict[str, int]]:
    """Return the rows of each section, and the line where each ends."""
    found: dict[str, list[Row]] = {}
    ends = dict.fromkeys(SECTIONS, 1)
    section, columns = "", list[str]()
    for line, cells in _rows(lines):
        word = cells[0].strip().upper()
        if word in SECTIONS and not any(cells[1:]):
            section, columns = word, []
            found[section] = []
        elif not section:
            raise refusals.SectionMissing(line=line, text="META")
        elif columns:
            padded = [cell.strip() for cell in cells] + [""] * (len(columns) - len(cells))
            found[section].append(Row(line, dict(zip(columns, padded, strict=False))))
        else:
            columns = [cell.strip().lower() for cell in cells]
            if section == "META" and columns[0] != "key":
                # Some files have no line of titles in this section.
                found[section].append(Row(line, {"key": columns[0], "value": _second(cells)}))
                columns = ["key", "value"]
        ends[section or SECTIONS[0]] = line
    for name in SECTIONS:
        if not found.get(name):
            raise refusals.SectionMissing(line=len(lines), text=name)
    return found, ends


def _rows(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each line that has any.

    Names are typed by people: a quoted cell may hold semicolons and end on a later line, and a
    quote may also be just a quote.
    """
    index = 0
    while index < len(lines):
        cells, taken_count = _cells(lines, index)
        if any(cell.strip() for cell in cells):
            yield index + 1, cells
        index += taken_count


def _cells(lines: list[str], index: int) -> tuple[list[str], int]:
    """Return the cells that begin at a line, and how many lines they take."""
    if '"' not in lines[index]:
        return lines[index].split(";"), 1
    for taken_count in range(1, QUOTED_LINES_MAX + 1):
        text = "\n".join(lines[index : index + taken_count])
        try:
            rows = list(csv.reader([text], delimiter=";", skipinitialspace=True, strict=True))
        except csv.Error:
            continue
        return rows[0], taken_count
    if lines[index].count('"') % 2:
        return lines[index].split(";"), 1
    return next(csv.reader([lines[index]], delimiter=";", skipinitialspace=True)), 1


def _projects(rows: list[Row]) -> tuple[tuple[Project, ...], dict[str, str]]:
    projects: dict[str, Project] = {}
    names = {}
    for row in rows:
        for column in ("project_id", "cost"):
            if column not in row.cells:
                raise refusals.ColumnMissing(line=row.line, text=column)
        key = row.cells["project_id"]
        if key in projects:
            raise refusals.NameTwice(line=row.line, text=key)
        projects[key] = Project(key, _amount(row.line, row.cells["cost"]))
        names[key] = row.cells.get("name", "") or key
    return tuple(projects.values()), names


def _published(rows: list[Row]) -> Published:
    """Return what the file itself says was chosen (any code but 0), and with how many votes."""
    chosen = {row.cells["project_id"]: row.cells.get("selected", "") for row in rows}
    votes = {row.cells["project_id"]: number_in(row.cells.get("votes", "")) for row in rows}
    said = {key: count for key, count in votes.items() if count is not None}
    return Published(
        selected=frozenset(key for key, code in chosen.items() if code != "0")
        if all(chosen.values())
        else None,
        votes=said if len(said) == len(votes) else None,
    )


class _Votes:
    """Reads the votes; equal votes share one tuple of marks."""

    def __init__(
        self,
        keys: set[str],
        marks_of: Callable[[Row, list[str]], list[Number]],
        *,
        may_repeat: bool,
    ) -> None:
        self.keys = keys
        self.marks_of = marks_of
        self.may_repeat = may_repeat
        self.twice_count = 0
        self.known: dict[tuple[str, Number], tuple[str, Number]] = {}

    def read(self, row: Row) -> Marks:
        keys = [key for part in row.cells["vote"].split(",") if (key := part.strip())]
        for key in keys:
            if key not in self.keys:
                raise refusals.UnknownOption(line=row.line, text=key)
        if len(set(keys)) < len(keys):
            if not self.may_repeat:
                twice = next(key for key in keys if keys.count(key) > 1)
                raise refusals.OptionTwice(line=row.line, text=twice)
            self.twice_count += 1
            keys = list(dict.fromkeys(keys))
        pairs = zip(keys, self.marks_of(row, keys), strict=True)
        return tuple(self.known.setdefault(pair, pair) for pair in pairs)


def _marks_reader(
    vote_type: str, meta: dict[str, str], rows: list[Row]
) -> Callable[[Row, list[str]], list[Number]]:
    """Return how the marks of a vote are found, once the first row shows the columns."""
    first = rows[0]
    has_points = "points" in first.cells
    if "vote" not in first.cells:
        raise refusals.ColumnMissing(line=first.line, text="vote")
    if vote_type in {"cumulative", "scoring"}:
        if not has_points:
            raise refusals.ColumnMissing(line=first.line, text="points")
        return _points
    if vote_type == "ordinal":
        longest = max(row.cells["vote"].count(",") + 1 for row in rows)
        announced = meta.get("max_length", "").strip()
        most = max(longest, int(announced[:12])) if announced.isdecimal() else longest
        return lambda _row, keys: [most - place for place in range(len(keys))]
    return lambda _row, keys: [1] * len(keys)


def _points(row: Row, keys: list[str]) -> list[Number]:
    texts = [text for text in row.cells["points"].split(",") if text.strip()]
    if len(texts) != len(keys):
        raise refusals.WrongNumberOfCells(line=row.line, wanted=len(keys), found=len(texts))
    marks = []
    for text in texts:
        mark = number_in(text)
        if mark is None or mark < 0:
            raise refusals.BadMark(line=row.line, text=text.strip())
        marks.append(mark)
    return marks


def _amount(line: int, text: str) -> Number:
    amount = number_in(text)
    if amount is None or amount < 0:
        raise refusals.BadAmount(line=line, text=text)
    return amount


def _second(cells: list[str]) -> str:
    return cells[1].strip() if len(cells) > 1 else ""
