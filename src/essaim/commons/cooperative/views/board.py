"""The desk of the board, continued: departures and their instalments, statutes and their check."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from essaim.commons.cooperative import actions, queries
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.forms import SettleForm, StatutesForm
from essaim.commons.cooperative.models import Exit, Register
from essaim.commons.cooperative.views import loading
from essaim.commons.cooperative.views.desk import BOARD
from essaim.commons.cooperative.views.mine import refund_bar
from essaim.commons.statutes import models_of_statutes, wording
from essaim.commons.statutes.rules import reading
from essaim.commons.statutes.rules.findings import Finding, composition, findings
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.web.access import by_policy
from essaim.web.refusals import sentence_of


@by_policy(BOARD)
def exits(request: HttpRequest) -> HttpResponse:
    """Departures: those to count, those being paid back."""
    register = loading.kept_register(request)
    context = {
        "register": register,
        "counts": queries.desk_counts(register),
        "rows": [(one, holder_name(one.associate)) for one in queries.exits(register)],
    }
    return render(request, "cooperative/desk/exits.html", context)


@by_policy(BOARD)
def leaving(request: HttpRequest, exit_id: UUID) -> HttpResponse:
    """One departure: count what is owed, then pay it part by part."""
    register = loading.kept_register(request)
    found = loading.exit_in(register, exit_id)
    what = request.POST.get("what", "")
    form = SettleForm(request.POST if what == "settle" else None)
    if request.method == "POST" and (what == "pay" or form.is_valid()):
        try:
            _proceed(request, found, what, form)
        except RuleBroken as refusal:
            messages.error(request, sentence_of(refusal))
        return redirect("cooperative:desk_exit", found.public_id)
    instalments = list(found.instalments.select_related("paid_by").order_by("position"))
    context = {
        "register": register,
        "departure": found,
        "name": holder_name(found.associate),
        "shares": queries.shares_held(found.associate),
        "instalments": instalments,
        "bar": refund_bar(found, instalments),
        "form": form,
        "today": localdate(clock.now()),
    }
    status = 422 if form.errors else 200
    return render(request, "cooperative/desk/exit.html", context, status=status)


def _proceed(request: HttpRequest, found: Exit, what: str, form: SettleForm) -> None:
    member, now = loading.member_of(request), clock.now()
    if what == "pay":
        position = int(request.POST.get("position", "0") or 0)
        instalment = loading.first(found.instalments.filter(position=position))
        actions.pay_instalment(instalment=instalment, by=member, now=now)
        messages.success(request, _("The payment is recorded."))
    else:
        typed = form.cleaned_data
        actions.settle_exit(
            departure=found, losses_cents=typed["losses"], reserves_cents=typed["reserves"],
            by=member, now=now,
        )  # fmt: skip
        messages.success(request, _("What is owed is counted, and told to the person."))


@by_policy(BOARD)
def statutes(request: HttpRequest) -> HttpResponse:
    """The statutes in force and what the check says; checking and adopting others."""
    register, now = loading.register_to_keep(request), clock.now()
    version = queries.version_at(register, now)
    text = version.text if version else models_of_statutes.text("territory")
    form = StatutesForm(request.POST or None, initial={"text": text})
    found: list[Finding] | None = None
    if request.method == "POST" and form.is_valid():
        found = _check_or_adopt(request, register, form)
        if found is None and not form.errors:
            return redirect("cooperative:desk_statutes")
    context = {
        "register": register,
        "counts": queries.desk_counts(register),
        "version": version,
        "versions": register.statutes.order_by("-version"),
        "today": _told(_today(register)),
        "form": form,
        "found": None if found is None else _told(found),
    }
    status = 422 if form.errors else 200
    return render(request, "cooperative/desk/statutes.html", context, status=status)


def _check_or_adopt(
    request: HttpRequest, register: Register, form: StatutesForm
) -> list[Finding] | None:
    """Return what the check says of the text typed; None once it is adopted."""
    now, typed = clock.now(), form.cleaned_data
    try:
        checked = findings(reading.from_toml(typed["text"]), localdate(now))
        if request.POST.get("what") != "adopt":
            return checked
        if not typed["adopted_by"].strip():
            form.add_error("adopted_by", _("Say which decision adopted them."))
            return checked
        register = actions.open_register(
            organisation=register.organisation, territory=register.territory, now=now
        )
        actions.adopt_statutes(
            register=register, text=typed["text"], effective_at=form.effective_at(now),
            adopted_by=typed["adopted_by"], by=loading.member_of(request), now=now,
        )  # fmt: skip
    except RuleBroken as refusal:
        form.show(refusal)
        return None
    messages.success(request, _("The new statutes are recorded."))
    return None


def _today(register: Register) -> list[Finding]:
    """What the check says of the statutes in force and of the associates there are."""
    now = clock.now()
    version = queries.version_at(register, now)
    if version is None:
        return []
    read, held = reading.from_toml(version.text), queries.totals(register, at=now)
    people = composition(
        read, associates_by_category=held.associates, shares_by_category=held.shares,
        day=localdate(now),
    )  # fmt: skip
    return [*people, *findings(read, localdate(now))]


def _told(found: list[Finding]) -> list[tuple[str, str, str]]:
    return [(one.severity.value, wording.sentence(one), one.source) for one in found]
