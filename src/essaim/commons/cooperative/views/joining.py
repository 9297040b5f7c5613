"""The cooperative as everybody sees it, and becoming an associate."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.cooperative import actions, queries
from essaim.commons.cooperative.forms import JoinForm
from essaim.commons.cooperative.models import Register, ShareRequest, StatutesVersion
from essaim.commons.cooperative.views import loading
from essaim.commons.statutes import wording
from essaim.commons.statutes.rules import reading
from essaim.commons.statutes.rules.statutes import Statutes
from essaim.core.members.models import Member, Organisation
from essaim.core.payments.actions import expected_payment
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web import charts
from essaim.web.access import by_policy, public, signed_in
from essaim.web.idempotency import idempotent

BASIS_POINTS = 10_000


@public
def cooperative(request: HttpRequest) -> HttpResponse:
    """What the cooperative is: its statutes in plain words, who its associates are (3 queries)."""
    now = clock.now()
    register = queries.the_register()
    version = queries.version_at(register, now) if register else None
    context: dict[str, object] = {"register": register, "version": version}
    if register is not None and version is not None:
        context |= _portrait(register, version)
    return render(request, "cooperative/cooperative.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def join(request: HttpRequest) -> HttpResponse:
    """Ask for shares, on one page."""
    member, now = loading.member_of(request), clock.now()
    register = queries.the_register()
    version = queries.version_at(register, now) if register else None
    if register is None or version is None:
        return redirect("cooperative:cooperative")
    statutes = reading.from_toml(version.text)
    organisations = list(_managed_by(member))
    mine = queries.associate_of(register, member_id=member.pk, organisation_id=None)
    form = JoinForm(
        request.POST or None, statutes=statutes, organisations=organisations,
        stays_in_category=mine is not None and not organisations,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        asked = _ask(register, member, form)
        if asked is not None:
            return redirect("cooperative:request", asked.public_id)
    context = {"register": register, "statutes": statutes, "form": form, "form_key": uuid7(),
               "mine": mine}  # fmt: skip
    return render(request, "cooperative/join.html", context, status=422 if form.errors else 200)


@by_policy("may_act_on_request")
@require_http_methods(["GET", "HEAD", "POST"])
def share_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Where a request stands: what to pay, what is awaited; giving it up."""
    found = loading.own_request(request, request_id)
    if request.method == "POST":
        actions.withdraw_request(request=found, by=loading.member_of(request), now=clock.now())
        messages.success(request, _("Your request is withdrawn."))
        return redirect("cooperative:my_shares")
    intent = expected_payment(found.agreement) if found.agreement else None
    is_mine = found.agreement is not None and found.agreement.receiver_id == request.user.pk
    here = reverse("cooperative:request", args=[found.public_id])
    context = {
        "asked": found,
        "intent": intent,
        "pay_url": f"{reverse('payments:pay', args=[intent.public_id])}?back={here}"
        if intent and intent.means == "card" and is_mine
        else "",
        "bar": charts.money_bar([charts.Share(_("Capital of the cooperative"),
                                              found.amount_cents)]),
    }  # fmt: skip
    return render(request, "cooperative/request.html", context)


def _ask(register: Register, member: Member, form: JoinForm) -> ShareRequest | None:
    typed = form.cleaned_data
    try:
        return actions.ask_for_shares(
            register=register, member=member, organisation=typed["name_of"],
            category_code=typed.get("category", ""), college_code=typed.get("college", ""),
            shares=typed["shares"], means=typed["means"],
            accepts_notices=typed["accepts_notices"], now=clock.now(),
        )  # fmt: skip
    except RuleBroken as refusal:
        form.show(refusal)
        return None


def _managed_by(member: Member) -> QuerySet[Organisation]:
    rows = Organisation.objects.filter(memberships__member=member, memberships__role="manager")
    return rows.order_by("name", "pk")


def _portrait(register: Register, version: StatutesVersion) -> dict[str, object]:
    statutes = reading.from_toml(version.text)
    held = queries.totals(register, at=clock.now())
    return {
        "statutes": statutes,
        "form_words": _(wording.FORMS[statutes.form]),
        "chapters": wording.in_plain_words(statutes),
        "held": held,
        "capital_cents": held.shares_count * (statutes.capital.nominal_cents or 0),
        "categories": charts.stack(
            [(one.label, held.associates.get(one.code, 0), "") for one in statutes.categories]
        ),
        "colleges": _colleges(statutes),
    }


def _colleges(statutes: Statutes) -> charts.Bar:
    parts = [(one.label, round(one.weight * BASIS_POINTS), "") for one in statutes.colleges]
    return charts.stack(parts)
