"""The commons fund as members see it: its quarters, their projects, the vote, the count."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.cooperative.models import Register
from essaim.commons.sharing import actions, policies, queries, wording
from essaim.commons.sharing.forms import FundBallotForm, ProjectForm
from essaim.commons.sharing.models import Project, Quarter
from essaim.commons.sharing.views import loading
from essaim.core.members.models import Member, Organisation
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy, signed_in
from essaim.web.idempotency import idempotent

CARRIERS_MAX = 200
LISTED_MAX = 20


@signed_in
def fund(request: HttpRequest) -> HttpResponse:
    """What the fund holds, the quarter of today, those before."""
    register = loading.register()
    rows = queries.quarters(register)[:LISTED_MAX]
    context = {
        "register": register,
        "fund_cents": queries.fund_cents(),
        "quarters": [(one, wording.quarter_name(one)) for one in rows],
        "is_keeper": policies.may_keep_years(loading.member_of(request), register),
    }
    return render(request, "sharing/fund.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def quarter(request: HttpRequest, civil_year: int, number: int) -> HttpResponse:
    """One quarter: its projects and its vote; once it is closed, the count and the payment."""
    found, member = loading.quarter(civil_year, number), loading.member_of(request)
    projects = queries.projects(found)
    form = FundBallotForm(request.POST or None, projects=projects)
    if request.method == "POST" and form.is_valid():
        try:
            chosen = [UUID(one) for one in form.cleaned_data["supported"]]
            actions.vote(quarter=found, member=member, supported=chosen)
        except RuleBroken as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("Your ballot is kept. You may change it until the close."))
            return redirect("sharing:quarter", civil_year, number)
    supported = queries.supported_by(found, member)
    if supported is not None and not form.is_bound:
        form.initial["supported"] = [str(one.public_id) for one in projects if one.pk in supported]
    context = {
        "quarter": found,
        "name": wording.quarter_name(found),
        "projects": projects,
        "form": form,
        "has_voted": supported is not None,
        "may_vote": policies.may_vote_on_fund(member, found.register),
        "fund_cents": queries.fund_cents(),
        "method": _(wording.FUND_METHODS[found.method]) if found.method else "",  # type: ignore[index]
        "form_key": uuid7(),
        **_result(found, projects),
    }
    return render(request, "sharing/quarter.html", context, status=422 if form.errors else 200)


def _result(found: Quarter, projects: list[Project]) -> dict[str, object]:
    """The count done again from the ballots, and the payment against the ledger (3 queries)."""
    if found.paid_at is None or found.voting_at is None:
        return {"count": None, "reconciliation": None}
    count = queries.count(found, projects, max(0, found.before_cents))
    return {
        "count": count,
        "counted": wording.counted(count, projects),
        "papers": wording.papers(queries.ballots(found), projects),
        "reconciliation": queries.reconciliation(found),
    }


@by_policy("may_vote_on_fund")
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def propose(request: HttpRequest, civil_year: int, number: int) -> HttpResponse:
    """Propose a project in a quarter, carried by an organisation."""
    register, found = loading.voting_register(request), loading.quarter(civil_year, number)
    member = loading.member_of(request)
    form = ProjectForm(request.POST or None, carriers=_carriers(register, member))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            actions.propose_project(
                quarter=found, title=typed["title"], text=typed["text"],
                asked_cents=typed["amount"], payee=typed["payee"], by=member, now=clock.now(),
            )  # fmt: skip
        except RuleBroken as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("Your project is proposed."))
            return redirect("sharing:quarter", civil_year, number)
    context = {
        "quarter": found, "name": wording.quarter_name(found), "form": form, "form_key": uuid7(),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "sharing/propose_project.html", context, status=status)


def _carriers(register: Register, member: Member) -> list[Organisation]:
    """Organisations that are associates, and those the member manages (1 query)."""
    rows = Organisation.objects.filter(
        Q(pk__in=register.associates.filter(left_at=None).values("organisation"))
        | Q(memberships__member=member, memberships__role="manager")
    )
    return list(rows.distinct().order_by("name", "pk")[:CARRIERS_MAX])
