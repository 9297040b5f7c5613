"""Values of articles as people say them, and as they type them."""

from decimal import Decimal

from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.core.bylaws.rules import Article
from essaim.web.environment import euros, language, percent

TYPED_UNITS = {"bps": 100, "cents": 100}
"""How many of the article's unit make one of what people type: percents, euros; else one."""


def in_words(unit: str, value: int) -> str:
    """Return a value as people say it: « 3 % », « 30 minutes », « 5,00 € »."""
    if unit == "bps":
        return percent(value)
    if unit == "cents":
        return euros(value)
    if unit == "minutes":
        return ngettext("%(n)s minute", "%(n)s minutes", value) % {"n": _grouped(value)}
    if unit == "days":
        return ngettext("%(n)s day", "%(n)s days", value) % {"n": _grouped(value)}
    return _grouped(value)


def within(article: Article) -> str:
    """Say between what and what the values of an article lie."""
    return _("This rule accepts values from %(minimum)s to %(maximum)s.") % {
        "minimum": in_words(article.unit, article.minimum),
        "maximum": in_words(article.unit, article.maximum),
    }


def gap(cents: int) -> str:
    """Return a difference with its sign: « +1,20 € », « −0,14 € », « 0,00 € »."""
    return f"+{euros(cents)}" if cents > 0 else euros(cents)


def typed_suffix(unit: str) -> str:
    """Return what stands after the box where a value is typed."""
    return {"bps": "%", "cents": "€", "minutes": _("minutes"), "days": _("days")}.get(unit, "")


def to_typed(article: Article, value: int) -> Decimal:
    """Return a value as it is typed: 550 bps → 5.5."""
    return Decimal(value) / TYPED_UNITS.get(article.unit, 1)


def from_typed(article: Article, typed: Decimal) -> int | None:
    """Return the value typed, in the article's unit; None when it is finer than the unit."""
    value = typed * TYPED_UNITS.get(article.unit, 1)
    return int(value) if value == value.to_integral_value() else None


def _grouped(value: int) -> str:
    return str(format_decimal(value, locale=language()))
