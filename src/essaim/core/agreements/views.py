"""The private calendar feed; the pages of an agreement belong to its trade."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from essaim.core.agreements.agenda import agenda_feed
from essaim.core.members.models import Member
from essaim.kernel import clock
from essaim.web.access import public


@require_safe
@public
def agenda(request: HttpRequest, agenda_key: UUID) -> HttpResponse:
    """Send a calendar to whoever knows its secret address; a renewed key ends the old one."""
    del request
    member = Member.objects.filter(agenda_key=agenda_key, is_active=True).order_by().first()
    if member is None:
        raise Http404
    return HttpResponse(
        agenda_feed(member, clock.now()),
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'inline; filename="essaim.ics"',
            "Cache-Control": "private, max-age=600",
            "X-Robots-Tag": "noindex",
        },
    )
