"""Telling the open pick-up desks of a cycle that an order moved."""

from essaim.core.agreements.events import AgreementMoved
from essaim.kernel import events
from essaim.trades.food_hub.models import Order
from essaim.web import live


def desk_topic(cycle_id: int) -> str:
    """Return the topic that the desks of a cycle listen to."""
    return f"food-cycle:{cycle_id}"


def subscribe() -> None:
    events.subscribe(AgreementMoved, _announce)


def _announce(event: AgreementMoved) -> None:
    orders = Order.objects.filter(agreement=event.agreement_id).order_by()
    for cycle_id in orders.values_list("cycle_id", flat=True):
        live.announce(desk_topic(cycle_id))
