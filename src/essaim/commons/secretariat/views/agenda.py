"""The agenda at the desk, point by point: written while it is a draft, with its documents."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.assembly import actions
from essaim.commons.assembly.models import AgendaItem
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.rules.refusals import AgendaFrozen
from essaim.commons.secretariat.forms import (
    DraftForm,
    ElectionForm,
    FileForm,
    MotionForm,
    PointForm,
)
from essaim.commons.secretariat.views import loading
from essaim.commons.secretariat.views.desk import BOARD, State
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

FORMS: dict[str, type[PointForm]] = {
    "point": PointForm,
    "motion": MotionForm,
    "election": ElectionForm,
}


@by_policy(BOARD)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def add(request: HttpRequest, assembly_id: UUID, what: str) -> HttpResponse:
    """Add a point, a motion or an election at the end of the agenda."""
    found = loading.run(request, assembly_id)
    if what not in FORMS:
        raise Http404
    form = FORMS[what](request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            form.add_to(found, clock.now())
        except RuleBroken as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return redirect("secretariat:assembly", found.public_id)
    context = {"assembly": found, "what": what, "form": form, "form_key": uuid7(), "item": None}
    return render(request, "secretariat/add.html", context, status=422 if form.errors else 200)


@by_policy(BOARD)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def change(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """Change when, where and as what an assembly meets, before anybody is convened."""
    found = loading.run(request, assembly_id)
    form = DraftForm(request.POST or None, initial=DraftForm.typed_before(found))
    if request.method == "POST" and form.is_valid():
        try:
            actions.revise_draft(assembly=found, **form.said)
        except RuleBroken as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return redirect("secretariat:assembly", found.public_id)
    context = {"assembly": found, "form": form, "form_key": uuid7()}
    return render(request, "secretariat/change.html", context, status=422 if form.errors else 200)


@by_policy(BOARD)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def point(request: HttpRequest, assembly_id: UUID, position: int) -> HttpResponse:
    """Write a point of the agenda otherwise."""
    found = loading.run(request, assembly_id)
    item = loading.item_of(found, position)
    what = _what(item)
    form = FORMS[what](request.POST or None, initial=FORMS[what].typed_before(item))
    if request.method == "POST" and form.is_valid():
        try:
            form.revise(item, clock.now())
        except RuleBroken as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return redirect("secretariat:assembly", found.public_id)
    elif found.state != State.DRAFT:
        messages.error(request, sentence_of(AgendaFrozen(state=found.state)))
        return redirect("secretariat:assembly", found.public_id)
    context = {"assembly": found, "what": what, "form": form, "form_key": uuid7(), "item": item}
    return render(request, "secretariat/add.html", context, status=422 if form.errors else 200)


@by_policy(BOARD)
@require_http_methods(["POST"])
@idempotent
def order(request: HttpRequest, assembly_id: UUID, position: int) -> HttpResponse:
    """Move a point up or down, or take it off: one button each."""
    found = loading.run(request, assembly_id)
    item, what = loading.item_of(found, position), request.POST.get("what", "")
    here = reverse("secretariat:assembly", args=[found.public_id])
    try:
        if what == "remove":
            actions.remove_item(item=item)
            messages.success(
                request, _("« {title} » is taken off the agenda.").format(title=item.title)
            )
            return redirect(here)
        if what in {"up", "down"}:
            actions.move_item(item=item, is_up=what == "up")
    except RuleBroken as refusal:
        messages.error(request, sentence_of(refusal))
    return redirect(f"{here}#agenda")


@by_policy(BOARD)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def files(request: HttpRequest, assembly_id: UUID, position: int) -> HttpResponse:
    """The documents of a point: one more, one less."""
    found = loading.run(request, assembly_id)
    item = loading.item_of(found, position)
    removed = request.POST.get("remove", "")
    form = FileForm(None if removed else request.POST or None, request.FILES or None)
    try:
        if removed:
            actions.remove_file(file=loading.first(item.files.filter(public_id=removed)))
        elif form.is_valid():
            typed = form.cleaned_data
            actions.attach_file(
                item=item, title=typed["title"], upload=typed["file"], now=clock.now()
            )
        if request.method == "POST" and not form.errors:
            return redirect("secretariat:files", found.public_id, position)
    except RuleBroken as refusal:
        if removed:
            messages.error(request, sentence_of(refusal))
            return redirect("secretariat:files", found.public_id, position)
        form.add_error("file", sentence_of(refusal))
    context = {
        "assembly": found,
        "item": item,
        "files": item.files.order_by("pk"),
        "form": form,
        "form_key": uuid7(),
    }
    return render(request, "secretariat/files.html", context, status=422 if form.errors else 200)


def _what(item: AgendaItem) -> str:
    if not hasattr(item, "motion"):
        return "point"
    return "motion" if item.motion.method == Method.MOTION else "election"
