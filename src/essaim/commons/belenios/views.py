"""The secretary's page of a vote on Belenios: what to take there, what to bring back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.assembly.models import GeneralAssembly, Motion
from essaim.commons.belenios import actions, queries
from essaim.commons.belenios.forms import ResultsForm
from essaim.commons.cooperative.views.loading import first, member_of
from essaim.commons.urn.queries import SMALL_COLLEGE
from essaim.core.members.policies import may_sit_on_board
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.web.access import by_policy
from essaim.web.refusals import sentence_of

State = GeneralAssembly.State


@by_policy("may_sit_on_board")
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: HttpRequest, assembly_id: UUID, position: int) -> HttpResponse:
    """Take the files of each college, then give their results: the decision is declared."""
    motion = _motion(request, assembly_id, position)
    rolls = queries.rolls_of(motion.item.assembly)
    files = (request.POST, request.FILES) if request.method == "POST" else ()
    form, refusal = ResultsForm(*files, rolls=rolls), ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_results(
                motion=motion, given=form.given(), by=member_of(request), now=clock.now()
            )
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            messages.success(request, _("The results are counted and the decision declared."))
            return redirect("assembly:assembly", assembly_id)
    context = {
        "assembly": motion.item.assembly,
        "motion": motion,
        "table_rows": [
            (one.shown, str(one.entitled_count), str(len(one.unreachable))) for one in rolls
        ],
        "small": [one for one in rolls if one.entitled_count < SMALL_COLLEGE],
        "form": form,
        "refusal": refusal,
        "is_sitting": motion.item.assembly.state == State.SITTING,
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "belenios/vote.html", context, status=status)


@by_policy("may_sit_on_board")
def files(request: HttpRequest, assembly_id: UUID, position: int) -> HttpResponse:
    """The archive: one folder by college, and how to use them."""
    motion = _motion(request, assembly_id, position)
    name = f'attachment; filename="belenios-{position}.zip"'
    body = queries.archive(motion)
    return HttpResponse(body, "application/zip", headers={"Content-Disposition": name})


def _motion(request: HttpRequest, assembly_id: UUID, position: int) -> Motion:
    """A secret vote of an assembly that was convened, for the board (2 queries)."""
    if not may_sit_on_board(member_of(request)):
        raise Http404
    rows = Motion.objects.filter(
        item__assembly__public_id=assembly_id, item__position=position, is_secret=True
    ).exclude(item__assembly__state=State.DRAFT)
    return first(rows.select_related("item__assembly__register__organisation", "poll"))
