"""What the consent of all does to the proposal it was about."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from essaim.commons.deliberation import actions, articles, queries
from essaim.commons.deliberation.actions import Wish
from essaim.commons.deliberation.models import Round
from essaim.commons.deliberation.rules import proposals as proposal_rules
from essaim.commons.deliberation.rules.rounds import State
from essaim.commons.deliberation.tests import circle as circles
from essaim.commons.deliberation.tests.circle import NOW
from essaim.commons.deliberation.tests.test_rounds import CLOSING, ask, conclude, speak
from essaim.core.bylaws import queries as bylaws
from essaim.kernel import clock

WISH = Wish(articles.SUPPORT_DAYS, 60, date(2026, 1, 1))


@pytest.fixture
def circle(db):
    return circles.build()


def consented(circle, proposal, *names) -> Round:
    asking = ask(circle, proposal=proposal)
    for name in names or ("amina", "bea", "chloe"):
        speak(circle, asking, name)
    return conclude(asking)


def state_of(proposal):
    proposal.refresh_from_db()
    return proposal.state


def test_the_consent_of_all_settles_a_proposal_that_changes_no_rule(circle):
    proposal = circle.propose()

    consented(circle, proposal)

    assert state_of(proposal) == proposal_rules.State.SETTLED


def test_a_rule_that_all_consent_to_goes_to_the_agenda_by_default(circle):
    proposal = circle.propose(wishes=[WISH])

    consented(circle, proposal)

    assert state_of(proposal) == proposal_rules.State.REACHED
    assert list(queries.to_schedule(circle.register)) == [proposal]
    default = articles.SUPPORT_DAYS.default
    assert bylaws.value(articles.SUPPORT_DAYS, at=CLOSING + timedelta(days=99)) == default


def test_where_associates_voted_so_consent_changes_the_rule_and_says_who_decided(circle):
    circles.rule(articles.CONSENT_CHANGES_RULES, 1)
    proposal = circle.propose(wishes=[WISH])

    consented(circle, proposal)

    assert state_of(proposal) == proposal_rules.State.SETTLED
    assert bylaws.value(articles.SUPPORT_DAYS, at=CLOSING) == 60
    assert "Consentement de tous" in bylaws.history(articles.SUPPORT_DAYS)[0].adopted_by


def test_a_rule_changed_by_consent_leads_to_the_round_that_decided(client, circle, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: CLOSING)
    circles.rule(articles.CONSENT_CHANGES_RULES, 1)

    done = consented(circle, circle.propose(wishes=[WISH]))

    history = client.get(reverse("bylaws:rule", args=[articles.SUPPORT_DAYS.key])).content.decode()
    link = re.search(r'<a href="([^"]+)">Consentement de tous', history)
    assert link
    client.force_login(circle.member("elie"))
    page = client.get(link[1]).content.decode()
    assert done.title in page
    assert circle.people["bea"].member.display_name in page


def test_too_few_who_spoke_decide_nothing_for_all(circle):
    proposal = circle.propose()

    done = consented(circle, proposal, "amina", "bea")

    assert done.state == State.ADOPTED
    assert state_of(proposal) == proposal_rules.State.OPEN


def test_a_proposal_withdrawn_or_on_an_agenda_meanwhile_stays_as_it_is(circle):
    proposal = circle.reached()
    asking = ask(circle, proposal=proposal)
    for name in ("amina", "bea", "chloe"):
        speak(circle, asking, name)
    actions.schedule(proposal=proposal, assembly=circle.draft(), now=NOW)

    conclude(asking)

    assert state_of(proposal) == proposal_rules.State.SCHEDULED


def test_a_proposal_waits_for_its_round_before_it_expires(circle):
    proposal = circle.propose()
    late = proposal.ends_at - timedelta(days=1)
    asking = ask(circle, proposal=proposal, now=late, closes_at=late + timedelta(days=7))
    assert actions.expire_due(now=proposal.ends_at) == 0

    actions.cancel_round(asking=asking, reason="Plus personne.", now=proposal.ends_at)

    assert actions.expire_due(now=proposal.ends_at) == 1


def test_a_withdrawn_proposal_is_settled_by_nobody(circle):
    proposal = circle.propose()
    asking = ask(circle, proposal=proposal)
    for name in ("amina", "bea", "chloe"):
        speak(circle, asking, name)
    actions.withdraw(proposal=proposal, now=NOW)

    conclude(asking)

    assert state_of(proposal) == proposal_rules.State.WITHDRAWN
