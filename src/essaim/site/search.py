"""One search box for all trades: results in an order that can be explained, and where they are."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import h3
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from essaim.core.catalogue import queries as catalogue
from essaim.core.catalogue.queries import Found, SearchPage
from essaim.core.catalogue.rules.needs import Need
from essaim.core.catalogue.rules.ranking import CURRENT
from essaim.core.catalogue.sheets import sheet_of
from essaim.core.catalogue.wording import why_here
from essaim.core.territories.forms import CommuneField
from essaim.core.territories.models import Territory
from essaim.core.territories.queries import territory_of_site
from essaim.core.territories.rules import Position
from essaim.kernel import clock
from essaim.site import queries
from essaim.site.rules import MAP_RESOLUTION
from essaim.web.access import public
from essaim.web.hexmap import HexMap, hexmap

PAGES_MAX = 500


class SearchForm(forms.Form):
    """What is looked for, and from where."""

    q = forms.CharField(label=gettext_lazy("What are you looking for?"), max_length=120)
    near = CommuneField(
        label=gettext_lazy("Near"),
        required=False,
        help_text=gettext_lazy("A commune or a postcode."),
    )
    need = forms.ChoiceField(choices=[(need.value, need.value) for need in Need], required=False)
    page = forms.IntegerField(min_value=1, max_value=PAGES_MAX, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["q"].required = False


@dataclass(frozen=True, slots=True)
class ShownResult:
    """A result as the page shows it, and why it stands there."""

    found: Found
    why: str


@public
def search(request: HttpRequest) -> HttpResponse:
    """Look in the whole territory (6 queries whatever the size)."""
    territory = territory_of_site()
    if territory is None:
        return render(request, "site/no_territory.html", {})
    form = SearchForm(request.GET, auto_id="search-%s")
    form.is_valid()
    page = _look(territory, form, clock.now())
    near = form.cleaned_data.get("near")
    context = {
        "form": form,
        "text": form.cleaned_data.get("q", ""),
        "need": form.cleaned_data.get("need", ""),
        "near": near.name if near else "",
        "page": page,
        "pages": Paginator(range(page.total_count), page.page_size).get_page(page.page),
        "query": _query(form),
        "results": [ShownResult(found, why_here(found.why)) for found in page.results],
        "sheet": sheet_of(found.photo_key for found in page.results),
        "counts": catalogue.counts_by_need(territory),
        "map": _map(territory, page),
    }
    return render(request, "site/search.html", context)


@public
def search_order(request: HttpRequest) -> HttpResponse:
    """The ranking policy in force, as everybody may read it."""
    return render(request, "site/search_order.html", {"policy": CURRENT})


def _query(form: SearchForm) -> str:
    """The search as an address, to which a page number is added."""
    return "?" + urlencode(
        {name: form.data[name] for name in ("q", "near", "need") if form.data.get(name)}
        | {"page": ""}
    )


def _look(territory: Territory, form: SearchForm, now: datetime) -> SearchPage:
    asked = form.cleaned_data
    near = asked.get("near")
    position = near.position if near else None
    return catalogue.search(
        territory=territory,
        now=now,
        text=asked.get("q", ""),
        near=position,
        need=asked.get("need", ""),
        start=((asked.get("page") or 1) - 1) * catalogue.PAGE_SIZE,
    )


def _map(territory: Territory, page: SearchPage) -> HexMap:
    """The ground of the territory, and how many results of this page lie in each cell."""
    ground = queries.ground_of(territory)
    counts = Counter(dict.fromkeys(ground.cells, 0))
    for found in page.results:
        if found.position is not None:
            counts[_cell(found.position)] += 1
    return hexmap({cell: counts[cell] for cell in ground.cells})


def _cell(position: Position) -> str:
    return str(h3.latlng_to_cell(position.lat, position.lng, MAP_RESOLUTION))
