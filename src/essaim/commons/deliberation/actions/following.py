"""Hearing of debates: each message at once, one letter a day for all of them, or nothing."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.deliberation.actions.telling import page, tell
from essaim.commons.deliberation.models import Comment, Follow, Proposal
from essaim.core.members.models import Member
from essaim.core.messages.actions import Letter, write_emails

How = Follow.How
EXCERPT_MAX = 200
SETTLING = timedelta(minutes=5)
TOLD_MAX = 20
"""Messages of one debate that a letter quotes; it says how many more there are."""


@transaction.atomic
def follow(*, proposal: Proposal, member: Member, how: str, now: datetime) -> Follow:
    """Choose how to hear of a debate; what was written before is not told."""
    found, _is_new = Follow.objects.update_or_create(
        proposal=proposal, member=member, defaults={"how": How(how), "told_until": now}
    )
    return found


def follow_by_default(*, proposal: Proposal, member: Member, now: datetime) -> None:
    """Have whoever takes part hear of the rest once a day, unless they chose already."""
    Follow.objects.get_or_create(proposal=proposal, member=member, defaults={"told_until": now})


def tell_followers(*, proposal: Proposal, written: Comment, name: str, now: datetime) -> int:
    """Write at once to those who want each message; return how many (1 or 2 statements)."""
    rows = Member.objects.filter(follows__proposal=proposal, follows__how=How.EACH)
    return tell(
        rows.exclude(pk=written.written_by_id).order_by("pk"),
        lambda: (
            _("{name} about: {title}").format(name=name, title=proposal.title),
            [written.text, "", _how_to_stop()],
        ),
        address=page("comment", written.public_id),
        now=now,
    )


@transaction.atomic
def send_digests(*, now: datetime) -> int:
    """Write to each member one letter for all the debates they follow (worker).

    The last minutes are left to the next letter: what is being written may not be committed yet.

    Returns:
        how many letters; a debate in which nobody else wrote is not told of.
    """
    until = now - SETTLING
    rows = Follow.objects.select_for_update(skip_locked=True, of=("self",))
    due = rows.filter(
        how=How.DAILY,
        proposal__comments__written_at__gt=F("told_until"),
        proposal__comments__written_at__lte=until,
    ).select_related("member", "proposal")
    follows = {one.pk: one for one in due.order_by("pk")}.values()
    fresh = _shown_messages({one.proposal_id for one in follows})
    by_member: dict[int, list[tuple[Follow, list[Comment]]]] = defaultdict(list)
    for one in follows:
        said = [
            message
            for message in fresh[one.proposal_id]
            if one.told_until < message.written_at <= until
            and message.written_by_id != one.member_id
        ]
        if said:
            by_member[one.member_id].append((one, said))
    letters = [_letter(told) for told in by_member.values()]
    Follow.objects.filter(pk__in=[one.pk for one in follows]).update(told_until=until)
    return write_emails(letters=letters, now=now)


def _shown_messages(proposal_ids: set[int]) -> dict[int, list[Comment]]:
    """The messages of several debates that are not masked, in order (1 query)."""
    found: dict[int, list[Comment]] = defaultdict(list)
    rows = Comment.objects.filter(proposal__in=proposal_ids, is_masked=False)
    for one in rows.select_related("associate__member", "associate__organisation").order_by(
        "written_at", "pk"
    ):
        found[one.proposal_id].append(one)
    return found


def _letter(told: list[tuple[Follow, list[Comment]]]) -> Letter:
    member = told[0][0].member
    count = sum(len(said) for _follow, said in told)
    with translation.override(member.language):
        lines = [line for follow, said in told for line in (*_lines(follow.proposal, said), "")]
        subject = ngettext(
            "%(num)s message about proposals that you follow",
            "%(num)s messages about proposals that you follow",
            count,
        ) % {"num": count}
        return Letter(member.email, subject, "\n".join([*lines, _how_to_stop()]))


def _lines(proposal: Proposal, said: list[Comment]) -> list[str]:
    lines = [proposal.title, page("proposal", proposal.public_id)]
    for one in said[:TOLD_MAX]:
        quoted = " ".join(one.text.split())
        cut = quoted if len(quoted) <= EXCERPT_MAX else f"{quoted[:EXCERPT_MAX].rstrip()}…"
        lines.append(_("– {name}: {text}").format(name=holder_name(one.associate), text=cut))
    more = len(said) - TOLD_MAX
    if more > 0:
        lines.append(ngettext("and %(num)s more", "and %(num)s more", more) % {"num": more})
    return lines


def _how_to_stop() -> str:
    return _("To hear of it otherwise, or no more: choose on the page of the proposal.")
