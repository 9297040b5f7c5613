"""Lets the Django templates that a library brings wear the same clothes as our Jinja2 pages."""

from typing import Any

from django import template
from django.forms import BaseForm
from django.template import engines
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def web_part(context: Context, name: str) -> SafeString:
    """Render `web/parts/<name>.html` (head, header, messages, account_tabs, footer)."""
    return _render(f"web/parts/{name}.html", {}, context)


@register.simple_tag(takes_context=True)
def web_fields(context: Context, form: BaseForm) -> SafeString:
    """Render the fields of a Django form, its errors first."""
    return _render("web/parts/fields.html", {"form": form}, context)


def _render(path: str, data: dict[str, Any], context: Context) -> SafeString:
    html = engines["jinja2"].get_template(path).render(data, context.get("request"))
    return mark_safe(html)  # noqa: S308 - Jinja2 has escaped it already
