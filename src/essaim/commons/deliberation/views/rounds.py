"""Rounds: opening one, speaking in it, answering what was said, concluding."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.deliberation import actions, pages, policies, queries, wording
from essaim.commons.deliberation.models import Proposal, Round, Statement
from essaim.commons.deliberation.round_forms import (
    AnswerForm,
    ConclusionForm,
    RoundForm,
    StatementForm,
)
from essaim.commons.deliberation.rules import rounds as rules
from essaim.commons.deliberation.rules.refusals import NotAnAssociate
from essaim.commons.deliberation.rules.rounds import Kind, Phase, State
from essaim.commons.deliberation.views import loading
from essaim.commons.deliberation.views.loading import Here
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
    """Rounds that are open, then those concluded."""
    found = loading.here(request)
    now = clock.now()
    page = Paginator(queries.rounds(found.register), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(one, wording.round_standing(one, at=now)) for one in page.object_list]
    context = {
        "here": found,
        "pages": pages.tabs("rounds"),
        "page": page,
        "open_rounds": [row for row in rows if row[0].state == State.OPEN],
        "others": [row for row in rows if row[0].state != State.OPEN],
        "kinds": {code: _(label) for code, (label, _told) in wording.KINDS.items()},
        "holder_name": holder_name,
    }
    return render(request, "deliberation/rounds.html", context)


@by_policy(MAY)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def open_one(request: HttpRequest) -> HttpResponse:
    """Open a round, about a proposal of one's own (the board: any), or a decision of one's own."""
    found = loading.here(request)
    proposal = _proposal_asked(request, found)
    if not found.voices and proposal is None:
        raise NotAnAssociate
    typed_already = {"title": proposal.title, "scope": "all", "kind": "consent"} if proposal else {}
    form = RoundForm(
        request.POST or None, register=found.register, initial=typed_already,
        voices=[] if proposal else found.voices,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            opened = actions.open_round(
                register=found.register, kind=Kind(typed["kind"]), facilitator=found.member,
                author=proposal.author if proposal else form.voice, title=typed["title"],
                text=typed["text"], closes_at=form.closes_at, asked=form.asked,
                proposal=proposal, now=clock.now(),
            )  # fmt: skip
        except RuleBroken as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            messages.success(request, _("The round is open; those it asks are written to."))
            return redirect("deliberation:round", opened.public_id)
    context = {"here": found, "form": form, "proposal": proposal, "form_key": uuid7()}
    status = 422 if form.errors else 200
    return render(request, "deliberation/open_round.html", context, status=status)


def _proposal_asked(request: HttpRequest, found: Here) -> Proposal | None:
    said = request.POST.get("proposal") or request.GET.get("proposal")
    if not said:
        return None
    proposal = loading.proposal_of(found, loading.identifier(said))
    if not found.is_board and not policies.may_write_proposal(found.member, proposal):
        raise NotAnAssociate
    return proposal


@by_policy(MAY)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def one(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """One round: what is asked, what I say, who said what; concluding it."""
    found = loading.here(request)
    shown = loading.round_of(found, round_id)
    asked = list(queries.asked(shown).filter(pk__in=[voice.pk for voice in found.voices]))
    voices = [voice for voice in found.voices if voice in asked]
    what = request.POST.get("what", "")
    kind = Kind(shown.kind)
    form = StatementForm(request.POST if what == "speak" else None, kind=kind, voices=voices)
    ending = ConclusionForm(request.POST if what in {"conclude", "drop", "cancel"} else None)
    if request.method == "POST":
        try:
            if _act(what, form, ending, found, shown):
                return redirect("deliberation:round", shown.public_id)
        except RuleBroken as refusal:
            (form if what == "speak" else ending).add_error(None, sentence_of(refusal))
    context = _page(request, found, shown) | {
        "form": form if voices else None, "ending": ending, "voices": voices,
    }  # fmt: skip
    status = 422 if form.errors or ending.errors else 200
    return render(request, "deliberation/round.html", context, status=status)


def _act(what: str, form: Any, ending: Any, found: Here, shown: Round) -> bool:
    """Do what was sent; say whether something was."""
    now = clock.now()
    if what == "speak" and form.voices and form.is_valid():
        actions.speak(
            asking=shown, associate=form.voice, by=found.member, stance=form.said,
            reason=form.cleaned_data["reason"], now=now,
        )  # fmt: skip
        return True
    if not policies.may_lead_round(found.member, shown, found.voices) or not ending.is_valid():
        return False
    words = ending.cleaned_data["decision"]
    if what == "cancel":
        actions.cancel_round(asking=shown, reason=words, now=now)
    else:
        actions.conclude(asking=shown, decision=words, is_dropped=what == "drop", now=now)
    return True


def _page(request: HttpRequest, found: Here, shown: Round) -> dict[str, Any]:
    now = clock.now()
    page = Paginator(queries.statements(shown), PER_PAGE).get_page(request.GET.get("page"))
    said = queries.said(shown)
    phase = rules.phase_of(State(shown.state), shown.closes_at, now)
    label, told = wording.KINDS[shown.kind]
    return {
        "here": found,
        "round": shown,
        "kind_label": _(label),
        "kind_told": _(told),
        "scope": shown.college.label if shown.college else _(wording.SCOPES[shown.scope]),
        "standing": wording.round_standing(shown, at=now),
        "is_speaking": phase is Phase.SPEAKING,
        "is_examining": phase is Phase.EXAMINING,
        "asked_count": queries.asked(shown).count(),
        "said_count": len(said),
        "unanswered_count": rules.unanswered(said),
        "counts": [
            (wording.told(wording.SAID[name]), count)
            for name, count in rules.stance_counts(said).items()
        ],
        "page": page,
        "statements": [(row, wording.said_words(row)) for row in page.object_list],
        "may_lead": policies.may_lead_round(found.member, shown, found.voices),
        "holder_name": holder_name,
        "form_key": uuid7(),
    }


@by_policy(MAY)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def statement(request: HttpRequest, round_id: UUID, number: int) -> HttpResponse:
    """What one associate says: its answer, the lifting of an objection, its former words."""
    found = loading.here(request)
    shown = loading.statement_of(found, round_id, number)
    may_lead = policies.may_lead_round(found.member, shown.round, found.voices)
    form = AnswerForm(
        request.POST if may_lead and request.POST.get("what") == "answer" else None,
        initial={"text": shown.answer},
    )
    refusal = ""
    if request.method == "POST":
        try:
            if _answer_or_lift(request, form, found, shown):
                return redirect("deliberation:round", shown.round.public_id)
        except RuleBroken as broken:
            refusal = sentence_of(broken)
    former = Statement.objects.filter(
        round=shown.round, associate=shown.associate, replaced_at__isnull=False
    )
    context = {
        "round": shown.round,
        "statement": shown,
        "word": wording.said_words(shown),
        "former": [(row, wording.said_words(row)) for row in former.order_by("-pk")],
        "is_own": shown.associate_id in {voice.pk for voice in found.voices},
        "form": form if may_lead and shown.round.state == State.OPEN else None,
        "refusal": refusal,
        "name": holder_name(shown.associate),
        "form_key": uuid7(),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "deliberation/statement.html", context, status=status)


def _answer_or_lift(request: HttpRequest, form: Any, found: Here, shown: Statement) -> bool:
    now = clock.now()
    if form.is_bound and form.is_valid():
        actions.answer(statement=shown, text=form.cleaned_data["text"], now=now)
        return True
    if request.POST.get("what") != "lift":
        return False
    own = {voice.pk: voice for voice in found.voices}.get(shown.associate_id)
    actions.lift(statement=shown, associate=own or loading.voice_of(request, found), now=now)
    return True
