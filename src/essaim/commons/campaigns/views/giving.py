"""Proposing a campaign, contributing to one, following one's contribution."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.campaigns import actions, wording
from essaim.commons.campaigns.forms import SHARE, ContributionForm, ProposeForm
from essaim.commons.campaigns.models import Campaign, Contribution, Kind
from essaim.commons.campaigns.rules.refusals import AlreadyOpened
from essaim.commons.campaigns.views import loading
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Register
from essaim.core.members.models import Member
from essaim.core.payments.actions import expected_payment
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy, signed_in
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

METHODS = ["GET", "HEAD", "POST"]


@signed_in
@require_http_methods(METHODS)
@idempotent
def propose(request: HttpRequest) -> HttpResponse:
    """Write a campaign down, for an organisation one manages; the board opens it."""
    register, member = loading.register(), loading.member_of(request)
    carriers = loading.carriers(register, member)
    form = ProposeForm(request.POST or None, carriers=carriers)
    if request.method == "POST" and form.is_valid():
        try:
            _propose(register, member, form)
        except RuleBroken as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("Your campaign is written down; the board opens it."))
            return redirect("campaigns:campaigns")
    context = {
        "form": form,
        "form_key": uuid7(),
        "may_propose": bool(carriers),
        "drafts": list(register.campaigns.filter(state="draft", carrier__in=carriers)),
    }
    return render(request, "campaigns/propose.html", context, status=422 if form.errors else 200)


def _propose(register: Register, member: Member, form: ProposeForm) -> None:
    typed = form.cleaned_data
    found = actions.propose_campaign(
        register=register, carrier=typed["carrier"], title=typed["title"], text=typed["text"],
        goal_cents=typed["amount"], closes_at=form.closes_at, takes_shares=typed["takes_shares"],
        is_all_or_nothing=typed["is_all_or_nothing"], by=member, now=clock.now(),
    )  # fmt: skip
    for title, cents in typed["rewards"]:
        actions.offer_pre_purchase(campaign=found, title=title, price_cents=cents)


@by_policy("may_edit")
@require_http_methods(METHODS)
@idempotent
def edit(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Write a draft again, by the form that proposed it; refused once it is open."""
    found, member = loading.edited_campaign(request, campaign_id), loading.member_of(request)
    if found.state != Campaign.State.DRAFT:
        messages.error(request, sentence_of(AlreadyOpened()))
        return redirect("campaigns:campaign", found.public_id)
    goods = found.rewards.filter(kind=Kind.PRE_PURCHASE).order_by("price_cents", "pk")
    carriers = loading.carriers(found.register, member)
    form = ProposeForm(
        request.POST or None, carriers=carriers, initial=ProposeForm.of(found, goods)
    )
    if request.method == "POST" and form.is_valid():
        try:
            _edit(found, form)
        except RuleBroken as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("The draft is written again."))
            return redirect("campaigns:edit", found.public_id)
    context = {
        "campaign": found,
        "form": form,
        "form_key": uuid7(),
        "is_keeper": loading.keeps(request, found.register),
    }
    return render(request, "campaigns/edit.html", context, status=422 if form.errors else 200)


def _edit(found: Campaign, form: ProposeForm) -> None:
    typed = form.cleaned_data
    actions.edit_campaign(
        campaign=found, carrier=typed["carrier"], title=typed["title"], text=typed["text"],
        goal_cents=typed["amount"], closes_at=form.closes_at, takes_shares=typed["takes_shares"],
        is_all_or_nothing=typed["is_all_or_nothing"], goods=typed["rewards"], now=clock.now(),
    )  # fmt: skip


@signed_in
@require_http_methods(METHODS)
@idempotent
def contribute(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Choose what to bring, then pay it."""
    found, member = loading.campaign(campaign_id), loading.member_of(request)
    if found.state != Campaign.State.OPEN or clock.now() >= found.closes_at:
        return redirect("campaigns:campaign", found.public_id)
    form = ContributionForm(
        request.POST or None, campaign=found,
        rewards=list(found.rewards.order_by("price_cents", "pk")),
        statutes=cooperative_queries.statutes_at(found.register, clock.now()),
        initial={"what": request.GET.get("what", "gift")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            asked = _contribute(found, member, form)
        except RuleBroken as refusal:
            form.show(refusal)
        else:
            return redirect("campaigns:contribution", asked.public_id)
    context = {"campaign": found, "form": form, "form_key": uuid7()}
    status = 422 if form.errors else 200
    return render(request, "campaigns/contribute.html", context, status=status)


def _contribute(found: Campaign, member: Member, form: ContributionForm) -> Contribution:
    typed, now = form.cleaned_data, clock.now()
    if typed["what"] == SHARE:
        return actions.contribute_shares(
            campaign=found, member=member, category_code=typed["category"],
            shares=typed["shares"], means=typed["means"], now=now,
        )  # fmt: skip
    return actions.contribute(
        campaign=found, member=member, amount_cents=typed["amount"], reward=form.reward,
        means=typed["means"], now=now,
    )  # fmt: skip


def _take_back(request: HttpRequest, found: Contribution) -> None:
    try:
        actions.take_back(contribution=found, by=loading.member_of(request), now=clock.now())
    except RuleBroken as refusal:
        messages.error(request, sentence_of(refusal))
    else:
        messages.success(request, _("Your contribution is taken back; what was paid is refunded."))


@by_policy("may_see_contribution")
@require_http_methods(METHODS)
def contribution(request: HttpRequest, contribution_id: UUID) -> HttpResponse:
    """Where a contribution stands: what to pay; taking it back while it may be."""
    found = loading.own_contribution(request, contribution_id)
    if request.method == "POST":
        _take_back(request, found)
        return redirect("campaigns:contribution", found.public_id)
    intent = expected_payment(found.agreement)
    here = reverse("campaigns:contribution", args=[found.public_id])
    pays_by_card = intent is not None and intent.means == "card"
    context = {
        "contribution": found,
        "campaign": found.campaign,
        "lines": list(found.deliveries.order_by("position")),
        "steps": wording.steps(),
        "delivery": actions.where(found),
        "is_owed_again": found.state == "paid" and found.agreement.state == "disputed",
        "intent": intent,
        "pay_url": f"{reverse('payments:pay', args=[intent.public_id])}?back={here}"
        if intent and pays_by_card
        else "",
        "may_take_back": found.state in {"asked", "paid"}
        and found.kind != SHARE
        and found.campaign.state == Campaign.State.OPEN,
    }
    return render(request, "campaigns/contribution.html", context)
