"""The first page of the desk: what to do now, for each organisation one works for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from essaim.kernel import clock
from essaim.trades.food_hub import desk_tasks
from essaim.trades.food_hub.views import loading
from essaim.web.access import signed_in


@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    """What to do now; somebody who works for nobody learns how to."""
    member = loading.member_of(request)
    context = {"places": desk_tasks.places(member.pk, at=clock.now())}
    return render(request, "food_hub/desk/desk.html", context)
