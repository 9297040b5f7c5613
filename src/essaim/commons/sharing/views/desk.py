"""The desk of the clerk and the board: years, their lines, their closing, how they are shared."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Register
from essaim.commons.sharing import actions, queries, wording
from essaim.commons.sharing.forms import ForwardForm, LineForm, OpenYearForm, VariantForm
from essaim.commons.sharing.models import Year
from essaim.commons.sharing.rules.books import Kind
from essaim.commons.sharing.rules.findings import findings
from essaim.commons.sharing.rules.plain import read_books
from essaim.commons.sharing.rules.surplus import share_out, usual_wishes
from essaim.commons.sharing.views import loading, proposals
from essaim.commons.statutes.rules.findings import Finding, Severity
from essaim.commons.statutes.rules.statutes import Statutes
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

KEEPERS = "may_keep_years"
METHODS = ["GET", "HEAD", "POST"]
PER_CENT = 100


@by_policy(KEEPERS)
@require_http_methods(METHODS)
@idempotent
def desk(request: HttpRequest) -> HttpResponse:
    """Every year; opening another; what there was before the books were kept here."""
    register, what = loading.kept_register(request), request.POST.get("what", "")
    last = register.years.order_by("-civil_year").first()
    today = localdate(clock.now())
    initial = {"civil_year": last.civil_year + 1 if last else today.year}
    opening = OpenYearForm(request.POST if what == "open" else None, initial=initial)
    forward = ForwardForm(request.POST if what == "forward" else None)
    form = forward if what == "forward" else opening
    if request.method == "POST" and form.is_valid():
        done = _open_or_bring_forward(register, what, form)
        if done is not None:
            return done
    context = {
        "register": register,
        "years": list(register.years.order_by("-civil_year")),
        "shared": queries.shared_years(register),
        "opening": opening,
        "forward": forward if queries.may_bring_forward(register) else None,
        "form_key": uuid7(),
    }
    status = 422 if form.errors else 200
    return render(request, "sharing/desk/years.html", context, status=status)


def _open_or_bring_forward(register: Register, what: str, form: Any) -> HttpResponse | None:
    typed, now = form.cleaned_data, clock.now()
    if what == "open":
        opened = actions.open_year(register=register, civil_year=typed["civil_year"], now=now)
        return redirect("sharing:desk_year", opened.civil_year)
    try:
        actions.bring_forward(
            register=register, legal_cents=typed["legal"], statutory_cents=typed["statutory"],
            losses_cents=typed["losses"], now=now,
        )  # fmt: skip
    except RuleBroken as refusal:
        form.show(refusal)
        return None
    return redirect("sharing:desk")


@by_policy(KEEPERS)
@require_http_methods(METHODS)
@idempotent
def desk_year(request: HttpRequest, civil_year: int) -> HttpResponse:
    """One year: its lines and what the ledger says now; closed, how it is shared."""
    year, what = loading.kept_year(request, civil_year), request.POST.get("what", "")
    form = LineForm(request.POST if what == "line" else None)
    claims = proposals.claims_form(year, request.POST if what == "adopt" else None)
    typed = claims if what == "adopt" else form
    refusal = ""
    if request.method == "POST" and (what not in {"line", "adopt"} or typed.is_valid()):
        try:
            _proceed(request, year, what, typed)
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            return redirect("sharing:desk_year", year.civil_year)
    books = read_books(year.books) if year.books else queries.books(year)
    context = {
        "year": year,
        "books": books,
        "earned": wording.books_rows(books, year.register.organisation.slug),
        "lines": queries.lines(year),
        "is_over": clock.now() >= queries.bounds(year.civil_year)[1],
        "form": form,
        "refusal": refusal,
        "form_key": uuid7(),
        **proposals.shown(request, year, claims),
    }
    status = 422 if refusal or typed.errors else 200
    return render(request, "sharing/desk/year.html", context, status=status)


def _proceed(request: HttpRequest, year: Year, what: str, form: Any) -> None:
    member, now = loading.member_of(request), clock.now()
    if what == "line":
        typed = form.cleaned_data
        actions.write_line(
            year=year, kind=Kind(typed["kind"]), label=typed["label"], cents=typed["amount"],
            line_date=typed["line_date"], by=member, now=now,
        )  # fmt: skip
        messages.success(request, _("The line is written."))
    elif what == "correct":
        line = loading.line_of(year, request.POST.get("line", ""))
        actions.correct_line(line=line, by=member, now=now)
        messages.success(request, _("The line is taken back: write the right one."))
    elif what == "close":
        actions.close_year(year=year, by=member, now=now)
        messages.success(request, _("The year is closed."))
    elif what in {"put", "adopt"}:
        proposals.proceed(request, year, what, form)


@by_policy("may_propose_variant")
@require_http_methods(METHODS)
@idempotent
def desk_propose(request: HttpRequest, civil_year: int) -> HttpResponse:
    """Write a way to share a year: looked at first, as it would be computed, then kept."""
    year = loading.proposing_year(request, civil_year)
    facts = read_books(year.books or {}).facts()
    statutes = cooperative_queries.statutes_at(year.register, clock.now())
    form = VariantForm(request.POST or None, statutes=statutes, initial=_initial(request, statutes))
    rows: list[wording.Row] = []
    found: list[Finding] = []
    if request.method == "POST" and form.is_valid():
        try:
            found = findings(facts, statutes, form.wish, form.day)
            rows = wording.rows(share_out(facts, statutes, form.wish, form.day))
            if request.POST.get("what") == "keep" and not _blocks(found):
                actions.propose_variant(
                    year=year, title=form.cleaned_data["title"], wish=form.wish,
                    assembly_date=form.day, by=loading.member_of(request), now=clock.now(),
                )  # fmt: skip
                return redirect("sharing:desk_year", year.civil_year)
        except RuleBroken as refusal:
            form.show(refusal)
    context = {
        "year": year, "form": form, "rows": rows, "form_key": uuid7(), "blocks": _blocks(found),
        "found": [(one.severity.value, wording.finding_sentence(one), one.source) for one in found],
    }  # fmt: skip
    status = 422 if form.errors or _blocks(found) else 200
    return render(request, "sharing/desk/propose.html", context, status=status)


def _blocks(found: list[Finding]) -> bool:
    return any(one.severity is Severity.BLOCK for one in found)


def _initial(request: HttpRequest, statutes: Statutes) -> dict[str, object]:
    """Start from the assembly being prepared, and from a usual wish when one is asked for."""
    coming = next(iter(queries.drafts(loading.register())), None)
    initial: dict[str, object] = {
        "assembly_date": localdate(coming.meets_at if coming else clock.now())
    }
    if request.GET.get("start") == "reserves":
        title = next(iter(usual_wishes(statutes, localdate(clock.now()))))
        initial |= {"title": _(title), "statutory_percent": PER_CENT}
    return initial
