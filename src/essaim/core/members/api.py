"""Members for programs: for whom a key acts."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from essaim.core.members.models import Member
from essaim.web.api_shapes import REFUSALS

router = Router(tags=["members"])


class MemberOut(Schema):
    public_id: UUID
    display_name: str
    language: str


@router.get("/me", response={200: MemberOut, **REFUSALS})
def signed_in_member(request: HttpRequest) -> Member:
    """The member in whose name the program acts."""
    return cast("Member", request.user)  # the API's door lets nobody else in
