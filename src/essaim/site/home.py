"""The home page, and what it says in figures."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from babel.dates import format_date
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from essaim.core.catalogue.sheets import sheet_of
from essaim.core.territories.models import Territory
from essaim.core.territories.queries import territory_of_site
from essaim.kernel import clock, trades
from essaim.site import queries
from essaim.site.queries import KeptEuros
from essaim.site.rules import grouped, with_article
from essaim.web import charts
from essaim.web.access import public
from essaim.web.charts import Bar
from essaim.web.environment import euros, language
from essaim.web.hexmap import HexMap, hexmap

MAP_DAYS = 30
MONTHS_SHOWN = 6
FIGURES_AGE_MAX_S = 300
"""The figures of the home page are counted again after five minutes."""


@public
def home(request: HttpRequest) -> HttpResponse:
    """What this territory does together; what to do first when there is no territory yet."""
    territory = territory_of_site()
    if territory is None:
        return render(request, "site/no_territory.html", {})
    exchanges, kept = _figures(territory, clock.now())
    near = [
        (trade, rows)
        for trade in trades.installed()
        if (rows := trade.territory_panel(territory.pk))
    ]
    context = {
        "territory": territory,
        "territory_name": _in_a_sentence(territory),
        "map": exchanges,
        "map_days": MAP_DAYS,
        "kept": whole_euros(kept.kept_cents),
        "spent": whole_euros(kept.spent_cents) if kept.spent_cents > 0 else "",
        "bar": money_bar(kept) if kept.spent_cents > 0 else None,
        "near": near,
        "sheet": sheet_of(
            photo for _trade, rows in near for row in rows for photo in row.photo_ids
        ),
    }
    return render(request, "site/home.html", context)


@public
def euros_kept(request: HttpRequest) -> HttpResponse:
    """How the euros kept in the territory are counted, and what they were these last months."""
    territory = territory_of_site()
    if territory is None:
        return render(request, "site/no_territory.html", {})
    months = _first_days(territory, clock.now(), MONTHS_SHOWN)
    rows = queries.euros_kept(territory, queries.ground_of(territory), months=months)
    context = {
        "months": [
            [
                format_date(row.month, "MMMM y", locale=language()),
                euros(row.organisations_cents),
                euros(row.funds_cents),
                euros(row.elsewhere_cents),
                euros(row.kept_cents),
            ]
            for row in reversed(rows)
            if row.spent_cents or row == rows[-1]
        ],
        "bar": money_bar(rows[-1]) if rows[-1].spent_cents > 0 else None,
    }
    return render(request, "site/euros_kept.html", context)


def money_bar(kept: KeptEuros) -> Bar:
    """Return the bar of a month's money; a fund that gave more than it got is drawn empty."""
    shares = [
        charts.Share(_("Organisations from here"), kept.organisations_cents, "clover"),
        charts.Share(_("Funds of the cooperative"), max(0, kept.funds_cents), "lavender"),
        charts.Share(_("Elsewhere"), kept.elsewhere_cents, "rule"),
    ]
    return charts.money_bar([share for share in shares if share.amount_cents > 0])


def whole_euros(cents: int) -> str:
    """Return an amount without its cents, for a large figure: « 1 284 € »."""
    whole = round(cents / 100)
    return f"{grouped(whole)}\u00a0€" if language() == "fr" else f"€{whole:,}"


def _figures(territory: Territory, now: datetime) -> tuple[HexMap, KeptEuros]:
    """The map and this month's money, counted at most every five minutes (5 queries, then 0)."""
    key = f"home:{territory.pk}"
    known: tuple[HexMap, KeptEuros] | None = cache.get(key)
    if known is None:
        where = queries.ground_of(territory)
        since = now - timedelta(days=MAP_DAYS)
        counts = queries.exchanges_by_cell(territory, where, since=since)
        months = _first_days(territory, now, 1)
        known = hexmap(counts), queries.euros_kept(territory, where, months=months)[0]
        cache.set(key, known, FIGURES_AGE_MAX_S)
    return known


def _first_days(territory: Territory, now: datetime, count: int) -> Sequence[datetime]:
    """The first instants of the last `count` months, this one included, oldest first."""
    local = timezone.localtime(now, territory.zone)
    months = local.year * 12 + local.month - 1
    return [
        datetime(month // 12, month % 12 + 1, 1, tzinfo=territory.zone)
        for month in range(months - count + 1, months + 1)
    ]


def _in_a_sentence(territory: Territory) -> str:
    return with_article(territory.name) if language() == "fr" else territory.name
