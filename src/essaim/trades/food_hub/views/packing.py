"""Packing lists of a cycle: a page to tick, a file for a spreadsheet, a sheet for the wall."""

from collections.abc import Iterator
from dataclasses import asdict
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _

from essaim.kernel import clock
from essaim.trades.food_hub import desk_queries, documents, packing
from essaim.trades.food_hub.models import OrderCycle
from essaim.trades.food_hub.views import loading
from essaim.web.access import by_policy
from essaim.web.environment import language, moment, short_day


@by_policy("may_work_in_hub")
def page(request: HttpRequest, cycle_id: UUID, way: str) -> HttpResponse:
    """A packing list on the screen, a hundred rows at a time."""
    cycle = loading.work_in_cycle(request, cycle_id)
    screens = packing.screens(_sheets(cycle, way))
    found = Paginator(screens, 1).get_page(request.GET.get("page"))
    context = {
        "hub": cycle.hub,
        "cycle": cycle,
        "way": way,
        "ways": packing.way_names(),
        "page": found,
        "sheets": found.object_list[0],
    }
    return render(request, "food_hub/desk/packing.html", context)


@by_policy("may_work_in_hub")
def table(request: HttpRequest, cycle_id: UUID, way: str) -> HttpResponse:
    """The same list for a spreadsheet."""
    cycle = loading.work_in_cycle(request, cycle_id)
    _check(way)
    lines = desk_queries.lines(order__cycle=cycle)
    rows = _totals(lines) if way == "producer" else _details(lines, way)
    return attachment(documents.csv_file(rows), f"{cycle.title} {way}", "csv")


@by_policy("may_work_in_hub")
def print_out(request: HttpRequest, cycle_id: UUID, way: str) -> HttpResponse:
    """The same list on paper; `?each=page` starts a page for each person."""
    cycle = loading.work_in_cycle(request, cycle_id)
    sheets = _sheets(cycle, way)
    data = {
        **sheet_head(cycle, packing.way_names()[way]),
        "columns": 2 if way == "product" else 1,
        "is_one_a_page": request.GET.get("each") == "page",
        "sheets": [asdict(sheet) for sheet in sheets],
    }
    return attachment(documents.pdf_file("packing", data), f"{cycle.title} {way}", "pdf")


def sheet_head(cycle: OrderCycle, title: str) -> dict[str, str]:
    """What every printed page of a cycle says at its top and foot."""
    return {
        "hub": cycle.hub.organisation.name,
        "cycle": cycle.title,
        "title": title,
        "language": language(),
        "printed": _("Printed on {moment}").format(moment=moment(clock.now())),
        "page_of": _("page {number} of {count}"),
    }


def attachment(content: bytes, name: str, kind: str) -> HttpResponse:
    """A file with a plain name; a PDF opens in the browser."""
    types = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}
    disposition = "inline" if kind == "pdf" else "attachment"
    response = HttpResponse(content, content_type=types[kind])
    response["Content-Disposition"] = f'{disposition}; filename="{slugify(name)}.{kind}"'
    return response


def _sheets(cycle: OrderCycle, way: str) -> list[packing.Sheet]:
    _check(way)
    return packing.sheets(way, desk_queries.lines(order__cycle=cycle))


def _check(way: str) -> None:
    if way not in packing.WAYS:
        raise Http404


def _details(lines: list[desk_queries.Line], way: str) -> Iterator[list[documents.Cell]]:
    yield [
        _("Order number"), _("Name"), _("Pick-up"), _("Place"), _("Producer"), _("Product"),
        _("Pack"), _("Ordered"), _("Missing"), _("Given"), _("Ordered weight (kg)"),
        _("Real weight (kg)"), _("Price (€)"),
    ]  # fmt: skip
    if way == "product":
        lines = sorted(lines, key=lambda row: (row.product, row.label, row.buyer, row.line_id))
    for row in lines:
        yield [
            row.number, row.buyer, short_day(row.slot_starts_at), row.place, row.producer,
            row.product, row.label, row.ordered_quantity, row.missing_count, row.quantity,
            documents.kilos(row.ordered_quantity * row.weight_g_per_item),
            documents.kilos(row.real_weight_g), documents.decimals(row.amount_cents),
        ]  # fmt: skip


def _totals(lines: list[desk_queries.Line]) -> Iterator[list[documents.Cell]]:
    yield [
        _("Producer"), _("Product"), _("Pack"), _("Quantity"), _("Weight (kg)"), _("Amount (€)"),
    ]  # fmt: skip
    totals: dict[tuple[str, str, str], list[int]] = {}
    for row in lines:
        sums = totals.setdefault((row.producer, row.product, row.label), [0, 0, 0])
        sums[0] += row.quantity
        sums[1] += row.real_weight_g or row.nominal_weight_g
        sums[2] += row.goods_cents
    for key in sorted(totals):
        quantity, weight_g, cents = totals[key]
        yield [*key, quantity, documents.kilos(weight_g), documents.decimals(cents)]
