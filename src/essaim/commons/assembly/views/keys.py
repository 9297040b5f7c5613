"""The key of a scrutineer: taken before the vote, given after the close."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from essaim.commons.assembly.forms import KeyForm
from essaim.commons.assembly.views import loading
from essaim.commons.urn import actions as urn
from essaim.commons.urn.models import Scrutineer
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.web.access import by_policy
from essaim.web.refusals import sentence_of


# Neither `@idempotent` nor a redirect: a key is shown once, and nothing of it is kept here.
@by_policy("is_scrutineer")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def key(request: HttpRequest, assembly_id: UUID, position: int) -> HttpResponse:
    """A scrutineer takes their key before the vote, and gives it after the close."""
    poll, motion = loading.scrutinised(request, assembly_id, position)
    member = loading.member_of(request)
    form = KeyForm(request.POST if request.POST.get("what") == "give" else None)
    code, refusal = "", ""
    try:
        if request.POST.get("what") == "take":
            code = urn.take_key(poll=poll, member=member)
        elif form.is_valid():
            poll = urn.give_key(
                poll=poll, member=member, code=form.cleaned_data["code"], now=clock.now()
            )
            messages.success(request, _("Your key is given."))
            return redirect("assembly:key", assembly_id, position)
    except RuleBroken as broken:
        refusal = sentence_of(broken)
    mine = loading.first(Scrutineer.objects.filter(poll=poll, member=member))
    context = {
        "motion": motion,
        "assembly": motion.item.assembly,
        "poll": poll,
        "code": code,
        "form": form,
        "refusal": refusal,
        "has_taken": mine.public_key is not None,
        "has_given": mine.opened_share is not None,
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "assembly/key.html", context, status=status)
