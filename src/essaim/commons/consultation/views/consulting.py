"""Consultations: reading them, answering, both results side by side."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.assembly import wording as assembly_wording
from essaim.commons.assembly.rules.elections import PAPERS, Method
from essaim.commons.consultation import actions, policies, queries, wording
from essaim.commons.consultation.forms import AnswerForm
from essaim.commons.consultation.models import Answer, Consultation
from essaim.commons.consultation.rules.delegations import carried
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Associate
from essaim.commons.deliberation import pages
from essaim.commons.deliberation.views import loading
from essaim.commons.deliberation.views.loading import Here
from essaim.commons.urn.models import Poll
from essaim.commons.urn.rules.slips import canonical
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

PER_PAGE = 20
MAY = "may_deliberate"


@by_policy(MAY)
def listing(request: HttpRequest) -> HttpResponse:
    """Questions that are open, then the others."""
    found = loading.here(request)
    now = clock.now()
    rows = queries.consultations(found.register)
    page = Paginator(rows.filter(closes_at__lte=now), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "here": found,
        "pages": pages.tabs("consultations"),
        "open_ones": list(rows.filter(closes_at__gt=now).order_by("closes_at", "pk")[:PER_PAGE]),
        "page": page,
        "may_ask": policies.may_ask(found.member),
    }
    return render(request, "consultation/consultations.html", context)


@by_policy(MAY)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def one(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """One question: my answers, who speaks for me, and once it is over both results."""
    found = loading.here(request)
    shown = loading.first(queries.consultations(found.register).filter(public_id=consultation_id))
    now = clock.now()
    voice = _voice_answering(request, found)
    form = AnswerForm(request.POST or None, poll=_paper(shown)) if voice else None
    if request.method == "POST" and form is not None and voice is not None and form.is_valid():
        try:
            actions.answer(
                consultation=shown, associate=voice, choice=form.said, by=found.member, now=now
            )
        except RuleBroken as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            messages.success(request, _("The answer of {name} is there.").format(
                name=holder_name(voice)))  # fmt: skip
            return redirect("consultation:consultation", shown.public_id)
    context = {
        "here": found,
        "consultation": shown,
        "is_open": wording.is_open(shown, at=now),
        "method": _(wording.METHODS[Method(shown.method)]),
        "form": form,
        "voice": voice,
        "mine": _mine(found, shown, now),
        "results": wording.results(shown) if shown.counted_at else [],
        "chains": _chains(shown),
        "form_key": uuid7(),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "consultation/consultation.html", context, status=status)


def _paper(shown: Consultation) -> Poll:
    """The paper as the form of ballots reads it; it is no poll and is kept nowhere."""
    return Poll(paper_kind=PAPERS[Method(shown.method)], options=shown.options)


def _voice_answering(request: HttpRequest, found: Here) -> Associate | None:
    """In whose name the form answers: the associate said, else the first."""
    said = request.POST.get("number") or request.GET.get("number", "")
    for voice in found.voices:
        if not said or str(voice.number) == said:
            return voice
    return None


def _mine(found: Here, shown: Consultation, now: datetime) -> list[dict[str, Any]]:
    """What each of my associates answered, else who speaks for them (4 queries)."""
    answers = queries.answers_of(shown, found.voices)
    at = min(now, shown.closes_at)
    web = queries.webs([shown.subject_id], at=at)[shown.subject_id]
    answered = set(Answer.objects.filter(consultation=shown).values_list("associate_id", flat=True))
    speakers = carried(web, answered)
    people = queries.associates_named(
        {two for voice in found.voices for two in web.chain(voice.pk)}
    )
    paper = _paper(shown)
    return [
        {
            "voice": voice,
            "name": holder_name(voice),
            "answer": assembly_wording.choice_words(paper, _written(answers[voice.pk]))
            if voice.pk in answers else "",
            "way": wording.way_of(web, voice.pk, people),
            "speaker": holder_name(people[speakers[voice.pk]]) if voice.pk in speakers else "",
            "load": wording.load_of(web, voice.pk),
        }
        for voice in found.voices
    ]  # fmt: skip


def _written(answer: Answer) -> str:
    return canonical(answer.choice)


def _chains(shown: Consultation) -> list[str]:
    """Who spoke for whom, by name, along the way each voice went (0 or 1 query)."""
    chains = shown.outcome.get("chains", [])
    numbers = {number for chain in chains for number in chain}
    rows = Associate.objects.filter(register=shown.subject.register_id, number__in=numbers)
    names = {one.number: holder_name(one) for one in rows.select_related("member", "organisation")}
    return [" → ".join(names[number] for number in chain) for chain in chains]
