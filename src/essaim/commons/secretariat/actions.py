"""Arriving by the code of the room; closing a vote once the forms by post are in."""

from datetime import datetime, timedelta

from django.db import transaction

from essaim.commons.assembly import actions as assembly_actions
from essaim.commons.assembly.actions.convening import lock
from essaim.commons.assembly.actions.deciding import Put
from essaim.commons.assembly.models import Attendance, GeneralAssembly
from essaim.commons.cooperative.models import Associate
from essaim.commons.postal.actions import cast_by_post
from essaim.commons.secretariat import codes
from essaim.commons.secretariat.queries import names_of_small_colleges
from essaim.commons.secretariat.rules.presence_codes import are_doors_open
from essaim.commons.secretariat.rules.refusals import (
    CodeTooOld,
    DoorsClosed,
    HasAccount,
    SmallColleges,
)
from essaim.commons.urn import actions as urn
from essaim.commons.urn.models import Poll
from essaim.core.members.actions import allow_assistance
from essaim.core.members.models import Assistance, Member
from essaim.core.members.rules import has_no_address

State = GeneralAssembly.State
HELP_LASTS = timedelta(hours=12)


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


@transaction.atomic
def open_secret_vote(*, poll: Poll, knows_small: bool, now: datetime) -> Poll:
    """Open a secret vote whose keys are taken.

    Args:
        knows_small: the secretary said that they know what a small college gives away.

    Raises:
        SmallColleges: a college has fewer than five voters. PollStarted, KeysMissing: as the urn.
    """
    small = names_of_small_colleges(poll)
    if small and not knows_small:
        raise SmallColleges(colleges=", ".join(small))
    return urn.open_poll(poll=poll, now=now)


@transaction.atomic
def help_at_the_desk(
    *, assembly: GeneralAssembly, associate: Associate, helper: Member, now: datetime
) -> Assistance:
    """Write that somebody without an account of their own asks the desk for help to vote, today.

    Whoever can sign in allows a helper themselves: nobody gets to vote for them this way.

    Raises:
        WrongStep: the assembly is not sitting. HasAccount: they sign in and allow it themselves.
        OwnAssistance: the helper is that person.
    """
    lock(assembly, State.SITTING)
    helped = associate.member
    if helped is None or not has_no_address(helped.email):
        raise HasAccount
    return allow_assistance(
        helper=helper, helped=helped, scope=Assistance.Scope.VOTE, expires_at=now + HELP_LASTS,
        consent_note=assembly.title[:200], now=now,
    )  # fmt: skip
