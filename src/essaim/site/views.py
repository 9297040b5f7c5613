"""The small pages that belong to no room: basket, legal notice, the demo's doors."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from essaim.core.members import sign_in
from essaim.core.members.models import Organisation
from essaim.core.messages import queries as message_queries
from essaim.core.messages.models import OutgoingEmail
from essaim.site import queries, source
from essaim.web.access import public, signed_in
from essaim.web.refusals import error_page

DEMO_LINK_AGE_MAX_S = 7 * 24 * 3600
MAILBOX_PAGE = 20


@signed_in
def basket(request: HttpRequest) -> HttpResponse:
    """Lead to the basket: straight to the trade's page when only one trade has one."""
    addresses = queries.basket_addresses()
    if len(addresses) == 1:
        return redirect(addresses[0][1])
    return render(request, "site/basket.html", {"addresses": addresses})


@public
def legal(request: HttpRequest) -> HttpResponse:
    """Who publishes this site, who hosts it, what becomes of personal data."""
    cooperative = (
        Organisation.objects.filter(kind=Organisation.Kind.COOPERATIVE).order_by("pk").first()
    )
    return render(request, "site/legal.html", {"cooperative": cooperative})


@public
def source_code(request: HttpRequest) -> HttpResponse:
    """The source code of exactly what is running (AGPL, article 13)."""
    del request
    path = source.archive()
    response = HttpResponse(path.read_bytes(), content_type="application/gzip")
    response["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return response


@public
def demo_sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Open the session of a person of the demonstration."""
    member = sign_in.member_of_token(token, DEMO_LINK_AGE_MAX_S)
    if member is None:
        raise Http404
    sign_in.sign_in_request(request, member)
    return redirect("my_space")


@public
def demo_mailbox(request: HttpRequest) -> HttpResponse:
    """Every e-mail the demonstration wrote, newest first."""
    page = message_queries.outbox_page(request.GET.get("page", "1"), count=MAILBOX_PAGE)
    return render(request, "site/mailbox.html", {"page": page})


@public
def demo_email(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One e-mail as its reader sees it."""
    email = get_object_or_404(
        OutgoingEmail.objects.prefetch_related("attachments"), public_id=public_id
    )
    paragraphs = [part.split("\n") for part in email.body.replace("\r", "").split("\n\n")]
    return render(request, "site/email.html", {"email": email, "paragraphs": paragraphs})


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """What somebody reads who tries too often."""
    return error_page(request, status=429)
