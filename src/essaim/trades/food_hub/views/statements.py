"""Settling a cycle, then the statement of each one: a page, a CSV and a PDF that add up."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from essaim.core.members.models import Organisation
from essaim.kernel import clock
from essaim.trades.food_hub import desk_policies, desk_queries, documents
from essaim.trades.food_hub.actions.telling import settle_and_tell
from essaim.trades.food_hub.models import OrderCycle
from essaim.trades.food_hub.rules.naming import pack_name
from essaim.trades.food_hub.statements import CycleStatement, cycle_statement
from essaim.trades.food_hub.views import loading
from essaim.trades.food_hub.views.desk_wording import role_bar, weight_text
from essaim.trades.food_hub.views.packing import attachment, sheet_head
from essaim.web.access import by_policy
from essaim.web.environment import day, euros, percent, spaced
from essaim.web.idempotency import idempotent

WAITING_SHOWN_MAX = 20


@by_policy("may_run_hub")
@idempotent
def settlement(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """Who gets what, what still prevents it; then settle."""
    cycle = loading.run_cycle(request, cycle_id)
    if request.method == "POST":
        settle_and_tell(cycle=cycle, by=loading.member_of(request), now=clock.now())
        messages.success(request, _("The cycle is settled. Producers have their statement."))
        return redirect("food_hub:desk_settlement", cycle.public_id)
    parts = desk_queries.receivers(cycle, desk_queries.shared_states(cycle))
    figures = desk_queries.figures([cycle])[cycle.pk]
    waiting = desk_queries.orders_found(cycle, is_waiting=True)[:WAITING_SHOWN_MAX]
    context = {
        "hub": cycle.hub,
        "cycle": cycle,
        "figures": figures,
        "parts": parts,
        "total_cents": sum(part.amount_cents for part in parts),
        "bar": role_bar(cycle.hub, ((part.role, part.amount_cents) for part in parts)),
        "waiting": waiting,
        "unpaid_cents": desk_queries.handed_over_unpaid_cents(cycle),
        "may_settle": cycle.state == OrderCycle.State.CLOSED and not figures.to_hand_over_count,
    }
    return render(request, "food_hub/desk/settlement.html", context)


@by_policy("may_read_statement")
def page(request: HttpRequest, cycle_id: UUID, slug: str) -> HttpResponse:
    """What one organisation is owed for a cycle, and why."""
    cycle, found = _statement(request, cycle_id, slug)
    context = {
        "hub": cycle.hub,
        "cycle": cycle,
        "statement": found,
        "weight": weight_text,
        "may_run": desk_policies.may_run_hub(loading.member_of(request), cycle.hub),
    }
    return render(request, "food_hub/desk/statement.html", context)


@by_policy("may_read_statement")
def table(request: HttpRequest, cycle_id: UUID, slug: str) -> HttpResponse:
    """The same for a spreadsheet."""
    cycle, found = _statement(request, cycle_id, slug)
    return attachment(documents.csv_file(_rows(cycle, found)), f"{cycle.title} {slug}", "csv")


@by_policy("may_read_statement")
def print_out(request: HttpRequest, cycle_id: UUID, slug: str) -> HttpResponse:
    """The same on paper."""
    cycle, found = _statement(request, cycle_id, slug)
    pdf = documents.pdf_file("statement", _printed(cycle, found))
    return attachment(pdf, f"{cycle.title} {slug}", "pdf")


def _statement(
    request: HttpRequest, cycle_id: UUID, slug: str
) -> tuple[OrderCycle, CycleStatement]:
    """Load what may be read: by the hub's managers, or by those of the beneficiary."""
    cycle, beneficiary = loading.cycle_and_beneficiary(cycle_id, slug)
    member = loading.member_of(request)
    if not desk_policies.may_read_statement(member, cycle, beneficiary):
        raise Http404
    found = cycle_statement(cycle, beneficiary)
    if not found.whole.rows:
        raise Http404
    return cycle, found


def _rows(cycle: OrderCycle, found: CycleStatement) -> Iterator[list[documents.Cell]]:
    yield [_("Cycle"), _("Order number"), _("For"), _("Amount (€)")]
    for part in found.orders:
        yield [cycle.title, part.number, part.reason, documents.decimals(part.amount_cents)]
    yield [cycle.title, _("Total"), "", documents.decimals(found.due_cents)]


def _printed(cycle: OrderCycle, found: CycleStatement) -> dict[str, object]:
    return {
        **sheet_head(cycle, _("Statement")),
        "labels": {
            "for": _("Statement for"),
            "from": _("Drawn up by"),
            "sold": _("What you sold"),
            "product": _("Product"),
            "quantity": _("Quantity"),
            "weight": _("Weight"),
            "amount": _("Amount"),
            "fees": _("What you are paid for"),
            "orders": _("Order by order"),
            "order": _("Order number"),
            "reason": _("For"),
            "total": _("Total due"),
            "taxes": _("VAT that your own invoices of this cycle contain"),
            "rate": _("Rate"),
            "base": _("Before tax"),
            "tax": _("VAT"),
        },
        "beneficiary": _address(found.beneficiary),
        "sender": _address(cycle.hub.organisation),
        "when": _when(cycle),
        "packs": [
            [pack_name(pack.product, pack.label), str(pack.quantity),
             weight_text(pack.weight_g) if pack.weight_g else "", euros(pack.amount_cents)]
            for pack in found.packs
        ],
        "fees": [[label, euros(cents)] for label, cents in found.fees],
        "orders": [[row.number, row.reason, euros(row.amount_cents)] for row in found.orders],
        "taxes": [
            [percent(tax.rate_bps), euros(tax.base_cents), euros(tax.tax_cents)]
            for tax in found.whole.taxes
        ],
        "total": euros(found.due_cents),
    }  # fmt: skip


def _address(organisation: Organisation) -> list[str]:
    town = f"{organisation.postcode} {organisation.town}".strip()
    siren = f"SIREN\u00a0{spaced(organisation.siren, 3)}" if organisation.siren else ""
    lines = [organisation.name, organisation.legal_form, organisation.address, town, siren]
    return [line for line in lines if line]


def _when(cycle: OrderCycle) -> str:
    if cycle.settled_at is None:
        return _("Not settled yet: these amounts may change.")
    return _("Settled on {day}").format(day=day(cycle.settled_at))
