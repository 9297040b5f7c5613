"""The fixed cast of the desk: who knocks at each door, and the orders of a closed cycle."""

from dataclasses import dataclass

from django.test import Client

from essaim.core.members.models import Member, Membership
from essaim.core.payments import actions as payments
from essaim.core.payments.models import PaymentIntent
from essaim.kernel import clock
from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.models import Order
from essaim.trades.food_hub.tests import world as w

__all__ = ["clock", "uuid7", "w"]
PEOPLE = ("manager", "worker", "producer", "other_producer", "other_manager", "buyer", "visitor")


@dataclass
class Cast:
    """The world of the tests and a signed-in browser for everybody in it."""

    world: w.World
    people: dict[str, Member]

    def browser(self, name: str) -> Client:
        client = Client()
        if name != "visitor":
            client.force_login(self.people[name])
        return client


def gather() -> Cast:
    """Build the world with two hubs: people of one must see nothing of the other."""
    world = w.build()
    elsewhere = w.organisation("ailleurs", "Le Comptoir d'ailleurs")
    actions.start_hub(organisation=elsewhere, territory=world.territory, is_seller=True)
    orchard = w.organisation("verger", "Verger d'ailleurs")
    people = {
        "manager": world.manager,
        "worker": w.member("walid"),
        "producer": w.member("perrine"),
        "other_producer": w.member("oscar"),
        "other_manager": w.member("olga"),
        "buyer": world.buyer,
    }
    for name, organisation, role in (
        ("worker", world.hub.organisation, "worker"),
        ("producer", world.dairy, "manager"),
        ("other_producer", orchard, "manager"),
        ("other_manager", elsewhere, "manager"),
    ):
        Membership.objects.create(member=people[name], organisation=organisation, role=role)
    return Cast(world, people)


def order(
    world: w.World, *, buyer: Member | None = None, means: str = "cash", **packs: int
) -> Order:
    """Place an order at NOW: `order(world, jar=2, tomme=1)`; a card order is paid at once."""
    packs = packs or {"jar": 3, "tomme": 2}
    wanted = {getattr(world, name): count for name, count in packs.items()}
    return order_of_variants(world, wanted, buyer=buyer, means=means)


def order_of_variants(world, variants, *, buyer=None, means="cash") -> Order:
    """Place an order of these packs: a mapping to quantities, or a list of one each."""
    buyer = buyer or world.buyer
    quantities = variants if isinstance(variants, dict) else dict.fromkeys(variants, 1)
    for variant, quantity in quantities.items():
        basket = world.put(variant, quantity, member=buyer)
    placed = actions.place_order(
        basket_id=basket.pk, cycle_id=world.cycle.pk, slot_id=world.slot.pk, placed_by=buyer,
        receiver_id=buyer.pk, means=means, order_key=uuid7(), now=w.NOW,
    )  # fmt: skip
    if means == "card":
        intent = PaymentIntent.objects.get(agreement=placed.agreement_id)
        payments.record_payment(intent=intent, now=w.NOW)
    return Order.objects.get(pk=placed.agreement_id)


def close(world: w.World) -> None:
    actions.close_cycle(cycle=world.cycle, now=w.CLOSING)
    world.cycle.refresh_from_db()
