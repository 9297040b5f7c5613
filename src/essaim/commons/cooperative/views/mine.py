"""My shares: what I own, my certificates, how I am called to assemblies, leaving."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.commons.cooperative import actions, queries
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.forms import ReasonForm
from essaim.commons.cooperative.models import (
    Associate,
    Exit,
    Instalment,
    NoticeConsent,
    ShareMovement,
)
from essaim.commons.cooperative.views import loading
from essaim.kernel import clock
from essaim.web import charts
from essaim.web.access import by_policy, signed_in


@dataclass(frozen=True, slots=True)
class Holding:
    """What an associate owns, as their page shows it."""

    associate: Associate
    name: str
    shares: int
    nominal_cents: int
    movements: list[ShareMovement]
    consent: NoticeConsent | None
    departure: Exit | None
    instalments: list[Instalment]
    bar: charts.Bar | None


@signed_in
def my_shares(request: HttpRequest) -> HttpResponse:
    """What the member owns, in their name and in that of organisations they manage."""
    member, now = loading.member_of(request), clock.now()
    register = queries.the_register()
    version = queries.version_at(register, now) if register else None
    if register is None or version is None:
        return redirect("cooperative:cooperative")
    nominal = queries.statutes_at(register, now).capital.nominal_cents or 0
    associates = queries.associates_acted_for(register, member)
    held = queries.shares_by_associate(associates)
    context = {
        "register": register,
        "holdings": [holding(one, held.get(one.pk, 0), nominal) for one in associates],
        "requests": queries.requests_of(register, member),
    }
    return render(request, "cooperative/my_shares.html", context)


@by_policy("may_act_for_associate")
@require_POST
def consent(request: HttpRequest, associate_id: UUID) -> HttpResponse:
    """Accept electronic notices, or no longer."""
    associate = loading.own_associate(request, associate_id)
    is_given = request.POST.get("is_given") == "yes"
    actions.consent_to_notices(
        associate=associate, is_given=is_given, by=loading.member_of(request), now=clock.now()
    )
    messages.success(
        request,
        _("You will be called to assemblies by e-mail.")
        if is_given
        else _("You will be called to assemblies on paper."),
    )
    return redirect("cooperative:my_shares")


@by_policy("may_act_for_associate")
@require_POST
def leave(request: HttpRequest, associate_id: UUID) -> HttpResponse:
    """Ask to leave; the board then counts what is paid back."""
    associate = loading.own_associate(request, associate_id)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actions.ask_to_leave(
        associate=associate, reason=reason, by=loading.member_of(request), now=clock.now()
    )
    messages.success(request, _("Your departure is recorded. The board will count your shares."))
    return redirect("cooperative:my_shares")


@by_policy("may_see_certificate")
def certificate(request: HttpRequest, movement_id: UUID) -> HttpResponse:
    """The certificate of shares, as printed the first time."""
    movement = loading.movement_with_certificate(request, movement_id)
    if not hasattr(movement, "certificate"):
        raise Http404
    pdf = actions.keep_certificate(certificate=movement.certificate, now=clock.now())
    name = f'inline; filename="certificat-{movement.number}.pdf"'
    return HttpResponse(pdf, "application/pdf", headers={"Content-Disposition": name})


def holding(associate: Associate, shares: int, nominal_cents: int) -> Holding:
    """Gather what is shown of an associate (2 to 3 queries)."""
    departure = getattr(associate, "exit", None)
    instalments = list(departure.instalments.order_by("position")) if departure else []
    return Holding(
        associate=associate,
        name=holder_name(associate),
        shares=shares,
        nominal_cents=nominal_cents,
        movements=queries.movements_of(associate),
        consent=queries.last_consent(associate),
        departure=departure,
        instalments=instalments,
        bar=refund_bar(departure, instalments),
    )


def refund_bar(departure: Exit | None, instalments: list[Instalment]) -> charts.Bar | None:
    """Draw where the value of shares goes: paid back, still to pay, borne as losses."""
    if departure is None or departure.settled_at is None:
        return None
    paid = sum(one.amount_cents for one in instalments if one.paid_at)
    return charts.money_bar(
        [
            charts.Share(_("Paid back"), paid, "clover"),
            charts.Share(_("Still to be paid"), departure.refund_cents - paid, "honey"),
            charts.Share(_("Part of the losses"), departure.loss_cents, "poppy"),
        ]
    )
