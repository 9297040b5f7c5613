"""Pages and parts of pages: one template, whole for a browser, by blocks for htmx."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from django.utils.cache import patch_vary_headers
from jinja2_fragments import render_block


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page; going back in history asks for the whole."""
    return request.headers.get("HX-Request-Type") == "partial"


def part(request: HttpRequest, template: str, block: str, context: dict[str, Any]) -> HttpResponse:
    """Answer one block of a template alone."""
    response = HttpResponse(block_text(request, template, block, context))
    patch_vary_headers(response, ["HX-Request-Type"])
    return response


def parts(texts: Iterable[tuple[str, str]]) -> HttpResponse:
    """Answer several parts at once: `(id of the element it replaces, its HTML)`."""
    return HttpResponse(
        "".join(
            f'<hx-partial hx-target="#{element}" hx-swap="outerMorph">{text}</hx-partial>'
            for element, text in texts
        )
    )


def block_text(request: HttpRequest, template: str, block: str, context: dict[str, Any]) -> str:
    """Render one block with all that its page may use."""
    engine: Any = engines["jinja2"]
    everything: dict[str, Any] = {
        "request": request,
        "csrf_input": csrf_input_lazy(request),
        "csrf_token": csrf_token_lazy(request),
    }
    for processor in engine.template_context_processors:
        everything |= processor(request)
    return str(render_block(engine.env, template, block, everything | context))
