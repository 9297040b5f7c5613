"""The titles of a member, and the certificate of each."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from essaim.commons.titles import queries
from essaim.commons.titles.views import loading
from essaim.kernel import clock
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy, signed_in


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
@require_safe
def title(request: HttpRequest, title_id: UUID) -> HttpResponse:
    """The certificate of a title, to print; for those who keep it, the way to pay it back."""
    found = loading.seen_title(request, title_id)
    end = queries.end_of(found)
    is_cancelled = end is not None and end.kind == queries.CANCELLED
    context = {
        "title": found,
        "end": end,
        "interest": [] if is_cancelled else list(found.interest.order_by("civil_year")),
        "is_keeper": loading.keeps(request, found),
        "is_repayable": localdate(clock.now()) >= found.repayable_on,
        "form_key": uuid7(),
    }
    return render(request, "titles/title.html", context)
