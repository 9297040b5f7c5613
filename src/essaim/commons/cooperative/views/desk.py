"""The desk of the board: requests, the register, an associate, departures, statutes."""

from datetime import date, datetime, time
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _

from essaim.commons.cooperative import actions, queries, spreadsheet
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.forms import ReasonForm, TransferForm
from essaim.commons.cooperative.models import Associate, Register, ShareRequest
from essaim.commons.cooperative.views import loading
from essaim.commons.cooperative.views.mine import holding
from essaim.core.payments.actions import expected_payment, record_payment
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.web.access import by_policy
from essaim.web.refusals import sentence_of

ROWS_PER_PAGE = 20
BOARD = "may_keep_register"


@by_policy(BOARD)
def desk(request: HttpRequest) -> HttpResponse:
    """Requests to decide, paid ones first."""
    register = loading.kept_register(request)
    context = {
        "register": register,
        "requests": queries.requests_to_decide(register),
        "counts": queries.desk_counts(register),
    }
    return render(request, "cooperative/desk/requests.html", context)


@by_policy(BOARD)
def desk_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request: note its payment, admit, refuse."""
    register = loading.kept_register(request)
    found = loading.request_in(register, request_id)
    what = request.POST.get("what", "")
    form = ReasonForm(request.POST if what == "refuse" else None)
    refusal = ""
    if request.method == "POST":
        try:
            _decide(request, found, what)
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            return redirect("cooperative:desk")
    context = {
        "register": register,
        "asked": found,
        "intent": expected_payment(found.agreement) if found.agreement else None,
        "form": form,
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return render(request, "cooperative/desk/request.html", context, status=status)


def _decide(request: HttpRequest, found: ShareRequest, what: str) -> None:
    member, now = loading.member_of(request), clock.now()
    if what == "refuse":
        reason = request.POST.get("reason", "")
        actions.refuse_request(request=found, reason=reason, by=member, now=now)
        messages.success(request, _("The request is refused; the person reads your reason."))
    elif what == "paid" and found.agreement is not None:
        intent = expected_payment(found.agreement)
        if intent is not None:
            record_payment(intent=intent, by=member, now=now)
            actions.note_payment(agreement_id=found.agreement.pk, now=now)
        messages.success(request, _("The payment is recorded."))
    elif what == "admit":
        movement = actions.admit(request=found, by=member, now=now)
        number = movement.to_associate.number if movement.to_associate else 0
        messages.success(request, _("Welcome to associate No. {number}.").format(number=number))


@by_policy(BOARD)
def register(request: HttpRequest) -> HttpResponse:
    """The register of today, searched by name or number, twenty rows at a time."""
    kept, now = loading.kept_register(request), clock.now()
    text = request.GET.get("q", "").strip()[:80]
    page = Paginator(queries.found_in_register(kept, text=text), ROWS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    held = queries.shares_by_associate(list(page.object_list))
    context = {
        "register": kept,
        "counts": queries.desk_counts(kept),
        "page": page,
        "rows": [(one, holder_name(one), held.get(one.pk, 0)) for one in page.object_list],
        "text": text,
        "today": localdate(now),
        "totals": queries.totals(kept, at=now),
    }
    return render(request, "cooperative/desk/register.html", context)


@by_policy(BOARD)
def register_csv(request: HttpRequest) -> HttpResponse:
    """The whole register at the end of a day, by default today, for a spreadsheet."""
    kept, now = loading.kept_register(request), clock.now()
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = localdate(now)
    at = min(now, make_aware(datetime.combine(day, time.max)))
    rows = spreadsheet.lines(queries.lines(kept, at=at))
    name = f'attachment; filename="registre-des-parts-{day}.csv"'
    return StreamingHttpResponse(  # type: ignore[return-value]
        rows, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name}
    )


@by_policy(BOARD)
def associate(request: HttpRequest, associate_id: UUID) -> HttpResponse:
    """An associate: their movements; a transfer, an exclusion, shares never paid."""
    kept, now = loading.kept_register(request), clock.now()
    found = loading.associate_in(kept, associate_id)
    what = request.POST.get("what", "")
    transfer = TransferForm(request.POST if what == "transfer" else None)
    reason = ReasonForm(request.POST if what == "exclude" else None)
    refusal = ""
    if request.method == "POST" and (what != "transfer" or transfer.is_valid()):
        try:
            _act_on(request, kept, found, what, transfer)
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            return redirect("cooperative:desk_associate", found.public_id)
    nominal = queries.statutes_at(kept, now).capital.nominal_cents or 0
    context = {
        "register": kept,
        "holding": holding(found, queries.shares_held(found), nominal),
        "transfer": transfer,
        "form": reason,
        "refusal": refusal,
    }
    status = 422 if refusal or transfer.errors else 200
    return render(request, "cooperative/desk/associate.html", context, status=status)


def _act_on(
    request: HttpRequest, kept: Register, found: Associate, what: str, transfer: TransferForm
) -> None:
    member, now = loading.member_of(request), clock.now()
    if what == "transfer":
        typed = transfer.cleaned_data
        taker = loading.first(kept.associates.filter(number=typed["taker"]))
        actions.transfer_shares(
            giver=found, taker=taker, shares=typed["shares"], reason=typed["reason"], by=member,
            now=now,
        )  # fmt: skip
        messages.success(request, _("The shares are transferred."))
    elif what == "exclude":
        reason = request.POST.get("reason", "")
        actions.exclude(associate=found, reason=reason, by=member, now=now)
        messages.success(request, _("The exclusion is recorded; count now what is paid back."))
    elif what == "cancel":
        number = int(request.POST.get("number", "0") or 0)
        movement = loading.first(found.movements_in.filter(number=number))
        actions.cancel_unpaid(movement=movement, by=member, now=now)
        messages.success(request, _("The shares are cancelled."))
