"""Any sequence of what people do: no share appears or vanishes, books and register agree."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from essaim.commons.cooperative import actions, queries
from essaim.commons.cooperative.rules.register import created, replay
from essaim.commons.cooperative.tests import world as w
from essaim.core.ledger import queries as ledger
from essaim.kernel.errors import RuleBroken

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["join", "transfer", "leave", "reduce"]), st.integers(0, 4),
        st.integers(0, 4), st.integers(1, 6),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


def act(world, people, name, one, two, shares, now):
    first, second = (
        queries.associate_of(world.register, member_id=people[which].pk, organisation_id=None)
        for which in (one, two)
    )
    if name == "join":
        world.join(people[one], shares=shares, now=now)
    elif first is None:
        return
    elif name == "transfer" and second is not None:
        actions.transfer_shares(
            giver=first, taker=second, shares=shares, reason="", by=world.board, now=now
        )
    elif name == "leave":
        departure = actions.ask_to_leave(associate=first, reason="", by=world.board, now=now)
        actions.settle_exit(
            departure=departure, losses_cents=700 * shares, reserves_cents=0, by=world.board,
            now=now,
        )  # fmt: skip
    elif name == "reduce":
        actions.reduce_for_losses(
            register=world.register, shares={first: shares}, decision="AGE", by=world.board, now=now
        )


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_the_register_of_any_day_is_a_replay_and_the_books_hold_the_capital(world, acts):
    with transaction.atomic():
        people = [w.person(name) for name in ("ana", "bob", "cleo", "dan", "eve")]
        moments = []
        for number, (name, one, two, shares) in enumerate(acts):
            now = w.NOW + timedelta(days=number)
            moments.append(now)
            try:
                act(world, people, name, one, two, shares, now)
            except RuleBroken:
                continue
        rows = list(queries.movements(world.register))

        for moment in moments:
            assert queries.register_at(world.register, at=moment) == replay(rows, until=moment)
        held = queries.totals(world.register, at=moments[-1])
        assert held.shares_count == created(rows) == sum(replay(rows).values())
        assert world.held("capital") == 2000 * created(rows)
        assert world.held("capital-received") == 0
        assert ledger.imbalances() == []
        transaction.set_rollback(True)
