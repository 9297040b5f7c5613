"""Putting a motion to the vote, casting, declaring; what is adopted changes the platform."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from typing import cast as cast_to

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.commons.assembly import news, queries
from essaim.commons.assembly.actions.amending import carry
from essaim.commons.assembly.actions.convening import lock
from essaim.commons.assembly.actions.sitting import check_quorum
from essaim.commons.assembly.models import Amendment, GeneralAssembly, Motion
from essaim.commons.assembly.rules import amending, counting, elections
from essaim.commons.assembly.rules.elections import GRADE_MAX, PAPERS, Election, Method
from essaim.commons.assembly.rules.refusals import (
    AmendmentBefore,
    AmendmentOver,
    AmendmentsPending,
    HolderAbsent,
    MajorityUnsaid,
    NoProxy,
    NotThere,
    PrincipalPresent,
    VoteUnderWay,
    WrongStep,
)
from essaim.commons.cooperative.models import Associate
from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.commons.statutes.rules.statutes import Statutes
from essaim.commons.urn import actions as urn
from essaim.commons.urn import queries as urn_queries
from essaim.commons.urn.actions import Option, PaperDrawn, Receipt, Voter
from essaim.commons.urn.models import NamedBallot, Poll, RollEntry
from essaim.commons.urn.rules.refusals import PollNotOpen
from essaim.core.bylaws import actions as bylaws
from essaim.core.members.actions import NoAssistance, record_act
from essaim.core.members.models import Assistance, Member, Membership
from essaim.core.members.queries import assistance_in_force
from essaim.web.environment import short_day

State = GeneralAssembly.State
One = TypeVar("One", bound=Motion | Amendment)
Put = Motion | Amendment
"""What is put to the vote; an amendment is voted as its motion is, by the same people."""


@transaction.atomic
def open_vote(
    *, motion: One, scrutineers: Sequence[Member] = (), threshold: int = 0, now: datetime
) -> Poll:
    """Put a motion, or an amendment, to the vote of everybody who has one on the record date.

    A named vote opens at once; a secret one once its scrutineers have taken their keys.

    Raises:
        WrongStep: the assembly is not sitting. NoQuorum: too many have left.
        VoteUnderWay: it was put to the vote already.
        AmendmentsPending: amendments come before their motion. AmendmentBefore: another goes
            further on the same subject. AmendmentOver: it was withdrawn, or fell.
        MajorityUnsaid: the statutes do not say what is needed.
        TooFewScrutineers: secret, with fewer than two people to open the urn.
    """
    assembly = lock(motion.item.assembly, State.SITTING)
    motion = lock_vote(motion)
    if motion.poll_id is not None:
        raise VoteUnderWay
    _check_order(motion)
    check_quorum(assembly)
    statutes = queries.statutes_of(assembly)
    method = Method(motion.method)
    if method is Method.MOTION and Kind(assembly.kind) not in statutes.majorities:
        raise MajorityUnsaid
    poll = urn.prepare_poll(
        question=question_of(motion),
        paper_kind=PAPERS[method],
        options=_options(motion),
        grade_max=GRADE_MAX if method is Method.MAJORITY_JUDGMENT else 0,
        counting=_counting(motion, statutes, Kind(assembly.kind)),
        colleges=[
            {"code": one.code, "label": one.label, "weight": str(one.weight)}
            for one in statutes.colleges
        ],
        secrecy=Poll.Secrecy.SEALED if motion.is_secret else Poll.Secrecy.NAMED,
        voters=_voters(assembly),
        scrutineers=scrutineers,
        threshold=threshold,
    )
    if not motion.is_secret:
        poll = urn.open_poll(poll=poll, now=now)
    motion.poll = poll
    motion.save(update_fields=["poll"])
    news.tell(assembly.pk)
    return poll


@transaction.atomic
def cast(
    *,
    motion: Put,
    associate: Associate,
    choice: Any,
    by: Member,
    now: datetime,
    paper: PaperDrawn | None = None,
) -> Receipt | NamedBallot:
    """Vote for oneself, for an organisation one represents, or for somebody whose proxy one holds.

    Args:
        paper: drawn with the page, for a secret vote.

    Raises:
        WrongStep: the assembly is not sitting. PollNotOpen: the vote is not open.
        NotThere: the voter is not counted as present.
        NoProxy: `by` does not carry this vote. HolderAbsent: they do, and are not there.
        PrincipalPresent: who gave it is there, and votes in person.
        AlreadyVoted, PaperSpoilt: as the urn says.
    """
    assembly = _sitting(motion.item.assembly)
    channel = _channel(assembly, associate, by)
    return _put_in(motion, associate, choice, by, channel, paper, now)


@transaction.atomic
def close_vote(*, motion: One, by: Member, now: datetime) -> One:
    """End a vote. A named one is declared at once, a secret one once its urn was opened.

    Raises:
        WrongStep: the assembly is not sitting. PollNotOpen: no vote is open on this motion.
    """
    lock(motion.item.assembly, State.SITTING)
    motion = lock_vote(motion)
    assert motion.poll is not None  # noqa: S101 - the page offers it only then
    motion.poll = urn.close_poll(poll=motion.poll, now=now)
    news.tell(motion.item.assembly_id)
    return motion if motion.is_secret else declare(motion=motion, by=by, now=now)


@transaction.atomic
def declare(*, motion: One, by: Member, now: datetime) -> One:
    """Declare the result. Adopted, its rules are in force from the date they were voted for.

    Raises:
        WrongStep: the assembly is not sitting.
        VoteUnderWay: the vote goes on, or its urn was not opened.
    """
    assembly = lock(motion.item.assembly, State.SITTING)
    motion = lock_vote(motion)
    poll = motion.poll
    done = Poll.State.COUNTED if motion.is_secret else Poll.State.CLOSED
    if poll is None or poll.state != done or motion.declared_at is not None:
        raise VoteUnderWay
    statutes = queries.statutes_of(assembly)
    if isinstance(motion, Motion) and motion.method != Method.MOTION:
        motion.is_adopted, motion.outcome = _count_election(motion, poll, statutes)
    else:
        motion.is_adopted, motion.outcome = _count_motion(assembly, poll, statutes)
    motion.declared_at = now
    motion.save(update_fields=["is_adopted", "outcome", "declared_at"])
    if motion.is_adopted and isinstance(motion, Motion):
        _put_in_force(assembly, motion, by, now)
    elif motion.is_adopted and isinstance(motion, Amendment):
        carry(motion, now)
    news.tell(assembly.pk)
    return motion


def question_of(motion: Put) -> str:
    """What is asked, as the roll, the log of a helper and the minutes name it."""
    if isinstance(motion, Motion):
        return motion.item.title
    return _("Amendment {number}: {title}").format(number=motion.number, title=motion.item.title)


def _check_order(motion: Put) -> None:
    """See that amendments come before their motion, and the most far-reaching of them first."""
    of = motion if isinstance(motion, Motion) else motion.motion
    waiting = {
        one.number: queries.as_said(one)
        for one in of.amendments.filter(is_adopted=None, fell_at=None)
    }
    if isinstance(motion, Motion):
        if waiting:
            raise AmendmentsPending(count=len(waiting))
        return
    if not motion.is_pending:
        raise AmendmentOver
    said = waiting[motion.number]
    for one in amending.voting_order(waiting.values(), queries.as_proposed(of)):
        if one.number == said.number:
            return
        if amending.compete(one, said):
            raise AmendmentBefore(number=one.number)


def _put_in(
    motion: Put,
    associate: Associate,
    choice: Any,
    by: Member,
    channel: str,
    paper: PaperDrawn | None,
    now: datetime,
) -> Receipt | NamedBallot:
    roll = RollEntry.objects.filter(number=associate.number).order_by()
    if isinstance(motion, Motion):
        entry = roll.filter(poll__motion=motion.pk).first()
    else:
        entry = roll.filter(poll__amendment=motion.pk).first()
    if entry is None:
        raise PollNotOpen
    if motion.is_secret:
        return urn.cast_sealed(
            entry=entry, choice=choice, paper=paper or urn.draw_paper(), by=by, channel=channel
        )
    return urn.cast_named(entry=entry, choice=choice, by=by, channel=channel, now=now)


def _options(motion: Put) -> list[Option]:
    if isinstance(motion, Amendment) or motion.method == Method.MOTION:
        return [Option("yes", _("Yes")), Option("no", _("No")), Option("abstain", _("Abstain"))]
    return [Option(option["code"], option["label"]) for option in motion.options]


def _counting(motion: Put, statutes: Statutes, kind: Kind) -> dict[str, Any]:
    """How it is counted, as whoever counts it again reads it."""
    if isinstance(motion, Amendment) or motion.method == Method.MOTION:
        return counting.as_published(statutes.majorities[kind])
    return {"method": motion.method, "seats_count": motion.seats_count}


def _count_motion(
    assembly: GeneralAssembly, poll: Poll, statutes: Statutes
) -> tuple[bool, dict[str, Any]]:
    entitled = {code: sizes[1] for code, sizes in urn_queries.turnout(poll).items()}
    decision = counting.decided(
        statutes,
        statutes.majorities[Kind(assembly.kind)],
        counting.gathered(urn_queries.choices(poll), entitled),
    )
    return decision.is_adopted, decision.outcome


def _count_election(motion: Motion, poll: Poll, statutes: Statutes) -> tuple[bool, dict[str, Any]]:
    """Ties that only a draw ends are drawn from the list of ballots, which nobody knew before."""
    election = Election(
        method=Method(motion.method),
        options=tuple(option["code"] for option in motion.options),
        seats_count=motion.seats_count,
        seed=poll.digest or str(poll.public_id),
    )
    weights = {college.code: college.weight for college in statutes.colleges}
    return elections.decided(election, list(urn_queries.choices(poll)), weights)


def _sitting(assembly: GeneralAssembly) -> GeneralAssembly:
    """See that the assembly sits; voters do not wait for one another (1 query)."""
    found = GeneralAssembly.objects.select_related("register").get(pk=assembly.pk)
    if found.state != State.SITTING:
        raise WrongStep(state=found.state)
    return found


def lock_vote(motion: One) -> One:
    """Lock a motion or an amendment and read it afresh (1 query)."""
    way = "item__assembly" if isinstance(motion, Motion) else "motion__item__assembly"
    rows = type(motion).objects.select_for_update(of=("self",))
    return cast_to("One", rows.select_related(way, "poll").get(pk=motion.pk))


@transaction.atomic
def cast_for(
    *,
    motion: Put,
    associate: Associate,
    choice: Any,
    by: Member,
    now: datetime,
    paper: PaperDrawn | None = None,
) -> Receipt | NamedBallot:
    """Vote for somebody who is there and asked for help, and write it in their helper’s log.

    The log says which vote, never which choice; of a secret vote it gives no hour either, only when
    it opened or the help was asked. Whoever helps sees the choice, and keeps it to themselves.

    Raises:
        NoAssistance: none to vote is in force. NotThere: the person is not counted as present.
        And all that `cast` raises of the vote itself.
    """
    assembly = _sitting(motion.item.assembly)
    helped, scope = associate.member, Assistance.Scope.VOTE
    if helped is None:
        raise NoAssistance
    found = assistance_in_force(helper=by, helped=helped, scope=scope, at=now)
    if found is None:
        raise NoAssistance
    if associate.pk not in queries.present(assembly):
        raise NotThere
    at = now
    if motion.is_secret and motion.poll is not None:
        at = max(motion.poll.opened_at or found.starts_at, found.starts_at)
    record_act(
        helper=by, helped=helped, scope=scope, what=question_of(motion)[:200],
        reference=assembly.public_id, now=at,
    )  # fmt: skip
    return _put_in(motion, associate, choice, by, RollEntry.Channel.ASSISTED, paper, now)


def _channel(assembly: GeneralAssembly, associate: Associate, by: Member) -> str:
    there = queries.present(assembly)
    mine = {one.pk for one in queries.associates_of(assembly, by)}
    if associate.pk in mine:
        if associate.pk not in there:
            raise NotThere
        return RollEntry.Channel.OWN
    holder = queries.holders(assembly).get(associate.pk)
    if holder not in mine:
        raise NoProxy
    if holder not in there:
        raise HolderAbsent
    if associate.pk in there:
        raise PrincipalPresent
    return RollEntry.Channel.PROXY


def _voters(assembly: GeneralAssembly) -> list[Voter]:
    """Everybody with a vote; who votes for an organisation is the first who manages it."""
    managers = Membership.objects.filter(
        organisation=OuterRef("organisation"), role="manager"
    ).order_by("pk")
    rows = queries.entitled_at(assembly).annotate(
        manager_id=Subquery(managers.values("member_id")[:1])
    )
    return [
        Voter(number, (person or organisation or "")[:120], college or "", member or manager)
        for number, person, organisation, college, member, manager in rows.values_list(
            "number", "member__display_name", "organisation__name", "college__code",
            "member_id", "manager_id",
        ).iterator(chunk_size=5000)
    ]  # fmt: skip


def _put_in_force(assembly: GeneralAssembly, motion: Motion, by: Member, now: datetime) -> None:
    decision = _("General assembly of {day}, point {position}").format(
        day=short_day(assembly.meets_at), position=motion.item.position
    )
    path = f"{reverse('assembly:minutes', args=[assembly.public_id])}#point-{motion.item.position}"
    bylaws.adopt_all(
        changes=[
            (change.article_key, change.value, change.effective_at)
            for change in motion.changes.order_by("pk")
        ],
        adopted_by=decision,
        recorded_by=by,
        now=now,
        decision_path=path,
    )
