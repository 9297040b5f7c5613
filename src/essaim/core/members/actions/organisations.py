"""What people do with organisations: declare, describe, invite, join, leave."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import count

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from essaim.core.members.models import Invitation, Member, Membership, Organisation
from essaim.core.members.rules import KINDS_ANYBODY_DECLARES, ROLES_OF_KIND
from essaim.kernel.errors import N_, BadInput, NotAllowed, RuleBroken

INVITATION_DAYS = 14


class KindNotDeclared(NotAllowed):
    code = "members.kind-not-declared"
    sentence = N_("Organisations of this kind are declared by those who run the installation.")


class RoleUnknownHere(BadInput):
    code = "members.role-unknown-here"
    sentence = N_("This role does not exist in this organisation.")


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
