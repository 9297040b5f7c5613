"""Who may open a page: each view declares it in one decorator; a test sees that none forgot."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """Anybody may open it."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Any member may open it; the view itself loads only what is theirs."""
    guarded: Any = _after_sign_in(view)
    guarded.access = "signed-in"
    return guarded  # type: ignore[no-any-return]


def by_policy(name: str) -> Callable[[View], View]:
    """A member may open it when the named policy agrees; the view calls it on what it loads.

    A visitor is sent to the sign-in page. `name` is shown in the access matrix of the reference.
    """

    def declare(view: View) -> View:
        guarded: Any = _after_sign_in(view)
        guarded.access = f"policy:{name}"
        return guarded  # type: ignore[no-any-return]

    return declare


def _after_sign_in(view: View) -> View:
    """Send a visitor to sign in, then back to what they read: a form cannot be sent again."""
    guarded: Any = login_required(view)

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated or request.method in {"GET", "HEAD"}:
            return guarded(request, *args, **kwargs)  # type: ignore[no-any-return]
        sign_in = redirect_to_login(_page_read(request))
        if "HX-Request" in request.headers:
            return HttpResponseClientRedirect(sign_in.url)
        return sign_in

    return inner


def _page_read(request: HttpRequest) -> str:
    """Return the page a form was sent from, or its own address when the browser does not say."""
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}):
        return request.get_full_path()
    parts = urlsplit(before)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
