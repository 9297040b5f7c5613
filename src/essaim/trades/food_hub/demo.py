"""The food hub of the demo territory: eight farms, sixty products, three cycles."""

import random
import re
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from essaim.core.agreements.actions import open_basket
from essaim.core.members.actions import give_role
from essaim.core.members.models import Member, Membership, Organisation
from essaim.core.payments import actions as payments
from essaim.core.payments.models import PaymentIntent
from essaim.core.payments.playing import pay_in_sandbox
from essaim.core.territories.actions import create_place
from essaim.core.territories.models import Commune, Place, Territory
from essaim.kernel import clock
from essaim.kernel.identifiers import uuid7
from essaim.kernel.money import NO_BREAK
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.actions.photos import give_photo
from essaim.trades.food_hub.demo_shelf import FARMS, PICTURES, SHELF
from essaim.trades.food_hub.models import Hub, Order, OrderCycle, OrderLine, Product, Variant

PARIS = ZoneInfo("Europe/Paris")
SEED = 59_000
DRAWINGS = Path(__file__).parent / "pictures"
TOURED = ["Amina Benali", "Luc Vasseur", "Mona Delattre", "Yann Lefebvre"]
"""People a visitor of the demo may be: nothing is contested about their orders."""
PLACES: list[tuple[str, str, str, float, float, str]] = [
    (
        "Halle de Wazemmes",
        "Place de la Nouvelle-Aventure",
        "59350",
        50.6262,
        3.0494,
        "Sous la halle, allée centrale",
    ),
    (
        "Ferme du Héron",
        "Chemin de la Ferme-Lenglet",
        "59009",
        50.6447,
        3.1530,
        "La cour est ouverte\u00a0: sonner si le portail est fermé",
    ),
    ("Maison du projet, gare de Roubaix", "Place de la Gare", "59512", 50.6956, 3.1634, ""),
]


def sow() -> None:
    """Write the hub, its shelf, a settled cycle, an open one and a draft."""
    draw = random.Random(SEED)  # noqa: S311 - the same demo for everybody
    now = clock.now()
    territory = Territory.objects.order_by("pk").get()
    hub = _hub(territory)
    places = [_place(hub, *place, now=now) for place in PLACES]
    farms = _farms(hub)
    _shelf(farms, now=now)
    today = now.astimezone(PARIS).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(8), tzinfo=PARIS)
    past = _cycle(hub, places, "La semaine dernière", now - timedelta(days=9), now)
    _orders(past, draw, count=18, now=now - timedelta(days=8))
    _finish(past, draw, now=now)
    closing = datetime.combine(today + timedelta(days=2), time(20), tzinfo=PARIS)
    current = _cycle(
        hub, places, f"Semaine {today.isocalendar().week}", now - timedelta(hours=20), closing
    )
    _orders(current, draw, count=9, now=now)
    actions.publish_cycle(cycle=current, now=now)
    actions.plan_cycle(
        hub=hub,
        title=f"Semaine {(today + timedelta(days=7)).isocalendar().week}",
        opens_at=monday + timedelta(days=7),
        closes_at=monday + timedelta(days=10, hours=12),
    )


def _place(
    hub: Hub,
    name: str,
    address: str,
    commune: str,
    lat: float,
    lng: float,
    opening_words: str,
    *,
    now: datetime,
) -> Place:
    return create_place(
        name=name,
        kind="pickup",
        address=address,
        commune=Commune.objects.get(pk=commune),
        lat=lat,
        lng=lng,
        keeper=hub.organisation,
        opening_words=opening_words,
        now=now,
    )


def _hub(territory: Territory) -> Hub:
    organisation = Organisation.objects.create(
        slug="la-halle-commune",
        name="La Halle commune",
        kind=Organisation.Kind.ASSOCIATION,
        legal_form="Association loi 1901",
        siren="823456786",
        vat_number="FR47823456786",
        iban="FR7630001007941234567890185",
        address="Place de la Nouvelle-Aventure",
        postcode="59000",
        town="Lille",
        email="halle@exemple.fr",
        presentation="Un groupement d’habitants qui commande aux fermes autour de Lille.",
    )
    manager = Member.objects.get(display_name="Mona Delattre")
    give_role(member=manager, organisation=organisation, role=Membership.Role.MANAGER)
    return actions.start_hub(organisation=organisation, territory=territory, is_seller=True)


def _farms(hub: Hub) -> dict[str, Organisation]:
    farms: dict[str, Organisation] = {}
    for slug, name, town, presentation in FARMS:
        farms[slug] = Organisation.objects.create(
            slug=slug,
            name=name,
            legal_form="EARL",
            siren=f"{840_000_000 + 7 * len(farms):09d}",
            town=town,
            email=f"{slug}@exemple.fr",
            presentation=presentation,
        )
    hub.producers.set(farms.values())
    luc = Member.objects.get(display_name="Luc Vasseur")
    give_role(member=luc, organisation=farms["ferme-du-ferrain"], role=Membership.Role.MANAGER)
    return farms


def _shelf(farms: dict[str, Organisation], *, now: datetime) -> None:
    for farm, family, name, measure, stock, labels, packs in SHELF:
        product = actions.add_product(
            producer=farms[farm],
            name=name,
            family=family,
            measure=measure,
            tax_rate_bps=2000 if family == "Bières" else 550,
            labels=labels,
        )
        actions.set_stock(product=product, on_hand_units=stock or 0, is_on_demand=stock is None)
        for label, price_cents, pool_units, weight_g, volume_ml, items_count, is_weighed in packs:
            actions.add_variant(
                product=product,
                label=_set(label),
                price_cents=price_cents,
                pool_units=pool_units,
                weight_g=weight_g,
                volume_ml=volume_ml,
                items_count=items_count,
                is_weighed=is_weighed,
            )
        if name in PICTURES:
            _picture(product, PICTURES[name], now=now)


def _picture(product: Product, code: str, *, now: datetime) -> None:
    """Give a product its drawing, as its producer would send a photo."""
    alt_text = f"{product.name} (dessin)"
    with (DRAWINGS / f"{code}.webp").open("rb") as upload:
        give_photo(product=product, upload=upload, alt_text=alt_text, now=now)


def _cycle(
    hub: Hub, places: list[Place], title: str, opens_at: datetime, closes_at: datetime
) -> OrderCycle:
    cycle = actions.plan_cycle(hub=hub, title=title, opens_at=opens_at, closes_at=closes_at)
    actions.offer(cycle=cycle, variants=Variant.objects.filter(is_active=True).order_by("pk"))
    day = closes_at.astimezone(PARIS).date() + timedelta(days=1)
    for place, hour, capacity in zip(places, (17, 16, 18), (None, 25, None), strict=True):
        starts_at = datetime.combine(day, time(hour), tzinfo=PARIS)
        actions.add_slot(
            cycle=cycle,
            place=place,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            capacity=capacity,
        )
    actions.set_fee(
        cycle=cycle,
        code="preparation",
        label="préparation et lieu",
        kind="percent",
        amount=1000,
        role="hub",
        beneficiary=hub.organisation,
        inherits_tax=True,
    )
    actions.set_fee(
        cycle=cycle,
        code="tournee",
        label="tournée de ramassage",
        kind="per_kilo",
        amount=12,
        role="coordinator",
        beneficiary=hub.organisation,
        inherits_tax=True,
    )
    return actions.open_cycle(cycle=cycle, now=opens_at)


def _orders(cycle: OrderCycle, draw: random.Random, *, count: int, now: datetime) -> None:
    offers = list(cycle.offers.select_related("variant__product").order_by("pk"))
    slots = list(cycle.slots.order_by("pk"))
    buyers = list(Member.objects.exclude(display_name="Paul Dubois").order_by("pk"))
    # Whoever visits as Amina finds an order of hers, however many people the demo has.
    guide = next(buyer for buyer in buyers if buyer.display_name == TOURED[0])
    buyers.remove(guide)
    for buyer in [guide, *draw.sample(buyers, min(count - 1, len(buyers)))]:
        basket = open_basket(receiver=buyer, territory=cycle.hub.territory, now=now)
        for offer in draw.sample(offers, draw.randint(3, 9)):
            quantity = 1 if offer.variant.pool_units > 1 else draw.randint(1, 3)
            actions.put_in_basket(basket=basket, offer=offer, quantity=quantity, now=now)
        placed = actions.place_order(
            basket_id=basket.pk,
            cycle_id=cycle.pk,
            slot_id=draw.choice(slots).pk,
            placed_by=buyer,
            receiver_id=buyer.pk,
            means=draw.choice(["card", "card", "cash", "bank-transfer"]),
            order_key=uuid7(),
            solidarity_bps=draw.choice([0, 0, 0, 500, 1000]),
            now=now,
        )
        intent = PaymentIntent.objects.get(agreement_id=placed.agreement_id)
        if intent.means == "card":
            pay_in_sandbox(intent=intent, scenario="accept", return_url="/", now=now)


def _finish(cycle: OrderCycle, draw: random.Random, *, now: datetime) -> None:
    manager = Member.objects.get(display_name="Mona Delattre")
    actions.close_cycle(cycle=cycle, now=now)
    for line in OrderLine.objects.filter(order__cycle=cycle, is_weighed=True).order_by("pk"):
        ordered_g = line.ordered_quantity * line.weight_g_per_item
        actions.record_weight(
            line=line, real_weight_g=round(ordered_g * draw.uniform(0.92, 1.06)), now=now
        )
    for order in Order.objects.filter(cycle=cycle).order_by("pk"):
        actions.hand_over(order=order, by=manager, now=now, is_paid_here=True)
    actions.settle_cycle(cycle=cycle, by=manager, now=now)
    _dispute(cycle, now=now)


def _dispute(cycle: OrderCycle, *, now: datetime) -> None:
    """A bank took a payment back: the hub has something to sort out."""
    paid = PaymentIntent.objects.filter(
        agreement__food_order__cycle=cycle, means="card", state="paid", refunded_cents=0
    )
    intent = paid.exclude(agreement__receiver__display_name__in=TOURED).order_by("-pk").first()
    if intent is not None:
        payments.charge_back(intent=intent, amount_cents=intent.amount_cents, key="demo", now=now)


def _set(label: str) -> str:
    """Keep a number on the line of its unit, as a printer would: « La bouteille de 33 cL »."""
    return re.sub(r"(?<=\d) (?=(?:g|kg|cL|L)$)", NO_BREAK, label)
