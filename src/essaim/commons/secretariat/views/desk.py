"""The secretary's desk: drafting an assembly, its agenda, convening it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from essaim.commons.assembly import actions, queries, wording
from essaim.commons.assembly.models import GeneralAssembly, Notice
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.secretariat import waiting
from essaim.commons.secretariat.forms import DraftForm
from essaim.commons.secretariat.views import loading
from essaim.commons.statutes.rules import assemblies
from essaim.commons.statutes.rules.notices import latest_notice_day
from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

LETTERS_PER_PAGE = 20
BOARD = "may_sit_on_board"
State = GeneralAssembly.State
LIVE = (State.CONVENED, State.SITTING)


@by_policy(BOARD)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def desk(request: HttpRequest) -> HttpResponse:
    """Every assembly, the latest first; writing down another."""
    register = loading.register_of_secretary(request)
    form = DraftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        drafted = actions.draft_assembly(register=register, **form.said)
        return redirect("secretariat:assembly", drafted.public_id)
    rows = GeneralAssembly.objects.filter(register=register).order_by("-meets_at", "-pk")
    page = Paginator(rows, LETTERS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"register": register, "page": page, "form": form, "form_key": uuid7(),
               "waiting": waiting.rows(register)}  # fmt: skip
    return render(request, "secretariat/list.html", context, status=422 if form.errors else 200)


@by_policy(BOARD)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def assembly(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """One assembly as its secretary sees it: what is to be done now."""
    found = loading.run(request, assembly_id)
    refusal = ""
    if request.method == "POST":
        try:
            _proceed(request, found)
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            return redirect("secretariat:assembly", found.public_id)
    agenda = queries.agenda(found)
    context = {
        "assembly": found,
        "agenda": agenda,
        "waiting": waiting.rows(found.register) if found.state == State.DRAFT else [],
        "changes": wording.changes_of(agenda, at=clock.now()),
        "unheard": sum(hasattr(one, "motion") and one.motion.poll is None for one in agenda),
        "entitled_count": queries.voters_count(found, at=clock.now()),
        "unanswered": found.questions.filter(answer="").count(),
        "refusal": refusal,
        "form_key": uuid7(),
        "is_before": found.state == State.CONVENED and clock.now() < found.meets_at,
        "attendance": queries.attendance(found) if found.state in LIVE else None,
        **_notice(found),
        **_letters(request, found),
    }
    return render(request, "secretariat/assembly.html", context, status=422 if refusal else 200)


def _proceed(request: HttpRequest, found: GeneralAssembly) -> None:
    now, what = clock.now(), request.POST.get("what", "")
    if what == "convene":
        actions.convene(assembly=found, now=now)
        count = Notice.objects.filter(assembly=found).count()
        told = ngettext("%(num)s associate is convened.", "%(num)s associates are convened.", count)
        messages.success(request, told % {"num": count})
    elif what == "open":
        actions.open_meeting(assembly=found, now=now)
        messages.success(request, _("The meeting is open."))
    elif what == "close":
        actions.close_meeting(assembly=found, by=loading.member_of(request), now=now)
        messages.success(request, _("The meeting is closed and its minutes are written."))


def _notice(found: GeneralAssembly) -> dict[str, Any]:
    """How many days of notice the law and the statutes want, and the last day to send it."""
    day = localdate(found.meets_at)
    days = assemblies.notice_days(
        queries.statutes_of(found), Kind(found.kind), day=day, convening=found.convening
    )
    return {"days": days, "latest": None if days is None else latest_notice_day(day, days=days)}


def _letters(request: HttpRequest, found: GeneralAssembly) -> dict[str, Any]:
    """Those to be written to by post, a page at a time."""
    rows = Notice.objects.filter(assembly=found, channel=Notice.Channel.POST).select_related(
        "associate__member", "associate__organisation"
    )
    page = Paginator(rows.order_by("associate__number"), LETTERS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    names = [(one.associate.number, holder_name(one.associate)) for one in page.object_list]
    return {"letters": page, "letter_names": names}
