"""Rounds: advice, consent, objection; what may be done when, and what comes out. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from essaim.commons.ballots.rules.motions import ConsentPaper, Stance, consent


class Kind(StrEnum):
    ADVICE = "advice"
    """Each gives their advice; the author decides, and says what was done with each."""
    CONSENT = "consent"
    """Adopted when somebody spoke and no objection is maintained."""
    OBJECTION = "objection"
    """Adopted when no objection is maintained: silence is consent."""


class Scope(StrEnum):
    """Who is asked."""

    ALL = "all"
    COLLEGE = "college"
    GROUP = "group"


class State(StrEnum):
    OPEN = "open"
    ADOPTED = "adopted"
    BLOCKED = "blocked"
    """An objection was maintained."""
    DROPPED = "dropped"
    """Its author gave the decision up, after the advice."""
    CANCELLED = "cancelled"


class Phase(StrEnum):
    SPEAKING = "speaking"
    EXAMINING = "examining"
    OVER = "over"


class Act(StrEnum):
    SPEAK = "speak"
    ANSWER = "answer"
    LIFT = "lift"
    CONCLUDE = "conclude"
    CANCEL = "cancel"


ADVICE: Final = "advice"
"""What is said in a round of advice; the others are the stances of `ballots`."""
STANCES: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.ADVICE: (ADVICE,),
    Kind.CONSENT: (Stance.CONSENT.value, Stance.RESERVE.value, Stance.OBJECTION.value),
    Kind.OBJECTION: (Stance.OBJECTION.value,),
}
REASONED: Final = frozenset({ADVICE, Stance.OBJECTION.value})
"""What is nothing without its words, and is answered one by one."""
PHASES: Final[Mapping[Act, frozenset[Phase]]] = {
    Act.SPEAK: frozenset({Phase.SPEAKING}),
    Act.ANSWER: frozenset({Phase.SPEAKING, Phase.EXAMINING}),
    Act.LIFT: frozenset({Phase.SPEAKING, Phase.EXAMINING}),
    Act.CONCLUDE: frozenset({Phase.EXAMINING}),
    Act.CANCEL: frozenset({Phase.SPEAKING, Phase.EXAMINING}),
}
"""When each act is done: one speaks before the deadline, and concludes after it."""
ENDS: Final[Mapping[Kind, frozenset[State]]] = {
    Kind.ADVICE: frozenset({State.ADOPTED, State.DROPPED}),
    Kind.CONSENT: frozenset({State.ADOPTED, State.BLOCKED}),
    Kind.OBJECTION: frozenset({State.ADOPTED, State.BLOCKED}),
}


def phase_of(state: State, closes_at: datetime, now: datetime) -> Phase:
    """Tell where a round stands; the deadline itself is already after it."""
    if state is not State.OPEN:
        return Phase.OVER
    return Phase.SPEAKING if now < closes_at else Phase.EXAMINING


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said, and what became of it."""

    stance: str
    reason: str = ""
    is_answered: bool = False
    is_lifted: bool = False


def unanswered(said: Iterable[Said]) -> int:
    """Return how many pieces of advice and standing objections nobody has answered yet."""
    return sum(
        1 for one in said if one.stance in REASONED and not one.is_lifted and not one.is_answered
    )


def stance_counts(said: Iterable[Said]) -> dict[str, int]:
    """Return how many said what, in the order of first speaking; lifted objections apart."""
    return dict(Counter("lifted" if one.is_lifted else one.stance for one in said))


def is_adopted(kind: Kind, said: Iterable[Said]) -> bool:
    """Say whether a round of consent or of objection adopts what it was asked.

    Raises:
        ReasonMissing: an objection without its reason.
        ValueError: a round of advice, which its author decides.
    """
    if kind is Kind.ADVICE:
        raise ValueError(kind)
    papers = [ConsentPaper(Stance(one.stance), one.reason, one.is_lifted) for one in said]
    found = consent(papers)
    return found.is_adopted or (kind is Kind.OBJECTION and not found.objections)


class Effect(StrEnum):
    """What an adopted round does to the proposal it was about."""

    NONE = "none"
    SETTLE = "settle"
    CHANGE_RULES = "change-rules"
    AGENDA = "agenda"


def effect_of(
    *,
    kind: Kind,
    scope: Scope,
    spoke_count: int,
    needed_count: int,
    wants_rules: bool,
    may_change_rules: bool,
) -> Effect:
    """Return what an adopted round does to its proposal.

    Only the consent of all does anything, and only when as many spoke as supports would have been
    needed: a few people who meet no objection decide for themselves alone. A rule of the platform
    changes only where the associates voted that consent may do so; else the assembly decides.
    """
    if kind is not Kind.CONSENT or scope is not Scope.ALL or spoke_count < needed_count:
        return Effect.NONE
    if not wants_rules:
        return Effect.SETTLE
    return Effect.CHANGE_RULES if may_change_rules else Effect.AGENDA
