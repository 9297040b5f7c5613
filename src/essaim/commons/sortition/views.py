"""The pages of draws: all of them, preparing one, one of them, the files to draw again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from essaim.commons.cooperative import queries as cooperative
from essaim.commons.cooperative.models import Register
from essaim.commons.cooperative.views.loading import first, member_of, register
from essaim.commons.sortition import actions, policies, queries
from essaim.commons.sortition.forms import AnnounceForm, PrepareForm
from essaim.commons.sortition.models import Sortition
from essaim.commons.sortition.rules.public import ELSEWHERE
from essaim.core.members.policies import may_sit_on_board
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.web.access import by_policy
from essaim.web.refusals import sentence_of

SEE = "may_see_draws"


@by_policy(SEE)
def draws(request: HttpRequest) -> HttpResponse:
    """Every draw of the cooperative, the latest first."""
    kept = _register(request)
    context = {
        "register": kept,
        "draws": queries.draws_of(kept),
        "may_prepare": may_sit_on_board(member_of(request)),
    }
    return render(request, "sortition/draws.html", context)


@by_policy("may_sit_on_board")
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: HttpRequest) -> HttpResponse:
    """Freeze who may be drawn, before anybody knows the number."""
    kept = _register(request)
    if not may_sit_on_board(member_of(request)):
        raise Http404
    colleges = cooperative.statutes_at(kept, clock.now()).colleges
    form = PrepareForm(request.POST if request.method == "POST" else None, colleges=colleges)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            found = actions.prepare_draw(
                register=kept, title=said["title"], seats_count=said["seats_count"],
                quotas=form.quotas(), excluded=said["excluded"], source=said["source"],
                by=member_of(request), now=clock.now(),
            )  # fmt: skip
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            return redirect("sortition:draw", found.public_id)
    context = {"register": kept, "form": form, "refusal": refusal}
    status = 422 if refusal or form.errors else 200
    return render(request, "sortition/prepare.html", context, status=status)


@by_policy(SEE)
def draw(request: HttpRequest, draw_id: UUID) -> HttpResponse:
    """One draw: the frozen list, the number, who was drawn, who declined."""
    kept = _register(request)
    found = first(Sortition.objects.filter(register=kept, public_id=draw_id))
    return _page(request, kept, found, AnnounceForm())


def _page(
    request: HttpRequest, kept: Register, found: Sortition, form: AnnounceForm, refusal: str = ""
) -> HttpResponse:
    context = {
        **_told(kept, found),
        "form": form,
        "refusal": refusal,
        "is_clerk": may_sit_on_board(member_of(request)),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "sortition/draw.html", context, status=status)


@by_policy("may_sit_on_board")
@require_POST
def run(request: HttpRequest, draw_id: UUID) -> HttpResponse:
    """Draw from the number announced, or replace somebody who declines."""
    kept = _register(request)
    if not may_sit_on_board(member_of(request)):
        raise Http404
    found = first(Sortition.objects.filter(register=kept, public_id=draw_id))
    form = AnnounceForm(request.POST if request.POST.get("what") == "draw" else None)
    if form.is_bound and not form.is_valid():
        return _page(request, kept, found, form)
    try:
        _act(request, found, form)
    except RuleBroken as broken:
        return _page(request, kept, found, form, sentence_of(broken))
    return redirect("sortition:draw", draw_id)


def _act(request: HttpRequest, found: Sortition, form: AnnounceForm) -> None:
    now, number = clock.now(), request.POST.get("number", "")
    if form.is_bound:
        actions.draw(sortition=found, announced=form.cleaned_data["announced"], now=now)
        messages.success(request, _("The draw is done, and anybody can do it again."))
    elif number.isdecimal():
        done = actions.decline(sortition=found, number=int(number), by=member_of(request), now=now)
        messages.success(request, _("No. {number} is drawn instead.").format(number=done.drawn))


def _told(kept: Register, found: Sortition) -> dict[str, Any]:
    content = found.content
    labels = {one.code: one.label for one in kept.colleges.all()}
    traits = {one["number"]: one for one in content["candidates"]}
    sitting = queries.members_of(found)
    declinings = list(found.declinings.order_by("position"))
    names = queries.names(kept, [*sitting, *(one.declined for one in declinings)])
    return {
        "draw": found,
        "count": len(content["candidates"]),
        "quotas": [
            (_value(quota, labels), str(quota["minimum"]), str(quota["maximum"]))
            for quota in content["quotas"]
        ],
        "members": [
            (number, names.get(number, ""), labels.get(traits[number]["college"], ""))
            for number in sitting
        ],
        "declinings": [
            (one.declined, names.get(one.declined, ""), one.drawn) for one in declinings
        ],
    }


def _value(quota: dict[str, Any], labels: dict[str, str]) -> str:
    if quota["category"] == "college":
        return labels.get(quota["value"]) or _("Without college")
    return _("Elsewhere") if quota["value"] == ELSEWHERE else str(quota["value"])


@by_policy(SEE)
def files(request: HttpRequest, draw_id: UUID) -> HttpResponse:
    """The frozen list, for whoever keeps it; then the result and a program that draws again."""
    found = first(Sortition.objects.filter(register=_register(request), public_id=draw_id))
    name = 'attachment; filename="tirage.zip"'
    body = queries.replay_archive(found)
    return HttpResponse(body, "application/zip", headers={"Content-Disposition": name})


def _register(request: HttpRequest) -> Register:
    found = register()
    if not policies.may_see_draws(member_of(request), found):
        raise Http404
    return found
