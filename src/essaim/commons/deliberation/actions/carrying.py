"""What the consent of all does to the proposal it was about."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.commons.deliberation import articles, queries
from essaim.commons.deliberation.actions.proposing import lock_any, reach
from essaim.commons.deliberation.models import Proposal, Round, Version
from essaim.commons.deliberation.rules.proposals import State
from essaim.commons.deliberation.rules.rounds import Effect, Kind, Scope, effect_of
from essaim.core.bylaws import actions as bylaws
from essaim.core.bylaws import queries as bylaw_queries
from essaim.kernel.days import first_moment
from essaim.web.environment import short_day


def carry_out(asking: Round, *, spoke_count: int, now: datetime) -> None:
    """Settle a proposal, change its rules, or hand it over to the board, as the rule says.

    Nothing happens to a proposal that was withdrawn or went on an agenda meanwhile.
    """
    if asking.proposal is None:
        return
    proposal = lock_any(asking.proposal)
    if proposal.state not in {State.OPEN, State.REACHED}:
        return
    version = queries.current(proposal)
    effect = effect_of(
        kind=Kind(asking.kind),
        scope=Scope(asking.scope),
        spoke_count=spoke_count,
        needed_count=proposal.needed_count,
        wants_rules=bool(version.rules_wanted.all()),
        may_change_rules=bool(bylaw_queries.value(articles.CONSENT_CHANGES_RULES, at=now)),
    )
    if effect is Effect.AGENDA and proposal.state == State.OPEN:
        reach(proposal, now=now)
    if effect is Effect.CHANGE_RULES:
        _change_rules(asking, version, now)
    if effect in {Effect.CHANGE_RULES, Effect.SETTLE}:
        _settle(proposal, now)


def _settle(proposal: Proposal, now: datetime) -> None:
    proposal.state, proposal.closed_at = State.SETTLED, now
    proposal.save(update_fields=["state", "closed_at"])


def _change_rules(asking: Round, version: Version, now: datetime) -> None:
    decision = _("Consent of all, concluded on {day}: {title}").format(
        day=short_day(now), title=asking.title
    )[:200]
    bylaws.adopt_all(
        changes=[
            (one.article_key, one.value, first_moment(one.effective_date))
            for one in sorted(version.rules_wanted.all(), key=lambda one: one.pk)
        ],
        adopted_by=decision,
        recorded_by=asking.facilitator,
        now=now,
        decision_path=reverse("deliberation:round", args=[asking.public_id]),
    )
