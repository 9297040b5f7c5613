"""The pages that belong to no room: home, the member's space, the demo's doors."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from essaim.core.members import sign_in
from essaim.core.messages.models import OutgoingEmail
from essaim.kernel import trades
from essaim.web.access import public, signed_in

DEMO_LINK_AGE_MAX_S = 7 * 24 * 3600


@public
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "site/home.html", {})


@signed_in
def my_space(request: HttpRequest) -> HttpResponse:
    panels = [
        (trade.verbose_name, rows)
        for trade in trades.installed()
        if (rows := trade.member_panel(request.user.pk))
    ]
    return render(request, "site/my_space.html", {"panels": panels})


@public
def demo_sign_in(request: HttpRequest, token: str) -> HttpResponse:
    member = sign_in.member_of_token(token, DEMO_LINK_AGE_MAX_S)
    if member is None:
        raise Http404
    sign_in.sign_in_request(request, member)
    return redirect("my_space")


@public
def demo_mailbox(request: HttpRequest) -> HttpResponse:
    emails = OutgoingEmail.objects.order_by("-written_at")[:50]
    return render(request, "site/mailbox.html", {"emails": emails})
