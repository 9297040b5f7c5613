"""Programs sign in by `Authorization: Bearer <key>`, on the API only."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from ninja.security import HttpBearer
from ninja.utils import check_csrf

from essaim.core.members import actions
from essaim.core.members.models import Member
from essaim.kernel import clock


class AccessTokenMiddleware:
    """Set `request.user` from an access token; a wrong one leaves an anonymous request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Bearer" and request.path.startswith("/api/"):
            member = actions.let_in_by_token(token=token.strip(), now=clock.now())
            if member is not None:
                request.user = member
                # No cookie was used, so no other site can have sent this for the member.
                # The switch is Django's own, and private.
                request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001
        return self.get_response(request)


class MemberAuth(HttpBearer):
    """The API's door: a member by access token, or by session with its CSRF token."""

    def __call__(self, request: HttpRequest) -> Member | None:
        if not request.user.is_authenticated:
            return None
        if check_csrf(request) is not None:
            return None
        return request.user

    def authenticate(self, request: HttpRequest, token: str) -> Member | None:
        del token
        return request.user if request.user.is_authenticated else None
