"""The register of titles for a spreadsheet: UTF-8 with its mark, semicolons, nothing that runs."""

import csv
import io
from collections.abc import Iterable

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from essaim.commons.titles import queries, wording
from essaim.commons.titles.models import Title

# Spreadsheets read these first letters as the start of a formula, whatever the cell pretends to be.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def text(titles: Iterable[Title]) -> str:
    """Return the whole file; amounts in cents, rates in hundredths of a per cent."""
    written = io.StringIO()
    written.write("\ufeff")
    sheet = csv.writer(written, delimiter=";", lineterminator="\r\n")
    sheet.writerow(
        [_("No."), _("Holder"), _("Title"), _("Nominal (cents)"), _("Fixed rate (bps)"),
         _("Part that is variable (%)"), _("Issued on"), _("Repayable from"), _("State"),
         _("Since")]
    )  # fmt: skip
    for one in titles:
        end = queries.end_of(one)
        since = end.noted_at if end else one.issued_at
        sheet.writerow(
            [one.number, _safe(one.holder.display_name), _safe(one.label), one.nominal_cents,
             one.fixed_bps, one.variable_percent, f"{localtime(one.issued_at):%d/%m/%Y}",
             f"{one.repayable_on:%d/%m/%Y}", wording.state(end), f"{localtime(since):%d/%m/%Y}"]
        )  # fmt: skip
    return written.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
