"""A fee on the whole order is a line like the others: lines and shares both sum to the price."""

import pytest

from essaim.core.agreements.models import Agreement
from essaim.core.documents.actions import issue_receipt
from essaim.core.payments.actions import record_payment
from essaim.core.payments.models import PaymentIntent
from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.models import Fee, Order, OrderLine
from essaim.trades.food_hub.tests import world as w

pytestmark = pytest.mark.django_db


def ordered(world) -> Agreement:
    basket = world.put(world.jar, 3)
    placed = actions.place_order(
        basket_id=basket.pk,
        cycle_id=world.cycle.pk,
        slot_id=world.slot.pk,
        placed_by=world.buyer,
        receiver_id=world.buyer.pk,
        means="card",
        order_key=uuid7(),
        now=w.NOW,
    )
    return Agreement.objects.get(pk=placed.agreement_id)


@pytest.fixture
def world():
    made = w.build()
    Fee.objects.create(
        cycle=made.cycle,
        code="accueil",
        label="Tenue de la table de retrait",
        kind="flat_order",
        amount=150,
        role="hub",
        beneficiary=made.hub.organisation,
        tax_rate_bps=2000,
    )
    return made


def test_lines_sum_to_the_total_and_a_receipt_can_be_issued(world):
    agreement = ordered(world)

    amounts = agreement.lines.order_by("position").values_list("amount_cents", flat=True)
    assert list(amounts) == [2400, 150]
    assert sum(amounts) == agreement.total_cents
    record_payment(intent=PaymentIntent.objects.get(agreement=agreement), now=w.NOW)
    assert issue_receipt(agreement=agreement, now=w.NOW).number


def test_when_everything_is_missing_the_lines_still_sum(world):
    agreement = ordered(world)
    record_payment(intent=PaymentIntent.objects.get(agreement=agreement), now=w.NOW)
    actions.close_cycle(cycle=world.cycle, now=w.CLOSING)
    line = OrderLine.objects.get(order=Order.objects.get(pk=agreement.pk))

    actions.mark_missing(line=line, missing_count=3, now=w.AFTER)

    agreement.refresh_from_db()
    assert sum(agreement.lines.values_list("amount_cents", flat=True)) == agreement.total_cents
