"""What people do with a food hub, an intention a function."""

from essaim.trades.food_hub.actions.basket import (
    ask_to_be_told,
    put_in_basket,
    release_expired,
)
from essaim.trades.food_hub.actions.cycles import (
    add_slot,
    close_cycle,
    offer,
    open_cycle,
    plan_cycle,
    set_fee,
    withdraw_offer,
)
from essaim.trades.food_hub.actions.fulfilment import (
    end_dispute,
    hand_over,
    mark_missing,
    record_weight,
    take_payment,
)
from essaim.trades.food_hub.actions.hubs import add_product, add_variant, set_stock, start_hub
from essaim.trades.food_hub.actions.ordering import PlacedOrder, place_order
from essaim.trades.food_hub.actions.publishing import publish_cycle, publish_due
from essaim.trades.food_hub.actions.settlement import settle_cycle
from essaim.trades.food_hub.actions.undoing import cancel_order, change_order, expire_unpaid
from essaim.trades.food_hub.actions.unfetched import (
    declare_never_fetched,
    let_go,
    take_back_never_fetched,
)

__all__ = [
    "PlacedOrder",
    "add_product",
    "add_slot",
    "add_variant",
    "ask_to_be_told",
    "cancel_order",
    "change_order",
    "close_cycle",
    "declare_never_fetched",
    "end_dispute",
    "expire_unpaid",
    "hand_over",
    "let_go",
    "mark_missing",
    "offer",
    "open_cycle",
    "place_order",
    "plan_cycle",
    "publish_cycle",
    "publish_due",
    "put_in_basket",
    "record_weight",
    "release_expired",
    "set_fee",
    "set_stock",
    "settle_cycle",
    "start_hub",
    "take_back_never_fetched",
    "take_payment",
    "withdraw_offer",
]
