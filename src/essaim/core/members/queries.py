"""Reading members and organisations."""

import hashlib
from datetime import datetime

from essaim.core.members.models import Assistance, Member, Membership, Organisation


def roles_in(member: Member, organisation_id: int) -> frozenset[str]:
    """Roles of a member in one organisation (1 query)."""
    rows = Membership.objects.filter(member=member, organisation_id=organisation_id)
    return frozenset(rows.values_list("role", flat=True))


def organisations_of(member: Member, role: str | None = None) -> list[Organisation]:
    """Organisations where the member has any role, or this one (1 query)."""
    rows = Organisation.objects.filter(memberships__member=member)
    if role:
        rows = rows.filter(memberships__role=role)
    return list(rows.distinct().order_by("name"))


def assistance_in_force(
    *, helper: Member, helped: Member, scope: str, at: datetime
) -> Assistance | None:
    """The assistance that lets `helper` act now, if any (1 query)."""
    return (
        Assistance.objects.filter(
            helper=helper,
            helped=helped,
            scope=scope,
            starts_at__lte=at,
            expires_at__gt=at,
            revoked_at=None,
        )
        .order_by("pk")
        .first()
    )


def people_helped_by(helper: Member, at: datetime) -> list[Assistance]:
    """Assistances in force given by `helper`, the helped person loaded (1 query)."""
    rows = Assistance.objects.filter(
        helper=helper, starts_at__lte=at, expires_at__gt=at, revoked_at=None
    )
    return list(rows.select_related("helped").order_by("helped__display_name"))


def token_digest(token: str) -> bytes:
    """Digest of an access token: long random keys need no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def member_of_access_token(token: str) -> Member | None:
    """The active member whose key this is, unless it was revoked (1 query)."""
    return (
        Member.objects.filter(
            access_tokens__digest=token_digest(token),
            access_tokens__revoked_at=None,
            is_active=True,
        )
        .order_by()
        .first()
    )
