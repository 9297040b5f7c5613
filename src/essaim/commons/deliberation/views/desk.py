"""The board's desk: proposals that must be put on an agenda."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.deliberation import actions, queries, wording
from essaim.commons.deliberation.rules.refusals import NothingChosen
from essaim.commons.deliberation.views import loading
from essaim.commons.deliberation.views.loading import Here
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of


@by_policy("may_sit_on_board")
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for an agenda; putting it on that of a draft assembly."""
    found = loading.on_board(request)
    refusal = ""
    if request.method == "POST":
        try:
            _schedule(request, found)
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            return redirect("deliberation:desk")
    now = clock.now()
    context = {
        "here": found,
        "waiting": [
            (one, wording.standing_of(one, at=now), holder_name(one.author))
            for one in queries.to_schedule(found.register)
        ],
        "drafts": queries.drafts(found.register),
        "refusal": refusal,
        "form_key": uuid7(),
    }
    return render(request, "deliberation/desk.html", context, status=422 if refusal else 200)


def _schedule(request: HttpRequest, found: Here) -> None:
    """Find both among those offered: what is neither is refused, not looked for elsewhere."""
    assemblies = {str(one.public_id): one for one in queries.drafts(found.register)}
    waiting = {str(one.public_id): one for one in queries.to_schedule(found.register)}
    assembly = assemblies.get(request.POST.get("assembly", ""))
    proposal = waiting.get(request.POST.get("proposal", ""))
    if assembly is None or proposal is None:
        raise NothingChosen
    actions.schedule(proposal=proposal, assembly=assembly, now=clock.now())
    told = _("« {title} » is a point of « {assembly} ».")
    messages.success(request, told.format(title=proposal.title, assembly=assembly.title))
