"""Finding the minutes that a page is about, for those who may read or keep them."""

from uuid import UUID

from django.http import Http404, HttpRequest

from essaim.commons.assembly.models import Minutes
from essaim.commons.cooperative.models import Register
from essaim.commons.cooperative.views.loading import first, member_of, register
from essaim.commons.minutes import policies
from essaim.core.members.policies import may_sit_on_board

__all__ = ["first", "kept", "member_of", "read", "register_read"]


def read(request: HttpRequest, assembly_id: UUID) -> Minutes:
    """Minutes, for those who may read them (2 to 6 queries)."""
    found = _one(assembly_id)
    if not policies.may_read_minutes(member_of(request), found):
        raise Http404
    return found


def kept(request: HttpRequest, assembly_id: UUID) -> Minutes:
    """Minutes, for the board, whose secretary has them signed (2 queries)."""
    if not may_sit_on_board(member_of(request)):
        raise Http404
    return _one(assembly_id)


def register_read(request: HttpRequest) -> Register:
    """The register whose minutes are listed, for associates (2 or 3 queries)."""
    found = register()
    if not policies.may_read_register_of_minutes(member_of(request), found):
        raise Http404
    return found


def _one(assembly_id: UUID) -> Minutes:
    rows = Minutes.objects.filter(assembly__public_id=assembly_id)
    return first(rows.select_related("assembly__register__organisation", "issued_by"))
