"""The register for a spreadsheet: UTF-8 with its mark, semicolons, nothing that runs."""

import csv
from collections.abc import Iterable, Iterator

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from essaim.commons.cooperative.queries import Line

# Spreadsheets read these first letters as the start of a formula, whatever the cell pretends to be.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Echo:
    """A file that gives back what is written to it: the writer's lines travel one by one."""

    def write(self, text: str) -> str:
        return text


def lines(rows: Iterable[Line]) -> Iterator[str]:
    """Yield the file line by line, in constant memory."""
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield "\ufeff"
    yield writer.writerow(
        [_("No."), _("Name"), _("Category"), _("College"), _("Admitted on"), _("Shares")]
    )
    for row in rows:
        day = f"{localtime(row.admitted_at):%d/%m/%Y}"
        texts = [_safe(row.name), _safe(row.category), _safe(row.college)]
        yield writer.writerow([row.number, *texts, day, row.shares])


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
