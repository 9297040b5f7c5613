"""What the room looks at: quorum, vote, and the code by which one arrives."""

from typing import Any
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from essaim.commons.assembly import news, queries, wording
from essaim.commons.assembly.annexes import amendment_kept
from essaim.commons.assembly.models import Amendment, GeneralAssembly, Motion
from essaim.commons.secretariat import codes
from essaim.commons.secretariat.queries import on_the_screen
from essaim.commons.secretariat.rules import presence_codes
from essaim.commons.secretariat.views import loading
from essaim.commons.secretariat.views.desk import BOARD, LIVE
from essaim.commons.urn import queries as urn_queries
from essaim.commons.urn.models import Poll
from essaim.kernel import clock
from essaim.web import live
from essaim.web.access import by_policy


@by_policy(BOARD)
@require_safe
@never_cache
def screen(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """For the projector: the quorum, the vote that is open, the code of this minute."""
    found = loading.run(request, assembly_id)
    if found.state not in LIVE:
        return redirect("secretariat:assembly", found.public_id)
    context = {
        "assembly": found,
        "attendance": queries.attendance(found),
        "code": _qr(request, found, presence_codes.slot_at(clock.now())),
        "news": live.address_of(news.topic_of(found.pk)),
        **_vote(on_the_screen(found)),
    }
    return render(request, "secretariat/screen.html", context)


@by_policy(BOARD)
@require_safe
@never_cache
def door(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """A code to print for the door: it serves until the close, and protects less."""
    found = loading.run(request, assembly_id)
    if found.state not in LIVE:
        return redirect("secretariat:assembly", found.public_id)
    context = {"assembly": found, "code": _qr(request, found, presence_codes.PRINTED)}
    return render(request, "secretariat/door.html", context)


def _vote(put: Motion | Amendment | None) -> dict[str, Any]:
    """The vote on the screen: its text, how many voted, or how it ended (0 to 3 queries)."""
    if put is None or put.poll is None:
        return {"motion": None}
    sizes = urn_queries.turnout(put.poll).values()
    told: dict[str, Any] = {
        "motion": put,
        "is_open": put.poll.state == Poll.State.OPEN,
        "voted": sum(voted for voted, _all in sizes),
        "amendment": None,
        "result": None,
    }
    if isinstance(put, Motion):
        return told | {"result": wording.result_of(put)}
    before = queries.as_proposed(put.motion)
    amendment = wording.amendment_told(amendment_kept(put, before), put.motion.text)
    return told | {"amendment": amendment, "result": amendment.result}


def _qr(request: HttpRequest, found: GeneralAssembly, slot: str) -> SafeString:
    """A QR code as a drawing of one path; it leads whoever scans it to « I am in the room »."""
    where = reverse("secretariat:arrive", args=[found.public_id, codes.code_of(found, slot)])
    drawn = segno.make(request.build_absolute_uri(where), error="m")
    # Drawn by segno from an address of ours: nothing that somebody typed is in it.
    return mark_safe(drawn.svg_inline(border=2, svgclass="qr", lineclass=None, omitsize=True))  # noqa: S308
