"""Refusals become answers: a sentence on a page for people, JSON with a code for programs."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext

from essaim.kernel.errors import N_, BadInput, RuleBroken
from essaim.web.environment import euros, moment, short_day


class NotFound(RuleBroken):
    """No such address, no such thing, or a thing of somebody else."""

    code = "kernel.not-found"
    sentence = N_("This does not exist, or is not yours.")
    status = 404


def sentence_of(refusal: RuleBroken) -> str:
    """Return the refusal's sentence in the reader's language, amounts and times made readable."""
    return gettext(refusal.sentence).format(
        **{name: _readable(name, value) for name, value in refusal.details.items()}
    )


def refusal_json(refusal: RuleBroken, status: int | None = None) -> JsonResponse:
    """Answer a program: `{"code", "message", "details"}`, with the refusal's own status."""
    status = status or refusal.status
    body = {
        "code": refusal.code,
        "message": sentence_of(refusal),
        "details": {name: _plain(value) for name, value in refusal.details.items()},
    }
    return JsonResponse(body, status=status)


class RefusalMiddleware:
    """Show a refusal that no view turned into a form error as a page of its own, never as a 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RuleBroken):
            return None
        if _is_for_a_program(request):
            return refusal_json(exception)
        return error_page(request, status=exception.status, message=sentence_of(exception))


def error_page(request: HttpRequest, *, status: int, message: str = "") -> HttpResponse:
    context: dict[str, Any] = {"status": status, "message": message}
    if status >= 500:
        context["nav_basket_count"] = 0  # nothing is asked of a database that may be what broke
    return render(request, "web/error.html", context, status=status)


def not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    del exception
    if _is_for_a_program(request):
        return refusal_json(NotFound())
    return error_page(request, status=404)


def forbidden(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    return error_page(request, status=403, message=str(exception))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django will not even read: too many fields, a body cut short, a bad address."""
    del exception
    if _is_for_a_program(request):
        return refusal_json(BadInput())
    return error_page(request, status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    if _is_for_a_program(request):
        message = gettext("Something broke on our side")
        body = {"code": "kernel.server-error", "message": message, "details": {}}
        return JsonResponse(body, status=500)
    return error_page(request, status=500)


def _is_for_a_program(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _readable(name: str, value: object) -> object:
    if name.endswith("_cents") and isinstance(value, int):
        return euros(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return short_day(value)
    return value


def _plain(value: object) -> Any:
    return value if isinstance(value, str | int | bool | None | list | dict) else str(value)
