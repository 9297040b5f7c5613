"""Discussing a proposal: messages, replies, changes that keep what was said, moderation."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Associate
from essaim.commons.deliberation import queries
from essaim.commons.deliberation.actions.following import follow_by_default, tell_followers
from essaim.commons.deliberation.actions.telling import page, tell
from essaim.commons.deliberation.models import Comment, FormerText, Moderation, Proposal
from essaim.commons.deliberation.rules.proposals import State, paragraphs
from essaim.commons.deliberation.rules.refusals import (
    DebateClosed,
    Masked,
    NoSuchParagraph,
    NotAnAssociate,
    NothingSaid,
    NotYours,
    ReasonNeeded,
)
from essaim.core.members.models import Member

OVER = frozenset({State.EXPIRED, State.WITHDRAWN, State.SETTLED})


@transaction.atomic
def comment(
    *,
    proposal: Proposal,
    associate: Associate,
    by: Member,
    text: str,
    paragraph: int | None = None,
    now: datetime,
) -> Comment:
    """Say something about a proposal, or about one paragraph of its version in force.

    Raises:
        DebateClosed: it expired, was withdrawn or is settled. NotAnAssociate: they have left.
        NothingSaid: no text. NoSuchParagraph: the text has fewer.
    """
    proposal = _open_debate(proposal, associate, now)
    count = len(paragraphs(queries.current(proposal).text))
    if paragraph is not None and not 1 <= paragraph <= count:
        raise NoSuchParagraph(paragraphs_count=count)
    return _write(proposal, associate, by, text, now, paragraph=paragraph)


@transaction.atomic
def reply(*, to: Comment, associate: Associate, by: Member, text: str, now: datetime) -> Comment:
    """Answer a message; an answer to an answer stands under the same message.

    Raises:
        Masked: the message is. DebateClosed, NotAnAssociate, NothingSaid: as for a message.
    """
    proposal = _open_debate(to.proposal, associate, now)
    if to.is_masked:
        raise Masked
    head = to if to.parent is None else to.parent
    return _write(proposal, associate, by, text, now, paragraph=head.paragraph, parent=head)


@transaction.atomic
def edit_comment(*, comment: Comment, by: Member, text: str, now: datetime) -> Comment:
    """Change one's message; what it said stays readable, and it is marked as changed.

    Raises:
        NotYours: somebody else wrote it. Masked: it is. NothingSaid: no text.
        DebateClosed: the proposal is over.
    """
    found = _lock(comment)
    if found.written_by_id != by.pk:
        raise NotYours
    if found.is_masked:
        raise Masked
    if found.proposal.state in OVER:
        raise DebateClosed
    text = _said(text)
    if text == found.text:
        return found
    FormerText.objects.create(comment=found, text=found.text, replaced_at=now)
    found.text, found.edited_at = text, now
    found.save(update_fields=["text", "edited_at"])
    return found


@transaction.atomic
def moderate(
    *, comment: Comment, is_masked: bool, reason: str, by: Member, now: datetime
) -> Comment:
    """Mask a message, or show it again, in one's own name and with a reason that stays.

    Nothing is deleted. Whoever wrote it is told who did it and why.

    Raises:
        ReasonNeeded: no reason.
    """
    reason = reason.strip()[:300]
    if not reason:
        raise ReasonNeeded
    found = _lock(comment)
    if found.is_masked == is_masked:
        return found
    Moderation.objects.create(
        comment=found, is_masked=is_masked, reason=reason, done_at=now, done_by=by
    )
    found.is_masked = is_masked
    found.save(update_fields=["is_masked"])
    title = found.proposal.title
    tell(
        [found.written_by],
        lambda: (
            (_("Masked: your message about {title}") if is_masked
             else _("Shown again: your message about {title}")).format(title=title),
            [_("By {name}, for this reason: {reason}").format(
                name=by.display_name, reason=reason)],
        ),
        address=page("comment", found.public_id),
        now=now,
    )  # fmt: skip
    return found


def _open_debate(proposal: Proposal, associate: Associate, now: datetime) -> Proposal:
    """Read the proposal afresh; those who write do not wait for one another (1 query)."""
    found = Proposal.objects.select_related("register").get(pk=proposal.pk)
    if found.state in OVER or (found.state == State.OPEN and found.ends_at <= now):
        raise DebateClosed
    if associate.left_at is not None or associate.register_id != found.register_id:
        raise NotAnAssociate
    return found


def _lock(comment: Comment) -> Comment:
    rows = Comment.objects.select_for_update(of=("self",))
    return rows.select_related("proposal", "written_by").get(pk=comment.pk)


def _said(text: str) -> str:
    text = text.strip()
    if not text:
        raise NothingSaid
    return text


def _write(
    proposal: Proposal,
    associate: Associate,
    by: Member,
    text: str,
    now: datetime,
    *,
    paragraph: int | None,
    parent: Comment | None = None,
) -> Comment:
    written = Comment.objects.create(
        proposal=proposal, version_number=proposal.version_number, paragraph=paragraph,
        parent=parent, associate=associate, text=_said(text), written_at=now, written_by=by,
    )  # fmt: skip
    follow_by_default(proposal=proposal, member=by, now=now)
    tell_followers(proposal=proposal, written=written, name=holder_name(associate), now=now)
    return written
