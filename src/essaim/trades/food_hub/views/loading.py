"""Finding what a page of the desk is about, for those who may: to others it does not exist."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from essaim.core.members.models import Member, Organisation
from essaim.trades.food_hub import desk_policies
from essaim.trades.food_hub.models import Hub, Order, OrderCycle, OrderLine

Row = TypeVar("Row", bound=Model)


def member_of(request: HttpRequest) -> Member:
    """The signed-in member; views are guarded before they ask."""
    member = request.user
    if not isinstance(member, Member):
        raise Http404
    return member


def run_hub(request: HttpRequest, slug: str) -> Hub:
    """A hub that the member manages (2 queries)."""
    hub = _first(Hub.objects.filter(organisation__slug=slug).select_related("organisation"))
    if not desk_policies.may_run_hub(member_of(request), hub):
        raise Http404
    return hub


def work_in_hub(request: HttpRequest, slug: str) -> Hub:
    """A hub that the member works in (2 queries)."""
    hub = _first(Hub.objects.filter(organisation__slug=slug).select_related("organisation"))
    if not desk_policies.may_work_in_hub(member_of(request), hub):
        raise Http404
    return hub


def run_cycle(request: HttpRequest, cycle_id: UUID) -> OrderCycle:
    """A cycle of a hub that the member manages (2 queries)."""
    cycle = _cycle(cycle_id)
    if not desk_policies.may_run_hub(member_of(request), cycle.hub):
        raise Http404
    return cycle


def work_in_cycle(request: HttpRequest, cycle_id: UUID) -> OrderCycle:
    """A cycle of a hub that the member works in (2 queries)."""
    cycle = _cycle(cycle_id)
    if not desk_policies.may_work_in_hub(member_of(request), cycle.hub):
        raise Http404
    return cycle


def work_on_order(request: HttpRequest, order_id: UUID) -> Order:
    """An order of a hub that the member works in (2 queries)."""
    order = _first(
        Order.objects.filter(agreement__public_id=order_id).select_related(
            "agreement__receiver", "cycle__hub__organisation", "slot__place"
        )
    )
    if not desk_policies.may_work_in_hub(member_of(request), order.cycle.hub):
        raise Http404
    return order


def run_order(request: HttpRequest, order_id: UUID) -> Order:
    """An order of a hub that the member manages (3 queries)."""
    order = work_on_order(request, order_id)
    if not desk_policies.may_run_hub(member_of(request), order.cycle.hub):
        raise Http404
    return order


def own_producer(request: HttpRequest, slug: str) -> Organisation:
    """A producer that the member works for (2 queries)."""
    producer = _first(Organisation.objects.filter(slug=slug))
    if not desk_policies.may_work_for_producer(member_of(request), producer):
        raise Http404
    return producer


def producer_to_keep(request: HttpRequest, slug: str) -> Organisation:
    """A producer whose products the member looks after (2 to 4 queries)."""
    producer = _first(Organisation.objects.filter(slug=slug))
    if not desk_policies.may_keep_products(member_of(request), producer):
        raise Http404
    return producer


def line_to_prepare(request: HttpRequest, line_id: int) -> OrderLine:
    """A line that the member may weigh: of their farm, or of their hub (2 to 3 queries)."""
    line = _first(
        OrderLine.objects.filter(pk=line_id).select_related(
            "producer", "order__cycle__hub", "order__agreement"
        )
    )
    if not desk_policies.may_prepare_line(member_of(request), line):
        raise Http404
    return line


def cycle_of_producer(producer: Organisation, cycle_id: UUID) -> OrderCycle:
    """A cycle that offers or sold goods of a producer (2 queries)."""
    cycle = _cycle(cycle_id)
    is_supplied = OrderLine.objects.filter(order__cycle=cycle, producer=producer).exists()
    if not is_supplied and not cycle.offers.filter(variant__product__producer=producer).exists():
        raise Http404
    return cycle


def cycle_and_beneficiary(cycle_id: UUID, slug: str) -> tuple[OrderCycle, Organisation]:
    """A cycle and who may receive a part of it; the caller checks the policy (2 queries)."""
    return _cycle(cycle_id), _first(Organisation.objects.filter(slug=slug))


def _cycle(cycle_id: UUID) -> OrderCycle:
    return _first(
        OrderCycle.objects.filter(public_id=cycle_id).select_related(
            "hub__organisation", "hub__territory"
        )
    )


def _first(rows: QuerySet[Row]) -> Row:
    found = rows.order_by().first()
    if found is None:
        raise Http404
    return found
