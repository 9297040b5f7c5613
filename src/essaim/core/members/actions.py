"""What people do with organisations and assistances."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from essaim.core.members import queries
from essaim.core.members.models import (
    AccessToken,
    Assistance,
    AssistanceAct,
    Invitation,
    Member,
    Membership,
    Organisation,
)
from essaim.core.members.rules import KINDS_ANYBODY_DECLARES, NO_ADDRESS, ROLES_OF_KIND
from essaim.kernel.errors import N_, BadInput, NotAllowed, RuleBroken
from essaim.kernel.identifiers import uuid7

ASSISTANCE_DAYS_MAX = 366
INVITATION_DAYS = 14
TOKEN_PREFIX = "essaim_"  # noqa: S105 - what every token starts with, secret of none


class OwnAssistance(BadInput):
    code = "members.own-assistance"
    sentence = N_("You cannot be your own helper.")


class AssistanceTooLong(BadInput):
    code = "members.assistance-too-long"
    sentence = N_("An assistance lasts at most {days_max} days and ends after it starts.")


class UnknownLanguage(BadInput):
    code = "members.unknown-language"
    sentence = N_("These pages do not exist in the language “{language}” yet.")


class RoleUnknownHere(BadInput):
    code = "members.role-unknown-here"
    sentence = N_("This role does not exist in this organisation.")


class KindNotDeclared(NotAllowed):
    code = "members.kind-not-declared"
    sentence = N_("Organisations of this kind are declared by those who run the installation.")


class LastManager(RuleBroken):
    code = "members.last-manager"
    sentence = N_("An organisation keeps at least one manager: give this role to somebody first.")


class AlreadyInvited(RuleBroken):
    code = "members.already-invited"
    sentence = N_("This person already has an invitation that waits for their answer.")


class InvitationOver(RuleBroken):
    code = "members.invitation-over"
    sentence = N_("This invitation is over: it was used or withdrawn, or it waited too long.")


class InvitationOfAnother(NotAllowed):
    code = "members.invitation-of-another"
    sentence = N_(
        "This invitation was sent to another address: sign in with the one that received it."
    )


class NoAssistance(NotAllowed):
    code = "members.no-assistance"
    sentence = N_("You have no assistance in force for this person.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What an organisation says of itself. `siren` is "" or nine digits."""

    name: str
    legal_form: str = ""
    siren: str = ""
    vat_number: str = ""
    address: str = ""
    postcode: str = ""
    town: str = ""
    email: str = ""
    phone: str = ""
    presentation: str = ""


@transaction.atomic
def give_role(*, member: Member, organisation: Organisation, role: str) -> Membership:
    """Let a member act in an organisation under `role`; giving it twice changes nothing."""
    membership, _is_new = Membership.objects.get_or_create(
        member=member, organisation=organisation, role=role
    )
    return membership


@transaction.atomic
def declare_organisation(
    *, founder: Member, kind: str, identity: Identity, now: datetime
) -> Organisation:
    """Create an organisation whose founder is its manager.

    Raises:
        KindNotDeclared: members do not declare organisations of this kind.
    """
    if kind not in KINDS_ANYBODY_DECLARES:
        raise KindNotDeclared
    organisation = Organisation.objects.create(
        slug=_free_slug(identity.name), kind=kind, created_at=now, **asdict(identity)
    )
    give_role(member=founder, organisation=organisation, role=Membership.Role.MANAGER)
    return organisation


@transaction.atomic
def describe_organisation(*, organisation: Organisation, identity: Identity) -> Organisation:
    """Change what an organisation says of itself; its address on this site never changes."""
    values = asdict(identity)
    for name, value in values.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(values))
    return organisation


@transaction.atomic
def invite(
    *, organisation: Organisation, email: str, role: str, invited_by: Member, now: datetime
) -> Invitation:
    """Offer a role to whoever owns an address; the e-mail leaves with the transaction.

    Nothing tells the inviter whether the address has an account here.

    Raises:
        AlreadyInvited: an invitation to this role already waits for an answer.
        RoleUnknownHere: this kind of organisation has no such role.
    """
    if role not in ROLES_OF_KIND[organisation.kind]:
        raise RoleUnknownHere
    email = email.lower()
    waiting = Invitation.objects.filter(
        organisation=organisation, email=email, role=role, closed_at=None
    )
    waiting.filter(expires_at__lte=now).update(closed_at=now)
    if waiting.exists():
        raise AlreadyInvited
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email,
        role=role,
        invited_by=invited_by,
        invited_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS),
    )
    send_mail(*_invitation_text(invitation), None, [email])
    return invitation


@transaction.atomic
def accept_invitation(*, invitation: Invitation, member: Member, now: datetime) -> Membership:
    """Take the role offered; only the owner of the address can.

    Raises:
        InvitationOfAnother: it was sent to another address, which is not told.
        InvitationOver: it was used, withdrawn, or is too old.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=invitation.pk)
    )
    if member.email != invitation.email:
        raise InvitationOfAnother
    if invitation.closed_at is not None or invitation.expires_at <= now:
        raise InvitationOver
    invitation.closed_at = now
    invitation.save(update_fields=["closed_at"])
    return give_role(member=member, organisation=invitation.organisation, role=invitation.role)


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, now: datetime) -> Invitation:
    """Close an invitation; one that is closed already stays as it was."""
    if invitation.closed_at is None:
        invitation.closed_at = now
        invitation.save(update_fields=["closed_at"])
    return invitation


@transaction.atomic
def end_role(*, membership: Membership) -> None:
    """Take a role away, or leave it oneself.

    Raises:
        LastManager: nobody else would manage the organisation.
    """
    # The organisation's row makes two managers who leave at the same time queue up.
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    if membership.role == Membership.Role.MANAGER:
        managers = Membership.objects.filter(
            organisation_id=membership.organisation_id, role=Membership.Role.MANAGER
        )
        if not managers.exclude(pk=membership.pk).exists():
            raise LastManager
    membership.delete()


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


@transaction.atomic
def choose_language(*, member: Member, code: str) -> Member:
    """Keep the language of the pages and e-mails of a member.

    Raises:
        UnknownLanguage: Essaim does not speak it.
    """
    if code not in dict(settings.LANGUAGES):
        raise UnknownLanguage(language=code[:20])
    member.language = code
    member.save(update_fields=["language"])
    return member


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


def _free_slug(name: str) -> str:
    """Return an address for an organisation of this name that no other has."""
    base = slugify(name)[:50] or "organisation"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(slug for slug in numbered if slug not in taken)


def _invitation_text(invitation: Invitation) -> tuple[str, str]:
    """Return the subject and the body of an invitation, in the language of the page."""
    who = {
        "inviter": invitation.invited_by.display_name,
        "organisation": invitation.organisation.name,
    }
    path = reverse("members:invitation", args=[invitation.public_id])
    paragraphs = [
        _("Hello,"),
        _("%(inviter)s invites you to act for “%(organisation)s”.") % who,
        _("To accept, open this address and sign in, or create an account with this e-mail:"),
        f"{settings.BASE_URL}{path}",
        _("The invitation ends in %(days)d days. If you do not know these people, ignore it.")
        % {"days": INVITATION_DAYS},
    ]
    subject = _("%(inviter)s invites you to join %(organisation)s") % who
    return subject, "\n\n".join(paragraphs)
