"""The titles of a member, and the certificate of each."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.titles import actions, queries
from essaim.commons.titles.models import Title
from essaim.commons.titles.views import loading
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy, signed_in
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """What a member lent the cooperative, and what it earned them (2 queries)."""
    found = queries.owned(loading.member_of(request))
    going_on = [one for one in found if one.end is None]
    context = {
        "owned": found,
        "lent_cents": sum(one.title.nominal_cents for one in going_on),
        "earned_cents": sum(one.earned_cents for one in found),
    }
    return render(request, "titles/mine.html", context)


@by_policy("may_see_title")
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def title(request: HttpRequest, title_id: UUID) -> HttpResponse:
    """The certificate of a title, to print; for those who keep it, paying it back."""
    found = loading.seen_title(request, title_id)
    is_keeper = loading.keeps(request, found)
    refusal = ""
    if request.method == "POST":
        if not is_keeper:
            raise Http404
        refusal = _repay(request, found)
        if not refusal:
            return redirect("titles:title", found.public_id)
    end = queries.end_of(found)
    is_cancelled = end is not None and end.kind == queries.CANCELLED
    context = {
        "title": found,
        "end": end,
        "interest": [] if is_cancelled else list(found.interest.order_by("civil_year")),
        "is_keeper": is_keeper,
        "is_repayable": localdate(clock.now()) >= found.repayable_on,
        "refusal": refusal,
        "form_key": uuid7(),
    }
    status = 422 if refusal else 200
    return render(request, "titles/title.html", context, status=status)


def _repay(request: HttpRequest, found: Title) -> str:
    """Pay a title back; return why not, in a sentence."""
    try:
        actions.repay_title(title=found, by=loading.member_of(request), now=clock.now())
    except RuleBroken as refusal:
        return sentence_of(refusal)
    messages.success(request, _("The title is paid back: the register says it."))
    return ""
