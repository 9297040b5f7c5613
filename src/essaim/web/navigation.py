"""The links every page carries: this floor knows their words and icons, the site where they go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from essaim.kernel import trades


@dataclass(frozen=True)
class Entry:
    """One link: `code` is its stable name, `icon` one of `components/icon.html`."""

    code: str
    label: Promise
    icon: str
    href: str
    is_current: bool


HEADER: Mapping[str, tuple[Promise, str]] = {
    "search": (_("Search"), "search"),
    "basket": (_("Basket"), "shopping-basket"),
    "space": (_("My space"), "user"),
    "rules": (_("Rules"), "scale"),
}
FOOTER: Mapping[str, tuple[Promise, str]] = {
    "cooperative": (_("The cooperative"), "users"),
    "rules": (_("The rules in force"), "scale"),
    "legal": (_("Legal notice"), "file-text"),
    "source": (_("Source code (AGPL)"), "external-link"),
}


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give every template its links: `navigation`, `footer_links` (context processor).

    `settings.ESSAIM_NAVIGATION` maps codes to URL names or, with a slash, to addresses. A code
    left out has no link; a name that does not exist is a bug and raises `NoReverseMatch`.

    `count_basket` tells how many things wait in the reader's basket, all trades together. Only the
    header calls it, when the view did not count already: a fragment or a visitor costs nothing.
    """
    targets: Mapping[str, str] = getattr(settings, "ESSAIM_NAVIGATION", {})
    return {
        "navigation": _entries(HEADER, targets, request.path),
        "footer_links": _entries(FOOTER, targets, request.path),
        "count_basket": lambda: _basket_count(request),
    }


def _basket_count(request: HttpRequest) -> int:
    """Ask each trade that has a basket (1 query each; 0 for a visitor)."""
    member_id = request.user.pk
    if member_id is None:
        return 0
    return sum(trade.basket_count(member_id) for trade in trades.installed())


def _entries(
    words: Mapping[str, tuple[Promise, str]], targets: Mapping[str, str], path: str
) -> list[Entry]:
    baskets = [address for trade in trades.installed() if (address := trade.basket_url())]
    addresses = {
        code: targets[code] if "/" in targets[code] else reverse(targets[code])
        for code in words
        if code in targets
    }
    return [
        Entry(
            code,
            *words[code],
            href,
            # The basket of a trade is the basket: the common address only leads there.
            is_current=path.startswith(href) or (code == "basket" and path in baskets),
        )
        for code, href in addresses.items()
    ]
