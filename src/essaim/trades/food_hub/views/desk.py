"""The first page of the desk: what to do now, for each organisation one works for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from essaim.trades.food_hub import desk_queries
from essaim.trades.food_hub.views import loading
from essaim.web.access import signed_in


@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    """What to do now."""
    member = loading.member_of(request)
    context = {"hubs": desk_queries.hubs_worked_in(member.pk, ["manager", "worker"])}
    return render(request, "food_hub/desk/desk.html", context)
