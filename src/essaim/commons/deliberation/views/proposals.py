"""Proposals: reading them, writing one, supporting it, its versions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.deliberation import actions, articles, pages, policies, queries, wording
from essaim.commons.deliberation.forms import ProposalForm, Wishes, typed_before, wishes_of
from essaim.commons.deliberation.models import Proposal
from essaim.commons.deliberation.rules.proposals import State, paragraphs
from essaim.commons.deliberation.rules.refusals import NotAnAssociate
from essaim.commons.deliberation.views import loading
from essaim.commons.deliberation.views.debate import debate_of
from essaim.commons.deliberation.views.loading import Here
from essaim.core.bylaws import queries as bylaws
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy, signed_in
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

PER_PAGE = 20
MAY = "may_deliberate"


@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    """Proposals that gather supports, then the others; who is no associate reads how to be one."""
    found = loading.reader(request)
    if found is None:
        founded = {"register": cooperative_queries.the_register()}
        return render(request, "deliberation/closed.html", founded)
    register, now = found.register, clock.now()
    rows = queries.proposals(register)
    page = Paginator(rows.exclude(state=State.OPEN, ends_at__gt=now), PER_PAGE)
    context = {
        "here": found,
        "pages": pages.tabs("proposals"),
        "gathering": [_told(one, now) for one in queries.gathering(register, at=now)[:PER_PAGE]],
        "page": (shown := page.get_page(request.GET.get("page"))),
        "others": [_told(one, now) for one in shown.object_list],
        "needs": _needs(register, now),
    }
    return render(request, "deliberation/proposals.html", context)


def _told(proposal: Proposal, now: datetime) -> dict[str, Any]:
    return {
        "proposal": proposal,
        "standing": wording.standing_of(proposal, at=now),
        "author": holder_name(proposal.author),
        "count": proposal.supports_count,  # type: ignore[attr-defined]
    }


def _needs(register: Any, now: datetime) -> dict[str, Any]:
    """What a proposal opened today would need, told before it is written (2 queries)."""
    asked = [articles.SUPPORT_SHARE, articles.SUPPORT_MINIMUM, articles.SUPPORT_DAYS]
    in_force = bylaws.values(asked, at=now)
    return {
        "share_bps": in_force[articles.SUPPORT_SHARE.key],
        "minimum": in_force[articles.SUPPORT_MINIMUM.key],
        "days": in_force[articles.SUPPORT_DAYS.key],
        "associates_count": queries.associates_today(register).count(),
    }


@by_policy(MAY)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def propose(request: HttpRequest) -> HttpResponse:
    """Write a proposal, in one's name or that of an organisation one manages."""
    found = loading.here(request)
    if not found.voices:
        raise NotAnAssociate
    now = clock.now()
    form = ProposalForm(request.POST or None, voices=found.voices)
    wishes = Wishes(request.POST or None, prefix="rule")
    if request.method == "POST" and form.is_valid() and wishes.is_valid():
        typed = form.cleaned_data
        try:
            written = actions.open_proposal(
                register=found.register, author=form.voice, by=found.member,
                title=typed["title"], text=typed["text"], wishes=wishes_of(wishes), now=now,
            )  # fmt: skip
        except RuleBroken as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            messages.success(request, _("Your proposal is open, and you are the first supporter."))
            return redirect("deliberation:proposal", written.public_id)
    context = {"form": form, "wishes": wishes, "proposal": None, "form_key": uuid7(),
               "needs": _needs(found.register, now)}  # fmt: skip
    status = 422 if form.errors or wishes.total_error_count() else 200
    return render(request, "deliberation/write.html", context, status=status)


@by_policy("may_write_proposal")
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def edit(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Write another version of one's proposal."""
    found, proposal = loading.own_proposal(request, proposal_id)
    before = queries.current(proposal)
    typed_already = {"title": before.title, "text": before.text}
    form = ProposalForm(request.POST or None, voices=found.voices[:1], initial=typed_already)
    wishes = Wishes(request.POST or None, prefix="rule", initial=typed_before(before))
    if request.method == "POST" and form.is_valid() and wishes.is_valid():
        typed = form.cleaned_data
        try:
            actions.edit_proposal(
                proposal=proposal, by=found.member, title=typed["title"], text=typed["text"],
                wishes=wishes_of(wishes), now=clock.now(),
            )  # fmt: skip
        except RuleBroken as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            messages.success(request, _("The new version is there; those who support it are told."))
            return redirect("deliberation:proposal", proposal.public_id)
    context = {"form": form, "wishes": wishes, "proposal": proposal, "form_key": uuid7(),
               "needs": None}  # fmt: skip
    status = 422 if form.errors or wishes.total_error_count() else 200
    return render(request, "deliberation/write.html", context, status=status)


@by_policy(MAY)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """One proposal: text, rules, supports, what became of it; supporting it."""
    found = loading.here(request)
    shown = loading.proposal_of(found, proposal_id)
    refusal = ""
    if request.method == "POST":
        try:
            _act(request, found, shown)
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            return redirect("deliberation:proposal", shown.public_id)
    context = _page(found, shown, clock.now()) | {"refusal": refusal}
    context |= debate_of(request, found, shown, len(context["paragraphs"]))
    return render(request, "deliberation/proposal.html", context, status=422 if refusal else 200)


def _act(request: HttpRequest, found: Here, shown: Proposal) -> None:
    now, what = clock.now(), request.POST.get("what", "")
    if what == "withdraw" and policies.may_write_proposal(found.member, shown):
        actions.withdraw(proposal=shown, now=now)
        messages.success(request, _("Your proposal is withdrawn; it stays readable."))
        return
    voice = loading.voice_of(request, found)
    if what == "support":
        after = actions.support(proposal=shown, associate=voice, by=found.member, now=now)
        told = _("You support this proposal.")
        if after.state == State.REACHED:
            told = _("With your support, this proposal goes to the agenda of the next assembly.")
        messages.success(request, told)
    elif what == "drop":
        actions.drop_support(proposal=shown, associate=voice, now=now)
        messages.success(request, _("You take your support back."))


def _page(found: Here, shown: Proposal, now: datetime) -> dict[str, Any]:
    versions = queries.versions(shown)
    current = versions[0]
    supports = list(queries.standing(shown))
    supporting = {one.associate_id for one in supports}
    return {
        "here": found,
        "proposal": shown,
        "standing": wording.standing_of(shown, at=now),
        "points": wording.points_told(shown, at=now),
        "step": (step := wording.step_of(shown, at=now)),
        "is_over": step in wording.OVER,
        "days_left": (shown.ends_at - now).days,
        "current": current,
        "versions": versions,
        "paragraphs": paragraphs(current.text),
        "rules": wording.rules_of(current, at=now),
        "rounds": [
            (one, wording.round_standing(one, at=now))
            for one in queries.rounds(found.register).filter(proposal=shown)
        ],
        "supports": supports,
        "earlier_count": sum(1 for one in supports if one.version_number < current.number),
        "voices": [(one, one.pk in supporting) for one in found.voices],
        "is_author": shown.author_id in {one.pk for one in found.voices},
        "holder_name": holder_name,
        "form_key": uuid7(),
    }


@by_policy(MAY)
def version(request: HttpRequest, proposal_id: UUID, number: int) -> HttpResponse:
    """A version of a proposal, as it read then."""
    found = loading.here(request)
    shown = loading.proposal_of(found, proposal_id)
    rows = shown.versions.filter(number=number).prefetch_related("rules_wanted")
    written = loading.first(rows.select_related("written_by"))
    context = {
        "proposal": shown,
        "version": written,
        "paragraphs": paragraphs(written.text),
        "rules": wording.rules_of(written, at=clock.now()),
    }
    return render(request, "deliberation/version.html", context)
