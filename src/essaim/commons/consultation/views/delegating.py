"""My delegations: who speaks for me on each subject, giving my voice, taking it back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.consultation import actions, policies, queries, wording
from essaim.commons.consultation.models import Subject
from essaim.commons.consultation.rules.refusals import NoVoice
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Associate
from essaim.commons.deliberation import pages
from essaim.commons.deliberation import queries as deliberation_queries
from essaim.commons.deliberation.views import loading
from essaim.commons.deliberation.views.loading import Here
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

FOUND_MAX = 8
MAY = "may_deliberate"


@by_policy(MAY)
def mine(request: HttpRequest) -> HttpResponse:
    """Each subject, and through whom my voices go on it."""
    found = loading.here(request)
    subjects = list(queries.subjects(found.register))
    webs = queries.webs([one.pk for one in subjects], at=clock.now()) if subjects else {}
    people = queries.associates_named(
        {one for web in webs.values() for voice in found.voices for one in web.chain(voice.pk)}
    )
    rows = [
        (
            subject,
            [
                {
                    "voice": voice,
                    "name": holder_name(voice),
                    "way": wording.way_of(webs[subject.pk], voice.pk, people),
                    "load": wording.load_of(webs[subject.pk], voice.pk),
                }
                for voice in found.voices
            ],
        )
        for subject in subjects
    ]
    context = {
        "here": found,
        "pages": pages.tabs("delegations"),
        "rows": rows,
        "may_ask": policies.may_ask(found.member),
    }
    return render(request, "consultation/delegations.html", context)


@by_policy(MAY)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def give(request: HttpRequest, subject_id: UUID, number: int) -> HttpResponse:
    """Give the voice of an associate I am, or act for, on a subject; or take it back."""
    found = loading.here(request)
    subject = loading.first(queries.subjects(found.register).filter(public_id=subject_id))
    voice = next((one for one in found.voices if one.number == number), None)
    if voice is None:
        raise Http404
    refusal = ""
    if request.method == "POST":
        try:
            _give_or_take_back(request, found, subject, voice)
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            return redirect("consultation:delegations")
    context = _page(request, found, subject, voice) | {"refusal": refusal}
    return render(request, "consultation/delegate.html", context, status=422 if refusal else 200)


def _page(request: HttpRequest, found: Here, subject: Subject, voice: Associate) -> dict[str, Any]:
    text = request.GET.get("q", "").strip()[:80]
    rows = deliberation_queries.found_among(found.register, text).exclude(pk=voice.pk)
    return {
        "subject": subject,
        "voice": voice,
        "name": holder_name(voice),
        "given": queries.given(subject, voice),
        "text": text,
        "rows": list(rows[:FOUND_MAX]) if text else [],
        "holder_name": holder_name,
        "form_key": uuid7(),
    }


def _give_or_take_back(
    request: HttpRequest, found: Here, subject: Subject, voice: Associate
) -> None:
    now = clock.now()
    if request.POST.get("what") == "revoke":
        actions.revoke(subject=subject, giver=voice, now=now)
        messages.success(request, _("You take your voice back."))
        return
    said = request.POST.get("holder", "")
    rows = deliberation_queries.found_among(found.register, said if said.isdecimal() else "0")
    holder = rows.order_by("number").first()
    if holder is None:
        raise NoVoice
    actions.delegate(subject=subject, giver=voice, holder=holder, by=found.member, now=now)
    messages.success(
        request, _("{name} speaks for you on this subject.").format(name=holder_name(holder))
    )
