"""Who may open a page: each view declares it in one decorator; a test sees that none forgot."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """Anybody may open it."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Any member may open it; the view itself loads only what is theirs."""
    guarded: Any = login_required(view)
    guarded.access = "signed-in"
    return guarded  # type: ignore[no-any-return]


def by_policy(name: str) -> Callable[[View], View]:
    """A member may open it when the named policy agrees; the view calls it on what it loads.

    A visitor is sent to the sign-in page. `name` is shown in the access matrix of the reference.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, *args, **kwargs)

        guarded: Any = login_required(inner)
        guarded.access = f"policy:{name}"
        return guarded  # type: ignore[no-any-return]

    return declare
