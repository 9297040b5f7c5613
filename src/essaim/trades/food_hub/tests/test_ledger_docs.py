"""The worked table of docs/explanation/ledger.md is what really happens."""

import re
from pathlib import Path

import pytest

from essaim.core.ledger.models import Entry, Transfer
from essaim.core.payments import actions as payments
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.tests import world as w
from essaim.trades.food_hub.tests.shop import buy, fill_fund, fund, intent_of, line_of

PAGE = Path(__file__).parents[5] / "docs/explanation/ledger.md"
MINUS = "\u2212"
STEPS = ("order-placed", "payment", "order-repriced", "refund", "order-settled", "payout")


def told():
    """Rows of the table: account → cents of each step, then the sum."""
    row = re.compile(r"^\| `([a-z]+:[a-z]+)` \|([^\n]*[0-9][^\n]*)\|$", re.MULTILINE)
    return {
        code: [int(cell.replace(MINUS, "-")) if cell.strip() else 0 for cell in cells.split("|")]
        for code, cells in row.findall(PAGE.read_text())
    }


@pytest.mark.django_db
def test_the_euros_of_the_order_travel_as_told():
    world = w.build()
    fill_fund(world.hub, 500)
    order = buy(world, world.jar, 3, means="card", solidarity_bps=-2000)
    payments.record_payment(intent=intent_of(order), now=w.NOW)
    actions.change_order(order=order, quantities={line_of(order).pk: 2}, by=world.buyer, now=w.NOW)
    actions.close_cycle(cycle=world.cycle, now=w.CLOSING)
    actions.hand_over(order=order, by=world.manager, now=w.PICKUP)
    actions.settle_cycle(cycle=world.cycle, by=world.manager, now=w.AFTER)
    payments.pay_out(organisation=world.farm, by=world.manager, key="k", now=w.AFTER)

    happened = {code: [0] * len(STEPS) for code in told()}
    for entry in Entry.objects.exclude(transfer__kind="gift").select_related("transfer", "account"):
        happened[entry.account.code][STEPS.index(entry.transfer.kind)] += entry.amount

    assert {code: [*steps, sum(steps)] for code, steps in happened.items()} == told()
    assert Transfer.objects.exclude(kind="gift").count() == len(STEPS)
    assert fund(world.hub) == 500 - 320
