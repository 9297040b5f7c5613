"""Which kind of file this is, and what to read in it for a method."""

import re

from essaim.site.tally import refusals
from essaim.site.tally.pabulib import read_pabulib
from essaim.site.tally.preflib import read_preflib
from essaim.site.tally.tables import kind_of, read_table, table_of
from essaim.site.tally.texts import BallotFile, Kind, lines_of, text_of

PREFLIB_SUFFIXES = {"soc", "soi", "toc", "toi"}
TABLE_SUFFIXES = {"csv", "tsv", "txt"}
_PREFLIB_LINE = re.compile(
    r"#\s*(?:FILE NAME|ALTERNATIVE|NUMBER|DATA TYPE)\b|\d+\s*:", re.IGNORECASE
)


def read(content: bytes, name: str, wanted: Kind | None = None) -> BallotFile:
    """Read a ballot file; its suffix tells its format, or else its first lines.

    Args:
        wanted: what the method counts; a table is read as that, and None as what it looks like.

    Raises:
        BadFile: it cannot be read; the subclass says why, its details where.
    """
    text = text_of(content)
    suffix = name.rpartition(".")[2].lower()
    first = next((line.strip() for line in lines_of(text) if line.strip()), "")
    if suffix in PREFLIB_SUFFIXES:
        return read_preflib(text)
    if suffix == "pb" or first.split(";")[0].strip().upper() == "META":
        return read_pabulib(text)
    if suffix not in TABLE_SUFFIXES and _PREFLIB_LINE.match(first):
        return read_preflib(text)
    if suffix not in TABLE_SUFFIXES and not first.strip(" \t").isprintable():
        raise refusals.UnknownKind
    table = table_of(text)
    return read_table(table, wanted or kind_of(table))
