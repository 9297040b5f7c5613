"""The Jinja2 environment of all pages: strict, escaped, translated, with the house's filters."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

import jinja2
from babel.dates import format_date, format_datetime, format_time
from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from jinja2.ext import i18n

from essaim.kernel.money import NARROW_NO_BREAK, format_euros


def url(name: str, *args: object, **kwargs: object) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def language() -> str:
    return (translation.get_language() or settings.LANGUAGE_CODE).split("-")[0]


def euros(cents: int) -> str:
    return format_euros(cents, language())


def day(value: date | datetime) -> str:
    """The day of the week and of the month: « samedi 21 novembre »."""
    return _written(_local_date(value), "EEEE d MMMM", language())


def short_day(value: date | datetime) -> str:
    """The day, month and year, short: « 21 nov. 2026 »."""
    return _written(_local_date(value), "d MMM y", language())


def _local_date(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@lru_cache(maxsize=1024)
def _written(value: date, pattern: str, locale: str) -> str:
    """In French the first of a month is an ordinal: « mardi 1er décembre »."""
    text = format_date(value, pattern, locale=locale)
    return text.replace("1 ", "1er ", 1) if locale == "fr" and value.day == 1 else text


def time_of_day(value: datetime) -> str:
    """« 18 h 30 » in French, "18:30" elsewhere; no-break spaces inside."""
    value = timezone.localtime(value)
    if language() == "fr":
        minutes = f"\u00a0{value:%M}" if value.minute else ""
        return f"{value.hour}\u00a0h{minutes}"
    return format_time(value, "HH:mm", locale=language())


def moment(value: datetime) -> str:
    """The day and the time: « samedi 21 novembre à 18 h 30 »."""
    if language() == "fr":
        return f"{day(value)} à {time_of_day(value)}"
    return format_datetime(timezone.localtime(value), "EEEE d MMMM, HH:mm", locale=language())


def percent(bps: int) -> str:
    """Basis points as a percentage: 550 → « 5,5 % »."""
    whole, rest = divmod(abs(bps), 100)
    digits = f"{rest:02d}".rstrip("0")
    mark = "," if language() == "fr" else "."
    number = f"{whole}{mark}{digits}" if digits else str(whole)
    sign = "−" if bps < 0 else ""
    return f"{sign}{number}\u202f%" if language() == "fr" else f"{sign}{number}%"


def spaced(text: str, size: int) -> str:
    """Group the characters of a number as people read it: a SIREN by 3, an IBAN by 4."""
    plain = "".join(text.split())
    return NARROW_NO_BREAK.join(plain[at : at + size] for at in range(0, len(plain), size))


def environment(**options: Any) -> jinja2.Environment:
    options |= {
        "undefined": jinja2.StrictUndefined,
        "autoescape": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": [i18n, "jinja2.ext.do"],
    }
    env = jinja2.Environment(**options)  # noqa: S701 - autoescape is among the options
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
    )
    env.globals.update(
        {
            "url": url,
            "static": staticfiles_storage.url,
            "version": settings.VERSION,
            "is_demo": settings.DEMO,
            "language": language,
        }
    )
    env.filters.update(
        {
            "euros": euros,
            "day": day,
            "short_day": short_day,
            "time_of_day": time_of_day,
            "moment": moment,
            "percent": percent,
            "spaced": spaced,
        }
    )
    return env


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every page may use besides its own data; nothing here costs a query by itself."""
    return {
        "csp_nonce": request.csp_nonce,  # type: ignore[attr-defined]
        "messages": messages.get_messages(request),
        "member": request.user if request.user.is_authenticated else None,
    }
