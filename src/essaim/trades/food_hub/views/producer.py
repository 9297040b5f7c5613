"""What a producer brings for a cycle, and what it really weighs: on a phone, in the barn."""

from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from essaim.core.agreements.rules import State
from essaim.core.members.models import Organisation
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.kernel.units import parse_measure
from essaim.trades.food_hub import actions, desk_policies, desk_queries
from essaim.trades.food_hub.models import OrderCycle, OrderLine
from essaim.trades.food_hub.rules.refusals import BadWeight
from essaim.trades.food_hub.views import loading
from essaim.trades.food_hub.views.desk_wording import weight_text
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack to bring: how many in all, and for which orders."""

    product: str
    label: str
    quantity: int
    weight_g: int
    is_weighed: bool
    lines: list[desk_queries.Line]

    @property
    def to_weigh_count(self) -> int:
        return sum(line.real_weight_g is None and line.quantity > 0 for line in self.lines)


@by_policy("may_work_for_producer")
def bring(request: HttpRequest, slug: str, cycle_id: UUID) -> HttpResponse:
    """What a producer brings for a cycle; weights are entered line by line."""
    producer = loading.own_producer(request, slug)
    cycle = loading.cycle_of_producer(producer, cycle_id)
    return _weights_page(request, cycle, producer)


@by_policy("may_work_in_hub")
def weights(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """Every weighed line of a cycle, for those of the hub who weigh in the producers' place."""
    return _weights_page(request, loading.work_in_cycle(request, cycle_id), None)


@by_policy("may_prepare_line")
def line(request: HttpRequest, line_id: int) -> HttpResponse:
    """One line: its weight, and what is missing."""
    return _line_page(request, loading.line_to_prepare(request, line_id))


@by_policy("may_prepare_line")
@idempotent
def weight(request: HttpRequest, line_id: int) -> HttpResponse:
    """Save the real weight of a line; an empty box takes it back."""
    found = loading.line_to_prepare(request, line_id)
    if request.method != "POST":
        return redirect("food_hub:desk_line", line_id)
    try:
        actions.record_weight(
            line=found, real_weight_g=read_grams(request.POST.get("weight", "")), now=clock.now()
        )
    except RuleBroken as refusal:
        return _answer(request, found, error=sentence_of(refusal))
    return _answer(request, found)


@by_policy("may_prepare_line")
@idempotent
def missing(request: HttpRequest, line_id: int) -> HttpResponse:
    """Save how many packs of a line did not come."""
    found = loading.line_to_prepare(request, line_id)
    if request.method != "POST":
        return redirect("food_hub:desk_line", line_id)
    text = request.POST.get("missing", "")
    count = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1
    try:
        actions.mark_missing(line=found, missing_count=count, now=clock.now())
    except RuleBroken as refusal:
        return _line_page(request, found, error=sentence_of(refusal))
    return _answer(request, found)


def read_grams(text: str) -> int | None:
    """Read « 760 » as grams, « 0,76 » as kilos, « 1,2 kg » as it says; nothing is None.

    Raises:
        InvalidQuantity, BadWeight: it is no weight.
    """
    if not text.strip():
        return None
    unit = "kg" if "," in text or "." in text else "g"
    measure = parse_measure(text, unit=unit)
    if measure.kind != "weight":
        raise BadWeight(weight_max_g=1_000_000)
    return measure.amount


def _answer(request: HttpRequest, line: OrderLine, *, error: str = "") -> HttpResponse:
    """The row alone to htmx, else the page it came from."""
    if getattr(request, "htmx", False):
        (row,) = desk_queries.lines(pk=line.pk)
        context = {**_row_context(request, line.order.cycle), "row": row, "error": error}
        context["typed"] = request.POST.get("weight", "")[:20] if error else ""
        status = 422 if error else 200
        return render(request, "food_hub/desk/weigh_row.html", context, status=status)
    if error:
        return _line_page(request, line, error=error)
    came_from = request.POST.get("from")
    if came_from == "order":
        return redirect("food_hub:desk_order", line.order.agreement.public_id)
    if came_from == "producer":
        response = redirect("food_hub:desk_bring", line.producer.slug, line.order.cycle.public_id)
    else:
        response = redirect("food_hub:desk_weights", line.order.cycle.public_id)
    response["Location"] += f"#line-{line.pk}"
    return response


def _line_page(request: HttpRequest, line: OrderLine, *, error: str = "") -> HttpResponse:
    rows = desk_queries.lines(pk=line.pk)
    if not rows:
        return redirect("food_hub:desk")
    is_of_hub = desk_policies.may_work_in_hub(loading.member_of(request), line.order.cycle.hub)
    came_from = request.POST.get("from") or request.GET.get("from") or ""
    if not is_of_hub:
        came_from = "producer"
    context = {
        **_row_context(request, line.order.cycle),
        "row": rows[0],
        "error": error,
        "producer": line.producer,
        "shows_names": is_of_hub,
        "typed": request.POST.get("weight", "")[:20] if error else "",
        "came_from": came_from,
    }
    status = 422 if error else 200
    return render(request, "food_hub/desk/line.html", context, status=status)


def _row_context(request: HttpRequest, cycle: OrderCycle) -> dict[str, object]:
    return {
        "cycle": cycle,
        "weight": weight_text,
        "may_change": cycle.state == OrderCycle.State.CLOSED,
        "accepted": State.ACCEPTED.value,
        "form_key": uuid7(),
        "came_from": request.POST.get("from", ""),
        "typed": "",
    }


def _weights_page(
    request: HttpRequest, cycle: OrderCycle, producer: Organisation | None
) -> HttpResponse:
    """The same page for a farm (its own goods, no names) and for the hub (weighed goods of all)."""
    if producer is None:
        rows = desk_queries.lines(order__cycle=cycle, is_weighed=True)
    else:
        rows = desk_queries.lines(order__cycle=cycle, producer=producer)
    packs = _packs(rows)
    context = {
        **_row_context(request, cycle),
        "hub": cycle.hub,
        "producer": producer,
        "packs": packs,
        "weighed_count": sum(pack.is_weighed for pack in packs),
        "to_weigh_count": sum(pack.to_weigh_count for pack in packs if pack.is_weighed),
        "lines_count": sum(len(pack.lines) for pack in packs if pack.is_weighed),
        "goods_cents": sum(row.goods_cents for row in rows),
        "shows_names": producer is None,
        "came_from": "producer" if producer else "hub",
        "title": _("To bring") if producer else _("Real weights"),
    }
    return render(request, "food_hub/desk/weights.html", context)


def _packs(rows: list[desk_queries.Line]) -> list[Pack]:
    def key(row: desk_queries.Line) -> tuple[str, str, str]:
        return row.producer, row.product, row.label

    found = []
    for (_producer, product, label), group in groupby(sorted(rows, key=key), key=key):
        own = list(group)
        found.append(
            Pack(
                product,
                label,
                sum(row.quantity for row in own),
                sum(row.nominal_weight_g for row in own),
                own[0].is_weighed,
                own,
            )
        )
    return found
