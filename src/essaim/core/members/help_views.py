"""Acting for somebody who asked for it: allowing, ending, and reading what was done."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.members import actions, queries
from essaim.core.members.forms import AllowanceForm, OnSiteForm
from essaim.core.members.models import Assistance, Member, Organisation
from essaim.core.members.policies import may_see_assistance, may_work_for
from essaim.core.members.views import member_of, sent
from essaim.kernel import clock
from essaim.web.access import by_policy, signed_in
from essaim.web.refusals import sentence_of


@signed_in
def assistances(request: HttpRequest) -> HttpResponse:
    """Every help given and received, and letting somebody help (2 queries)."""
    member, now = member_of(request), clock.now()
    form = AllowanceForm(sent(request), today=timezone.localdate(now))
    if form.is_valid():
        allowed = _allow(form, member, now)
        if allowed is not None:
            messages.success(
                request, _("%(name)s may now help you.") % {"name": allowed.helper.display_name}
            )
            return redirect("members:assistances")
    context = {
        "assistances": queries.assistances_of(member),
        "form": form,
        "now": now,
        "organisations": queries.organisations_with_roles(member),
    }
    status = 422 if form.errors else 200
    return render(request, "members/assistances.html", context, status=status)


@by_policy("may_see_assistance")
def assistance(request: HttpRequest, assistance_id: int) -> HttpResponse:
    """One help and the log of its acts, the same for both people (2 queries)."""
    found = _seen(request, assistance_id)
    context = {
        "assistance": found,
        "acts": list(found.acts.order_by("-done_at", "-pk")),
        "now": clock.now(),
        "is_helper": found.helper_id == request.user.pk,
    }
    return render(request, "members/assistance.html", context)


@by_policy("may_see_assistance")
@require_POST
def end_assistance(request: HttpRequest, assistance_id: int) -> HttpResponse:
    """End a help at once; either of the two may."""
    actions.revoke_assistance(assistance=_seen(request, assistance_id), now=clock.now())
    messages.success(request, _("This help is over. The log of its acts stays readable."))
    return redirect("members:assistance", assistance_id)


@by_policy("may_work_for")
def register_on_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Register somebody without internet, in their presence, and help them."""
    organisation = get_object_or_404(Organisation, slug=slug)
    member, now = member_of(request), clock.now()
    if not may_work_for(member, organisation):
        raise Http404
    form = OnSiteForm(sent(request), today=timezone.localdate(now))
    if form.is_valid():
        registered = _register(form, member, organisation, now)
        if registered is not None:
            messages.success(
                request,
                _("You may now order for %(name)s.") % {"name": registered.helped.display_name},
            )
            return redirect("members:assistance", registered.pk)
    context = {"organisation": organisation, "form": form}
    status = 422 if form.errors else 200
    return render(request, "members/on_site.html", context, status=status)


def _seen(request: HttpRequest, assistance_id: int) -> Assistance:
    rows = Assistance.objects.select_related("helper", "helped")
    found = get_object_or_404(rows, pk=assistance_id)
    if not may_see_assistance(member_of(request), found):
        raise Http404
    return found


def _allow(form: AllowanceForm, member: Member, now: datetime) -> Assistance | None:
    email = str(form.cleaned_data["helper_email"]).lower()
    helper = Member.objects.filter(email=email, is_active=True).order_by().first()
    if helper is None:
        form.add_error("helper_email", _("Nobody signs in here with this e-mail."))
        return None
    try:
        return actions.allow_assistance(
            helper=helper,
            helped=member,
            scope=form.cleaned_data["scope"],
            expires_at=form.expires_at(),
            consent_note=_("Allowed by %(name)s in their space") % {"name": member.display_name},
            now=now,
        )
    except actions.OwnAssistance as refusal:
        form.add_error("helper_email", sentence_of(refusal))
    except actions.AssistanceTooLong as refusal:
        form.add_error("until_date", sentence_of(refusal))
    return None


def _register(
    form: OnSiteForm, member: Member, organisation: Organisation, now: datetime
) -> Assistance | None:
    try:
        return actions.register_assisted(
            helper=member,
            organisation=organisation,
            display_name=form.cleaned_data["display_name"],
            phone=form.cleaned_data["phone"],
            consent_note=form.cleaned_data["consent_note"],
            expires_at=form.expires_at(),
            now=now,
        )
    except actions.AssistanceTooLong as refusal:
        form.add_error("until_date", sentence_of(refusal))
    return None
