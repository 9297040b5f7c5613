"""What the cooperative earned each year and where it went, as every member reads it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from essaim.commons.sharing import policies, queries, wording
from essaim.commons.sharing.models import Variant, Year
from essaim.commons.sharing.rules.plain import read_books, read_sharing
from essaim.commons.sharing.views import loading
from essaim.web.access import signed_in


@signed_in
def sharing(request: HttpRequest) -> HttpResponse:
    """Every closed year, where the last surplus went, what the reader received, the fund."""
    member, register = loading.member_of(request), loading.the_register()
    context: dict[str, object] = {"register": register, "years": []}
    if register is not None:
        years = queries.closed_years(register)
        latest = next((one for one in years if one.shared), None)
        context |= {
            "years": years,
            "chart": wording.results_chart(years),
            "latest": latest,
            "bar": wording.where_it_went(latest.sharing) if latest and latest.sharing else None,
            "mine": wording.allotments(queries.allotments_of(member, register)),
            "fund_cents": queries.fund_cents(),
            "is_keeper": policies.may_keep_years(member, register),
        }
    return render(request, "sharing/sharing.html", context)


@signed_in
def year(request: HttpRequest, civil_year: int) -> HttpResponse:
    """One closed year: what it earned, then the computation that was adopted or is proposed."""
    found = loading.read_year(civil_year)
    books = read_books(found.books or {})
    variants = list(found.variants.order_by("adopted_at", "pk"))
    adopted = next((one for one in variants if one.adopted_at), None)
    mine = queries.allotments_of(loading.member_of(request), found.register)
    context = {
        "year": found,
        "result_cents": books.result_cents,
        "earned": wording.books_rows(books, found.register.organisation.slug),
        "adopted": _shown(adopted) if adopted else None,
        "proposals": [] if adopted else [_shown(one) for one in variants],
        "coming": None if adopted else _coming(found),
        "mine": wording.allotments(one for one in mine if one.variant.year_id == found.pk),
    }
    return render(request, "sharing/year.html", context)


def _shown(variant: Variant) -> dict[str, object]:
    sharing = read_sharing(variant.computation)
    return {
        "variant": variant,
        "bar": wording.where_it_went(sharing),
        "rows": wording.rows(sharing),
    }


def _coming(year: Year) -> object:
    """Return the assembly to come whose agenda has these proposals, None before (1 query)."""
    return queries.assembly_to_come(year)
