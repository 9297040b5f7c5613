"""The rules in force, for everybody; recording a decision, for the board."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.bylaws import actions, queries
from essaim.core.bylaws.forms import AdoptionForm, WhatIfForm
from essaim.core.bylaws.queries import RuleInForce
from essaim.core.bylaws.rules import OutOfBounds, rule_book
from essaim.core.bylaws.wording import gap, in_words, typed_suffix, within
from essaim.core.members.models import Member
from essaim.core.members.policies import may_sit_on_board
from essaim.kernel import clock, trades
from essaim.kernel.days import first_moment
from essaim.kernel.errors import NotAllowed
from essaim.kernel.periods import Period
from essaim.kernel.trades import RuleEffect
from essaim.web.access import by_policy, public, signed_in
from essaim.web.environment import euros
from essaim.web.refusals import sentence_of

THIRTEEN_WEEKS = timedelta(weeks=13)


@public
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule in force, its value, since when and by whom (2 queries)."""
    now = clock.now()
    context = {
        "rules": queries.rules_in_force(at=now),
        "coming": queries.values_to_come(after=now),
        "in_words": in_words,
    }
    return render(request, "bylaws/rules.html", context)


@public
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """One rule: why it exists, its bounds, and every value it ever had (2 queries, 3 signed in)."""
    found = _rule_named(key, clock.now())
    member = request.user
    may_adopt = isinstance(member, Member) and may_sit_on_board(member)
    form = AdoptionForm(article=found.article) if may_adopt else None
    return _rule_page(request, found, form)


@by_policy("may_sit_on_board")
@require_POST
def adopt(request: HttpRequest, key: str) -> HttpResponse:
    """Record the value that the members or the board adopted."""
    member = request.user
    if not isinstance(member, Member) or not may_sit_on_board(member):
        raise NotAllowed
    now = clock.now()
    found = _rule_named(key, now)
    form = AdoptionForm(request.POST, article=found.article)
    if not form.is_valid() or not _adopt(form, member, now):
        return _rule_page(request, found, form, status=422)
    messages.success(request, _("The decision is recorded. Everybody can read it here."))
    return redirect("bylaws:rule", key)


@signed_in
def what_if(request: HttpRequest) -> HttpResponse:
    """What other values would have made of the last thirteen weeks: `?<article>=<value>&…`."""
    articles = [article for article in rule_book() if article.key in request.GET]
    if not articles:
        return redirect("bylaws:rules")
    today = first_moment(timezone.localdate(clock.now()))
    period = Period(today - THIRTEEN_WEEKS, today)
    form = WhatIfForm(request.GET, articles=articles)
    found = []
    if form.is_valid():
        found = [trade.rule_effect(form.cleaned_data, period) for trade in trades.installed()]
    context = {
        "form": form,
        "articles": articles,
        "suffixes": {article.key: typed_suffix(article.unit) for article in articles},
        "values_today": queries.values(articles, at=clock.now()),
        "in_words": in_words,
        "period": period,
        "effects": [_shown(effect) for effect in found if effect],
        "gap": gap,
    }
    return render(request, "bylaws/what_if.html", context, status=200 if form.is_valid() else 422)


def _shown(effect: RuleEffect) -> dict[str, Any]:
    """An effect with the rows of its table, the whole as its foot."""
    rows = [
        (part.label, euros(part.before_cents), euros(part.after_cents), gap(part.difference_cents))
        for part in (*effect.parts, *([effect.whole] if effect.whole else []))
    ]
    return {"told": effect, "rows": rows[:-1], "foot": rows[-1:]}


def _adopt(form: AdoptionForm, member: Member, now: datetime) -> bool:
    """Perform the action; a refusal becomes an error of the field it is about."""
    article = form.article
    try:
        actions.adopt(
            article=article,
            value=form.cleaned_data["value"],
            effective_at=form.effective_at(now),
            adopted_by=form.cleaned_data["adopted_by"],
            recorded_by=member,
            now=now,
        )
    except OutOfBounds:
        form.add_error("value", within(article))
    except (actions.RuleIsPast, actions.DateTaken) as refusal:
        form.add_error("effective_date", sentence_of(refusal))
    return form.is_valid()


def _rule_named(key: str, now: datetime) -> RuleInForce:
    for found in queries.rules_in_force(at=now):
        if found.article.key == key:
            return found
    raise Http404


def _rule_page(
    request: HttpRequest, found: RuleInForce, form: AdoptionForm | None, *, status: int = 200
) -> HttpResponse:
    context = {
        "rule": found,
        "history": queries.history(found.article),
        "form": form,
        "suffix": typed_suffix(found.article.unit),
        "in_words": in_words,
        "now": clock.now(),
    }
    return render(request, "bylaws/rule.html", context, status=status)
