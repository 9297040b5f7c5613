"""Finding what the board works on, at whatever step it is."""

from uuid import UUID

from django.http import Http404, HttpRequest

from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.assembly.views.loading import amendment_of, item_of, motion_of
from essaim.commons.cooperative.models import Register
from essaim.commons.cooperative.views.loading import first, member_of, register
from essaim.core.members.policies import may_sit_on_board

__all__ = [
    "amendment_of",
    "first",
    "item_of",
    "member_of",
    "motion_of",
    "register_of_secretary",
    "run",
]


def register_of_secretary(request: HttpRequest) -> Register:
    """The register, for the board, who prepares and runs assemblies (2 queries)."""
    if not may_sit_on_board(member_of(request)):
        raise Http404
    return register()


def run(request: HttpRequest, assembly_id: UUID) -> GeneralAssembly:
    """An assembly at whatever step, for the board (2 queries)."""
    if not may_sit_on_board(member_of(request)):
        raise Http404
    rows = GeneralAssembly.objects.filter(public_id=assembly_id)
    return first(rows.select_related("register__organisation"))
