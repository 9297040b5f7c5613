"""The one page of this floor: every component in each of its states, for those who build pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from essaim.web import samples
from essaim.web.access import public


@public
def style_guide(request: HttpRequest) -> HttpResponse:
    """Show every component."""
    context = {
        **samples.figures(),
        "form": samples.unsent_form(),
        "page": samples.page_two(),
        "moment": samples.NOON,
        "products": samples.PRODUCTS,
    }
    return render(request, "web/style.html", context)
