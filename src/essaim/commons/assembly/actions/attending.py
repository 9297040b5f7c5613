"""Coming, leaving, giving one's vote to somebody else and taking it back."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from essaim.commons.assembly import news, queries
from essaim.commons.assembly.actions.convening import lock
from essaim.commons.assembly.models import Attendance, GeneralAssembly, Proxy
from essaim.commons.assembly.rules.refusals import (
    AlreadyThere,
    NotEntitled,
    NotThere,
    OwnProxy,
    TooManyProxies,
)
from essaim.commons.cooperative.models import Associate
from essaim.commons.statutes.rules import assemblies

State = GeneralAssembly.State


@transaction.atomic
def arrive(
    *, assembly: GeneralAssembly, associate: Associate, how: str, now: datetime
) -> Attendance:
    """Write that an associate is there: in the room, on line, or by a postal form received.

    Whoever comes in person after a form votes in person: the form falls.

    Raises:
        WrongStep: not convened yet, or over. NotEntitled: no vote on the record date.
        AlreadyThere: counted already.
    """
    assembly = lock(assembly, State.CONVENED, State.SITTING)
    _check_entitled(assembly, associate)
    if how != Attendance.How.POST:
        there = Attendance.objects.filter(assembly=assembly, associate=associate, left_at=None)
        there.filter(how=Attendance.How.POST).update(left_at=now)
    try:
        with transaction.atomic():
            found = Attendance.objects.create(
                assembly=assembly, associate=associate, how=how, arrived_at=now
            )
    except IntegrityError as problem:
        raise AlreadyThere from problem
    news.tell(assembly.pk)
    return found


@transaction.atomic
def leave(*, assembly: GeneralAssembly, associate: Associate, now: datetime) -> Attendance:
    """Write that an associate left; their own votes stay, the quorum is counted without them.

    Raises:
        WrongStep: the meeting is over. NotThere: not counted as present.
    """
    assembly = lock(assembly, State.CONVENED, State.SITTING)
    row = Attendance.objects.filter(assembly=assembly, associate=associate, left_at=None)
    found = row.order_by().first()
    if found is None:
        raise NotThere
    found.left_at = now
    found.save(update_fields=["left_at"])
    news.tell(assembly.pk)
    return found


@transaction.atomic
def give_proxy(
    *, assembly: GeneralAssembly, principal: Associate, holder: Associate, now: datetime
) -> Proxy:
    """Give one's vote to another associate; the last one given counts, the former is revoked.

    Raises:
        WrongStep: not convened yet, or over. NotEntitled: one of the two has no vote.
        OwnProxy: to oneself. TooManyProxies: the holder carries as many as allowed.
    """
    assembly = lock(assembly, State.CONVENED, State.SITTING)
    if principal.pk == holder.pk:
        raise OwnProxy
    for associate in (principal, holder):
        _check_entitled(assembly, associate)
    given = Proxy.objects.filter(assembly=assembly, revoked_at=None)
    given.filter(principal=principal).update(revoked_at=now)
    allowed = assemblies.proxies_max(
        queries.statutes_of(assembly),
        associates_count=queries.entitled_at(assembly).count(),
        day=timezone.localdate(assembly.meets_at),
    )
    if given.filter(holder=holder).count() >= allowed:
        raise TooManyProxies(proxies_max=allowed)
    news.tell(assembly.pk)
    return Proxy.objects.create(assembly=assembly, principal=principal, holder=holder, given_at=now)


@transaction.atomic
def revoke_proxy(*, assembly: GeneralAssembly, principal: Associate, now: datetime) -> None:
    """Take one's vote back; without a proxy nothing changes.

    Raises:
        WrongStep: the meeting is over.
    """
    assembly = lock(assembly, State.CONVENED, State.SITTING)
    Proxy.objects.filter(assembly=assembly, principal=principal, revoked_at=None).update(
        revoked_at=now
    )
    news.tell(assembly.pk)


def _check_entitled(assembly: GeneralAssembly, associate: Associate) -> None:
    if not queries.entitled_at(assembly).filter(pk=associate.pk).exists():
        raise NotEntitled
