"""A cooperative, read aloud: it writes its statutes, people join, one leaves; no share astray."""

import pytest

from essaim.commons.cooperative import actions, queries
from essaim.commons.cooperative.rules.register import created, replay
from essaim.commons.cooperative.tests import world as w
from essaim.core.ledger import queries as ledger
from essaim.core.messages.models import OutgoingEmail

pytestmark = pytest.mark.django_db


def test_a_cooperative_from_its_statutes_to_somebody_who_leaves():
    # Its founding assembly adopts the model of statutes: a share is worth 20 euros.
    world = w.build()

    # Amina takes three shares for herself, Luc five for his farm, and the board admits them.
    amina = world.join(world.amina, "users", 3, accepts_notices=True)
    farm = world.join(world.farmer, "producers", 5, organisation=world.farm)
    assert (amina.number, farm.number) == (1, 2)
    assert world.held("capital") == 8 * 2000

    # The town wants fifty: with eight shares held by others, it would own too much. It waits.
    town = world.ask(world.mayor, "authorities", 50, organisation=world.town)
    assert town.state == "waiting"

    # Forty-two more shares are taken by others: it is the town's turn, and it is told so.
    world.fund(42, now=w.NOW)
    town.refresh_from_db()
    assert town.state == "asked"
    assert OutgoingEmail.objects.filter(recipient=world.mayor.email).exists()
    actions.admit(request=world.pay(town), by=world.board, now=w.NOW)

    # Amina gives one of her shares to the farm: the capital stays what it was.
    actions.transfer_shares(
        giver=amina, taker=farm, shares=1, reason="Conseil", by=world.board, now=w.NOW
    )

    # Amina leaves in a bad year: 100 shares bear what reserves do not, 300 euros.
    leaving = actions.ask_to_leave(associate=amina, reason="", by=world.amina, now=w.LATER)
    settled = actions.settle_exit(
        departure=leaving, losses_cents=50_000, reserves_cents=20_000, by=world.board, now=w.LATER
    )
    assert (settled.nominal_cents, settled.loss_cents, settled.refund_cents) == (4000, 600, 3400)
    for instalment in settled.instalments.order_by("position"):
        actions.pay_instalment(instalment=instalment, by=world.board, now=w.LATER)

    # Every share is somebody's, the capital is theirs, and nothing is owed any more.
    rows = list(queries.movements(world.register))
    assert queries.register_at(world.register, at=w.LATER) == replay(rows)
    assert world.held("capital") == 2000 * created(rows) == 98 * 2000
    assert (world.held("exits"), world.held("losses"), world.held("due")) == (0, 600, 0)
    assert ledger.imbalances() == []
