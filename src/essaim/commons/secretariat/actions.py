"""Arriving by the code of the room; closing a vote once the forms by post are in."""

from datetime import datetime

from django.db import transaction

from essaim.commons.assembly import actions as assembly_actions
from essaim.commons.assembly.actions.deciding import Put
from essaim.commons.assembly.models import Attendance, GeneralAssembly
from essaim.commons.cooperative.models import Associate
from essaim.commons.postal.actions import cast_by_post
from essaim.commons.secretariat import codes
from essaim.commons.secretariat.rules.presence_codes import are_doors_open
from essaim.commons.secretariat.rules.refusals import CodeTooOld, DoorsClosed
from essaim.core.members.models import Member

State = GeneralAssembly.State


def check_code(*, assembly: GeneralAssembly, code: str, now: datetime) -> None:
    """See that one may arrive by the code of the room (0 queries).

    Raises:
        DoorsClosed: too early, or the meeting is over. CodeTooOld: forged, or of minutes ago.
    """
    is_sitting = assembly.state == State.SITTING
    is_open = assembly.state in {State.CONVENED, State.SITTING}
    if not is_open or not are_doors_open(assembly.meets_at, now, is_sitting=is_sitting):
        raise DoorsClosed
    if not codes.is_good(assembly, code, now):
        raise CodeTooOld


@transaction.atomic
def arrive_by_code(
    *, assembly: GeneralAssembly, associate: Associate, code: str, now: datetime
) -> Attendance:
    """Write that an associate is in the room, as the code they scanned there says.

    Raises:
        DoorsClosed, CodeTooOld, and all that `arrive` raises.
    """
    check_code(assembly=assembly, code=code, now=now)
    return assembly_actions.arrive(
        assembly=assembly, associate=associate, how=Attendance.How.CODE, now=now
    )


@transaction.atomic
def close_vote(*, motion: Put, by: Member, now: datetime) -> Put:
    """End a vote, the ballots of the forms that stand put in just before.

    Raises:
        WrongStep: the assembly is not sitting. PollNotOpen: no vote is open on this motion.
    """
    cast_by_post(motion=motion, by=by, now=now)
    return assembly_actions.close_vote(motion=motion, by=by, now=now)
