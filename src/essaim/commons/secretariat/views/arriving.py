"""Arriving by the code of the room: scanned, then said by oneself."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from essaim.commons.assembly import queries
from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.assembly.rules.refusals import AlreadyThere
from essaim.commons.assembly.views import loading
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Associate
from essaim.commons.secretariat import actions
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.web.access import by_policy
from essaim.web.refusals import sentence_of


# Not `@idempotent`: arriving twice is arriving once.
@by_policy("may_attend_assembly")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def arrive(request: HttpRequest, assembly_id: UUID, code: str) -> HttpResponse:
    """« I am in the room »: one button for whoever scanned the code, for each vote they have."""
    found = loading.followed(request, assembly_id)
    member = loading.member_of(request)
    mine = queries.associates_of(found, member)
    refusal = ""
    try:
        actions.check_code(assembly=found, code=code, now=clock.now())
        if request.method == "POST" and mine:
            for associate in mine:
                _once(found, associate, code)
            messages.success(request, _("You are counted as present."))
            return redirect("assembly:assembly", found.public_id)
    except RuleBroken as broken:
        refusal = sentence_of(broken)
    context = {
        "assembly": found,
        "names": [(one.number, holder_name(one)) for one in mine],
        "refusal": refusal,
    }
    return render(request, "secretariat/arrive.html", context, status=422 if refusal else 200)


def _once(found: GeneralAssembly, associate: Associate, code: str) -> None:
    try:
        actions.arrive_by_code(assembly=found, associate=associate, code=code, now=clock.now())
    except AlreadyThere:
        return  # a second tap, or ticked at the desk
