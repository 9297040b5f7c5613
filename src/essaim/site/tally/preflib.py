"""PrefLib files of rankings: .soc .soi .toc .toi, of today's format and of the one before.

# ALTERNATIVE NAME 1: Alice         5            (how many options)
12: 1,{2,3}                         1,Alice      (one line for each)
7: 2,3,1                            19,19,2      (voters, sum, different ballots)
                                    12,1,{2,3}
"""

import re

from essaim.commons.ballots.rules.papers import RankedBallot, Ranking
from essaim.site.tally import refusals
from essaim.site.tally.texts import NOTE_VOTERS, BallotFile, Kind, lines_of

_NAME = re.compile(r"#\s*ALTERNATIVE\s+NAME\s+([0-9]{1,12})\s*:(.*)", re.IGNORECASE)
_COUNT = re.compile(r"#\s*NUMBER\s+(ALTERNATIVES|VOTERS)\s*:\s*([0-9]{1,12})\s*$", re.IGNORECASE)
_PIECE = re.compile(r"\s*(?:\{([^{}]*)\}|([^,{}]*))\s*(,|$)")
_OLD_NAME = re.compile(r"([0-9]{1,12})\s*,(.*)")
OPTIONS_MAX = 10_000
NUMBER_LENGTH_MAX = 12


def read_preflib(text: str) -> BallotFile:
    """Read rankings; the identifiers of options are their numbers in the file.

    Options of one brace are equal, those left out come last. A first line that is a lone number
    tells the older format; without any header, options are those that ballots name.

    Raises:
        BadFile: it cannot be read; the subclass says why, its details where.
    """
    lines = lines_of(text)
    names, counts, start = _header(lines)
    reader = _Reader(names, counts.get("ALTERNATIVES"))
    for number, line in enumerate(lines[start:], start=start + 1):
        content = line.partition("#")[0].strip()
        if content:
            reader.read(number, content)
    if not reader.ballots or not reader.all_names():
        raise refusals.EmptyFile
    if reader.options_count is not None and len(reader.all_names()) > reader.options_count:
        found = len(reader.all_names())
        announced = reader.options_count
        raise refusals.OptionsDoNotAddUp(line=1, announced=announced, found=found)
    found = sum(int(ballot.weight) for ballot in reader.ballots)
    announced = counts.get("VOTERS", found)
    details: dict[str, object] = {"announced": announced, "found": found}
    return BallotFile(
        kind=Kind.RANKINGS,
        names=reader.all_names(),
        rankings=tuple(reader.ballots),
        notes=((NOTE_VOTERS, details),) if announced != found else (),
    )


def _header(lines: list[str]) -> tuple[dict[str, str], dict[str, int], int]:
    """Return names by number, announced counts, and the index of the first line of ballots."""
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    first = None
    for index, line in enumerate(lines):
        stripped = line.strip()
        if stripped.startswith("#"):
            if found := _NAME.match(stripped):
                names[str(int(found[1]))] = _clean(found[2])
            elif found := _COUNT.match(stripped):
                counts[found[1].upper()] = int(found[2])
        elif stripped and first is None:
            first = index
    if first is not None and not names and _is_number(lines[first].strip()):
        return _older_header(lines, first)
    return names, counts, 0


def _is_number(text: str) -> bool:
    """Say whether it is digits as files write them: « ² » is a digit too, of no file."""
    return text.isdecimal() and text.isascii() and len(text) <= NUMBER_LENGTH_MAX


def _older_header(lines: list[str], first: int) -> tuple[dict[str, str], dict[str, int], int]:
    options_count = int(lines[first].strip()) if len(lines[first]) < 9 else OPTIONS_MAX + 1
    if options_count > OPTIONS_MAX:
        raise refusals.TooManyOptions(line=first + 1, maximum=OPTIONS_MAX)
    names = {}
    for index in range(first + 1, first + 1 + options_count):
        found = _OLD_NAME.match(lines[index].strip()) if index < len(lines) else None
        if found is None:
            raise refusals.HeaderCutShort(line=index + 1)
        names[str(int(found[1]))] = _clean(found[2])
    after = first + 1 + options_count
    numbers = lines[after].split(",") if after < len(lines) else []
    if len(numbers) != 3 or not all(_is_number(number.strip()) for number in numbers):
        raise refusals.HeaderCutShort(line=after + 1)
    counts = {"ALTERNATIVES": options_count, "VOTERS": int(numbers[0])}
    return names, counts, after + 1


class _Reader:
    """Reads ballots and remembers which options exist."""

    def __init__(self, names: dict[str, str], options_count: int | None) -> None:
        self.names = names
        self.options_count = options_count
        self.ballots: list[RankedBallot] = []
        self.seen: set[str] = set()
        self.tiers_of: dict[str, tuple[str, ...]] = {}

    def read(self, line: int, content: str) -> None:
        count, separator, ranking = content.partition(":")
        if not separator:
            count, separator, ranking = content.partition(",")
        if not separator:
            raise refusals.CountMissing(line=line)
        count = count.strip()
        if not _is_number(count):
            raise refusals.BadCount(line=line, text=count)
        tiers = self._tiers(line, ranking)
        if int(count):
            self.ballots.append(RankedBallot(tiers, int(count)))

    def _tiers(self, line: int, ranking: str) -> Ranking:
        if "{" in ranking or "}" in ranking:
            tiers = self._with_braces(line, ranking)
        else:
            pieces = [piece for piece in ranking.split(",") if piece.strip()]
            known = self.tiers_of
            tiers = [known.get(piece) or self._tier(line, piece) for piece in pieces]
        flat = [option for tier in tiers for option in tier]
        if len(set(flat)) < len(flat):
            twice = next(option for option in flat if flat.count(option) > 1)
            raise refusals.OptionTwice(line=line, text=twice)
        return tuple(tiers)

    def _with_braces(self, line: int, ranking: str) -> list[tuple[str, ...]]:
        tiers = []
        place, text = 0, ranking.strip()
        while place < len(text):
            found = _PIECE.match(text, place)
            if found is None:
                raise refusals.BadBraces(line=line)
            tied, alone, _ = found.groups()
            if tied is None:
                tiers += [self._tier(line, alone)] if alone.strip() else []
            elif tied.strip():
                inside = [self._tier(line, piece)[0] for piece in tied.split(",") if piece.strip()]
                tiers.append(tuple(inside))
            place = found.end()
        return tiers

    def _tier(self, line: int, piece: str) -> tuple[str, ...]:
        """Return a tier of one option; every ballot that names it alone shares this very tuple."""
        text = piece.strip()
        if not text.isdecimal() or not text.isascii() or len(text) > 9:
            raise refusals.BadOption(line=line, text=text)
        option = str(int(text))
        if not self._exists(option):
            raise refusals.UnknownOption(line=line, text=text)
        self.seen.add(option)
        tier = self.tiers_of.setdefault(option, (option,))
        self.tiers_of[piece] = tier
        return tier

    def _exists(self, option: str) -> bool:
        if option in self.names:
            return True
        if self.options_count is None:
            return not self.names
        # Names may be missing; numbers then run from 1, or from 0 when somebody names 0.
        is_complete = len(self.names) >= self.options_count
        return not is_complete and int(option) <= self.options_count

    def all_names(self) -> dict[str, str]:
        """Return every option by number; one without a name is called by its number."""
        options = set(self.names) | self.seen
        missing_count = (self.options_count or 0) - len(options)
        number = 0 if "0" in options else 1
        while missing_count > 0:
            if str(number) not in options:
                options.add(str(number))
                missing_count -= 1
            number += 1
        return {option: self.names.get(option) or option for option in sorted(options, key=int)}


def _clean(name: str) -> str:
    stripped = name.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] == '"':
        stripped = stripped[1:-1].replace('""', '"').strip()
    return stripped
