"""The open cycles, the shelf of one, a pack; filling the basket from the shelf."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from essaim.core.catalogue.sheets import sheet_of
from essaim.core.members.models import Member
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.trades.food_hub import actions, buying, queries, shelf
from essaim.trades.food_hub.actions.filling import fill_basket
from essaim.trades.food_hub.buying import BasketRow
from essaim.trades.food_hub.forms import ShelfForm, quantities
from essaim.trades.food_hub.models import CycleOffer, OrderCycle
from essaim.trades.food_hub.queries import ShopRow
from essaim.trades.food_hub.rules import price_order
from essaim.trades.food_hub.views import money
from essaim.trades.food_hub.views.fragments import block_text, part, parts, wants_part
from essaim.web.access import public, signed_in
from essaim.web.environment import language
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

SHOP = "food_hub/shop.html"
PRODUCER_CHOICES_MAX = 40
FEW_LEFT = 9


@public
@require_safe
def cycles(request: HttpRequest) -> HttpResponse:
    """Show the cycles that take orders."""
    found = shelf.open_cycle_cards(at=clock.now())
    return render(request, "food_hub/cycles.html", {"cycles": found, **basket_mark(request)})


@public
@require_safe
def shop(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """Show a page of the shelf of a cycle."""
    cycle = cycle_or_404(cycle_id)
    context = shop_context(request, cycle)
    if wants_part(request):
        return part(request, SHOP, "shelf", context)
    return render(request, SHOP, context)


@signed_in
@require_POST
@idempotent
def fill(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """Put in the basket what the form says; htmx gets the rows that changed and the dock."""
    cycle = cycle_or_404(cycle_id)
    try:
        wanted = _wanted_of(request)
        fill_basket(receiver=member_of(request), quantities=wanted, now=clock.now())
    except RuleBroken as refusal:
        context = shop_context(request, cycle) | {"refusal": sentence_of(refusal)}
        if wants_part(request):
            return _rows_again(request, context, set())
        return render(request, SHOP, context, status=refusal.status)
    if wants_part(request):
        return _rows_again(request, shop_context(request, cycle), set(wanted))
    anchor = f"#o{request.POST['add']}" if request.POST.get("add", "").isdigit() else ""
    return redirect(f"{_shop_url(cycle)}?{request.GET.urlencode()}{anchor}")


@public
@require_safe
def pack(request: HttpRequest, cycle_id: UUID, offer_id: int) -> HttpResponse:
    """Show one pack and where each euro of it goes."""
    cycle = cycle_or_404(cycle_id)
    fees = queries.fee_terms(cycle)
    found = shelf.pack(cycle, offer_id, fees=fees, locale=language())
    if found is None:
        raise Http404
    priced = price_order([found.line], fees, queries.platform_terms(cycle))
    held = basket_of(request)
    context = {
        "cycle": cycle,
        "pack": found,
        "priced": priced,
        "bar": money.bar_of(money.named_shares(cycle, priced, fees)),
        "quantity": next((row.quantity for row in held if row.offer_id == offer_id), 0),
        "is_open": is_taking_orders(cycle),
        "nav_basket_count": len(held),
    }
    return render(request, "food_hub/pack.html", context)


@signed_in
@require_POST
@idempotent
def tell_me(request: HttpRequest, cycle_id: UUID, offer_id: int) -> HttpResponse:
    """Put the member on the waiting list of a sold-out pack."""
    cycle = cycle_or_404(cycle_id)
    offer = (
        CycleOffer.objects.filter(pk=offer_id, cycle=cycle)
        .select_related("variant__product")
        .order_by()
        .first()
    )
    if offer is None:
        raise Http404
    actions.ask_to_be_told(offer=offer, member=member_of(request), now=clock.now())
    messages.success(
        request,
        _("We will write to you as soon as “{product}” is available again.").format(
            product=offer.variant.product.name
        ),
    )
    return redirect("food_hub:pack", cycle_id, offer_id)


def cycle_or_404(cycle_id: UUID) -> OrderCycle:
    cycle = shelf.cycle_named(cycle_id)
    if cycle is None:
        raise Http404
    return cycle


def is_taking_orders(cycle: OrderCycle) -> bool:
    now = clock.now()
    return cycle.state == OrderCycle.State.OPEN and cycle.opens_at <= now < cycle.closes_at


def basket_of(request: HttpRequest) -> list[BasketRow]:
    """The member's open basket (1 query), nothing for a visitor."""
    member = request.user
    return buying.basket_rows(member.pk) if member.is_authenticated else []


def basket_mark(request: HttpRequest) -> dict[str, int]:
    """The count that the header shows beside the basket (1 query when signed in)."""
    member = request.user
    count = buying.basket_count(member.pk) if member.is_authenticated else 0
    return {"nav_basket_count": count}


def shop_context(request: HttpRequest, cycle: OrderCycle) -> dict[str, Any]:
    """Everything the shelf shows (5 to 7 queries whatever its size, one more when signed in)."""
    wanted = _looked_for(request)
    fees = queries.fee_terms(cycle)
    products = queries.shelf_products(cycle, wanted.words)
    groups = shelf.groups(cycle, products, wanted.words)
    fitting = shelf.fitting(products, wanted)
    found = shelf.facets(groups, fitting)
    page: Page[Any] = Paginator(range(found.total_count), shelf.PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    start = (page.number - 1) * shelf.PAGE_SIZE
    rows = queries.shelf_rows(cycle, fitting, fees=fees, start=start, count=shelf.PAGE_SIZE)
    held = basket_of(request)
    here = [row for row in held if row.cycle_id == cycle.pk]
    return {
        "cycle": cycle,
        "base": _shop_url(cycle),
        "slots": shelf.slots_of([cycle.pk])[cycle.pk],
        "wanted": wanted,
        "is_filtered": wanted != shelf.Wanted(),
        "facets": found,
        "producer_choices_max": PRODUCER_CHOICES_MAX,
        "page": page,
        "query": urlencode(_filters(wanted)),
        "rows": _shown(rows, here),
        "sheet": sheet_of(row.photo_id for row in rows),
        "few_left": FEW_LEFT,
        "is_open": is_taking_orders(cycle),
        "bar": money.example_bar(cycle, shelf.example_shares(cycle, groups, fees)),
        "basket_total_cents": buying.price_basket(
            here, fees, queries.platform_terms(cycle)
        ).total_cents,
        "basket_count": len(here),
        "nav_basket_count": len(held),
        # Said on every row: translated once.
        "words": {"add": _("Add"), "weighed": _("weighed")},
        "refusal": "",
    }


def _rows_again(request: HttpRequest, context: dict[str, Any], changed: set[int]) -> HttpResponse:
    """Answer htmx with the dock and the rows that changed; all those held after a refusal."""
    texts = [
        (f"o{row.offer_id}", block_text(request, SHOP, "row", context | {
            "row": row, "unit": unit, "quantity": quantity
        }))
        for row, unit, quantity in context["rows"]
        if row.offer_id in changed or (context["refusal"] and quantity)
    ]  # fmt: skip
    texts.append(("dock", block_text(request, SHOP, "dock", context)))
    return parts(texts)


def _wanted_of(request: HttpRequest) -> dict[int, int]:
    """What the form changes in the basket: quantities that differ, and at least one of `add`."""
    held = {row.offer_id: row.quantity for row in basket_of(request)}
    typed = quantities(request.POST)
    wanted = {key: count for key, count in typed.items() if held.get(key, 0) != count}
    added = request.POST.get("add", "")
    if added.isascii() and added.isdigit():
        wanted[int(added)] = max(1, typed.get(int(added), held.get(int(added), 0)))
    return wanted


def _looked_for(request: HttpRequest) -> shelf.Wanted:
    form = ShelfForm(request.GET)
    form.is_valid()
    return shelf.Wanted(
        words=form.cleaned_data.get("words") or "",
        family=form.cleaned_data.get("family") or "",
        producer_id=form.cleaned_data.get("producer"),
    )


def _filters(wanted: shelf.Wanted) -> dict[str, object]:
    named = {"words": wanted.words, "family": wanted.family, "producer": wanted.producer_id}
    return {name: value for name, value in named.items() if value}


def _shown(rows: list[ShopRow], held: list[BasketRow]) -> list[tuple[ShopRow, str, int]]:
    """Each row with its price per kilo, litre or piece, and how many the basket holds."""
    quantity_of = {row.offer_id: row.quantity for row in held}
    locale = language()
    return [
        (
            row,
            shelf.unit_price(
                row.shelf_price_cents,
                row.measure,
                (row.weight_g, row.volume_ml, row.items_count),
                locale,
            ),
            quantity_of.get(row.offer_id, 0),
        )
        for row in rows
    ]


def _shop_url(cycle: OrderCycle) -> str:
    return reverse("food_hub:shop", args=[cycle.public_id])


def member_of(request: HttpRequest) -> Member:
    """The signed-in member; `signed_in` sent visitors away."""
    assert isinstance(request.user, Member)  # noqa: S101 - narrows the type
    return request.user
