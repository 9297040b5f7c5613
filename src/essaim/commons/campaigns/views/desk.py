"""The desk of campaigns: opening and ending them, participatory titles, pools of matching."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.commons.campaigns import actions, queries, tasks
from essaim.commons.campaigns.forms import EndowForm, OpenForm, PoolForm, TitleForm
from essaim.commons.campaigns.models import Campaign, Kind, MatchingPool
from essaim.commons.campaigns.views import loading
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.titles.rules.issuing import may_issue
from essaim.core.members.models import Organisation
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.live import address_of
from essaim.web.refusals import sentence_of

KEEPERS = "may_run_campaigns"
METHODS = ["GET", "HEAD", "POST"]
LISTED_MAX = 40


@by_policy(KEEPERS)
@require_http_methods(METHODS)
@idempotent
def desk(request: HttpRequest) -> HttpResponse:
    """Every campaign and every pool; opening a pool."""
    register = loading.kept_register(request)
    funders = Organisation.objects.filter(kind=Organisation.Kind.LOCAL_AUTHORITY)
    form = PoolForm(request.POST or None, funders=list(funders.order_by("name", "pk")))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            pool = actions.open_pool(
                register=register, funder=typed["funder"], title=typed["title"],
                terms=form.terms, now=clock.now(),
            )  # fmt: skip
        except RuleBroken as refusal:
            form.show(refusal)
        else:
            return redirect("campaigns:desk_pool", pool.public_id)
    rows = register.campaigns.select_related("carrier").order_by("-proposed_at", "-pk")
    context = {
        "campaigns": list(rows[:LISTED_MAX]),
        "pools": list(register.pools.select_related("funder").order_by("-opened_at", "-pk")),
        "owed_count": queries.owed_again_count(register),
        "form": form,
        "form_key": uuid7(),
    }
    return render(request, "campaigns/desk/list.html", context, status=422 if form.errors else 200)


@by_policy(KEEPERS)
@require_http_methods(METHODS)
@idempotent
def desk_campaign(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """One campaign: opening it with its pool, adding a title, ending it on its day."""
    found, what = loading.kept_campaign(request, campaign_id), request.POST.get("what", "")
    pools = list(found.register.pools.filter(asked_at=None, settled_at=None).order_by("pk"))
    opening = OpenForm(request.POST if what == "open" else None, pools=pools)
    title = TitleForm(request.POST if what == "title" else None)
    typed: Any = {"open": opening, "title": title}.get(what)
    refusal = ""
    if request.method == "POST" and (typed is None or typed.is_valid()):
        try:
            _proceed(request, found, what, typed)
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            return redirect("campaigns:desk_campaign", found.public_id)
    statutes = cooperative_queries.statutes_at(found.register, clock.now())
    rewards = list(found.rewards.order_by("price_cents", "pk"))
    is_own = found.carrier_id == found.register.organisation_id
    context = {
        "campaign": found,
        "gathered": queries.gathered(found),
        "reconciles": found.state != Campaign.State.OPEN or queries.reconciles(found),
        "rewards": rewards,
        "carrier_owes_cents": queries.owed_by_carrier(found),
        "sells": any(one.kind == Kind.PRE_PURCHASE for one in rewards),
        "opening": opening,
        "title": title if is_own and may_issue(statutes.form, localdate(clock.now())) else None,
        "is_due": clock.now() >= found.closes_at,
        "refusal": refusal,
        "form_key": uuid7(),
    }
    status = 422 if refusal or (typed is not None and typed.errors) else 200
    return render(request, "campaigns/desk/campaign.html", context, status=status)


def _proceed(request: HttpRequest, found: Campaign, what: str, form: Any) -> None:
    now = clock.now()
    if what == "open":
        actions.open_campaign(campaign=found, pool=form.chosen, now=now)
        messages.success(request, _("The campaign is open."))
    elif what == "title":
        typed = form.cleaned_data
        actions.offer_title(
            campaign=found, title=typed["title"], price_cents=typed["amount"], terms=form.terms,
            now=now,
        )  # fmt: skip
        messages.success(request, _("The title is offered in this campaign."))
    elif what == "close":
        actions.close_campaign(campaign=found, now=now)
        messages.success(request, _("The campaign is over, and its money is where it belongs."))


@by_policy(KEEPERS)
@require_http_methods(METHODS)
@idempotent
def desk_pool(request: HttpRequest, pool_id: UUID) -> HttpResponse:
    """One pool: what the authority paid into it, then paying each campaign."""
    pool, what = loading.kept_pool(request, pool_id), request.POST.get("what", "")
    form = EndowForm(request.POST if what == "endow" else None)
    refusal = ""
    if request.method == "POST" and (what == "settle" or form.is_valid()):
        try:
            _proceed_with(request, pool, what, form)
        except RuleBroken as broken:
            refusal = sentence_of(broken)
        else:
            return redirect("campaigns:desk_pool", pool.public_id)
    context = {
        "pool": pool,
        "held_cents": queries.pool_cents(pool),
        "news": address_of(pool.topic),
        "campaigns": list(pool.campaigns.select_related("carrier").order_by("pk")),
        "form": form,
        "refusal": refusal,
        "form_key": uuid7(),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "campaigns/desk/pool.html", context, status=status)


def _proceed_with(request: HttpRequest, pool: MatchingPool, what: str, form: EndowForm) -> None:
    now = clock.now()
    if what == "endow":
        typed = form.cleaned_data
        key = f"{pool.public_id}:{typed['reference'].strip()}"
        actions.endow(pool=pool, cents=typed["amount"], key=key, now=now)
        messages.success(request, _("The amount is in the pool."))
    elif actions.ask_settlement(pool=pool, by=loading.member_of(request), now=now):
        tasks.settle.defer()
