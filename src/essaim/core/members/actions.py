"""What people do with organisations and assistances."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from essaim.core.members import queries
from essaim.core.members.models import (
    AccessToken,
    Assistance,
    AssistanceAct,
    Member,
    Membership,
    Organisation,
)
from essaim.kernel.errors import N_, BadInput, NotAllowed
from essaim.kernel.identifiers import uuid7

ASSISTANCE_DAYS_MAX = 366
TOKEN_PREFIX = "essaim_"


class OwnAssistance(BadInput):
    code = "members.own-assistance"
    sentence = N_("You cannot be your own helper.")


class AssistanceTooLong(BadInput):
    code = "members.assistance-too-long"
    sentence = N_("An assistance lasts at most {days_max} days and ends after it starts.")


class NoAssistance(NotAllowed):
    code = "members.no-assistance"
    sentence = N_("You have no assistance in force for this person.")


@transaction.atomic
def give_role(*, member: Member, organisation: Organisation, role: str) -> Membership:
    """Let a member act in an organisation under `role`; giving it twice changes nothing."""
    membership, _ = Membership.objects.get_or_create(
        member=member, organisation=organisation, role=role
    )
    return membership


@transaction.atomic
def allow_assistance(
    *,
    helper: Member,
    helped: Member,
    scope: str,
    expires_at: datetime,
    consent_note: str,
    now: datetime,
) -> Assistance:
    """Let `helper` act for `helped` within `scope` until `expires_at`.

    Raises:
        OwnAssistance: nobody helps themselves.
        AssistanceTooLong: the end is not after now, or more than a year away.
    """
    if helper == helped:
        raise OwnAssistance
    if not 0 < (expires_at - now).total_seconds() <= ASSISTANCE_DAYS_MAX * 86_400:
        raise AssistanceTooLong(days_max=ASSISTANCE_DAYS_MAX)
    return Assistance.objects.create(
        helper=helper,
        helped=helped,
        scope=scope,
        starts_at=now,
        expires_at=expires_at,
        consent_note=consent_note,
    )


@transaction.atomic
def revoke_assistance(*, assistance: Assistance, now: datetime) -> Assistance:
    """End an assistance at once; the log of its acts stays."""
    assistance.revoked_at = now
    assistance.save(update_fields=["revoked_at"])
    return assistance


@transaction.atomic
def record_act(
    *, helper: Member, helped: Member, scope: str, what: str, reference: UUID | None, now: datetime
) -> AssistanceAct:
    """Write in the log that `helper` did something in the name of `helped`.

    Raises:
        NoAssistance: none is in force for this scope.
    """
    assistance = queries.assistance_in_force(helper=helper, helped=helped, scope=scope, at=now)
    if assistance is None:
        raise NoAssistance
    return AssistanceAct.objects.create(
        assistance=assistance, done_at=now, what=what, reference=reference
    )


@transaction.atomic
def renew_agenda_key(*, member: Member) -> Member:
    """Revoke the private calendar feed: its old address stops answering."""
    member.agenda_key = uuid7()
    member.save(update_fields=["agenda_key"])
    return member


@transaction.atomic
def create_access_token(*, member: Member, name: str, now: datetime) -> str:
    """Make a key for a program of the member; shown once, kept as a digest only."""
    token = f"{TOKEN_PREFIX}{secrets.token_urlsafe(32)}"
    AccessToken.objects.create(
        member=member, name=name[:60], digest=queries.token_digest(token), created_at=now
    )
    return token


@transaction.atomic
def revoke_access_token(*, token: AccessToken, now: datetime) -> AccessToken:
    """Stop a key from working, at once."""
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    return token
