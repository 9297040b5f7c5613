"""Voting by post: one's own form, the forms at the desk, what is read on them, what is printed."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from essaim.commons.assembly import queries as assembly_queries
from essaim.commons.assembly.models import GeneralAssembly, Motion
from essaim.commons.assembly.views import loading
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Associate
from essaim.commons.postal import actions, papers, queries, wording
from essaim.commons.postal.forms import ReadingForm
from essaim.commons.postal.models import Form
from essaim.core.members.policies import may_sit_on_board
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

FOUND_MAX = 8
State = GeneralAssembly.State


@by_policy("may_attend_assembly")
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def form(request: HttpRequest, assembly_id: UUID, number: int) -> HttpResponse:
    """Vote by post: what it means, one's form to print; the board prints that of anybody."""
    found = loading.followed(request, assembly_id)
    associate = _associate(request, found, number)
    refusal = ""
    if request.method == "POST":
        try:
            actions.print_form(assembly=found, associate=associate, now=clock.now())
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            return redirect("postal:form", found.public_id, number)
    kept = Form.objects.filter(assembly=found, associate=associate).order_by().first()
    votes = queries.votes_by_post(found)
    context = {
        "assembly": found, "associate": associate, "name": holder_name(associate), "form": kept,
        "votes": votes, "read": _read(request, found, kept, votes),
        "secret": [wording.title(one) for one in queries.secret_votes(found)],
        "refusal": refusal, "form_key": uuid7(), "is_before": found.state == State.CONVENED,
    }  # fmt: skip
    return render(request, "postal/form.html", context, status=422 if refusal else 200)


@by_policy("may_attend_assembly")
@require_safe
def form_pdf(request: HttpRequest, assembly_id: UUID, number: int) -> HttpResponse:
    """The form on paper; `?print=large` for those who see badly."""
    found = loading.followed(request, assembly_id)
    associate = _associate(request, found, number)
    rows = Form.objects.filter(assembly=found, associate=associate)
    kept = loading.first(
        rows.select_related(
            "assembly__register__organisation", "associate__member", "associate__organisation"
        )
    )
    pdf = papers.form_pdf(kept, is_large=request.GET.get("print") == "large")
    return _pdf(pdf, f"formulaire-{kept.number}.pdf")


@by_policy("may_attend_assembly")
@require_safe
def agenda_pdf(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """The agenda and the motions on paper; `?print=large` for those who see badly."""
    found = loading.followed(request, assembly_id)
    pdf = papers.agenda_pdf(found, is_large=request.GET.get("print") == "large")
    return _pdf(pdf, "ordre-du-jour.pdf")


@by_policy("may_sit_on_board")
@require_safe
def forms(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """The forms at the desk: where each stands; finding an associate to print theirs."""
    found = _run(request, assembly_id)
    text = request.GET.get("q", "").strip()[:80]
    rows = assembly_queries.found_entitled(found, text)[:FOUND_MAX] if text else []
    votes = queries.votes_by_post(found)
    context = {
        "assembly": found,
        "rows": [
            (one, holder_name(one.associate), _void(one, votes)) for one in queries.forms_of(found)
        ],
        "text": text,
        "people": [(one.number, holder_name(one)) for one in rows],
    }
    return render(request, "postal/forms.html", context)


@by_policy("may_sit_on_board")
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def reading(request: HttpRequest, assembly_id: UUID, number: int) -> HttpResponse:
    """Type what stands on a form, without seeing what somebody else typed."""
    found = _run(request, assembly_id)
    kept = loading.first(queries.forms_of(found).filter(number=number))
    votes = queries.votes_by_post(found)
    typed = ReadingForm(request.POST or None, votes=votes)
    if request.method == "POST" and typed.is_valid():
        try:
            kept = actions.read_form(
                form=kept, lines=typed.cleaned_data, by=loading.member_of(request),
                now=clock.now(),
            )  # fmt: skip
        except RuleBroken as refusal:
            typed.add_error(None, sentence_of(refusal))
        else:
            _tell(request, kept, votes)
            return redirect("postal:forms", found.public_id)
    context = {
        "assembly": found, "form": kept, "typed": typed, "form_key": uuid7(),
        "name": holder_name(kept.associate), "titles": _titles(kept, votes),
        "method_of": wording.method_of,
    }  # fmt: skip
    return render(request, "postal/reading.html", context, status=422 if typed.errors else 200)


def _read(
    request: HttpRequest, found: GeneralAssembly, kept: Form | None, votes: list[Motion]
) -> list[tuple[str, str]]:
    """What was read on a form, for whoever sent it: the board sees it where it reads it."""
    mine = assembly_queries.associates_of(found, loading.member_of(request))
    if kept is None or kept.associate_id not in {one.pk for one in mine}:
        return []
    return wording.read_on(kept, votes)


def _void(kept: Form, votes: list[Motion]) -> list[str]:
    """The titles of the votes that are void on a form, each with its reason."""
    reasons = [(wording.title(one), wording.void_of(kept, one)) for one in votes]
    return [f"{title} – {reason}" for title, reason in reasons if reason]


def _titles(kept: Form, votes: list[Motion]) -> list[str]:
    """The lines on which the last readings differed, by their titles."""
    known = {actions.AMENDED: _("If the text is amended in session")}
    for motion in votes:
        title = wording.title(motion)
        for line, name in wording.names_of(motion):
            known[line] = title if name == title else f"{title} – {name}"
    return [known.get(name, name) for name in kept.disputed]


def _tell(request: HttpRequest, kept: Form, votes: list[Motion]) -> None:
    if kept.state == Form.State.ACCEPTED:
        messages.success(request, _("Both read the same: the form counts, its sender is present."))
        for told in _void(kept, votes):
            messages.warning(request, told)
    elif kept.state == Form.State.DISPUTED:
        messages.error(request, _("The two readings differ: both read the form again."))
    else:
        messages.success(request, _("Read once: somebody else now reads it too."))


def _associate(request: HttpRequest, found: GeneralAssembly, number: int) -> Associate:
    """An associate I am or act for; anybody for the board."""
    member = loading.member_of(request)
    for one in assembly_queries.associates_of(found, member):
        if one.number == number:
            return one
    if not may_sit_on_board(member):
        raise Http404
    return loading.first(assembly_queries.found_entitled(found, str(number)))


def _run(request: HttpRequest, assembly_id: UUID) -> GeneralAssembly:
    if not may_sit_on_board(loading.member_of(request)):
        raise Http404
    rows = GeneralAssembly.objects.filter(public_id=assembly_id)
    return loading.first(rows.select_related("register__organisation"))


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
