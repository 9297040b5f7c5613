"""The debate about a proposal: writing, answering, changing one's words, moderating."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.deliberation import actions, policies, queries
from essaim.commons.deliberation.forms import (
    CommentForm,
    CorrectionForm,
    ModerationForm,
    ReplyForm,
)
from essaim.commons.deliberation.models import Comment, Follow, Proposal
from essaim.commons.deliberation.rules.proposals import paragraphs
from essaim.commons.deliberation.rules.refusals import NotAnAssociate
from essaim.commons.deliberation.views import loading
from essaim.commons.deliberation.views.loading import Here
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

HEADS_PER_PAGE = 10
MAY = "may_deliberate"


@by_policy(MAY)
@require_POST
@idempotent
def say(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Write a message about a proposal."""
    found = loading.here(request)
    proposal = loading.proposal_of(found, proposal_id)
    if not found.voices:
        raise NotAnAssociate
    count = len(paragraphs(queries.current(proposal).text))
    form = CommentForm(request.POST, voices=found.voices, paragraphs_count=count)
    if not form.is_valid():
        for problems in form.errors.values():
            messages.error(request, str(problems[0]))
        return redirect(_debate(proposal))
    typed = form.cleaned_data
    try:
        written = actions.comment(
            proposal=proposal, associate=form.voice, by=found.member, text=typed["text"],
            paragraph=typed["paragraph"], now=clock.now(),
        )  # fmt: skip
    except RuleBroken as refusal:
        messages.error(request, sentence_of(refusal))
        return redirect(_debate(proposal))
    messages.success(request, _("Your message is there."))
    return redirect(_debate(proposal, written.paragraph))


@by_policy(MAY)
@require_POST
@idempotent
def follow(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Choose how to hear of a debate."""
    found = loading.here(request)
    proposal = loading.proposal_of(found, proposal_id)
    how = request.POST.get("how", "")
    if how in Follow.How.values:
        actions.follow(proposal=proposal, member=found.member, how=how, now=clock.now())
        messages.success(request, _("Your choice is kept."))
    return redirect(_debate(proposal))


@by_policy(MAY)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def comment(request: HttpRequest, comment_id: UUID) -> HttpResponse:
    """One message with its answers; answering it, changing it, moderating it."""
    found = loading.here(request)
    shown = loading.comment_of(found, comment_id)
    sent = _forms(request, found, shown)
    what = request.POST.get("what", "")
    if request.method == "POST" and (form := sent.get(what)) is not None and form.is_valid():
        try:
            _act(what, form, found, shown, clock.now())
        except RuleBroken as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            messages.success(request, _("It is done."))
            return redirect("deliberation:comment", (shown.parent or shown).public_id)
    head = shown if shown.parent is None else loading.comment_of(found, shown.parent.public_id)
    context = {
        "here": found,
        "proposal": shown.proposal,
        "shown": shown,
        "head": head,
        "replies": queries.replies_to([head]).get(head.pk, []),
        "former": list(shown.former_texts.order_by("-pk")) if not shown.is_masked else [],
        "forms": sent,
        "holder_name": holder_name,
        "form_key": uuid7(),
    }
    status = 422 if any(form.errors for form in sent.values()) else 200
    return render(request, "deliberation/comment.html", context, status=status)


def _forms(request: HttpRequest, found: Here, shown: Comment) -> dict[str, Any]:
    """What may be done with a message by whoever reads it; only what was sent is bound."""
    what = request.POST.get("what", "")

    def sent(name: str) -> Any:
        return request.POST if what == name else None

    offered: dict[str, Any] = {}
    if found.voices and not shown.is_masked:
        offered["reply"] = ReplyForm(sent("reply"), voices=found.voices, auto_id="reply-%s")
    if policies.may_change_comment(found.member, shown):
        offered["edit"] = CorrectionForm(
            sent("edit"), initial={"text": shown.text}, auto_id="edit-%s"
        )
    if found.is_board:
        offered["moderate"] = ModerationForm(sent("moderate"), auto_id="moderate-%s")
    return offered


def _act(what: str, form: Any, found: Here, shown: Comment, now: datetime) -> None:
    typed = form.cleaned_data
    if what == "reply":
        actions.reply(to=shown, associate=form.voice, by=found.member, text=typed["text"], now=now)
    elif what == "edit":
        actions.edit_comment(comment=shown, by=found.member, text=typed["text"], now=now)
    elif what == "moderate":
        actions.moderate(
            comment=shown, is_masked=not shown.is_masked, reason=typed["reason"],
            by=found.member, now=now,
        )  # fmt: skip


def debate_of(request: HttpRequest, found: Here, proposal: Proposal, count: int) -> dict[str, Any]:
    """What the page of a proposal shows of its debate: a page of messages, and their answers."""
    said = request.GET.get("p", "")
    paragraph = int(said) if said.isdecimal() and 1 <= int(said) <= count else None
    counts = queries.paragraph_counts(proposal)
    page = Paginator(queries.heads(proposal, paragraph=paragraph), HEADS_PER_PAGE)
    shown = page.get_page(request.GET.get("page"))
    heads = list(shown.object_list)
    follow = queries.follow_of(proposal, found.member)
    return {
        "paragraph": paragraph,
        "message_counts": counts,
        "messages_count": sum(counts.values()),
        "heads": heads,
        "replies": queries.replies_to(heads) if heads else {},
        "debate_page": shown,
        "comment_form": CommentForm(
            voices=found.voices, paragraphs_count=count, initial={"paragraph": paragraph}
        ) if found.voices else None,
        "follow": follow.how if follow else Follow.How.NOTHING,
    }  # fmt: skip


def _debate(proposal: Proposal, paragraph: int | None = None) -> str:
    address = reverse("deliberation:proposal", args=[proposal.public_id])
    return f"{address}?p={paragraph}#debate" if paragraph else f"{address}#debate"
