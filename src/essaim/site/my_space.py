"""The member's own space: agenda, panels of the trades, organisations, help, account."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.commons.assembly import panels as assembly
from essaim.commons.campaigns import panels as campaigns
from essaim.commons.consultation import panels as consultation
from essaim.commons.cooperative import panels as cooperative
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.deliberation import panels as deliberation
from essaim.commons.postal import panels as postal
from essaim.commons.secretariat import panels as secretariat
from essaim.commons.sharing import panels as sharing
from essaim.commons.titles import panels as titles
from essaim.core.agreements import queries as agreement_queries
from essaim.core.documents import policies as document_policies
from essaim.core.members import actions as member_actions
from essaim.core.members import queries as member_queries
from essaim.core.members.models import Member
from essaim.kernel import clock
from essaim.site import agenda, queries
from essaim.web.access import public, signed_in

SEEN = "has_seen_their_space"
COOPERATIVE = (
    assembly, postal, secretariat, consultation, deliberation, cooperative, sharing, titles,
    campaigns,
)  # fmt: skip
"""The rooms that tell a member something about their cooperative, in this order."""
AGENDA_PAST = timedelta(days=60)


@signed_in
def my_space(request: HttpRequest) -> HttpResponse:
    """All that concerns one member, on one page (16 queries, then those of the trades)."""
    member = member_of(request)
    now = clock.now()
    is_first_visit = SEEN not in request.session
    request.session[SEEN] = True
    agenda_rows = queries.agenda_rows(member, since=now)
    register = cooperative_queries.the_register()
    context = {
        "agenda": agenda_rows,
        "panels": queries.member_rows(member, already_told={row.url for row in agenda_rows}),
        "cooperative": [
            row for panel in COOPERATIVE for row in panel.member_rows(member, register)
        ],
        "organisations": [
            (organisation, roles, queries.provider_rows(organisation.pk))
            for organisation, roles in member_queries.organisations_with_roles(member)
        ],
        "may_export_entries": document_policies.may_export_entries(member),
        "helped": member_queries.people_helped_by(member, now),
        "helpers": member_queries.helpers_of(member, now),
        "is_new": is_first_visit and not agreement_queries.agreements_of(member).exists(),
        "feed": agenda.feed_address(member),
        "languages": settings.LANGUAGES,
    }
    return render(request, "site/my_space.html", context)


@signed_in
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language of the pages and e-mails of a member."""
    code = request.POST.get("language", "")
    member = member_actions.choose_language(member=member_of(request), code=code)
    with translation.override(member.language):
        messages.success(request, _("The pages now speak your language."))
    response = redirect("my_space")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        member.language,
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


@signed_in
@require_POST
def renew_agenda(request: HttpRequest) -> HttpResponse:
    """Revoke the address of the private calendar and give another."""
    member_actions.renew_agenda_key(member=member_of(request))
    messages.success(request, _("The old calendar address no longer answers. Here is the new one."))
    return redirect("my_space")


@public
def agenda_feed(request: HttpRequest, key: UUID) -> HttpResponse:
    """The private calendar of the member who holds this key, as iCalendar."""
    member = member_queries.member_of_agenda_key(key)
    if member is None:
        raise Http404
    now = clock.now()
    with translation.override(member.language), timezone.override(settings.TIME_ZONE):
        found = agreement_queries.agenda_of(member, since=now - AGENDA_PAST)
        body = agenda.calendar(found, now=now)
    del request
    return HttpResponse(
        body,
        content_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "private, max-age=900", "X-Robots-Tag": "noindex"},
    )


def member_of(request: HttpRequest) -> Member:
    member = request.user
    assert isinstance(member, Member)  # noqa: S101 - signed_in let nobody else in
    return member
