"""Finding the year, the variant or the quarter that a page is about, for those who may."""

from uuid import UUID

from django.http import Http404, HttpRequest

from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Register
from essaim.commons.cooperative.views.loading import first, member_of, register
from essaim.commons.sharing import policies
from essaim.commons.sharing.models import Quarter, Variant, Year, YearLine

__all__ = [
    "draft_of",
    "first",
    "kept_register",
    "kept_year",
    "line_of",
    "member_of",
    "proposing_year",
    "quarter",
    "quarter_of",
    "read_year",
    "register",
    "the_register",
    "variant_of",
    "voting_register",
]
the_register = cooperative_queries.the_register


def kept_register(request: HttpRequest) -> Register:
    """The register, for the clerk and the board of its cooperative (2 queries)."""
    found = register()
    if not policies.may_keep_years(member_of(request), found):
        raise Http404
    return found


def read_year(civil_year: int) -> Year:
    """A year that is closed: members do not read one that is being written (2 queries)."""
    rows = register().years.filter(civil_year=civil_year, closed_at__isnull=False)
    return first(rows.select_related("register__organisation"))


def kept_year(request: HttpRequest, civil_year: int) -> Year:
    """A year at whatever step, for those who keep it (3 queries)."""
    rows = kept_register(request).years.filter(civil_year=civil_year)
    return first(rows.select_related("register__organisation"))


def proposing_year(request: HttpRequest, civil_year: int) -> Year:
    """The same, for the board, who proposes how to share it (3 queries)."""
    found = register()
    if not policies.may_propose_variant(member_of(request), found):
        raise Http404
    return first(found.years.filter(civil_year=civil_year).select_related("register__organisation"))


def quarter(civil_year: int, number: int) -> Quarter:
    """A quarter of the commons fund (2 queries)."""
    rows = register().quarters.filter(civil_year=civil_year, number=number)
    return first(rows.select_related("register__organisation"))


def quarter_of(register: Register, public_id: str) -> Quarter:
    """A quarter of the fund, by what a form says (1 query)."""
    return first(register.quarters.filter(public_id=_uuid(public_id)))


def voting_register(request: HttpRequest) -> Register:
    """The register, for those who vote on its fund (2 queries)."""
    found = register()
    if not policies.may_vote_on_fund(member_of(request), found):
        raise Http404
    return found


def variant_of(year: Year, public_id: str) -> Variant:
    """A proposal of this year, by what a form says (1 query)."""
    return first(year.variants.filter(public_id=_uuid(public_id)))


def draft_of(register: Register, public_id: str) -> GeneralAssembly:
    """An assembly being prepared, by what a form says (1 query)."""
    return first(GeneralAssembly.objects.filter(register=register, public_id=_uuid(public_id)))


def line_of(year: Year, key: str) -> YearLine:
    """A line of this year, by what a form says (1 query)."""
    rows = year.lines.filter(pk=int(key) if key.isdecimal() else 0)
    return first(rows.select_related("year"))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as problem:
        raise Http404 from problem
