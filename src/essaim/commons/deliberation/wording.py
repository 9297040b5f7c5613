"""Deliberations in plain words: where a proposal stands, what it would change."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.assembly.wording import RuleChange, rule_change
from essaim.commons.deliberation.actions.scheduling import first_moment
from essaim.commons.deliberation.models import Proposal, Version
from essaim.commons.deliberation.rules.proposals import State
from essaim.core.bylaws import queries as bylaws
from essaim.core.bylaws.rules import rule_book
from essaim.kernel.errors import N_


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a proposal stands, in two or three words, with the tone and icon of its tag."""

    label: str
    tone: str
    icon: str


STANDINGS = {
    "open": Standing(N_("Gathers supports"), "cornflower", "hand-heart"),
    "over": Standing(N_("Expired"), "", "clock"),
    "reached": Standing(N_("For the next agenda"), "honey", "calendar"),
    "scheduled": Standing(N_("On the agenda"), "lavender", "vote"),
    "carried": Standing(N_("Carried"), "clover", "check"),
    "rejected": Standing(N_("Rejected"), "poppy", "x"),
    "undecided": Standing(N_("Not decided, for the next agenda"), "honey", "calendar"),
    "settled": Standing(N_("Decided by consent"), "clover", "check"),
    "expired": Standing(N_("Expired"), "", "clock"),
    "withdrawn": Standing(N_("Withdrawn"), "", "ban"),
}


OVER = frozenset({"over", "expired", "withdrawn", "settled"})
"""Where its debate takes no more messages."""


def standing_of(proposal: Proposal, *, at: datetime) -> Standing:
    """Say where a proposal stands (its point and motion are loaded)."""
    found = STANDINGS[step_of(proposal, at=at)]
    return Standing(_(found.label), found.tone, found.icon)


def step_of(proposal: Proposal, *, at: datetime) -> str:
    """Tell the key of `STANDINGS` for a proposal: on an agenda, what the assembly made of it."""
    if proposal.state == State.OPEN and proposal.ends_at <= at:
        return "over"
    if proposal.state != State.SCHEDULED or proposal.item is None:
        return proposal.state
    is_adopted = proposal.item.motion.is_adopted
    if is_adopted is not None:
        return "carried" if is_adopted else "rejected"
    is_over = proposal.item.assembly.state == GeneralAssembly.State.CLOSED
    return "undecided" if is_over else "scheduled"


def rules_of(version: Version, *, at: datetime) -> list[RuleChange]:
    """What a version would change, with the values of today (0 or 1 query)."""
    articles = {one.key: one for one in rule_book()}
    wanted = [
        one
        for one in sorted(version.rules_wanted.all(), key=lambda one: one.pk)
        if one.article_key in articles
    ]
    if not wanted:
        return []
    today = bylaws.values([articles[one.article_key] for one in wanted], at=at)
    return [
        rule_change(
            articles[one.article_key],
            today[one.article_key],
            one.value,
            first_moment(one.effective_date),
        )
        for one in wanted
    ]
