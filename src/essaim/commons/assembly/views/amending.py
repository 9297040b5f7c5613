"""The amendments of a motion: read them, propose one, take it back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.assembly import actions, queries, wording
from essaim.commons.assembly.amendment_forms import (
    AmendmentForm,
    ProposerForm,
    RuleAmendmentForm,
)
from essaim.commons.assembly.annexes import amendment_kept
from essaim.commons.assembly.models import Amendment, GeneralAssembly, Motion
from essaim.commons.assembly.rules import amending
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.rules.refusals import NotEntitled
from essaim.commons.assembly.views import loading
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Associate
from essaim.core.members.models import Member
from essaim.core.members.policies import may_sit_on_board
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

State = GeneralAssembly.State
Forms = dict[str, AmendmentForm | RuleAmendmentForm]


@by_policy("may_attend_assembly")
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def amendments(request: HttpRequest, assembly_id: UUID, position: int) -> HttpResponse:
    """What is proposed to change in a motion, and the text as it stands."""
    found = loading.followed(request, assembly_id)
    motion = loading.motion_of(found, position)
    if motion.method != Method.MOTION:
        raise Http404
    member, what = loading.member_of(request), request.POST.get("what", "")
    forms = _forms(request, motion, what)
    proposer = ProposerForm(request.POST if what in forms else None)
    refusal = ""
    try:
        if what == "withdraw":
            _withdraw(request, motion, member)
        elif what in forms and forms[what].is_valid() and proposer.is_valid():
            _propose(found, motion, forms[what], proposer, member)
            messages.success(request, _("The amendment is proposed."))
        if request.method == "POST" and not any(form.errors for form in forms.values()):
            return redirect("assembly:amendments", found.public_id, position)
    except RuleBroken as broken:
        refusal = sentence_of(broken)
    context = _told(found, motion, member) | {
        "forms": forms, "proposer": proposer, "refusal": refusal, "form_key": uuid7(),
    }  # fmt: skip
    is_wrong = refusal or any(form.errors for form in forms.values())
    status = 422 if is_wrong else 200
    return render(request, "assembly/amendments.html", context, status=status)


def _forms(request: HttpRequest, motion: Motion, what: str) -> Forms:
    """The form of the text and, when the motion sets a rule, that of the rule."""
    forms: Forms = {
        "text": AmendmentForm(request.POST if what == "text" else None, motion=motion, prefix="t")
    }
    if motion.changes.exists():
        typed = request.POST if what == "rule" else None
        forms["rule"] = RuleAmendmentForm(typed, motion=motion, prefix="r")
    return forms


def _told(found: GeneralAssembly, motion: Motion, member: Member) -> dict[str, Any]:
    rows = queries.amendments_of(motion)
    before = queries.as_proposed(motion)
    mine = {one.pk for one in queries.associates_of(found, member)}
    is_secretary = may_sit_on_board(member)
    is_written = found.state == State.CONVENED and bool(mine) and _is_before(found)
    is_tabled = found.state == State.SITTING and is_secretary and motion.poll_id is None
    carried = [queries.as_said(one) for one in rows if one.is_adopted]
    return {
        "assembly": found,
        "motion": motion,
        "paragraphs": amending.compared(motion.text, carried),
        "rows": [
            (
                one,
                wording.amendment_told(amendment_kept(one, before), motion.text, of=_name(one)),
                one.is_pending and one.poll_id is None and found.state != State.CLOSED
                and (is_secretary or one.associate_id in mine),
            )
            for one in rows
        ],
        "may_propose": is_written or is_tabled,
        "is_tabled": is_tabled,
    }  # fmt: skip


def _is_before(found: GeneralAssembly) -> bool:
    return found.amendments_until is not None and clock.now() < found.amendments_until


def _name(amendment: Amendment) -> str:
    return holder_name(amendment.associate) if amendment.associate else _("the board")


def _propose(
    found: GeneralAssembly,
    motion: Motion,
    form: AmendmentForm | RuleAmendmentForm,
    proposer: ProposerForm,
    member: Member,
) -> None:
    """In writing for oneself; in session the board writes for whoever asks."""
    what: dict[str, Any] = {
        "motion": motion, "said": form.said, "by": member, "now": clock.now(),
        "reason": form.cleaned_data["reason"],
    }  # fmt: skip
    if found.state == State.SITTING and may_sit_on_board(member):
        actions.table_amendment(
            associate=_associate(found, proposer.cleaned_data["number"]), **what
        )
    else:
        mine = queries.associates_of(found, member)
        if not mine:
            raise NotEntitled
        actions.propose_amendment(associate=mine[0], **what)


def _associate(found: GeneralAssembly, number: int | None) -> Associate | None:
    if number is None:
        return None
    associate = queries.entitled_at(found).filter(number=number).first()
    if associate is None:
        raise NotEntitled
    return associate


def _withdraw(request: HttpRequest, motion: Motion, member: Member) -> None:
    """Whoever proposed it takes it back, or the board for them."""
    typed = request.POST.get("number", "")
    rows = motion.amendments.filter(number=typed if typed.isdecimal() else 0)
    amendment = loading.first(rows.select_related("motion__item__assembly"))
    mine = {one.pk for one in queries.associates_of(motion.item.assembly, member)}
    if amendment.associate_id not in mine and not may_sit_on_board(member):
        raise Http404
    actions.withdraw_amendment(amendment=amendment, now=clock.now())
    messages.success(request, _("The amendment is withdrawn."))
