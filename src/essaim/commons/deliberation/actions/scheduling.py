"""Putting a proposal on the agenda of an assembly: what the board must do with those supported."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.commons.assembly import actions as assembly_actions
from essaim.commons.assembly.actions import Change
from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.deliberation import queries
from essaim.commons.deliberation.actions.proposing import lock_any
from essaim.commons.deliberation.actions.telling import page, tell_associates
from essaim.commons.deliberation.models import Proposal, RuleWanted, Scheduling
from essaim.commons.deliberation.rules.proposals import State
from essaim.commons.deliberation.rules.refusals import NotToSchedule
from essaim.core.bylaws.rules import rule_book
from essaim.kernel.days import first_moment
from essaim.web.environment import moment


@transaction.atomic
def schedule(*, proposal: Proposal, assembly: GeneralAssembly, now: datetime) -> Proposal:
    """Make a proposal a point of a draft assembly, with its motion and the rules it changes.

    A rule changes on the day its author asked for, never before the assembly that decides.

    Raises:
        NotToSchedule: it does not wait for an agenda, or is on one that has not decided yet.
        WrongStep: the notice of this assembly was sent. OutOfBounds: a rule changed its bounds.
    """
    proposal = lock_any(proposal)
    if not queries.to_schedule(proposal.register).filter(pk=proposal.pk).exists():
        raise NotToSchedule(state=proposal.state)
    version = queries.current(proposal)
    count = queries.standing(proposal).count()
    motion = assembly_actions.propose_motion(
        assembly=assembly,
        title=version.title,
        text=version.text,
        changes=_changes(list(version.rules_wanted.all()), assembly),
        note=_note(proposal, count),
    )
    Scheduling.objects.create(proposal=proposal, item=motion.item)
    proposal.item = motion.item
    proposal.state = State.SCHEDULED
    proposal.save(update_fields=["item", "state"])
    supporters = [one.associate for one in queries.standing(proposal)]
    tell_associates(
        [proposal.author, *supporters],
        lambda: (
            _("On the agenda: {title}").format(title=version.title),
            [_("It is a point of « {title} », on {moment}.").format(
                title=assembly.title, moment=moment(assembly.meets_at))],
        ),
        address=page("proposal", proposal.public_id),
        now=now,
    )  # fmt: skip
    return proposal


def _changes(wanted: list[RuleWanted], assembly: GeneralAssembly) -> list[Change]:
    articles = {one.key: one for one in rule_book()}
    return [
        Change(
            articles[one.article_key],
            one.value,
            max(first_moment(one.effective_date), assembly.meets_at),
        )
        for one in sorted(wanted, key=lambda one: one.pk)
        if one.article_key in articles
    ]


def _note(proposal: Proposal, count: int) -> str:
    """Say on the agenda where the point comes from, with the address of the debate."""
    told = ngettext(
        "Proposed by %(name)s, supported by %(num)s associate: %(link)s",
        "Proposed by %(name)s, supported by %(num)s associates: %(link)s",
        count,
    )
    link = page("proposal", proposal.public_id)
    return told % {"name": holder_name(proposal.author), "num": count, "link": link}
