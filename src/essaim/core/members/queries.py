"""Reading members and organisations."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q

from essaim.core.members.models import (
    AccessToken,
    Assistance,
    AssistanceAct,
    Invitation,
    Member,
    Membership,
    Organisation,
)

READING = (Assistance.Scope.ORDER, Assistance.Scope.READ)
"""To order is also to read; to vote is neither, and brings nobody's e-mails."""


def roles_in(member: Member, organisation_id: int) -> frozenset[str]:
    """Roles of a member in one organisation (1 query)."""
    rows = Membership.objects.filter(member=member, organisation_id=organisation_id)
    return frozenset(rows.values_list("role", flat=True))


def organisations_with_roles(member: Member) -> list[tuple[Organisation, list[str]]]:
    """Organisations of a member with the roles they have there, by name (1 query)."""
    found: dict[int, tuple[Organisation, list[str]]] = {}
    rows = Membership.objects.filter(member=member).select_related("organisation")
    for row in rows.order_by("organisation__name", "organisation_id", "pk"):
        found.setdefault(row.organisation_id, (row.organisation, []))[1].append(row.role)
    return list(found.values())


def people_of(organisation: Organisation) -> list[tuple[Member, list[Membership]]]:
    """Who acts for an organisation, each with their roles, by name (1 query)."""
    found: dict[int, tuple[Member, list[Membership]]] = {}
    rows = Membership.objects.filter(organisation=organisation).select_related("member")
    for row in rows.order_by("member__display_name", "member_id", "pk"):
        found.setdefault(row.member_id, (row.member, []))[1].append(row)
    return list(found.values())


def invitations_of(organisation: Organisation, at: datetime) -> list[Invitation]:
    """Invitations that still wait for an answer, newest first (1 query)."""
    rows = Invitation.objects.filter(organisation=organisation, closed_at=None, expires_at__gt=at)
    return list(rows.order_by("-invited_at"))


def assistances_of(member: Member) -> list[Assistance]:
    """Every assistance a member ever gave or received, newest first, acts loaded (2 queries)."""
    acts = AssistanceAct.objects.order_by("-done_at", "-pk")
    rows = Assistance.objects.filter(Q(helper=member) | Q(helped=member))
    return list(
        rows.select_related("helper", "helped")
        .prefetch_related(Prefetch("acts", queryset=acts))
        .order_by("-starts_at", "-pk")
    )


def member_of_agenda_key(key: UUID) -> Member | None:
    """The active member whose private calendar has this key (1 query)."""
    return Member.objects.filter(agenda_key=key, is_active=True).order_by().first()


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


def is_helped_by(*, helped: Member, helper: Member, at: datetime) -> bool:
    """Whether an assistance that also reads is in force; to vote is not to read (1 query)."""
    return Assistance.objects.filter(
        helper=helper, helped=helped, scope__in=READING, starts_at__lte=at, expires_at__gt=at,
        revoked_at=None,
    ).exists()  # fmt: skip


def people_helped_by(helper: Member, at: datetime) -> list[Assistance]:
    """Assistances in force given by `helper`, the helped person loaded (1 query)."""
    rows = Assistance.objects.filter(
        helper=helper, starts_at__lte=at, expires_at__gt=at, revoked_at=None
    )
    return list(rows.select_related("helped").order_by("helped__display_name"))


def helpers_of(helped: Member, at: datetime) -> list[Assistance]:
    """Assistances in force received by a member, the helper loaded (1 query)."""
    rows = Assistance.objects.filter(
        helped=helped, starts_at__lte=at, expires_at__gt=at, revoked_at=None
    )
    return list(rows.select_related("helper").order_by("helper__display_name"))


def helpers_of_address(email: str, at: datetime) -> list[Assistance]:
    """Assistances in force received by the member of this address, one a helper (1 query)."""
    rows = Assistance.objects.filter(
        helped__email=email, scope__in=READING, starts_at__lte=at, expires_at__gt=at,
        revoked_at=None,
    )  # fmt: skip
    rows = rows.select_related("helper", "helped").order_by("helper__display_name", "pk")
    return list({row.helper_id: row for row in rows}.values())


def token_digest(token: str) -> bytes:
    """Digest of an access token: long random keys need no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def access_tokens_of(member: Member) -> list[AccessToken]:
    """Keys of a member that were not revoked, newest first (1 query)."""
    return list(
        AccessToken.objects.filter(member=member, revoked_at=None).order_by("-created_at", "-pk")
    )
