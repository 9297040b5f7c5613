"""Writing a proposal, changing it, supporting it, taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.commons.cooperative.models import Associate, Register
from essaim.commons.deliberation import articles, queries
from essaim.commons.deliberation.actions.following import follow_by_default
from essaim.commons.deliberation.actions.telling import page, tell, tell_associates
from essaim.commons.deliberation.models import Proposal, Round, RuleWanted, Support, Version
from essaim.commons.deliberation.rules import rounds
from essaim.commons.deliberation.rules.proposals import (
    State,
    may_become,
    paragraphs,
    supports_needed,
)
from essaim.commons.deliberation.rules.refusals import (
    NotAnAssociate,
    NothingSaid,
    ProposalClosed,
    RoundUnderWay,
    RuleTwice,
)
from essaim.core.bylaws import queries as bylaws
from essaim.core.bylaws.rules import Article
from essaim.core.members.models import Member


@dataclass(frozen=True, slots=True)
class Wish:
    """A rule that a proposal wants: its value in the unit of the article, and from when."""

    article: Article
    value: int
    effective_date: date


@transaction.atomic
def open_proposal(
    *,
    register: Register,
    author: Associate,
    by: Member,
    title: str,
    text: str,
    wishes: Sequence[Wish] = (),
    now: datetime,
) -> Proposal:
    """Propose something to all associates; its author is the first to support it.

    How many supports it needs, and until when, is fixed now: a rule that changes later, or people
    who join, move the goal of no proposal.

    Raises:
        NotAnAssociate: the author has left. NothingSaid: no text.
        OutOfBounds: a rule does not accept its value. RuleTwice: one rule, two values.
    """
    if author.left_at is not None:
        raise NotAnAssociate
    associates_count = queries.associates_today(register).count()
    in_force = bylaws.values(
        [articles.SUPPORT_SHARE, articles.SUPPORT_MINIMUM, articles.SUPPORT_DAYS], at=now
    )
    proposal = Proposal.objects.create(
        register=register,
        author=author,
        title=title,
        opened_at=now,
        ends_at=now + timedelta(days=in_force[articles.SUPPORT_DAYS.key]),
        associates_count=associates_count,
        needed_count=supports_needed(
            associates_count=associates_count,
            share_bps=in_force[articles.SUPPORT_SHARE.key],
            minimum=in_force[articles.SUPPORT_MINIMUM.key],
        ),
    )
    _write(proposal, title, text, wishes, by, now)
    return support(proposal=proposal, associate=author, by=by, now=now)


@transaction.atomic
def edit_proposal(
    *,
    proposal: Proposal,
    by: Member,
    title: str,
    text: str,
    wishes: Sequence[Wish] = (),
    now: datetime,
) -> Proposal:
    """Write another version; the former ones stay readable, and who supports it is told.

    Raises:
        ProposalClosed: it gathers no supports any more.
        RoundUnderWay: people are being asked about the version of now.
        NothingSaid, OutOfBounds, RuleTwice: as when it was opened.
    """
    proposal = lock(proposal, now=now)
    if queries.open_round_of(proposal) is not None:
        raise RoundUnderWay
    proposal.version_number += 1
    proposal.title = title
    proposal.save(update_fields=["version_number", "title"])
    _write(proposal, title, text, wishes, by, now)
    readers = [one.associate for one in queries.standing(proposal)]
    tell_associates(
        [one for one in readers if one.member_id != by.pk],
        lambda: (
            _("Changed: {title}").format(title=title),
            [
                _("A proposal that you support was changed."),
                _("You still support it. Read the new version; you may take your support back."),
            ],
        ),
        address=page("proposal", proposal.public_id),
        now=now,
    )
    return proposal


@transaction.atomic
def support(*, proposal: Proposal, associate: Associate, by: Member, now: datetime) -> Proposal:
    """Support a proposal, once; with the last support needed it goes to the agenda.

    Raises:
        ProposalClosed: it gathers no supports any more. NotAnAssociate: they have left.
    """
    proposal = lock(proposal, now=now)
    if associate.left_at is not None or associate.register_id != proposal.register_id:
        raise NotAnAssociate
    Support.objects.get_or_create(
        proposal=proposal,
        associate=associate,
        revoked_at=None,
        defaults={
            "version_number": proposal.version_number, "given_at": now, "given_by": by,
        },
    )  # fmt: skip
    follow_by_default(proposal=proposal, member=by, now=now)
    if queries.standing(proposal).count() >= proposal.needed_count:
        reach(proposal, now=now)
    return proposal


@transaction.atomic
def drop_support(*, proposal: Proposal, associate: Associate, now: datetime) -> Proposal:
    """Take a support back; without one nothing changes.

    Raises:
        ProposalClosed: it reached the agenda, or is over.
    """
    proposal = lock(proposal, now=now)
    Support.objects.filter(proposal=proposal, associate=associate, revoked_at=None).update(
        revoked_at=now
    )
    return proposal


@transaction.atomic
def withdraw(*, proposal: Proposal, now: datetime) -> Proposal:
    """Take a proposal back; all of it stays readable.

    Raises:
        ProposalClosed: it reached the agenda, or is over.
    """
    proposal = lock(proposal, now=now)
    proposal.state, proposal.closed_at = State.WITHDRAWN, now
    proposal.save(update_fields=["state", "closed_at"])
    return proposal


@transaction.atomic
def expire_due(*, now: datetime) -> int:
    """End the proposals whose time is over, and tell their authors; return how many (worker).

    One that a round asks about waits for what it concludes.
    """
    rows = Proposal.objects.select_for_update(skip_locked=True, of=("self",))
    due = list(
        rows.filter(state=State.OPEN, ends_at__lte=now)
        .exclude(rounds__in=Round.objects.filter(state=rounds.State.OPEN))
        .select_related("author__member", "author__organisation")
        .order_by("pk")
    )
    for proposal in due:
        proposal.state, proposal.closed_at = State.EXPIRED, proposal.ends_at
        proposal.save(update_fields=["state", "closed_at"])
        _tell_expired(proposal, now)
    return len(due)


def lock(proposal: Proposal, *, now: datetime) -> Proposal:
    """Lock a proposal that gathers supports, read afresh (1 query).

    Raises:
        ProposalClosed: it does not, or its time is over.
    """
    found = lock_any(proposal)
    if found.state != State.OPEN or found.ends_at <= now:
        raise ProposalClosed(state=found.state)
    return found


def lock_any(proposal: Proposal) -> Proposal:
    """Lock a proposal wherever it stands, read afresh (1 query)."""
    rows = Proposal.objects.select_for_update(of=("self",))
    return rows.select_related("register", "author__member", "author__organisation").get(
        pk=proposal.pk
    )


def reach(proposal: Proposal, *, now: datetime) -> None:
    """Hand a locked proposal over to the board, who is told, as is its author."""
    if not may_become(State(proposal.state), State.REACHED):
        raise ProposalClosed(state=proposal.state)
    proposal.state, proposal.reached_at = State.REACHED, now
    proposal.save(update_fields=["state", "reached_at"])
    title = proposal.title
    tell(
        queries.board_of(proposal.register),
        lambda: (
            _("To put on the agenda: {title}").format(title=title),
            [_("This proposal of associates must be a point of the next assembly.")],
        ),
        address=page("desk"),
        now=now,
    )
    tell_associates(
        [proposal.author],
        lambda: (
            _("For the agenda: {title}").format(title=title),
            [_("Your proposal will be put on the agenda of the next assembly.")],
        ),
        address=page("proposal", proposal.public_id),
        now=now,
    )


def _write(
    proposal: Proposal,
    title: str,
    text: str,
    wishes: Sequence[Wish],
    by: Member,
    now: datetime,
) -> None:
    if not paragraphs(text):
        raise NothingSaid
    if len({wish.article.key for wish in wishes}) < len(wishes):
        raise RuleTwice
    for wish in wishes:
        wish.article.check(wish.value)
    version = Version.objects.create(
        proposal=proposal, number=proposal.version_number, title=title, text=text,
        written_at=now, written_by=by,
    )  # fmt: skip
    RuleWanted.objects.bulk_create(
        RuleWanted(
            version=version, article_key=wish.article.key, value=wish.value,
            effective_date=wish.effective_date,
        )
        for wish in wishes
    )  # fmt: skip


def _tell_expired(proposal: Proposal, now: datetime) -> None:
    count = queries.standing(proposal).count()
    tell_associates(
        [proposal.author],
        lambda: (
            _("Expired: {title}").format(title=proposal.title),
            [ngettext("It had %(num)s support, and needed %(needed)s.",
                      "It had %(num)s supports, and needed %(needed)s.", count)
             % {"num": count, "needed": proposal.needed_count},
             _("You may propose it again, as it was or otherwise.")],
        ),
        address=page("proposal", proposal.public_id),
        now=now,
    )  # fmt: skip
