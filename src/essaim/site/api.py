"""The HTTP API: OpenAPI 3.1, one router a room, refusals in one shape, keys on every write."""

from importlib import import_module
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from essaim import __version__
from essaim.core.members.token_sign_in import MemberAuth
from essaim.kernel import trades
from essaim.kernel.errors import RuleBroken
from essaim.web.refusals import refusal_json

api = NinjaAPI(
    title="Essaim",
    version=__version__,
    description=(
        "What a member can do by hand, a program can do with an access token. Amounts are integers"
        " in cents. Every write accepts an `Idempotency-Key`: the same key and body give the same"
        " answer."
    ),
    auth=MemberAuth(),
    docs_url=None,
    openapi_url="openapi.json",
    urls_namespace="api",
)


def answer(code: str, message: str, details: Any, status: int) -> HttpResponse:
    return api.create_response(
        HttpRequest(), {"code": code, "message": message, "details": details}, status=status
    )


@api.exception_handler(RuleBroken)
def _refused(request: HttpRequest, refusal: RuleBroken) -> HttpResponse:
    del request
    return refusal_json(refusal)


@api.exception_handler(ValidationError)
def _bad_input(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    del request
    fields = [
        {"field": ".".join(str(part) for part in error["loc"]), "problem": error["msg"]}
        for error in problem.errors
    ]
    return answer("kernel.bad-input", _("Some values cannot be used."), {"fields": fields}, 422)


@api.exception_handler(AuthenticationError)
def _not_signed_in(request: HttpRequest, problem: AuthenticationError) -> HttpResponse:
    del request, problem
    return answer("members.not-signed-in", _("Sign in or send an access token."), {}, 401)


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, problem: Http404) -> HttpResponse:
    del request, problem
    return answer("kernel.not-found", _("This does not exist, or is not yours."), {}, 404)


def add_routers() -> None:
    """Mount the routers of the core rooms that have one, then those of the trades."""
    for trade in trades.installed():
        if path := trade.api_router():
            module, _colon, name = path.partition(":")
            api.add_router(f"/{trade.slug}", getattr(import_module(module), name))


add_routers()
