"""The order cycle of a hub manager: plan, open, close; one next action at a time."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.core.members.models import Organisation
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub import actions, desk_policies, desk_queries
from essaim.trades.food_hub.actions import planning
from essaim.trades.food_hub.desk_forms import CycleForm, FeeForm, FirstSlotForm, SlotForm
from essaim.trades.food_hub.models import OrderCycle
from essaim.trades.food_hub.views import loading
from essaim.trades.food_hub.views.desk_wording import fee_amounts, role_bar
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

State = OrderCycle.State
STEP_OF = {State.DRAFT: 1, State.OPEN: 2, State.CLOSED: 3, State.SETTLED: 6}


@dataclass(frozen=True, slots=True)
class Next:
    """The one thing to do now: a sentence, a button, where it leads."""

    title: str
    text: str
    label: str
    href_name: str
    icon: str


@by_policy("may_work_in_hub")
def hub(request: HttpRequest, slug: str) -> HttpResponse:
    """The cycles of a hub, the going ones first."""
    found = loading.work_in_hub(request, slug)
    cycles = list(found.cycles.order_by("-opens_at", "-pk")[:30])
    figures = desk_queries.figures(cycles)
    context = {
        "hub": found,
        "rows": [(cycle, figures[cycle.pk]) for cycle in cycles],
        "producers": found.producers.order_by("name"),
        "disputed": desk_queries.disputed_orders(found),
        "may_run": desk_policies.may_run_hub(loading.member_of(request), found),
        "form_key": uuid7(),
    }
    return render(request, "food_hub/desk/hub.html", context)


@by_policy("may_run_hub")
@idempotent
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan a cycle and its first pick-up time."""
    found = loading.run_hub(request, slug)
    form = FirstSlotForm(
        request.POST or None,
        territory=found.territory,
        initial=FirstSlotForm.usual(clock.now(), found.territory.zone),
    )
    if request.method == "POST" and form.is_valid():
        try:
            cycle = planning.plan_first_slot(hub=found, **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return redirect("food_hub:desk_cycle", cycle.public_id)
    return _page(request, "cycle_new", {"hub": found, "form": form})


@by_policy("may_run_hub")
@idempotent
def clone(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """Prepare the next cycle like this one."""
    cycle = loading.run_cycle(request, cycle_id)
    if request.method != "POST":
        return redirect("food_hub:desk_cycle", cycle.public_id)
    copy = planning.clone_cycle(cycle=cycle, now=clock.now())
    messages.success(request, _("“{title}” is ready. Check its dates.").format(title=copy.title))
    return redirect("food_hub:desk_cycle", copy.public_id)


@by_policy("may_work_in_hub")
def cycle(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """A cycle: where it stands, its figures, the one next action."""
    found = loading.work_in_cycle(request, cycle_id)
    figures = desk_queries.figures([found])[found.pk]
    parts = desk_queries.receivers(found)
    offered = desk_queries.offered_counts(found)
    slots = list(found.slots.select_related("place").order_by("starts_at"))
    fees = list(found.fees.select_related("beneficiary").order_by("label"))
    may_run = desk_policies.may_run_hub(loading.member_of(request), found.hub)
    context = {
        "hub": found.hub,
        "cycle": found,
        "step": _step(found, figures),
        "figures": figures,
        "next": _next(found, figures, has_offers=bool(offered), has_slots=bool(slots)),
        "bar": role_bar(found.hub, ((part.role, part.amount_cents) for part in parts)),
        "producers": desk_queries.producers_of(found),
        "offered_count": sum(offered.values()),
        "offering_count": len(offered),
        "slots": slots,
        "fees": fees,
        "fee_amounts": fee_amounts(fees),
        "form_key": uuid7(),
        "may_run": may_run,
        "is_late": found.state == State.OPEN and found.closes_at <= clock.now(),
    }
    return render(request, "food_hub/desk/cycle.html", context)


@by_policy("may_run_hub")
@idempotent
def dates(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """Name, opening and closing."""
    found = loading.run_cycle(request, cycle_id)
    form = CycleForm(request.POST or None, initial=CycleForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            planning.change_dates(cycle=found, **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return redirect("food_hub:desk_cycle", found.public_id)
    return _page(request, "cycle_dates", {"hub": found.hub, "cycle": found, "form": form})


@by_policy("may_run_hub")
@idempotent
def slots(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """Pick-up times: those there are, one more, one less."""
    found = loading.run_cycle(request, cycle_id)
    form = SlotForm(request.POST or None, territory=found.hub.territory)
    if request.method == "POST" and "remove" in request.POST:
        slot = found.slots.filter(pk=_number(request.POST["remove"])).order_by().first()
        if slot is not None:
            planning.remove_slot(slot=slot)
        return redirect("food_hub:desk_slots", found.public_id)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_slot(cycle=found, **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return redirect("food_hub:desk_slots", found.public_id)
    rows = found.slots.select_related("place").order_by("starts_at")
    context = {"hub": found.hub, "cycle": found, "form": form, "slots": rows}
    return _page(request, "cycle_slots", context)


@by_policy("may_run_hub")
@idempotent
def offers(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """What the cycle offers, a producer at a time, all or some of their packs."""
    found = loading.run_cycle(request, cycle_id)
    producers = list(found.hub.producers.order_by("name"))
    producer = _chosen(producers, request)
    if request.method == "POST" and producer is not None:
        added, withdrawn = planning.choose_offers(
            cycle=found, producer=producer, variant_ids=_ticked(request, producer)
        )
        messages.success(request, _said_of_offers(producer, added, withdrawn))
        address = redirect("food_hub:desk_offers", found.public_id)
        address["Location"] += f"?producer={producer.slug}"
        return address
    counts = desk_queries.offered_counts(found)
    context = {
        "hub": found.hub,
        "cycle": found,
        "producers": [(row, counts.get(row.pk, 0)) for row in producers],
        "producer": producer,
        "rows": desk_queries.offers_of(found, producer) if producer else [],
    }
    return render(request, "food_hub/desk/cycle_offers.html", context)


@by_policy("may_run_hub")
@idempotent
def fees(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """Who is paid for what in a cycle, and what it does to ten euros of vegetables."""
    found = loading.run_cycle(request, cycle_id)
    if request.method == "POST" and "remove" in request.POST:
        planning.remove_fee(cycle=found, code=request.POST["remove"])
        return redirect("food_hub:desk_fees", found.public_id)
    rows = list(
        found.fees.select_related("beneficiary").prefetch_related("producers").order_by("label")
    )
    edited = next((fee for fee in rows if fee.code == request.GET.get("fee")), None)
    people = [found.hub.organisation, *found.hub.producers.order_by("name")]
    form = FeeForm(
        request.POST or None,
        cycle=found,
        people=people,
        initial=FeeForm.initial_of(edited) if edited else {"tax": "goods"},
    )
    if request.method == "POST" and form.is_valid():
        code = edited.code if edited else form.free_code({fee.code for fee in rows})
        actions.set_fee(cycle=found, code=code, **form.as_terms())
        return redirect("food_hub:desk_fees", found.public_id)
    context = {
        "cycle": found,
        "fees": rows,
        "fee_amounts": fee_amounts(rows),
        "edited": edited,
        "form": form,
        **_preview(found),
    }
    return _page(request, "cycle_fees", context)


@by_policy("may_run_hub")
@idempotent
def opening(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """Look at the prices once more, then open."""
    found = loading.run_cycle(request, cycle_id)
    if request.method == "POST":
        actions.open_cycle(cycle=found, now=clock.now())
        messages.success(request, _("“{title}” is open to orders.").format(title=found.title))
        return redirect("food_hub:desk_cycle", found.public_id)
    if found.state != State.DRAFT:
        return redirect("food_hub:desk_cycle", found.public_id)
    context = {
        "cycle": found,
        "counts": desk_queries.offered_counts(found),
        "slots": found.slots.select_related("place").order_by("starts_at"),
        **_preview(found),
    }
    return render(request, "food_hub/desk/cycle_opening.html", context)


@by_policy("may_run_hub")
@idempotent
def closing(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """Say what closing does, then close."""
    found = loading.run_cycle(request, cycle_id)
    if request.method == "POST":
        actions.close_cycle(cycle=found, now=clock.now())
        messages.success(request, _("Orders are closed. The lists are ready."))
        return redirect("food_hub:desk_cycle", found.public_id)
    if found.state != State.OPEN:
        return redirect("food_hub:desk_cycle", found.public_id)
    figures = desk_queries.figures([found])[found.pk]
    context = {"hub": found.hub, "cycle": found, "figures": figures, "now": clock.now()}
    return render(request, "food_hub/desk/cycle_closing.html", context)


def _step(cycle: OrderCycle, figures: desk_queries.CycleFigures) -> int:
    """Where a cycle stands: prepare, order, make the lists, fetch, settle, done."""
    step = STEP_OF[State(cycle.state)]
    if cycle.state == State.CLOSED and figures.handed_over_count:
        step = 4 if figures.to_hand_over_count else 5
    return step


def _next(
    cycle: OrderCycle, figures: desk_queries.CycleFigures, *, has_offers: bool, has_slots: bool
) -> Next | None:
    if cycle.state == State.DRAFT:
        return _next_of_draft(has_offers=has_offers, has_slots=has_slots)
    if cycle.state == State.OPEN:
        return Next(
            _("Orders are coming in"),
            _("When you close, producers receive what to bring and the lists are made."),
            _("Close the orders"),
            "desk_closing",
            "lock",
        )
    if cycle.state == State.CLOSED:
        return _next_of_closed(figures)
    return None


def _next_of_closed(figures: desk_queries.CycleFigures) -> Next:
    if figures.to_weigh_count:
        return Next(
            ngettext("%(num)s weight to enter", "%(num)s weights to enter", figures.to_weigh_count)
            % {"num": figures.to_weigh_count},
            _("Prices follow the real weights. Producers enter theirs; you may enter any."),
            _("Enter the weights"),
            "desk_weights",
            "scale",
        )
    if figures.to_hand_over_count:
        return Next(
            ngettext(
                "%(count)s order to hand over", "%(count)s orders to hand over",
                figures.to_hand_over_count,
            )
            % {"count": figures.to_hand_over_count},
            _("Print the lists, prepare, then hand over at the pick-up desk."),
            _("Open the pick-up desk"),
            "desk_pickup",
            "package",
        )  # fmt: skip
    return Next(
        _("Everything is handed over"),
        _("Settling gives everybody their part and sends producers their statement."),
        _("Settle the cycle"),
        "desk_settlement",
        "scale",
    )


def _next_of_draft(*, has_offers: bool, has_slots: bool) -> Next:
    if not has_offers:
        return Next(
            _("Choose what is offered"),
            _("Tick the products of each producer, or all of them at once."),
            _("Choose the products"),
            "desk_offers",
            "wheat",
        )
    if not has_slots:
        return Next(
            _("Say where and when orders are fetched"),
            _("A cycle needs at least one pick-up time."),
            _("Add a pick-up time"),
            "desk_slots",
            "map-pin",
        )
    return Next(
        _("Ready to open"),
        _("Check the prices once more: they no longer change once buyers have seen them."),
        _("Check and open"),
        "desk_opening",
        "check",
    )


def _preview(cycle: OrderCycle) -> dict[str, object]:
    """Ten euros of vegetables of the first producer, with everybody's part."""
    terms, platform = desk_queries.preview_terms(cycle, at=clock.now())
    producer = cycle.hub.producers.order_by("name").first()
    priced = desk_queries.sample_order(producer.pk if producer else 0, terms, platform)
    bar = role_bar(cycle.hub, ((share.role, share.cents) for share in priced.shares))
    return {"hub": cycle.hub, "preview_cents": priced.total_cents, "preview_bar": bar}


def _chosen(producers: list[Organisation], request: HttpRequest) -> Organisation | None:
    wanted = request.GET.get("producer")
    if wanted is None:
        return producers[0] if producers else None
    found = next((row for row in producers if row.slug == wanted), None)
    if found is None:
        raise Http404
    return found


def _ticked(request: HttpRequest, producer: Organisation) -> set[int]:
    bulk = request.POST.get("bulk")
    if bulk == "none":
        return set()
    if bulk == "all":
        return desk_queries.sellable_ids(producer)
    return {_number(text) for text in request.POST.getlist("variant")}


def _said_of_offers(producer: Organisation, added: int, withdrawn: int) -> str:
    return _("{producer}: {added} added, {withdrawn} withdrawn.").format(
        producer=producer.name, added=added, withdrawn=withdrawn
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _page(request: HttpRequest, name: str, context: dict[str, object]) -> HttpResponse:
    """Show a form; one that was refused answers 422."""
    form = context["form"]
    status = 422 if getattr(form, "errors", None) else 200
    context["form_key"] = uuid7()
    return render(request, f"food_hub/desk/{name}.html", context, status=status)
