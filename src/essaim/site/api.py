"""The HTTP API: OpenAPI 3.1, one router a room, refusals in one shape, keys on every write."""

from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from essaim import __version__
from essaim.core.members.token_sign_in import MemberAuth
from essaim.kernel import trades
from essaim.kernel.errors import N_, BadInput, NotAllowed, RuleBroken
from essaim.web.refusals import NotFound, refusal_json

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


class NotSignedIn(NotAllowed):
    """No session and no access token, or one that was revoked or mistyped."""

    code = "members.not-signed-in"
    sentence = N_("Sign in or send an access token.")
    status = 401


@api.exception_handler(RuleBroken)
def _refused(request: HttpRequest, refusal: RuleBroken) -> HttpResponse:
    del request
    return refusal_json(refusal)


@api.exception_handler(ValidationError)
def _bad_input(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    """Name the fields that are missing, of another kind or out of bounds."""
    del request
    fields = [
        {"field": ".".join(str(part) for part in error["loc"]), "problem": error["msg"]}
        for error in problem.errors
    ]
    return refusal_json(BadInput(fields=fields))


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, problem: HttpError) -> HttpResponse:
    """Answer a body that is no JSON; the library raises nothing else of this kind."""
    del request
    return refusal_json(BadInput(fields=[{"field": "body", "problem": str(problem)}]))


@api.exception_handler(AuthenticationError)
def _not_signed_in(request: HttpRequest, problem: AuthenticationError) -> HttpResponse:
    del request, problem
    answer = refusal_json(NotSignedIn())
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, problem: Http404) -> HttpResponse:
    del request, problem
    return refusal_json(NotFound())


def add_routers() -> None:
    """Mount the routers of the core rooms that have one, then those of the trades."""
    for config in apps.get_app_configs():
        if config.name.startswith(("essaim.core.", "essaim.commons.")) and _has_api(config.name):
            api.add_router(f"/{config.label}", import_module(f"{config.name}.api").router)
    for trade in trades.installed():
        if path := trade.api_router():
            module, _colon, name = path.partition(":")
            api.add_router(f"/{trade.slug}", getattr(import_module(module), name))


def _has_api(name: str) -> bool:
    return (settings.CODE_ROOT / "src" / name.replace(".", "/") / "api.py").exists()


add_routers()
