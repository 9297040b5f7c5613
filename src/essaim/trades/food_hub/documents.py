"""Files that leave the desk: CSV for spreadsheets, PDF for the wall and the archive."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from essaim.core.documents.rendering import FONTS

FOLDER = Path(__file__).parent / "typst"
# Spreadsheets read these first letters as the start of a formula, whatever the cell pretends to be.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | Decimal | None


def csv_file(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a CSV that a French spreadsheet opens by double click.

    UTF-8 with its mark, semicolons, decimal commas. Numbers are `int` and `Decimal`; a text that a
    spreadsheet would run as a formula starts with an apostrophe.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([_cell(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def decimals(hundredths: int) -> Decimal:
    """Cents as euros: 690 → 6.90, exactly."""
    return Decimal(hundredths).scaleb(-2)


def kilos(weight_g: int | None) -> Decimal | None:
    """Grams as kilograms, exactly; None stays None."""
    return None if weight_g is None else Decimal(weight_g).scaleb(-3)


def pdf_file(template: str, data: Mapping[str, Any]) -> bytes:
    """Return the PDF that `typst/<template>.typ` draws of the data, with the fonts of the house."""
    import typst  # noqa: PLC0415 - loaded by those who print

    pdf = typst.compile(
        FOLDER / f"{template}.typ",
        root=FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
    )
    return bytes(pdf)


@cache
def _fonts() -> Any:
    import typst  # noqa: PLC0415 - loaded by those who print

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)]
    )


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    if isinstance(value, int):
        return str(value)
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value
