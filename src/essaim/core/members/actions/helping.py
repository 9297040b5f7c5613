"""Acting for somebody who asked for it: allowing, ending, writing down each act."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from essaim.core.members import queries
from essaim.core.members.models import Assistance, AssistanceAct, Member, Organisation
from essaim.core.members.rules import NO_ADDRESS
from essaim.kernel.errors import N_, BadInput, NotAllowed
from essaim.kernel.identifiers import uuid7

ASSISTANCE_DAYS_MAX = 366


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
def register_assisted(
    *,
    helper: Member,
    organisation: Organisation,
    display_name: str,
    phone: str,
    consent_note: str,
    expires_at: datetime,
    now: datetime,
) -> Assistance:
    """Open an account for somebody without internet who is there, and let `helper` order for them.

    The account has no e-mail address and no password: nobody can sign in to it. A person who has
    an account allows an assistance themselves, so that nobody ever gets into theirs this way.

    Raises:
        AssistanceTooLong: the end is not after now, or more than a year away.
    """
    helped = Member.objects.create_user(
        f"{uuid7().hex}@{NO_ADDRESS}", display_name=display_name, phone=phone, joined_at=now
    )
    return allow_assistance(
        helper=helper,
        helped=helped,
        scope=Assistance.Scope.ORDER,
        expires_at=expires_at,
        consent_note=f"{organisation.name}, {consent_note}"[:200],
        now=now,
    )


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
    """End an assistance at once; the log of its acts stays. Ended twice, the first end stays."""
    Assistance.objects.filter(pk=assistance.pk, revoked_at=None).update(revoked_at=now)
    assistance.refresh_from_db(fields=["revoked_at"])
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
