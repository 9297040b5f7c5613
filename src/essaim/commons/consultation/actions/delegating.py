"""Declaring subjects; giving one's voice on one of them, and taking it back."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.commons.consultation import queries
from essaim.commons.consultation.models import Delegation, Subject
from essaim.commons.consultation.rules.delegations import Gift
from essaim.commons.consultation.rules.refusals import (
    CarriesEnough,
    GoesInARound,
    NotToOneself,
    NoVoice,
    SubjectClosed,
    SubjectKnown,
)
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Associate, Register
from essaim.commons.deliberation.actions.telling import tell_associates
from essaim.core.members.models import Member


@transaction.atomic
def add_subject(*, register: Register, label: str, now: datetime) -> Subject:
    """Declare a subject on which voices are given and questions asked.

    Raises:
        SubjectKnown: another that is open has this name.
    """
    try:
        with transaction.atomic():
            return Subject.objects.create(register=register, label=label.strip(), opened_at=now)
    except IntegrityError as problem:
        raise SubjectKnown from problem


@transaction.atomic
def close_subject(*, subject: Subject, now: datetime) -> Subject:
    """Ask nothing more on a subject; the voices given on it speak no longer.

    Raises:
        SubjectClosed: it was before.
    """
    found = lock(subject)
    found.closed_at = now
    found.save(update_fields=["closed_at"])
    return found


@transaction.atomic
def delegate(
    *, subject: Subject, giver: Associate, holder: Associate, by: Member, now: datetime
) -> Delegation:
    """Give one's voice on a subject; the last one given counts, and the holder is told.

    Those who give at the same time queue up on the subject: two gifts that would make a round
    together never both stand.

    Raises:
        SubjectClosed: it is. NoVoice: one of them has left. NotToOneself: to oneself.
        GoesInARound: the voice would come back. CarriesEnough: somebody would carry too many.
    """
    subject = lock(subject)
    _check_voices(subject, giver, holder)
    revoke_locked(subject, giver, now)
    web = queries.webs([subject.pk], at=now)[subject.pk]
    gift = Gift(giver.pk, holder.pk)
    if web.closes_a_loop(gift):
        raise GoesInARound(name=holder_name(holder))
    loaded = web.overloaded(gift)
    if loaded is not None:
        named = queries.associates_named([loaded])[loaded]
        raise CarriesEnough(name=holder_name(named), delegations_max=web.cap)
    given = Delegation.objects.create(
        subject=subject, giver=giver, holder=holder, given_at=now, given_by=by
    )
    tell_associates(
        [holder],
        lambda: (
            _("A voice is given to you: {subject}").format(subject=subject.label),
            [_("{name} asks you to answer for them on this subject, when they do not.").format(
                name=holder_name(giver))],
        ),
        address=f"{settings.BASE_URL}{reverse('consultation:delegations')}",
        now=now,
    )  # fmt: skip
    return given


@transaction.atomic
def revoke(*, subject: Subject, giver: Associate, now: datetime) -> None:
    """Take one's voice back; without a gift nothing changes. A closed subject too."""
    revoke_locked(subject, giver, now)


def revoke_locked(subject: Subject, giver: Associate, now: datetime) -> None:
    """End the gift that stands, if any (1 query)."""
    Delegation.objects.filter(subject=subject, giver=giver, revoked_at=None).update(revoked_at=now)


def lock(subject: Subject) -> Subject:
    """Lock an open subject, read afresh (1 query).

    Raises:
        SubjectClosed: it is closed.
    """
    found = Subject.objects.select_for_update(of=("self",)).get(pk=subject.pk)
    if found.closed_at is not None:
        raise SubjectClosed
    return found


def _check_voices(subject: Subject, giver: Associate, holder: Associate) -> None:
    if giver.pk == holder.pk:
        raise NotToOneself
    for one in (giver, holder):
        if one.left_at is not None or one.register_id != subject.register_id:
            raise NoVoice
