"""Packing lists of a cycle: by customer, by product, by producer, ready for page, CSV and PDF."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.kernel.units import Kind, Measure, format_measure
from essaim.trades.food_hub import desk_queries
from essaim.trades.food_hub.desk_queries import Line
from essaim.web.environment import day, euros, language, time_of_day

WAYS = ("customer", "product", "producer")
ROWS_A_SCREEN = 100
ROWS_OF_A_HEAD = 4
"""What the title, the mark and the total of a sheet count for, in rows."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One box to tick. `weight` is what it should be; `is_to_weigh` leaves room for the scale."""

    quantity: int
    what: str
    detail: str
    weight: str
    is_to_weigh: bool
    is_struck: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one customer takes, what one product becomes, or what one producer brings."""

    title: str
    mark: str
    place: str
    note: str
    total: str
    rows: tuple[SheetRow, ...]


def sheets(way: str, lines: Sequence[Line]) -> list[Sheet]:
    """Turn the lines of a cycle into sheets, by one of `WAYS` (by customer: 1 query)."""
    if way == "customer":
        due = desk_queries.left_to_pay(row.agreement_pk for row in lines)
        due_cents = {pk: sum(row.amount_cents for row in rows) for pk, rows in due.items()}
        return [_of_customer(rows, due_cents) for rows in _grouped(lines, "buyer", "agreement_pk")]
    if way == "product":
        return [_of_product(rows) for rows in _grouped(lines, "product", "label", "producer")]
    return [_of_producer(rows) for rows in _grouped(lines, "producer")]


def screens(sheets: Iterable[Sheet]) -> list[list[Sheet]]:
    """Cut the sheets into pages that an old phone shows; a sheet is never cut, however long."""
    found: list[list[Sheet]] = [[]]
    rows_count = 0
    for sheet in sheets:
        more = ROWS_OF_A_HEAD + len(sheet.rows)
        if found[-1] and rows_count + more > ROWS_A_SCREEN:
            found.append([])
            rows_count = 0
        found[-1].append(sheet)
        rows_count += more
    return found


def way_names() -> dict[str, str]:
    """How the three lists are called."""
    return {
        "customer": _("By person"),
        "product": _("By product"),
        "producer": _("By producer"),
    }


def weight_text(weight_g: int) -> str:
    """« 1,25 kg »; nothing for what is not weighed."""
    return format_measure(Measure(Kind.WEIGHT, weight_g), language()) if weight_g else ""


def _grouped(lines: Iterable[Line], *names: str) -> Iterator[list[Line]]:
    key: Callable[[Line], Any] = attrgetter(*names)
    for _key, rows in groupby(sorted(lines, key=key), key=key):
        yield list(rows)


def _of_customer(lines: list[Line], due_cents: dict[int, int]) -> Sheet:
    first = lines[0]
    due = due_cents.get(first.agreement_pk, 0)
    start, end = time_of_day(first.slot_starts_at), time_of_day(first.slot_ends_at)
    return Sheet(
        title=first.buyer,
        mark=first.number,
        place=f"{first.place}, {day(first.slot_starts_at)}, {start}\u00a0–\u00a0{end}",
        note=first.note,
        total=_("To take: {amount}").format(amount=euros(due)) if due else _("Paid"),
        rows=tuple(
            SheetRow(
                row.quantity or row.ordered_quantity,
                row.product,
                f"{row.label} · {row.producer}",
                weight_text(row.real_weight_g or row.nominal_weight_g) if row.is_weighed else "",
                row.is_weighed and row.real_weight_g is None,
                is_struck=row.quantity == 0,
            )
            for row in lines
        ),
    )


def _of_product(lines: list[Line]) -> Sheet:
    first = lines[0]
    count = sum(row.quantity for row in lines)
    return Sheet(
        title=first.product,
        mark=f"× {count}",
        place=f"{first.label} · {first.producer}",
        note="",
        total=weight_text(sum(row.nominal_weight_g for row in lines)),
        rows=tuple(
            SheetRow(
                row.quantity,
                row.buyer,
                row.number,
                weight_text(row.real_weight_g or row.nominal_weight_g) if row.is_weighed else "",
                row.is_weighed and row.real_weight_g is None,
            )
            for row in lines
            if row.quantity
        ),
    )


def _of_producer(lines: list[Line]) -> Sheet:
    packs = [
        (group[0], sum(row.quantity for row in group), sum(row.nominal_weight_g for row in group))
        for group in _grouped(lines, "product", "label")
    ]
    count = sum(quantity for _first, quantity, _weight in packs)
    return Sheet(
        title=lines[0].producer,
        mark=ngettext("%(num)s pack", "%(num)s packs", count) % {"num": count},
        place="",
        note="",
        total=weight_text(sum(weight for _first, _quantity, weight in packs)),
        rows=tuple(
            SheetRow(quantity, first.product, first.label, weight_text(weight), is_to_weigh=False)
            for first, quantity, weight in packs
            if quantity
        ),
    )
