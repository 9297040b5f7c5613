"""Setting several quantities of a basket at once, as the pages do."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from essaim.core.agreements.actions import open_basket
from essaim.core.agreements.models import Basket
from essaim.core.members.models import Member
from essaim.trades.food_hub.actions.basket import put_in_basket
from essaim.trades.food_hub.actions.locks import share_cycles
from essaim.trades.food_hub.models import CycleOffer
from essaim.trades.food_hub.rules.refusals import NotInCycle


@transaction.atomic
def fill_basket(*, receiver: Member, quantities: Mapping[int, int], now: datetime) -> None:
    """Set how many packs of each offer a basket holds: all of them, or none if one is refused.

    Args:
        quantities: packs by offer id; 0 takes the pack out.

    Raises:
        NotInCycle: an offer does not exist.
        BadQuantity, CycleNotOpen, SoldOut: as `put_in_basket`. Nothing changed.
    """
    # Stock is locked in the order of products: two baskets never wait for one another.
    offers = list(
        CycleOffer.objects.filter(pk__in=quantities)
        .select_related("cycle__hub__territory", "variant")
        .order_by("variant__product_id", "pk")
    )
    if len(offers) < len(quantities):
        raise NotInCycle
    if not offers:
        return
    territory = offers[0].cycle.hub.territory
    basket = open_basket(receiver=receiver, territory=territory, now=now)
    Basket.objects.select_for_update(of=("self",)).get(pk=basket.pk)
    share_cycles(offer.cycle_id for offer in offers)
    for offer in offers:
        put_in_basket(basket=basket, offer=offer, quantity=quantities[offer.pk], now=now)
