"""The food hub for programs: cycles, shelf, basket, orders."""

from datetime import datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import Field

from essaim.core.agreements import queries as agreement_queries
from essaim.core.agreements.actions import open_basket
from essaim.core.agreements.models import Agreement, Basket
from essaim.core.members.models import Member
from essaim.kernel import clock
from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub import actions, buying, queries
from essaim.trades.food_hub.models import BasketLine, CycleOffer, Order, OrderCycle
from essaim.web.api_shapes import (
    A_NUMBER,
    BIGINT_MAX,
    IDEMPOTENCY_KEY,
    PUBLIC_REFUSALS,
    REFUSALS,
    Count,
    PlainText,
    RowId,
    Whole,
)
from essaim.web.idempotency import idempotent

router = Router(tags=["food"])
PAGE_SIZE_MAX = 200
START_MAX = 1_000_000
QUANTITY_MAX = 999


class SlotOut(Schema):
    id: int
    place: str
    starts_at: datetime
    ends_at: datetime
    is_full: bool


class CycleOut(Schema):
    public_id: UUID
    title: str
    hub: str
    opens_at: datetime
    closes_at: datetime
    slots: list[SlotOut]


class OfferOut(Schema):
    id: int
    product: str
    label: str
    family: str
    producer: str
    price_cents: int = Field(description="Shelf price of one pack, fees and tax included.")
    left_count: int | None = Field(description="Packs left; null: made on demand.")


class OfferPage(Schema):
    total_count: int
    items: list[OfferOut]


class OffersIn(Schema):
    words: PlainText = Field("", max_length=80)
    start: Whole = Field(0, ge=0, le=START_MAX)
    count: Whole = Field(50, ge=1, le=PAGE_SIZE_MAX)


class BasketLineIn(Schema):
    quantity: Count = Field(ge=0, le=QUANTITY_MAX)


class BasketLineOut(Schema):
    offer_id: int
    product: str
    label: str
    quantity: int
    kept_until: datetime | None


class BasketOut(Schema):
    lines: list[BasketLineOut]


class OrderIn(Schema):
    cycle: UUID
    slot: Count = Field(ge=1, le=BIGINT_MAX)
    means: Literal["card", "cash", "bank-transfer"]
    solidarity_bps: Count = Field(default=0, ge=-10_000, le=10_000)
    shown_total_cents: Annotated[int, Field(ge=0, le=BIGINT_MAX), A_NUMBER] | None = None
    note: PlainText = Field(default="", max_length=300)


class ShareOut(Schema):
    role: str
    label: str
    amount_cents: int


class OrderLineOut(Schema):
    label: str
    quantity: int
    unit_price_cents: int
    amount_cents: int


class OrderOut(Schema):
    public_id: UUID
    number: str
    state: str
    total_cents: int
    tax_cents: int
    lines: list[OrderLineOut]
    shares: list[ShareOut]


@router.get("/cycles", response={200: list[CycleOut]}, auth=None)
def open_cycles(request: HttpRequest) -> list[dict[str, Any]]:  # noqa: ARG001 - named by ninja
    """Cycles that take orders now, the first to close first."""
    found = OrderCycle.objects.filter(
        state=OrderCycle.State.OPEN, opens_at__lte=clock.now(), closes_at__gt=clock.now()
    )
    rows = found.select_related("hub__organisation").prefetch_related("slots__place")
    return [_cycle_out(cycle) for cycle in rows.order_by("closes_at")[:PAGE_SIZE_MAX]]


@router.get("/cycles/{uuid:cycle}/offers", response={200: OfferPage, **PUBLIC_REFUSALS}, auth=None)
def offers(
    request: HttpRequest,  # noqa: ARG001 - named by ninja
    cycle: UUID,
    asked: Query[OffersIn],
) -> dict[str, Any]:
    """One page of the shelf of a cycle."""
    found = get_object_or_404(
        OrderCycle.objects.select_related("hub"), public_id=cycle, state=OrderCycle.State.OPEN
    )
    rows, total = queries.shop_page(found, words=asked.words, start=asked.start, count=asked.count)
    return {
        "total_count": total,
        "items": [
            {
                "id": row.offer_id,
                "product": row.product,
                "label": row.label,
                "family": row.family,
                "producer": row.producer,
                "price_cents": row.shelf_price_cents,
                "left_count": row.left_count,
            }
            for row in rows
        ],
    }


@router.get("/basket", response={200: BasketOut, **REFUSALS})
def basket(request: HttpRequest) -> dict[str, Any]:
    """What the member is about to order."""
    return {"lines": _lines_of(request)}


@router.put(
    "/basket/lines/{offer_id}",
    response={200: BasketOut, **REFUSALS},
    openapi_extra=IDEMPOTENCY_KEY,
)
@decorate_view(idempotent)
def put_in_basket(request: HttpRequest, offer_id: RowId, body: BasketLineIn) -> dict[str, Any]:
    """Set how many packs of an offer the basket holds; 0 takes it out."""
    offer = get_object_or_404(
        CycleOffer.objects.select_related("cycle__hub__territory"), pk=offer_id
    )
    now = clock.now()
    open_one = open_basket(receiver=_member(request), territory=offer.cycle.hub.territory, now=now)
    actions.put_in_basket(basket=open_one, offer=offer, quantity=body.quantity, now=now)
    return {"lines": _lines_of(request)}


@router.post("/orders", response={201: OrderOut, **REFUSALS}, openapi_extra=IDEMPOTENCY_KEY)
@decorate_view(idempotent)
def place_order(request: HttpRequest, body: OrderIn) -> Status[dict[str, Any]]:
    """Order what the basket holds of a cycle. `shown_total_cents` refuses a price that changed."""
    member = _member(request)
    basket_id, cycle_id = buying.checkout_of(member.pk, body.cycle)
    placed = actions.place_order(
        basket_id=basket_id,
        cycle_id=cycle_id,
        slot_id=body.slot,
        placed_by=member,
        receiver_id=member.pk,
        means=body.means,
        order_key=uuid7(),
        solidarity_bps=body.solidarity_bps,
        shown_total_cents=body.shown_total_cents,
        note=body.note,
        now=clock.now(),
    )
    if placed.draft is not None:
        return Status(201, placed.draft.whole())
    return Status(201, agreement_queries.whole(placed.public_id))


@router.get("/orders/{uuid:order}", response={200: OrderOut, **REFUSALS})
def order(request: HttpRequest, order: UUID) -> dict[str, Any]:
    """An order of the member."""
    get_object_or_404(Agreement, public_id=order, receiver=_member(request))
    return agreement_queries.whole(order)


@router.post(
    "/orders/{uuid:order}/cancel",
    response={200: OrderOut, **REFUSALS},
    openapi_extra=IDEMPOTENCY_KEY,
)
@decorate_view(idempotent)
def cancel_order(request: HttpRequest, order: UUID) -> dict[str, Any]:
    """Cancel an order before its cycle closes; what was paid is refunded."""
    member = _member(request)
    found = get_object_or_404(Order, agreement__public_id=order, agreement__receiver=member)
    actions.cancel_order(order=found, by=member, now=clock.now())
    return agreement_queries.whole(order)


def _member(request: HttpRequest) -> Member:
    return cast("Member", request.user)  # the API's door lets nobody else in


def _cycle_out(cycle: OrderCycle) -> dict[str, Any]:
    return {
        "public_id": cycle.public_id,
        "title": cycle.title,
        "hub": cycle.hub.organisation.name,
        "opens_at": cycle.opens_at,
        "closes_at": cycle.closes_at,
        "slots": [
            {
                "id": slot.pk,
                "place": slot.place.name,
                "starts_at": slot.starts_at,
                "ends_at": slot.ends_at,
                "is_full": slot.capacity is not None and slot.taken_count >= slot.capacity,
            }
            for slot in cycle.slots.all()
        ],
    }


def _lines_of(request: HttpRequest) -> list[dict[str, Any]]:
    rows = BasketLine.objects.filter(
        basket__receiver=_member(request), basket__state=Basket.State.OPEN
    ).select_related("offer__variant__product")
    return [
        {
            "offer_id": row.offer_id,
            "product": row.offer.variant.product.name,
            "label": row.offer.variant.label,
            "quantity": row.quantity,
            "kept_until": row.kept_until,
        }
        for row in rows.order_by("pk")
    ]
