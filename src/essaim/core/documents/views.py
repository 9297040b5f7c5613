"""Pages of documents: reading, printing, asking for one, taking the accounting entries away."""

from datetime import date
from typing import cast
from uuid import UUID

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from essaim.core.agreements.models import Agreement
from essaim.core.documents import actions, policies, queries, rendering
from essaim.core.documents.forms import BuyerForm, CreditForm, EntriesForm
from essaim.core.documents.models import Document
from essaim.core.documents.rendering.sheet import sheet
from essaim.core.documents.rules import Kind, NoSiren, PeriodUnclear
from essaim.core.documents.rules.entries import ENCODING, fec_lines, file_name
from essaim.core.members.models import Member
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of


@require_GET
@by_policy("documents.may_see")
def document(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a document as a page that prints well."""
    found = _visible(request, public_id)
    context = {
        "document": found,
        "sheet": sheet(found.snapshot),
        "may_correct": found.kind == Kind.INVOICE and policies.may_correct(_member(request), found),
    }
    return render(request, "documents/document.html", context)


@require_GET
@by_policy("documents.may_see")
def document_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send the PDF as first made, or one in large letters for those who see badly."""
    found = _visible(request, public_id)
    if "large" in request.GET:
        pdf, _ = rendering.render(found.snapshot, is_large=True)
    else:
        pdf = bytes(actions.keep_file(document=found, now=clock.now()).pdf)
    name = f'inline; filename="{found.number}.pdf"'
    return HttpResponse(pdf, "application/pdf", headers={"Content-Disposition": name})


@require_http_methods(["GET", "POST"])
@by_policy("documents.may_ask")
@idempotent
def of_agreement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the documents of an agreement and write the one that is asked for."""
    agreement = Agreement.objects.filter(public_id=public_id).order_by().first()
    if agreement is None or not policies.may_ask(_member(request), agreement, at=clock.now()):
        raise Http404
    asked = request.POST.get("kind", "")
    form = BuyerForm(
        request.POST if asked == Kind.INVOICE else None,
        initial={"name": agreement.receiver.display_name},
    )
    refusal = ""
    if request.method == "POST":
        try:
            if issued := _issue(agreement, asked, form):
                return HttpResponseRedirect(reverse("documents:document", args=[issued.public_id]))
        except RuleBroken as broken:
            refusal = sentence_of(broken)
    context = {
        "agreement": agreement,
        "documents": queries.documents_of(agreement),
        "form": form,
        "refusal": refusal,
    }
    status = 200 if request.method == "GET" else 422
    return render(request, "documents/of_agreement.html", context, status=status)


@require_http_methods(["GET", "POST"])
@by_policy("documents.may_correct")
def credit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct an invoice by a credit note; the key of the form makes a double click harmless."""
    invoice = _visible(request, public_id)
    if not policies.may_correct(_member(request), invoice):
        raise Http404
    lines = invoice.snapshot["lines"]
    form = CreditForm(request.POST or None, lines=lines, initial={"key": uuid7()})
    refusal = ""
    if form.is_valid():
        try:
            note = actions.issue_credit_note(
                document=invoice,
                lines=form.credits(),
                key=f"{invoice.public_id}:{form.cleaned_data['key']}",
                now=clock.now(),
            )
            return HttpResponseRedirect(reverse("documents:document", args=[note.public_id]))
        except RuleBroken as broken:
            refusal = sentence_of(broken)
    context = {"document": invoice, "form": form, "refusal": refusal}
    status = 422 if form.is_bound else 200
    return render(request, "documents/credit.html", context, status=status)


@require_GET
@by_policy("documents.may_export_entries")
def entries(request: HttpRequest) -> HttpResponse:
    """Ask for a period, then stream the file of accounting entries (FEC)."""
    if not policies.may_export_entries(_member(request)):
        raise Http404
    form = EntriesForm(request.GET or None, initial=_last_year())
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "documents/entries.html", {"form": form}, status=status)
    try:
        file = _entries_file(form.cleaned_data["start"], form.cleaned_data["end"])
        return cast("HttpResponse", file)  # streamed: the decorators do not look inside
    except RuleBroken as broken:
        form.add_error(None, sentence_of(broken))
        return render(request, "documents/entries.html", {"form": form}, status=422)


def _member(request: HttpRequest) -> Member:
    return cast("Member", request.user)  # the access decorators let nobody else in


def _visible(request: HttpRequest, public_id: UUID) -> Document:
    """Load a document this member may see; to others it does not exist."""
    found = queries.document_of(public_id)
    if found is None or not policies.may_see(_member(request), found, at=clock.now()):
        raise Http404
    return found


def _issue(agreement: Agreement, asked: str, form: BuyerForm) -> Document | None:
    if asked == Kind.RECEIPT:
        return actions.issue_receipt(agreement=agreement, now=clock.now())
    if asked == Kind.INVOICE and form.is_valid():
        return actions.issue_invoice(agreement=agreement, now=clock.now(), buyer=form.buyer())
    return None


def _entries_file(start: date, end: date) -> StreamingHttpResponse:
    keeper = queries.cooperative()
    if keeper is None or not keeper.siren:
        raise NoSiren
    if end < start or start.year != end.year:
        raise PeriodUnclear
    new_year = date(start.year, 1, 1)
    lines = fec_lines(
        queries.ledger_lines(start=new_year, end=end),
        start=start,
        opening=queries.opening_balances(start=new_year) if start == new_year else (),
    )
    return StreamingHttpResponse(
        (line.encode(ENCODING) for line in lines),
        content_type=f"text/plain; charset={ENCODING}",
        headers={"Content-Disposition": f'attachment; filename="{file_name(keeper.siren, end)}"'},
    )


def _last_year() -> dict[str, date]:
    year = clock.now().year - 1
    return {"start": date(year, 1, 1), "end": date(year, 12, 31)}
