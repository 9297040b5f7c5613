"""Signing, asking others to sign, recording what was signed on paper."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from essaim.commons.assembly.models import Minutes
from essaim.commons.minutes import actions, queries, sheet
from essaim.commons.minutes.forms import AskForm, PaperForm, SignForm
from essaim.commons.minutes.rules.signing import Means, Role
from essaim.commons.minutes.views import loading, reading
from essaim.core.members.models import Member
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.web.access import by_policy
from essaim.web.refusals import sentence_of


@by_policy("may_read_minutes")
@require_POST
def sign(request: HttpRequest, assembly_id: UUID, role: str) -> HttpResponse:
    """Sign as oneself; the password or the second factor is asked again just before."""
    found = loading.read(request, assembly_id)
    if role not in set(Role):
        raise Http404
    answer: HttpResponse = _sign(request, found, Role(role))
    return answer


@reauthentication_required(app="")  # type: ignore[untyped-decorator]
def _sign(request: HttpRequest, found: Minutes, role: Role) -> HttpResponse:
    member, form = loading.member_of(request), SignForm(request.POST)
    if not form.is_valid():
        return reading.page(request, found, form)
    try:
        actions.sign(
            minutes=found, role=role, copied=form.cleaned_data["copied"],
            means=_means(member), by=member, now=clock.now(),
        )  # fmt: skip
    except RuleBroken as broken:
        return reading.page(request, found, form, sentence_of(broken))
    messages.success(request, _("Your signature is recorded on these minutes."))
    return redirect("minutes:minutes", found.assembly.public_id)


@by_policy("may_sit_on_board")
@require_http_methods(["GET", "HEAD", "POST"])
def signatures(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """Who has to sign, for the secretary: name others, record a signed paper."""
    found = loading.kept(request, assembly_id)
    what, lines = request.POST.get("what", ""), queries.lines(found)
    ask = AskForm(request.POST if what == "ask" else None, minutes=found)
    paper = PaperForm(
        *((request.POST, request.FILES) if what == "paper" else ()),
        awaited=[line for line in lines if line.signature is None],
    )
    refusal = ""
    if (what == "ask" and ask.is_valid()) or (what == "paper" and paper.is_valid()):
        try:
            _do(request, found, ask if what == "ask" else paper)
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            return redirect("minutes:signatures", assembly_id)
    context = {
        "assembly": found.assembly,
        "minutes": found,
        "lines": [(line, sheet.signature_told(line)) for line in lines],
        "ask": ask,
        "paper": paper,
        "refusal": refusal,
    }
    status = 422 if refusal or ask.errors or paper.errors else 200
    return render(request, "minutes/signatures.html", context, status=status)


def _do(request: HttpRequest, found: Minutes, form: AskForm | PaperForm) -> None:
    by, now = loading.member_of(request), clock.now()
    if isinstance(form, AskForm):
        member, role = form.cleaned_data["number"], Role(form.cleaned_data["role"])
        actions.ask_to_sign(minutes=found, member=member, role=role, by=by, now=now)
        messages.success(
            request, _("{name} may now sign these minutes.").format(name=member.display_name)
        )
        return
    actions.record_paper(
        minutes=found, signed=form.signed(), content=form.content(), by=by, now=now
    )
    messages.success(request, _("The signed paper is kept with its signatures."))


def _means(member: Member) -> Means:
    """What the page above made sure of: an account with neither has nothing to give again."""
    has_proof = member.has_usable_password() or is_mfa_enabled(member)
    return Means.REAUTHENTICATED if has_proof else Means.TYPED
