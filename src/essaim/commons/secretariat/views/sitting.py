"""The desk while the assembly meets: who is there, votes step by step."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.assembly import actions, news, queries, wording
from essaim.commons.assembly.actions.deciding import Put
from essaim.commons.assembly.annexes import amendment_kept, annulled_kept
from essaim.commons.assembly.models import Amendment, GeneralAssembly, Motion
from essaim.commons.assembly.rules.refusals import AlreadyThere, NotThere
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Associate
from essaim.commons.secretariat.actions import close_vote, help_at_the_desk, open_secret_vote
from essaim.commons.secretariat.forms import AnnulForm, ScrutineersForm
from essaim.commons.secretariat.queries import (
    latest_arrivals,
    names_of_small_colleges,
    next_vote,
)
from essaim.commons.secretariat.views import loading
from essaim.commons.secretariat.views.desk import BOARD, LIVE, State
from essaim.commons.urn import queries as urn_queries
from essaim.commons.urn.models import Poll, Scrutineer
from essaim.core.members.rules import has_no_address
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web import live
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

ROWS_PER_PAGE = 20
WAYS = ("room", "remote")


@by_policy(BOARD)
@require_http_methods(["GET", "HEAD", "POST"])
def presence(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """Find an associate and tick them: in the room, on line, by post, gone. Twice is once."""
    found = loading.run(request, assembly_id)
    if found.state == State.DRAFT:
        return redirect("secretariat:assembly", found.public_id)
    text = request.GET.get("q", "").strip()[:80]
    here = reverse("secretariat:presence", args=[found.public_id])
    if request.method == "POST":
        try:
            _tick(request, found)
        except RuleBroken as broken:
            messages.error(request, sentence_of(broken))
        return redirect(f"{here}?{urlencode({'q': text})}" if text else here)
    page = Paginator(queries.found_entitled(found, text), ROWS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    hows = queries.hows(found, [one.pk for one in page.object_list])
    context = {
        "assembly": found,
        "text": text,
        "page": page,
        "rows": [
            (one, holder_name(one), hows.get(one.pk, ""), _has_no_account(one))
            for one in page.object_list
        ],
        "attendance": queries.attendance(found),
        "latest": [
            (one.associate.number, holder_name(one.associate), one.arrived_at)
            for one in latest_arrivals(found)
        ],
        "news": live.address_of(news.topic_of(found.pk)),
        "is_live": found.state in LIVE,
    }
    return render(request, "secretariat/presence.html", context)


def _has_no_account(associate: Associate) -> bool:
    return associate.member is not None and has_no_address(associate.member.email)


def _tick(request: HttpRequest, found: GeneralAssembly) -> None:
    """The button pressed is named by what happens, and worth the number of the associate."""
    now = clock.now()
    for what in (*WAYS, "left", "help"):
        number = request.POST.get(what, "")
        if number.isdecimal():
            associate = loading.first(queries.found_entitled(found, number))
            try:
                if what == "help":
                    helper = loading.member_of(request)
                    help_at_the_desk(assembly=found, associate=associate, helper=helper, now=now)
                    messages.success(request, _("You may help this person to vote, today."))
                    return
                if what == "left":
                    actions.leave(assembly=found, associate=associate, now=now)
                else:
                    actions.arrive(assembly=found, associate=associate, how=what, now=now)
            except (AlreadyThere, NotThere):
                return  # a second tap


@by_policy(BOARD)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def vote(request: HttpRequest, assembly_id: UUID, position: int) -> HttpResponse:
    """One vote, step by step: open, close, declare; for a secret one, scrutineers and keys."""
    found = loading.run(request, assembly_id)
    if found.state == State.DRAFT:
        return redirect("secretariat:assembly", found.public_id)
    return _follow(request, loading.motion_of(found, position))


@by_policy(BOARD)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def vote_on_amendment(
    request: HttpRequest, assembly_id: UUID, position: int, amendment: int
) -> HttpResponse:
    """The vote on an amendment, before its motion: open, close."""
    found = loading.run(request, assembly_id)
    motion = loading.motion_of(found, position)
    return _follow(request, loading.amendment_of(motion, amendment))


def _follow(request: HttpRequest, motion: Put) -> HttpResponse:
    found = motion.item.assembly
    what = request.POST.get("what", "")
    form = ScrutineersForm(request.POST if what == "prepare" else None, assembly=found)
    annulling = AnnulForm(request.POST if what == "annul" else None)
    typed = {"prepare": form, "annul": annulling}.get(what)
    refusal = ""
    if request.method == "POST" and (typed is None or typed.is_valid()):
        try:
            _step(request, motion, what, typed.cleaned_data if typed else {})
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            return redirect(request.path)
    context = {
        "assembly": found,
        "motion": motion,
        "form": form,
        "annulling": annulling,
        "here": request.path,
        "refusal": refusal,
        "form_key": uuid7(),
        **_amendments(motion),
        **_where_it_stands(motion),
        **_what_came_out(motion),
    }
    status = 422 if refusal or (typed and typed.errors) else 200
    return render(request, "secretariat/vote.html", context, status=status)


def _amendments(motion: Put) -> dict[str, Any]:
    """What an amendment changes; or the amendments of a motion, in the order of their votes."""
    of = motion if isinstance(motion, Motion) else motion.motion
    before = queries.as_proposed(of)

    def told(one: Amendment) -> wording.AmendmentTold:
        name = holder_name(one.associate) if one.associate else ""
        return wording.amendment_told(amendment_kept(one, before), of.text, of=name)

    if isinstance(motion, Amendment):
        return {"amendment": told(motion), "amendments": [], "waiting": 0}
    rows = queries.amendments_of(motion)
    return {
        "amendment": None,
        "amendments": [told(one) for one in rows],
        "waiting": sum(one.is_pending for one in rows),
    }


def _what_came_out(motion: Put) -> dict[str, Any]:
    """The result, as the secretary reads it aloud, votes annulled, and the one that comes next."""
    if isinstance(motion, Amendment):
        return {"result": None, "following": motion.motion if motion.declared_at else None}
    changes = wording.changes_of([motion.item], at=clock.now())
    return {
        "changes": changes[motion.pk],
        "annulled": [wording.annulled_told(one) for one in annulled_kept(motion.item)],
        "result": wording.result_of(motion),
        "following": next_vote(motion) if motion.declared_at else None,
    }


def _step(request: HttpRequest, motion: Put, what: str, typed: dict[str, Any]) -> None:
    now, member = clock.now(), loading.member_of(request)
    if what == "prepare":
        actions.open_vote(
            motion=motion, scrutineers=typed["numbers"], threshold=typed["threshold"], now=now
        )
        messages.success(request, _("Each scrutineer now takes a key on their own screen."))
    elif what == "open" and motion.poll is None:
        actions.open_vote(motion=motion, now=now)
        messages.success(request, _("The vote is open."))
    elif what == "open" and motion.poll is not None:
        knows = "knows_small" in request.POST
        open_secret_vote(poll=motion.poll, knows_small=knows, now=now)
        messages.success(request, _("The vote is open."))
    elif what == "close" and motion.poll is not None:
        close_vote(motion=motion, by=member, now=now)
        messages.success(request, _("The vote is closed."))
    elif what == "declare":
        actions.declare(motion=motion, by=member, now=now)
        messages.success(request, _("The result is declared."))
    elif what == "annul":
        actions.annul_vote(motion=motion, reason=typed["reason"], by=member, now=now)
        messages.success(request, _("The vote is annulled; it may be held again."))


def _where_it_stands(motion: Put) -> dict[str, Any]:
    """How many voted, and which scrutineers have taken or given their key (2 queries)."""
    if motion.poll is None:
        return {"voted": 0, "entitled": 0, "keepers": [], "small": [], "state": "", "address": ""}
    is_ready = motion.poll.state == Poll.State.PREPARING
    sizes = urn_queries.turnout(motion.poll).values()
    keepers = Scrutineer.objects.filter(poll=motion.poll).select_related("member").order_by("pk")
    args = [motion.item.assembly.public_id, motion.item.position]
    return {
        "voted": sum(voted for voted, _all in sizes),
        "entitled": sum(everybody for _voted, everybody in sizes),
        "keepers": [
            (one.member.display_name, one.public_key is not None, one.opened_share is not None)
            for one in keepers
        ],
        "small": names_of_small_colleges(motion.poll) if is_ready else [],
        "state": motion.poll.state,
        "address": reverse("assembly:key", args=args),
    }
