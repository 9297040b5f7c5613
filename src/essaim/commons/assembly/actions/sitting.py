"""Opening the meeting once the quorum is there; closing it with its minutes."""

import hashlib
from datetime import datetime
from fractions import Fraction

from django.db import transaction

from essaim.commons.assembly import news, queries
from essaim.commons.assembly.actions.convening import lock
from essaim.commons.assembly.minutes import as_bytes, content_of
from essaim.commons.assembly.models import Amendment, GeneralAssembly, Minutes, Motion
from essaim.commons.assembly.rules.refusals import BeforeTheHour, NoQuorum, VoteUnderWay
from essaim.core.members.models import Member
from essaim.web.environment import moment

State = GeneralAssembly.State


@transaction.atomic
def open_meeting(*, assembly: GeneralAssembly, now: datetime) -> GeneralAssembly:
    """Open the meeting.

    Raises:
        WrongStep: not convened, or open already. BeforeTheHour: people were convened for later.
        NoQuorum: too few are there; convene a second time.
    """
    assembly = lock(assembly, State.CONVENED)
    if now < assembly.meets_at:
        raise BeforeTheHour(moment=moment(assembly.meets_at))
    check_quorum(assembly)
    assembly.state, assembly.opened_at = State.SITTING, now
    assembly.save(update_fields=["state", "opened_at"])
    news.tell(assembly.pk)
    return assembly


@transaction.atomic
def close_meeting(*, assembly: GeneralAssembly, by: Member, now: datetime) -> Minutes:
    """End the meeting and write its minutes under the next number of the register.

    Raises:
        WrongStep: it is not sitting. VoteUnderWay: a vote was opened and not declared.
    """
    assembly = lock(assembly, State.SITTING)
    under_way = {"poll__isnull": False, "declared_at": None}
    amendments = Amendment.objects.filter(motion__item__assembly=assembly, **under_way)
    if Motion.objects.filter(item__assembly=assembly, **under_way).exists() or amendments.exists():
        raise VoteUnderWay
    assembly.state, assembly.closed_at = State.CLOSED, now
    assembly.save(update_fields=["state", "closed_at"])
    news.tell(assembly.pk)
    # Two assemblies that end together queue up on the register, so that numbers have no gap.
    register = type(assembly.register).objects.select_for_update(of=("self",))
    register.get(pk=assembly.register_id)
    content = content_of(assembly)
    return Minutes.objects.create(
        assembly=assembly,
        register_id=assembly.register_id,
        number=Minutes.objects.filter(register=assembly.register_id).count() + 1,
        content=content,
        digest=hashlib.sha256(as_bytes(content)).hexdigest(),
        issued_at=now,
        issued_by=by,
    )


def check_quorum(assembly: GeneralAssembly) -> None:
    """Refuse when too few are there at this instant (2 queries).

    Raises:
        NoQuorum: `details` has the parts, in per cent.
    """
    found = queries.attendance(assembly)
    if not found.is_quorate:
        raise NoQuorum(there_percent=_percent(found.there), needed_percent=_percent(found.needed))


def _percent(part: Fraction) -> str:
    """Write a part in per cent with one decimal, rounded down: 24.96 % is not 25 %."""
    tenths = part * 1000 // 1
    whole, tenth = divmod(int(tenths), 10)
    return f"{whole},{tenth}" if tenth else f"{whole}"
