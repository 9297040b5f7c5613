"""Payments that a bank took back: what was undone, what is owed again and how it ends."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.campaigns import actions, queries
from essaim.commons.campaigns.forms import DebtForm
from essaim.commons.campaigns.views import loading
from essaim.commons.cooperative.models import Register
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent

LISTED_MAX = 100


@by_policy("may_run_campaigns")
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def reversals(request: HttpRequest) -> HttpResponse:
    """Each contribution whose bank took money back: paid again, or given up with a reason."""
    register = loading.kept_register(request)
    form = DebtForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent and _end(request, register, form):
        return redirect("campaigns:reversals")
    context = {
        "rows": list(queries.reversals(register)[:LISTED_MAX]),
        "form": form,
        "of": request.POST.get("contribution", ""),
        "form_key": uuid7(),
    }
    return render(
        request, "campaigns/desk/reversals.html", context, status=422 if form.errors else 200
    )


def _end(request: HttpRequest, register: Register, form: DebtForm) -> bool:
    found = loading.reversed_contribution(register, request.POST.get("contribution", ""))
    by, now, typed = loading.member_of(request), clock.now(), form.cleaned_data
    try:
        if request.POST.get("what") == "paid":
            actions.record_debt_paid(
                contribution=found, means=typed["means"] or "bank-transfer", by=by, now=now
            )
            messages.success(request, _("It is paid: nothing is owed any more."))
        else:
            actions.give_debt_up(contribution=found, reason=typed["reason"], by=by, now=now)
            messages.success(request, _("It is given up: the carrier gives it back."))
    except RuleBroken as refusal:
        form.show(refusal)
    return not form.errors
