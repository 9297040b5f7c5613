"""Reading a file of products: every line is understood or said to be wrong, nothing is guessed."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.core.members.models import Organisation
from essaim.kernel.units import InvalidQuantity, parse_measure
from essaim.trades.food_hub.documents import FORMULA_STARTS, Cell, decimals
from essaim.trades.food_hub.models import Product, Variant
from essaim.trades.food_hub.rules.reading import read_euros, read_percent, written

BYTES_MAX = 512 * 1024
ROWS_MAX = 2_000
NUL = b"\x00"
COUNT_MAX = 1_000_000

# Column, French heading (written), other headings understood.
COLUMNS = {
    "product": ("produit", "product", "nom", "name"),
    "family": ("rayon", "family", "famille"),
    "description": ("description",),
    "labels": ("labels", "label"),
    "measure": ("mesure", "measure"),
    "tax_rate_bps": ("tva", "vat"),
    "label": ("conditionnement", "pack"),
    "pool_units": ("unités de stock", "stock units"),
    "weight_g": ("poids", "weight"),
    "volume_ml": ("volume",),
    "items_count": ("pièces", "items"),
    "price_cents": ("prix", "price"),
    "is_weighed": ("pesé", "weighed"),
    "stock": ("stock",),
    "is_on_demand": ("à la demande", "on demand"),
    "is_active": ("en vente", "on sale"),
}
REQUIRED = ("product", "label", "price_cents")
MEASURES = {
    "poids": "weight", "weight": "weight", "volume": "volume", "pièces": "items",
    "pieces": "items", "items": "items",
}  # fmt: skip
MEASURE_NAMES = {"weight": "poids", "volume": "volume", "items": "pièces"}
YES = {"oui", "yes", "1", "x", "vrai", "true"}
NO = {"non", "no", "0", "faux", "false"}
LENGTHS = {"product": 120, "family": 40, "description": 2000, "labels": 120, "label": 60}
PRODUCT_DEFAULTS = {"family": "", "measure": "weight", "tax_rate_bps": 550}
PRODUCT_FIELDS = ("family", "description", "labels", "measure", "tax_rate_bps")
PACK_FIELDS = (
    "price_cents", "pool_units", "weight_g", "volume_ml", "items_count", "is_weighed", "is_active",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One line: a pack of a product. None means that the file does not say: what exists stays."""

    line_number: int
    product: str
    label: str
    price_cents: int
    family: str | None = None
    description: str | None = None
    labels: str | None = None
    measure: str | None = None
    tax_rate_bps: int | None = None
    pool_units: int | None = None
    weight_g: int | None = None
    volume_ml: int | None = None
    items_count: int | None = None
    is_weighed: bool | None = None
    stock: int | None = None
    is_on_demand: bool | None = None
    is_active: bool | None = None

    def product_fields(self) -> dict[str, Any]:
        """What the line says of its product."""
        return self._said(PRODUCT_FIELDS)

    def product_fields_whole(self) -> dict[str, Any]:
        """The same for a new product, which needs every field."""
        return PRODUCT_DEFAULTS | self.product_fields()

    def pack_fields(self) -> dict[str, Any]:
        """What the line says of its pack."""
        return self._said(PACK_FIELDS)

    def _said(self, names: Iterable[str]) -> dict[str, Any]:
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a line (0: in the whole file), in a sentence."""

    line_number: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a line would do: `kind` is new-product, new-pack, change or same."""

    line_number: int
    kind: str
    product: str
    label: str
    details: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """A dry run: with one problem, nothing is imported."""

    rows: list[ImportRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def is_importable(self) -> bool:
        return bool(self.rows) and not self.problems

    def count(self, *kinds: str) -> int:
        return sum(change.kind in kinds for change in self.changes)


def decode(content: bytes) -> str | None:
    """Return the text of a file in UTF-8 or in the Latin of Windows; None when it is no text."""
    if NUL in content:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read(text: str) -> Report:
    """Read a whole file; every wrong line is told, none is skipped."""
    report = Report()
    if not text.strip():
        report.problems.append(Problem(0, _("This file is empty.")))
        return report
    lines = _cells(text, report)
    names = _names(next(lines, (1, []))[1], report)
    if report.problems:
        return report
    for line_number, cells in lines:
        if any(cell.strip() for cell in cells):
            _read_line(line_number, cells, names, report)
        if len(report.rows) > ROWS_MAX:
            report.problems.append(
                Problem(0, _("At most {count} lines at once.").format(count=ROWS_MAX))
            )
            break
    if not report.rows and not report.problems:
        report.problems.append(Problem(0, _("This file has headings but no product.")))
    _check_together(report)
    return report


def compare(producer: Organisation, report: Report) -> Report:
    """Add to a report what each line would change (2 queries)."""
    products = Product.objects.filter(producer=producer).select_related("pool")
    known = {product.name: product for product in products.prefetch_related("variants")}
    packs = {
        (product.name, pack.label): pack
        for product in known.values()
        for pack in product.variants.all()
    }
    new_names: set[str] = set()
    for row in report.rows:
        product, pack = known.get(row.product), packs.get((row.product, row.label))
        details: tuple[str, ...] = ()
        if product is not None and pack is not None:
            details = tuple(_differences(product, pack, row))
            kind = "change" if details else "same"
        elif product is not None or row.product in new_names:
            kind = "new-pack"
        else:
            kind = "new-product"
            new_names.add(row.product)
        report.changes.append(Change(row.line_number, kind, row.product, row.label, details))
    return report


def table(producer: Organisation) -> Iterator[list[Cell]]:
    """Every pack of a producer as rows that `read` understands again (2 queries)."""
    yield [names[0] for names in COLUMNS.values()]
    packs = Variant.objects.filter(product__producer=producer).select_related("product__pool")
    for pack in packs.order_by("product__name", "pool_units", "pk"):
        product, pool = pack.product, pack.product.pool
        yield [
            product.name, product.family, product.description, product.labels,
            MEASURE_NAMES[product.measure], written(product.tax_rate_bps), pack.label,
            pack.pool_units, f"{pack.weight_g} g" if pack.weight_g else "",
            f"{pack.volume_ml} ml" if pack.volume_ml else "", pack.items_count,
            decimals(pack.price_cents), _yes_no(pack.is_weighed), pool.on_hand_units,
            _yes_no(pool.is_on_demand), _yes_no(pack.is_active),
        ]  # fmt: skip


def _cells(text: str, report: Report) -> Iterator[tuple[int, list[str]]]:
    heading = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        report.problems.append(
            Problem(reader.line_num, _("This line cannot be read: check its quotation marks."))
        )


def _names(heading: list[str], report: Report) -> list[str]:
    known = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
    names = [known.get(cell.strip().lower(), "") for cell in heading]
    for cell, name in zip(heading, names, strict=True):
        if not name and cell.strip():
            report.problems.append(
                Problem(1, _("The heading “{name}” is unknown.").format(name=cell.strip()[:40]))
            )
    missing = [COLUMNS[name][0] for name in REQUIRED if name not in names]
    if missing:
        sentence = ngettext(
            "The column “{names}” is missing.", "The columns “{names}” are missing.", len(missing)
        )
        report.problems.append(Problem(1, sentence.format(names=", ".join(missing))))
    return names


def _read_line(line_number: int, cells: list[str], names: list[str], report: Report) -> None:
    if len(cells) != len(names):
        sentence = _("{found} cells instead of {wanted}.")
        report.problems.append(
            Problem(line_number, sentence.format(found=len(cells), wanted=len(names)))
        )
        return
    said = {}
    before = len(report.problems)
    for name, cell in zip(names, cells, strict=True):
        text = _plain(cell)
        if not name or (not text and name not in REQUIRED):
            continue
        value, sentence = READERS[name](text) if name in READERS else _text(name, text)
        if sentence:
            told = _("{column}: {problem}").format(column=COLUMNS[name][0], problem=sentence)
            report.problems.append(Problem(line_number, told))
        said[name] = value
    if said.get("is_weighed") and not said.get("weight_g"):
        sentence = _("what is weighed needs its usual weight in the column “poids”.")
        report.problems.append(Problem(line_number, sentence))
    if len(report.problems) == before:
        report.rows.append(ImportRow(line_number=line_number, **said))


def _check_together(report: Report) -> None:
    """One pack once; one stock for a product."""
    seen: dict[tuple[str, str], int] = {}
    stocks: dict[str, int] = {}
    for row in report.rows:
        earlier = seen.setdefault((row.product, row.label), row.line_number)
        if earlier != row.line_number:
            sentence = _("the same pack is on line {number} already.").format(number=earlier)
            report.problems.append(Problem(row.line_number, sentence))
        if row.stock is not None and stocks.setdefault(row.product, row.stock) != row.stock:
            sentence = _("packs of one product share one stock: two different ones are given.")
            report.problems.append(Problem(row.line_number, sentence))
    report.problems.sort(key=lambda problem: problem.line_number)


def _plain(cell: str) -> str:
    """A cell without the apostrophe that our own files put before what looks like a formula."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


Read = tuple[Any, str]


def _text(name: str, text: str) -> Read:
    if not text:
        return text, _("must be filled in.")
    if len(text) > LENGTHS[name]:
        return text, _("at most {count} characters.").format(count=LENGTHS[name])
    return text, ""


def _price(text: str) -> Read:
    cents = read_euros(text)
    if cents is None:
        return cents, _("“{text}” is no amount; write for example 6,90.").format(text=text[:40])
    return cents, ""


def _tax(text: str) -> Read:
    bps = read_percent(text)
    return bps, "" if bps is not None else _("“{text}” is no rate.").format(text=text[:40])


def _count(smallest: int) -> Callable[[str], Read]:
    def read_count(text: str) -> Read:
        plain = text.replace("\u202f", "").replace("\u00a0", "").replace(" ", "")
        if plain.isascii() and plain.isdigit() and smallest <= int(plain[:9]) <= COUNT_MAX:
            return int(plain), ""
        sentence = _("“{text}” is no whole number from {smallest} on.")
        return None, sentence.format(text=text[:40], smallest=smallest)

    return read_count


def _measured(kind: str, unit: str) -> Callable[[str], Read]:
    def read_measured(text: str) -> Read:
        try:
            measure = parse_measure(text, unit=unit)
        except InvalidQuantity:
            measure = None
        if measure is None or measure.kind != kind or measure.amount > COUNT_MAX * 10:
            return None, _("“{text}” cannot be read; write for example 500 g or 1,2 kg.").format(
                text=text[:40]
            )
        return measure.amount, ""

    return read_measured


def _boolean(text: str) -> Read:
    lowered = text.lower()
    if lowered in YES | NO:
        return lowered in YES, ""
    return None, _("write oui or non.")


def _measure(text: str) -> Read:
    found = MEASURES.get(text.lower())
    return found, "" if found else _("write poids, volume or pièces.")


def _yes_no(value: bool) -> str:  # noqa: FBT001 - the word for a truth
    return "oui" if value else "non"


def _differences(product: Product, pack: Variant, row: ImportRow) -> Iterator[str]:
    for name, value in row.product_fields().items():
        if getattr(product, name) != value:
            yield COLUMNS[name][0]
    for name, value in row.pack_fields().items():
        before = getattr(pack, name)
        if name == "price_cents" and before != value:
            yield f"{COLUMNS[name][0]} {written(before)} → {written(value)}"
        elif before != value:
            yield COLUMNS[name][0]
    if row.stock not in {None, product.pool.on_hand_units}:
        yield f"{COLUMNS['stock'][0]} {product.pool.on_hand_units} → {row.stock}"
    if row.is_on_demand not in {None, product.pool.is_on_demand}:
        yield COLUMNS["is_on_demand"][0]


READERS: dict[str, Callable[[str], Read]] = {
    "price_cents": _price,
    "tax_rate_bps": _tax,
    "pool_units": _count(1),
    "items_count": _count(1),
    "stock": _count(0),
    "weight_g": _measured("weight", "g"),
    "volume_ml": _measured("volume", "ml"),
    "measure": _measure,
    "is_weighed": _boolean,
    "is_on_demand": _boolean,
    "is_active": _boolean,
}
