"""What a campaign sold ahead: the list to hand over and to print, its corrections, its refunds."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from essaim.commons.campaigns import actions, queries, wording
from essaim.commons.campaigns.forms import AnnounceForm, CampaignForm, DeliveryForm
from essaim.commons.campaigns.models import Campaign, Kind
from essaim.commons.campaigns.rules.deliveries import OWED, Standing
from essaim.commons.campaigns.views import loading
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.environment import euros
from essaim.web.idempotency import idempotent

HAND_OVER, REFUND, CORRECT, READY = "hand-over", "refund", "correct", "ready"
JOURNAL_MAX = 200


@by_policy("may_deliver")
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def deliveries(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Who waits for what, what was handed over, and each line ever written about it."""
    found, what = loading.carried_campaign(request, campaign_id), request.POST.get("what", "")
    rows = queries.deliveries(found)
    owed = [one for one in rows if one.standing in OWED]
    given = [one for one in rows if one.standing == Standing.HANDED_OVER]
    rewards = list(found.rewards.filter(kind=Kind.PRE_PURCHASE).order_by("price_cents", "pk"))
    typed = request.POST if what else None
    handing = DeliveryForm(typed if what in {HAND_OVER, REFUND} else None, rows=owed, prefix="owed")
    correcting = DeliveryForm(typed if what == CORRECT else None, rows=given, prefix="given")
    ready = AnnounceForm(typed if what == READY else None, rewards=rewards)
    sent = next((form for form in (handing, correcting, ready) if form.is_bound), None)
    if sent is not None and sent.is_valid() and _act(request, found, what, sent):
        return redirect("campaigns:deliveries", found.public_id)
    context = {
        "campaign": found,
        "owed": owed,
        "given": given,
        "owed_cents": queries.owed_cents(rows),
        "handing": handing,
        "correcting": correcting,
        "ready": ready if any(one.standing == Standing.PROMISED for one in owed) else None,
        "journal": list(queries.delivery_journal(found)[:JOURNAL_MAX]),
        "steps": wording.steps(),
        "form_key": uuid7(),
    }
    status = 422 if sent is not None and sent.errors else 200
    return render(request, "campaigns/desk/deliveries.html", context, status=status)


def _act(request: HttpRequest, found: Campaign, what: str, form: CampaignForm) -> bool:
    try:
        messages.success(request, _done(request, found, what, form))
    except RuleBroken as refusal:
        form.show(refusal)
    return not form.errors


def _done(request: HttpRequest, found: Campaign, what: str, form: CampaignForm) -> str:
    """Do what was asked and say it."""
    by, now, typed = loading.member_of(request), clock.now(), form.cleaned_data
    if isinstance(form, AnnounceForm):
        count = actions.announce_ready(
            campaign=found, reward=typed["reward"], text=typed["reason"], by=by, now=now
        )
        told = ngettext("%(num)s person is told.", "%(num)s people are told.", count)
        return told % {"num": count}
    if not isinstance(form, DeliveryForm):
        raise TypeError(form)
    if what == HAND_OVER:
        actions.hand_over(campaign=found, contributions=form.chosen, by=by, now=now)
        return _("Noted as handed over.")
    if what == REFUND:
        cents = actions.refund_undelivered(
            campaign=found, contributions=form.chosen, reason=typed["reason"], by=by, now=now
        )
        return _("{amount} are given back; each is told why.").format(amount=euros(cents))
    actions.correct_hand_over(
        campaign=found, contributions=form.chosen, reason=typed["reason"], by=by, now=now
    )
    return _("Corrected: it is to be handed over again, and both lines stay in the journal.")
