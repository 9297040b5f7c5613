"""The board's desk of consultations: subjects, and asking a question."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.consultation import actions, queries
from essaim.commons.consultation.forms import QuestionForm, SubjectForm
from essaim.commons.deliberation.views import loading
from essaim.commons.deliberation.views.loading import Here
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of


@by_policy("may_ask")
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def desk(request: HttpRequest) -> HttpResponse:
    """The subjects on which voices are given: declaring one, closing one."""
    found = loading.on_board(request)
    form = SubjectForm(request.POST if "label" in request.POST else None)
    if request.method == "POST":
        try:
            if _declare_or_close(request, found, form):
                return redirect("consultation:desk")
        except RuleBroken as refusal:
            form.add_error(None, sentence_of(refusal))
    context = {
        "here": found,
        "subjects": list(queries.subjects(found.register)),
        "form": form,
        "form_key": uuid7(),
    }
    return render(request, "consultation/desk.html", context, status=422 if form.errors else 200)


def _declare_or_close(request: HttpRequest, found: Here, form: SubjectForm) -> bool:
    now = clock.now()
    known = {str(one.public_id): one for one in queries.subjects(found.register)}
    closed = known.get(request.POST.get("close", ""))
    if closed is not None:
        actions.close_subject(subject=closed, now=now)
        messages.success(request, _("The subject is closed; the voices given on it speak no more."))
        return True
    if not form.is_bound or not form.is_valid():
        return False
    actions.add_subject(register=found.register, label=form.cleaned_data["label"], now=now)
    messages.success(request, _("Associates may give their voice on this subject."))
    return True


@by_policy("may_ask")
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def ask(request: HttpRequest) -> HttpResponse:
    """Ask all associates a question."""
    found = loading.on_board(request)
    subjects = list(queries.subjects(found.register))
    form = QuestionForm(request.POST or None, subjects=subjects)
    if request.method == "POST" and form.is_valid():
        try:
            asked = actions.open_consultation(**form.typed, by=found.member, now=clock.now())
        except RuleBroken as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            messages.success(request, _("The question is asked; associates are written to."))
            return redirect("consultation:consultation", asked.public_id)
    context = {"here": found, "form": form, "subjects": subjects, "form_key": uuid7()}
    return render(request, "consultation/ask.html", context, status=422 if form.errors else 200)
