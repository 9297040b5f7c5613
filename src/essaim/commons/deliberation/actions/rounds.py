"""Leading a round: opening it, speaking, answering, lifting an objection, concluding."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from essaim.commons.ballots.rules.motions import Stance
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Associate, College, Register
from essaim.commons.deliberation import queries
from essaim.commons.deliberation.actions.carrying import carry_out
from essaim.commons.deliberation.actions.proposing import lock_any
from essaim.commons.deliberation.actions.telling import page, tell, tell_associates
from essaim.commons.deliberation.models import Proposal, Round, RoundSeat, Statement
from essaim.commons.deliberation.rules import proposals as proposal_rules
from essaim.commons.deliberation.rules import rounds as rules
from essaim.commons.deliberation.rules.refusals import (
    DeadlineTooSoon,
    NobodyAsked,
    NotAnAssociate,
    NotAsked,
    NothingChosen,
    NothingSaid,
    NotTheMoment,
    NotYourObjection,
    ProposalClosed,
    ReasonNeeded,
    RoundUnderWay,
    StillUnanswered,
)
from essaim.commons.deliberation.rules.rounds import Act, Kind, Scope, State
from essaim.core.members.models import Member
from essaim.kernel.errors import N_
from essaim.web.environment import moment

DAYS_MIN = 2
CALLS = {
    Kind.ADVICE: N_("Your advice is asked: {title}"),
    Kind.CONSENT: N_("Your consent is asked: {title}"),
    Kind.OBJECTION: N_("Do you object? {title}"),
}
ASKABLE = frozenset({proposal_rules.State.OPEN, proposal_rules.State.REACHED})


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked: all, a college, or a few associates."""

    scope: Scope
    college: College | None = None
    group: tuple[Associate, ...] = ()


EVERYBODY = Asked(Scope.ALL)


@transaction.atomic
def open_round(
    *,
    register: Register,
    kind: Kind,
    author: Associate,
    facilitator: Member,
    title: str,
    text: str,
    closes_at: datetime,
    asked: Asked = EVERYBODY,
    proposal: Proposal | None = None,
    now: datetime,
) -> Round:
    """Ask associates for their advice, their consent or their objections, until a deadline.

    About a proposal, it is its version of now that is asked about: it does not change meanwhile.

    Raises:
        NotAnAssociate: the author has left. NothingSaid: no text.
        DeadlineTooSoon: less than two days. NobodyAsked: no college, or nobody in the group.
        ProposalClosed: over, or on an agenda. RoundUnderWay: another is open on this proposal.
    """
    if author.left_at is not None:
        raise NotAnAssociate
    if closes_at < now + timedelta(days=DAYS_MIN):
        raise DeadlineTooSoon(days=DAYS_MIN)
    if not text.strip():
        raise NothingSaid
    if (asked.scope is Scope.COLLEGE) != (asked.college is not None) or (
        asked.scope is Scope.GROUP
    ) != bool(asked.group):
        raise NobodyAsked
    if proposal is not None:
        proposal = lock_any(proposal)
        if proposal.state not in ASKABLE:
            raise ProposalClosed(state=proposal.state)
        if queries.open_round_of(proposal) is not None:
            raise RoundUnderWay
    opened = Round.objects.create(
        register=register, kind=kind, scope=asked.scope, college=asked.college, title=title,
        text=text, author=author, facilitator=facilitator, opened_at=now, closes_at=closes_at,
        proposal=proposal, version_number=proposal.version_number if proposal else None,
    )  # fmt: skip
    RoundSeat.objects.bulk_create(
        RoundSeat(round=opened, associate=one)
        for one in {one.pk: one for one in asked.group}.values()
    )
    _tell_asked(opened, now)
    return opened


@transaction.atomic
def speak(
    *, asking: Round, associate: Associate, by: Member, stance: str, reason: str = "", now: datetime
) -> Statement:
    """Say something in a round, or say it otherwise: the former words stay readable.

    An objection, or another word on one, goes to who leads the round.

    Raises:
        NotTheMoment: the deadline is past. NotAsked: somebody else is.
        NothingChosen: this kind of round offers no such stance.
        ReasonNeeded: an advice or an objection without words.
    """
    found = _lock(asking, Act.SPEAK, now)
    if not queries.asked(found).filter(pk=associate.pk).exists():
        raise NotAsked
    if stance not in rules.STANCES[Kind(found.kind)]:
        raise NothingChosen
    reason = reason.strip()
    if stance in rules.REASONED and not reason:
        raise ReasonNeeded
    current = queries.statements(found).filter(associate=associate)
    before = current.order_by().first()
    if before is not None and (before.stance, before.reason) == (stance, reason):
        return before
    current.update(replaced_at=now)
    said = Statement.objects.create(
        round=found, associate=associate, stance=stance, reason=reason, said_at=now, said_by=by
    )
    if stance in rules.REASONED:
        _tell_leaders(found, said, now)
    return said


@transaction.atomic
def answer(*, statement: Statement, text: str, now: datetime) -> Statement:
    """Write what was done with an advice, or how an objection was examined.

    Raises:
        NotTheMoment: the round is concluded. NothingSaid: no words.
    """
    found = _lock(statement.round, Act.ANSWER, now)
    if not text.strip():
        raise NothingSaid
    statement.answer, statement.answered_at = text.strip(), now
    statement.save(update_fields=["answer", "answered_at"])
    tell_associates(
        [statement.associate],
        lambda: (
            _("An answer to you: {title}").format(title=found.title),
            [statement.answer],
        ),
        address=page("statement", found.public_id, statement.associate.number),
        now=now,
    )
    return statement


@transaction.atomic
def lift(*, statement: Statement, associate: Associate, now: datetime) -> Statement:
    """Say that one's own objection no longer stands.

    Raises:
        NotTheMoment: the round is concluded. NotYourObjection: somebody else objected.
    """
    _lock(statement.round, Act.LIFT, now)
    if statement.associate_id != associate.pk or statement.stance != Stance.OBJECTION:
        raise NotYourObjection
    statement.lifted_at = now
    statement.save(update_fields=["lifted_at"])
    return statement


@transaction.atomic
def conclude(*, asking: Round, decision: str, is_dropped: bool = False, now: datetime) -> Round:
    """Conclude a round after its deadline, once all that wants an answer has one.

    In a round of advice its author decides, or gives up; in the others the statements do.

    Raises:
        NotTheMoment: before the deadline, or concluded. StillUnanswered: how many wait.
        NothingSaid: a round of advice without its decision.
    """
    found = _lock(asking, Act.CONCLUDE, now)
    kind, said = Kind(found.kind), queries.said(found)
    if count := rules.unanswered(said):
        raise StillUnanswered(unanswered_count=count)
    if kind is Kind.ADVICE:
        if not decision.strip():
            raise NothingSaid
        state = State.DROPPED if is_dropped else State.ADOPTED
    else:
        state = State.ADOPTED if rules.is_adopted(kind, said) else State.BLOCKED
    return _end(found, state, decision.strip(), len(said), now)


@transaction.atomic
def cancel_round(*, asking: Round, reason: str, now: datetime) -> Round:
    """Give a round up, with a reason; what was said stays readable.

    Raises:
        NotTheMoment: it is concluded. ReasonNeeded: no reason.
    """
    found = _lock(asking, Act.CANCEL, now)
    if not reason.strip():
        raise ReasonNeeded
    return _end(found, State.CANCELLED, reason.strip(), 0, now)


@transaction.atomic
def conclude_silent(*, now: datetime) -> int:
    """Adopt what nobody objected to in time: silence is consent; return how many (worker)."""
    due = Round.objects.filter(kind=Kind.OBJECTION, state=State.OPEN, closes_at__lte=now)
    count = 0
    for found in due.order_by("pk").select_for_update(skip_locked=True, of=("self",)):
        said = queries.said(found)
        if rules.is_adopted(Kind.OBJECTION, said):
            _end(found, State.ADOPTED, "", len(said), now)
            count += 1
    return count


def _lock(asking: Round, act: Act, now: datetime) -> Round:
    rows = Round.objects.select_for_update(of=("self",))
    found = rows.select_related("register", "facilitator", "author__member").get(pk=asking.pk)
    phase = rules.phase_of(State(found.state), found.closes_at, now)
    if phase not in rules.PHASES[act]:
        raise NotTheMoment(phase=phase)
    return found


def _end(found: Round, state: State, decision: str, spoke_count: int, now: datetime) -> Round:
    found.state, found.decision, found.concluded_at = state, decision, now
    found.save(update_fields=["state", "decision", "concluded_at"])
    if state is State.ADOPTED and found.proposal_id is not None:
        carry_out(found, spoke_count=spoke_count, now=now)
    spoke = [one.associate for one in queries.statements(found)]
    tell_associates(
        [found.author, *spoke],
        lambda: (
            _("Concluded: {title}").format(title=found.title),
            [found.decision or _("The result, and who said what, is on its page.")],
        ),
        address=page("round", found.public_id),
        now=now,
    )
    return found


def _tell_asked(opened: Round, now: datetime) -> None:
    tell_associates(
        queries.asked(opened).select_related("member", "organisation"),
        lambda: (
            _(CALLS[Kind(opened.kind)]).format(title=opened.title),
            [_("Until {moment}.").format(moment=moment(opened.closes_at))],
        ),
        address=page("round", opened.public_id),
        now=now,
    )


def _tell_leaders(found: Round, said: Statement, now: datetime) -> None:
    leaders = {found.facilitator, found.author.member or found.facilitator}
    tell(
        [one for one in leaders if one.pk != said.said_by_id],
        lambda: (
            _("{name} about: {title}").format(name=holder_name(said.associate), title=found.title),
            [said.reason],
        ),
        address=page("statement", found.public_id, said.associate.number),
        now=now,
    )
