"""A small hub for tests: two producers, a shared stock, a weighed cheese, an open cycle."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from essaim.core.agreements.actions import open_basket
from essaim.core.members.models import Member, Membership, Organisation
from essaim.core.territories.actions import create_place
from essaim.core.territories.models import Commune, Place, Territory
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.models import CycleOffer, Hub, OrderCycle, PickupSlot, Product, Variant

OPENING = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
CLOSING = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)
PICKUP = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
AFTER = PICKUP + timedelta(hours=1)


@dataclass
class World:
    territory: Territory
    place: Place
    hub: Hub
    farm: Organisation
    dairy: Organisation
    manager: Member
    buyer: Member
    honey: Product
    jar: Variant
    case: Variant
    cheese: Product
    tomme: Variant
    cycle: OrderCycle
    slot: PickupSlot

    def offer_of(self, variant: Variant) -> CycleOffer:
        return CycleOffer.objects.get(cycle=self.cycle, variant=variant)

    def put(self, variant: Variant, quantity: int, *, member: Member | None = None, now=NOW):
        basket = open_basket(receiver=member or self.buyer, territory=self.territory, now=now)
        actions.put_in_basket(
            basket=basket, offer=self.offer_of(variant), quantity=quantity, now=now
        )
        return basket


def member(name: str) -> Member:
    return Member.objects.create_user(f"{name}@exemple.fr", display_name=name.title())


def organisation(slug: str, name: str) -> Organisation:
    return Organisation.objects.create(slug=slug, name=name, email=f"{slug}@exemple.fr")


def build() -> World:
    """Make the world in the database, its cycle open at NOW."""
    commune = Commune.objects.create(
        code="59350",
        name="Lille",
        search_text=" lille 59000",
        postcodes=["59000"],
        population=1,
        departement="59",
        region="32",
        lat=50.63,
        lng=3.06,
    )
    territory = Territory.objects.create(slug="mel", name="Métropole", created_at=OPENING)
    territory.communes.add(commune)
    place = create_place(
        name="Halle de Wazemmes",
        kind="pickup",
        address="Place de la Nouvelle-Aventure",
        commune=commune,
        lat=50.626,
        lng=3.049,
        now=OPENING,
    )
    hub_org = organisation("halle", "La Halle commune")
    Place.objects.filter(pk=place.pk).update(keeper=hub_org)
    farm, dairy = organisation("ruche", "Rucher du Ferrain"), organisation("dairy", "Ferme du Mont")
    manager, buyer = member("mona"), member("bachir")
    Membership.objects.create(member=manager, organisation=hub_org, role="manager")
    hub = actions.start_hub(organisation=hub_org, territory=territory, is_seller=True)
    hub.producers.set([farm, dairy])
    honey = actions.add_product(
        producer=farm, name="Miel de tilleul", family="Épicerie", measure="weight", tax_rate_bps=550
    )
    actions.set_stock(product=honey, on_hand_units=24, is_on_demand=False)
    jar = actions.add_variant(product=honey, label="Bocal 500 g", price_cents=690, weight_g=500)
    case = actions.add_variant(
        product=honey, label="Caisse de 6", price_cents=3900, pool_units=6, weight_g=3000
    )
    cheese = actions.add_product(
        producer=dairy, name="Tomme", family="Fromages", measure="weight", tax_rate_bps=550
    )
    actions.set_stock(product=cheese, on_hand_units=0, is_on_demand=True)
    tomme = actions.add_variant(
        product=cheese, label="Environ 400 g", price_cents=840, weight_g=400, is_weighed=True
    )
    cycle = actions.plan_cycle(hub=hub, title="Semaine 47", opens_at=OPENING, closes_at=CLOSING)
    slot = actions.add_slot(
        cycle=cycle, place=place, starts_at=PICKUP, ends_at=PICKUP + timedelta(hours=2)
    )
    actions.offer(cycle=cycle, variants=[jar, case, tomme])
    actions.set_fee(
        cycle=cycle, code="hub", label="Préparation", kind="percent", amount=1200, role="hub",
        beneficiary=hub_org, inherits_tax=True,
    )  # fmt: skip
    cycle = actions.open_cycle(cycle=cycle, now=OPENING)
    return World(
        territory, place, hub, farm, dairy, manager, buyer, honey, jar, case, cheese, tomme, cycle,
        slot,
    )  # fmt: skip
