"""The desk of the commons fund: opening a quarter, its vote, closing it, which pays."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.cooperative.models import Register
from essaim.commons.sharing import actions, queries, wording
from essaim.commons.sharing.forms import MethodForm, QuarterForm
from essaim.commons.sharing.rules.fund_votes import Method
from essaim.commons.sharing.views import loading
from essaim.commons.sharing.views.desk import KEEPERS, METHODS
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

LISTED_MAX = 20
MONTHS = 3


@by_policy(KEEPERS)
@require_http_methods(METHODS)
@idempotent
def desk_fund(request: HttpRequest) -> HttpResponse:
    """The quarters: what is to be done for each that is not paid, opening another."""
    register, what = loading.kept_register(request), request.POST.get("what", "")
    today = localdate(clock.now())
    initial = {"civil_year": today.year, "number": (today.month - 1) // MONTHS + 1}
    opening = QuarterForm(request.POST if what == "open" else None, initial=initial)
    method = MethodForm(request.POST if what == "vote" else None)
    typed: Any = opening if what == "open" else method
    refusal = ""
    if request.method == "POST" and (what == "close" or typed.is_valid()):
        try:
            _proceed(request, register, what, typed)
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            return redirect("sharing:desk_fund")
    rows = queries.quarters(register)[:LISTED_MAX]
    context = {
        "register": register,
        "quarters": [(one, wording.quarter_name(one)) for one in rows],
        "fund_cents": queries.fund_cents(),
        "opening": opening,
        "method": method,
        "refusal": refusal,
        "form_key": uuid7(),
    }
    status = 422 if refusal or typed.errors else 200
    return render(request, "sharing/desk/fund.html", context, status=status)


def _proceed(request: HttpRequest, register: Register, what: str, form: Any) -> None:
    now = clock.now()
    if what == "open":
        typed = form.cleaned_data
        actions.open_quarter(
            register=register, civil_year=typed["civil_year"], number=typed["number"], now=now
        )
        messages.success(request, _("The quarter is open: associates may propose projects."))
    elif what == "vote":
        quarter = loading.quarter_of(register, request.POST.get("quarter", ""))
        method = Method(form.cleaned_data["method"])
        actions.open_vote(quarter=quarter, method=method, now=now)
        messages.success(request, _("The vote is open."))
    elif what == "close":
        quarter = loading.quarter_of(register, request.POST.get("quarter", ""))
        actions.close_vote(quarter=quarter, by=loading.member_of(request), now=now)
        messages.success(request, _("The votes are counted and the projects are paid."))
