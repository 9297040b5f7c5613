"""The pick-up places of a hub."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from essaim.core.territories.actions import reopen_place
from essaim.core.territories.models import Place
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub.actions import places as actions
from essaim.trades.food_hub.models import Hub
from essaim.trades.food_hub.place_forms import PlaceForm
from essaim.trades.food_hub.views import loading
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of


@by_policy("may_run_hub")
@idempotent
def places(request: HttpRequest, slug: str) -> HttpResponse:
    """The places of a hub, and one more."""
    hub = loading.run_hub(request, slug)
    form = PlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.name_place(hub=hub, now=clock.now(), **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error("commune", sentence_of(refusal))
        else:
            messages.success(request, _("The place is there for your next pick-up times."))
            return redirect("food_hub:desk_places", slug)
    rows = Place.objects.filter(keeper=hub.organisation_id).select_related("commune")
    context = {
        "hub": hub,
        "form": form,
        "places": rows.order_by("closed_at", "name", "pk"),
        "form_key": uuid7(),
    }
    status = 422 if form.errors else 200
    return render(request, "food_hub/desk/places.html", context, status=status)


@by_policy("may_run_hub")
@idempotent
def place(request: HttpRequest, slug: str, place_id: UUID) -> HttpResponse:
    """One place: corrected, closed, opened again."""
    hub = loading.run_hub(request, slug)
    found = _place(hub, place_id)
    what = request.POST.get("what", "")
    form = PlaceForm(
        request.POST if what == "correct" else None, initial=PlaceForm.initial_of(found)
    )
    if request.method == "POST" and (what != "correct" or form.is_valid()):
        try:
            _change(hub, found, what, form)
        except RuleBroken as refusal:
            if not form.is_bound:
                return _place_page(request, hub, found, form, refusal)
            form.add_error("commune", sentence_of(refusal))
        else:
            return redirect("food_hub:desk_places", slug)
    return _place_page(request, hub, found, form, None)


def _place(hub: Hub, place_id: UUID) -> Place:
    found = (
        Place.objects.filter(public_id=place_id, keeper=hub.organisation_id)
        .select_related("commune")
        .order_by()
        .first()
    )
    if found is None:
        raise Http404
    return found


def _change(hub: Hub, place: Place, what: str, form: PlaceForm) -> None:
    if what == "correct":
        actions.correct_place(hub=hub, place=place, **form.cleaned_data)
    elif what == "close":
        actions.close_place(place=place, now=clock.now())
    elif what == "reopen":
        reopen_place(place=place)


def _place_page(
    request: HttpRequest, hub: Hub, place: Place, form: PlaceForm, refusal: RuleBroken | None
) -> HttpResponse:
    context = {
        "hub": hub,
        "spot": place,  # `place` is what the header of every page shows
        "form": form,
        "refusal": sentence_of(refusal) if refusal else "",
        "form_key": uuid7(),
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "food_hub/desk/place.html", context, status=status)
