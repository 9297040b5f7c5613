"""What an associate follows: assemblies, one of them, giving their vote to somebody else."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.assembly import actions, news, policies, queries, wording
from essaim.commons.assembly.actions.deciding import Put
from essaim.commons.assembly.annexes import annulled_kept
from essaim.commons.assembly.models import AgendaItem, GeneralAssembly, Motion
from essaim.commons.assembly.queries import Seat
from essaim.commons.assembly.rules.refusals import NotEntitled
from essaim.commons.assembly.views import loading
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Associate
from essaim.commons.urn.models import Poll
from essaim.core.members.models import Member
from essaim.core.members.policies import may_sit_on_board
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web import live
from essaim.web.access import by_policy, signed_in
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

FOUND_MAX = 8
LISTED_MAX = 20
HELP = ("help_to_vote", "help_with_amendment")
State = GeneralAssembly.State


@signed_in
def assemblies(request: HttpRequest) -> HttpResponse:
    """The assembly to come or the last one, then those before."""
    member, register = loading.member_of(request), cooperative_queries.the_register()
    is_secretary = may_sit_on_board(member)
    context: dict[str, Any] = {
        "register": register,
        "is_associate": False,
        "latest": None,
        "past": [],
    }
    if register and (is_secretary or policies.is_associate(member, register)):
        latest = queries.latest(register.pk, at=clock.now())
        rows = queries.past(register.pk)[:LISTED_MAX]
        context |= {
            "is_associate": True,
            "latest": latest,
            "past": [one for one in rows if one != latest],
        }
    return render(request, "assembly/assemblies.html", context)


@by_policy("may_attend_assembly")
def assembly(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """One assembly: agenda, my votes, motions, results, the quorum as it stands."""
    found = loading.followed(request, assembly_id)
    member = loading.member_of(request)
    agenda = queries.agenda(found)
    seats = queries.seats_of(found, member)
    changes = wording.changes_of(agenda, at=clock.now())
    context = {
        "assembly": found,
        "kind": _(wording.KINDS[found.kind]),
        "seats": seats,
        "holder_name": holder_name,
        "points": [_point(item, changes) for item in agenda],
        "open_votes": _open_votes(agenda, seats, _helped(found, member)),
        "news": live.address_of(news.topic_of(found.pk)),
        "keys": queries.keys_kept(agenda, member),
        "attendance": queries.attendance(found) if found.state != State.CLOSED else None,
    }
    return render(request, "assembly/assembly.html", context)


def _point(item: AgendaItem, changes: dict[int, list[wording.RuleChange]]) -> dict[str, Any]:
    motion = getattr(item, "motion", None)
    return {
        "item": item,
        "motion": motion,
        "changes": changes[motion.pk] if motion else [],
        "result": wording.result_of(motion) if motion else None,
        "method": _(wording.METHODS[motion.method]) if motion else "",
        "annulled": [wording.annulled_told(one) for one in annulled_kept(item)],
    }


def _open_votes(
    agenda: list[AgendaItem], seats: list[Seat], helped: list[Associate]
) -> list[dict[str, Any]]:
    """The votes open now: the seats that vote in each, who has, who is helped (1 query)."""
    motions = [item.motion for item in agenda if hasattr(item, "motion")]
    put: list[Put] = [*(a for one in motions for a in one.amendments.all()), *motions]
    votes = [one for one in put if one.poll and one.poll.state == Poll.State.OPEN]
    if not votes:
        return []
    numbers = [seat.associate.number for seat in seats]
    ticked = queries.ticked([one.poll_id or 0 for one in votes], numbers)
    return [
        {
            "motion": motion,
            "title": _title(motion),
            "seats": [
                (seat, _address(motion, seat.associate),
                 (motion.poll_id, seat.associate.number) in ticked)
                for seat in seats
                if seat.may_vote
            ],
            "helped": [(one, _address(motion, one, *HELP)) for one in helped],
        }
        for motion in votes
    ]  # fmt: skip


def _helped(found: GeneralAssembly, member: Member) -> list[Associate]:
    """Those whom the member helps to vote (0 or 1 query)."""
    is_sitting = found.state == State.SITTING
    return queries.helped_there(found, member, clock.now()) if is_sitting else []


def _title(motion: Put) -> str:
    if isinstance(motion, Motion):
        return motion.item.title
    return _("Amendment {number}: {title}").format(number=motion.number, title=motion.item.title)


def _address(
    motion: Put, associate: Associate, name: str = "vote", on_amendment: str = "vote_on_amendment"
) -> str:
    one, number = [motion.item.assembly.public_id, motion.item.position], associate.number
    if isinstance(motion, Motion):
        return reverse(f"assembly:{name}", args=[*one, number])
    return reverse(f"assembly:{on_amendment}", args=[*one, motion.number, number])


@by_policy("may_attend_assembly")
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def proxy(request: HttpRequest, assembly_id: UUID, number: int) -> HttpResponse:
    """Give the vote of an associate I am, or act for, to another; or take it back."""
    found = loading.followed(request, assembly_id)
    seat = loading.seat_of(request, found, number)
    principal = seat.associate
    if not seat.is_own:
        raise Http404
    refusal = ""
    if request.method == "POST":
        try:
            _give_or_take_back(request, found, principal)
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            return redirect("assembly:assembly", found.public_id)
    text = request.GET.get("q", "").strip()[:80]
    rows = queries.found_entitled(found, text).exclude(pk=principal.pk)[:FOUND_MAX] if text else []
    context = {
        "assembly": found,
        "principal": principal,
        "seat": seat,
        "text": text,
        "rows": list(rows),
        "holder_name": holder_name,
        "refusal": refusal,
        "form_key": uuid7(),
    }
    return render(request, "assembly/proxy.html", context, status=422 if refusal else 200)


def _give_or_take_back(request: HttpRequest, found: GeneralAssembly, principal: Associate) -> None:
    now = clock.now()
    if request.POST.get("what") == "revoke":
        actions.revoke_proxy(assembly=found, principal=principal, now=now)
        messages.success(request, _("You take your vote back."))
        return
    typed = request.POST.get("holder", "")
    rows = queries.found_entitled(found, typed if typed.isdecimal() else "0")
    holder = rows.order_by("number").first()
    if holder is None:
        raise NotEntitled
    actions.give_proxy(assembly=found, principal=principal, holder=holder, now=now)
    messages.success(request, _("{name} carries this vote.").format(name=holder_name(holder)))
