"""Real connections at the same time: a proposal reaches the agenda once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from essaim.commons.deliberation import actions, queries
from essaim.commons.deliberation.rules.proposals import State
from essaim.commons.deliberation.tests import circle as circles
from essaim.commons.deliberation.tests.circle import NOW
from essaim.core.messages.models import OutgoingEmail
from essaim.kernel.errors import RuleBroken

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 30


def together(work, things):
    """Do the same with each thing at once, each on a connection of its own."""
    start = Barrier(len(things))

    def apart(thing):
        try:
            start.wait(PATIENCE_S)
            work(thing)
        except RuleBroken as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(apart, things))


def test_the_last_supports_come_together_and_the_board_is_told_once():
    circle = circles.build()
    proposal = circle.propose()

    told = together(
        lambda name: circle.support(proposal, name), ["bea", "chloe", "david", "elie", "fanny"]
    )

    proposal.refresh_from_db()
    assert proposal.state == State.REACHED
    assert queries.standing(proposal).count() == 3
    assert sorted(told) == ["deliberation.proposal-closed"] * 3 + ["done"] * 2
    assert OutgoingEmail.objects.filter(subject__startswith="À inscrire").count() == 1


def test_a_support_sent_five_times_at_once_is_one():
    circle = circles.build()
    proposal = circle.propose()

    told = together(lambda name: circle.support(proposal, name), ["bea"] * 5)

    assert told == ["done"] * 5
    assert queries.standing(proposal).count() == 2


def test_a_point_put_on_two_agendas_at_once_is_on_one():
    circle = circles.build()
    proposal = circle.reached()
    drafts = [circle.draft(title=f"Assemblée {number}") for number in range(2)]

    told = together(
        lambda draft: actions.schedule(proposal=proposal, assembly=draft, now=NOW), drafts
    )

    assert sorted(told) == ["deliberation.not-to-schedule", "done"]
    assert sum(draft.agenda.count() for draft in drafts) == 1
