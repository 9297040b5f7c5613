"""What food tells on shared pages: the member's space and the home of the territory."""

from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.kernel import clock
from essaim.kernel.trades import PanelRow
from essaim.trades.food_hub import buying, shelf
from essaim.web.environment import euros, moment

TERRITORY_ROWS_MAX = 6


def member_panel(member_id: int) -> list[PanelRow]:
    """What a member still has to pay, then to fetch (2 queries)."""
    unpaid = [
        PanelRow(
            title=_("Order {number}: {euros} to pay").format(
                number=order.agreement.number, euros=euros(order.agreement.total_cents)
            ),
            url=reverse("food_hub:order", args=[order.agreement.public_id]),
            detail=_("An order not paid in time is cancelled."),
            tone="honey",
        )
        for order in buying.unpaid_orders(member_id)
    ]
    pickups = [
        PanelRow(
            title=_("Fetch order {number}").format(number=order.agreement.number),
            url=reverse("food_hub:order", args=[order.agreement.public_id]),
            detail=f"{moment(order.slot.starts_at)}, {order.slot.place.name}",
            tone="clover",
        )
        for order in buying.next_pickups(member_id, at=clock.now())
    ]
    return [*unpaid, *pickups]


def territory_panel(territory_id: int) -> list[PanelRow]:
    """The cycles that take orders now (3 queries, one more a cycle each minute)."""
    cards = shelf.open_cycle_cards(at=clock.now(), territory_id=territory_id)
    return [
        PanelRow(
            title=f"{card.hub}, {card.title}",
            url=reverse("food_hub:shop", args=[card.public_id]),
            detail=_("Order until {moment}").format(moment=moment(card.closes_at)),
            tone="clover",
            photo_ids=shelf.photos_of(card.public_id),
        )
        for card in cards[:TERRITORY_ROWS_MAX]
    ]
