"""Finding what a page is about, for those who may: to others it does not exist."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from essaim.commons.cooperative import policies, queries
from essaim.commons.cooperative.models import (
    Associate,
    Exit,
    Register,
    ShareMovement,
    ShareRequest,
)
from essaim.core.members.models import Member, Organisation
from essaim.core.territories.models import Territory

Row = TypeVar("Row", bound=Model)
HOLDER = ("member", "organisation", "category", "college", "register__organisation")


def member_of(request: HttpRequest) -> Member:
    """The signed-in member; views are guarded before they ask."""
    member = request.user
    if not isinstance(member, Member):
        raise Http404
    return member


def register() -> Register:
    """The register of the cooperative (1 query)."""
    found = queries.the_register()
    if found is None:
        raise Http404
    return found


def kept_register(request: HttpRequest) -> Register:
    """The register, for its board (2 queries)."""
    found = register()
    if not policies.may_keep_register(member_of(request), found):
        raise Http404
    return found


def register_to_keep(request: HttpRequest) -> Register:
    """The same, or one to open: the first statutes make the register (2 to 4 queries)."""
    found = queries.the_register()
    if found is None:
        organisations = Organisation.objects.filter(kind=Organisation.Kind.COOPERATIVE)
        territory = Territory.objects.order_by("pk").first()
        if territory is None:
            raise Http404
        found = Register(organisation=first(organisations), territory=territory)
    if not policies.may_keep_register(member_of(request), found):
        raise Http404
    return found


def own_request(request: HttpRequest, request_id: UUID) -> ShareRequest:
    """A request of the member, or of an organisation they manage (1 or 2 queries)."""
    found = first(
        ShareRequest.objects.filter(public_id=request_id).select_related(
            "member", "organisation", "category", "agreement", "register__organisation"
        )
    )
    if not policies.may_act_on_request(member_of(request), found):
        raise Http404
    return found


def own_associate(request: HttpRequest, associate_id: UUID) -> Associate:
    """An associate that the member is, or acts for (1 or 2 queries)."""
    found = first(Associate.objects.filter(public_id=associate_id).select_related(*HOLDER))
    if not policies.may_act_for_associate(member_of(request), found):
        raise Http404
    return found


def movement_with_certificate(request: HttpRequest, movement_id: UUID) -> ShareMovement:
    """A movement that gave shares, for whoever received them and for the board."""
    found = first(
        ShareMovement.objects.filter(public_id=movement_id).select_related(
            "to_associate__organisation", "register", "certificate"
        )
    )
    if not policies.may_see_certificate(member_of(request), found):
        raise Http404
    return found


def associate_in(register: Register, associate_id: UUID) -> Associate:
    """An associate of a register (1 query)."""
    rows = register.associates.filter(public_id=associate_id)
    return first(rows.select_related(*HOLDER, "exit"))


def request_in(register: Register, request_id: UUID) -> ShareRequest:
    """A request to a register (1 query)."""
    rows = register.requests.filter(public_id=request_id)
    return first(rows.select_related("member", "organisation", "category", "college", "agreement"))


def exit_in(register: Register, exit_id: UUID) -> Exit:
    """A departure from a register (1 query)."""
    rows = Exit.objects.filter(public_id=exit_id, associate__register=register)
    return first(rows.select_related("associate__member", "associate__organisation",
                                     "associate__register__organisation"))  # fmt: skip


def first(rows: QuerySet[Row]) -> Row:
    """The only row, or a page that does not exist."""
    found = rows.order_by().first()
    if found is None:
        raise Http404
    return found
