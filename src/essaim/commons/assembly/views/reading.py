"""What is read before the meeting: documents of a point, questions in writing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from essaim.commons.assembly import actions, queries
from essaim.commons.assembly.forms import QuestionForm
from essaim.commons.assembly.models import AgendaFile, GeneralAssembly, Question
from essaim.commons.assembly.policies import may_attend_assembly
from essaim.commons.assembly.views import loading
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.core.members.policies import may_sit_on_board
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

ANSWER_CHARS_MAX = 5000
# A PDF may hold scripts: it is never shown within a page of ours, and saved rather than opened.
INERT = {
    "Content-Disposition": 'attachment; filename="document.pdf"',
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}


@by_policy("may_attend_assembly")
@require_safe
def file(request: HttpRequest, assembly_id: UUID, file_id: UUID) -> HttpResponse:
    """A document, for those who follow the assembly; a draft's for the board alone."""
    rows = AgendaFile.objects.filter(public_id=file_id, item__assembly__public_id=assembly_id)
    kept = loading.first(rows.select_related("item__assembly__register"))
    member, assembly = loading.member_of(request), kept.item.assembly
    if not (may_attend_assembly(member, assembly) or may_sit_on_board(member)):
        raise Http404
    try:
        with default_storage.open(kept.path) as content:
            return HttpResponse(content.read(), content_type="application/pdf", headers=INERT)
    except FileNotFoundError as error:
        raise Http404 from error


@by_policy("may_attend_assembly")
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def questions(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """Questions in writing and their answers: associates ask, the board answers."""
    found = loading.followed(request, assembly_id)
    member = loading.member_of(request)
    mine = queries.associates_of(found, member)
    is_answer = "question" in request.POST
    form = QuestionForm(None if is_answer else request.POST or None, agenda=queries.agenda(found))
    refusal = ""
    try:
        if is_answer:
            _answer(request, found)
        elif form.is_valid() and mine:
            actions.ask(
                assembly=found, associate=mine[0], text=form.cleaned_data["text"],
                item=form.item, now=clock.now(),
            )  # fmt: skip
            messages.success(request, _("Your question is sent."))
        if request.method == "POST" and not form.errors:
            return redirect("assembly:questions", found.public_id)
    except RuleBroken as broken:
        refusal = sentence_of(broken)
    context = _told(found) | {
        "form": form, "refusal": refusal, "form_key": uuid7(), "holder_name": holder_name,
        "may_ask": bool(mine) and found.state == GeneralAssembly.State.CONVENED
        and clock.now() < found.meets_at,
        "may_answer": may_sit_on_board(member) and found.state != GeneralAssembly.State.CLOSED,
    }  # fmt: skip
    status = 422 if refusal or form.errors else 200
    return render(request, "assembly/questions.html", context, status=status)


def _told(found: GeneralAssembly) -> dict[str, Any]:
    return {"assembly": found, "questions": queries.questions_of(found)}


def _answer(request: HttpRequest, found: GeneralAssembly) -> None:
    member = loading.member_of(request)
    text = request.POST.get("answer", "").strip()[:ANSWER_CHARS_MAX]
    rows = Question.objects.filter(assembly=found, public_id=request.POST["question"])
    if not may_sit_on_board(member) or not text:
        raise Http404
    question = loading.first(rows.select_related("assembly"))
    actions.answer(question=question, text=text, by=member, now=clock.now())
    messages.success(request, _("The answer is published."))
