"""Deliberations in plain words: where things stand, what was said, what it would change."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from essaim.commons.assembly.models import AgendaItem, GeneralAssembly
from essaim.commons.assembly.wording import RuleChange, rule_change
from essaim.commons.deliberation import queries
from essaim.commons.deliberation.models import Proposal, Round, Statement, Version
from essaim.commons.deliberation.rules import rounds
from essaim.commons.deliberation.rules.proposals import State
from essaim.core.bylaws import queries as bylaws
from essaim.core.bylaws.rules import rule_book
from essaim.kernel.days import first_moment
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


KINDS = {
    "advice": (
        N_("Round of advice"),
        N_("Each gives their advice; the author decides, and answers each."),
    ),
    "consent": (
        N_("Decision by consent"),
        N_("Adopted if nobody maintains an objection, and somebody spoke."),
    ),
    "objection": (
        N_("Decision unless objected to"),
        N_("Adopted if nobody objects in time: silence is consent."),
    ),
}
SCOPES = {
    "all": N_("All associates"),
    "college": N_("A college"),
    "group": N_("A working group"),
}
STANCES = {
    "advice": Standing(N_("Advice"), "cornflower", "pencil"),
    "consent": Standing(N_("I consent"), "clover", "check"),
    "reserve": Standing(N_("I stand aside"), "", "minus"),
    "objection": Standing(N_("I object"), "poppy", "circle-alert"),
}
SAID = {
    "advice": Standing(N_("Advice"), "cornflower", "pencil"),
    "consent": Standing(N_("Consents"), "clover", "check"),
    "reserve": Standing(N_("Stands aside"), "", "minus"),
    "objection": Standing(N_("Objects"), "poppy", "circle-alert"),
    "lifted": Standing(N_("Objection lifted"), "clover", "check"),
}
ROUNDS = {
    "speaking": Standing(N_("Under way"), "cornflower", "clock"),
    "examining": Standing(N_("Being examined"), "honey", "eye"),
    "adopted": Standing(N_("Passed"), "clover", "check"),
    "blocked": Standing(N_("Objection maintained"), "poppy", "x"),
    "dropped": Standing(N_("Given up"), "", "ban"),
    "cancelled": Standing(N_("Cancelled"), "", "ban"),
}
OVER = frozenset({"over", "expired", "withdrawn", "settled"})
"""Where its debate takes no more messages."""


def standing_of(proposal: Proposal, *, at: datetime) -> Standing:
    """Say where a proposal stands (its point and motion are loaded)."""
    return told(STANDINGS[step_of(proposal, at=at)])


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


def points_told(proposal: Proposal, *, at: datetime) -> list[tuple[AgendaItem, Standing]]:
    """The agendas that a proposal was on, in order, with what became of each (0 or 1 query)."""
    if proposal.item is None:
        return []
    points = queries.points_of(proposal)
    left = told(Standing(N_("Not decided that day"), "", "clock"))
    return [(one, left) for one in points[:-1]] + [
        (one, standing_of(proposal, at=at)) for one in points[-1:]
    ]


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


def round_standing(asking: Round, *, at: datetime) -> Standing:
    """Say where a round stands."""
    state = rounds.State(asking.state)
    phase = rounds.phase_of(state, asking.closes_at, at)
    return told(ROUNDS[asking.state if phase is rounds.Phase.OVER else phase])


def said_words(statement: Statement) -> Standing:
    """Say in a word what an associate said."""
    return told(SAID["lifted" if statement.lifted_at else statement.stance])


def told(found: Standing) -> Standing:
    """Say a standing in the language of the reader."""
    return Standing(_(found.label), found.tone, found.icon)
