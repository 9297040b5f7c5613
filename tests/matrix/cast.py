"""Fourteen people, and one thing behind every address of the site."""

import importlib
import io
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client
from PIL import Image

from essaim.core.agreements.models import Agreement
from essaim.core.catalogue import sheets
from essaim.core.catalogue.actions import keep_photo
from essaim.core.catalogue.models import Listing
from essaim.core.documents.actions import issue_receipt
from essaim.core.members import sign_in
from essaim.core.members.actions import allow_assistance, create_access_token, give_role, invite
from essaim.core.members.models import Assistance, Invitation, Member, Organisation
from essaim.core.messages.models import OutgoingEmail
from essaim.core.payments.models import PaymentIntent
from essaim.core.territories.models import Place
from essaim.kernel import trades
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.tests import cast as food
from essaim.trades.food_hub.tests import world as w

ROLES = (
    "visitor", "newcomer", "buyer", "other_buyer", "helper", "reader", "producer",
    "other_producer", "manager", "worker", "other_manager", "clerk", "board", "town_hall",
)  # fmt: skip
PROGRAMS = ("no_token", "wrong_token", "revoked_token", "buyer_token", "other_token")
"""Who knocks at the API: programs, by the token they send."""


@dataclass
class Cast:
    people: dict[str, Member]
    tokens: dict[str, str]
    things: dict[str, dict[str, Any]]
    """By name of an address, what its pattern asks for: all of it is the buyer's, or the hub's."""
    sessions: dict[str, str] = field(default_factory=dict)

    def browser(self, role: str) -> Client:
        """Return a fresh browser, signed in as this role, or a program that sends its token."""
        client = Client(raise_request_exception=False)
        if role in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        elif token := self.tokens.get(role, ""):
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    def sign_in(self) -> None:
        """Open the session of everybody, once."""
        for role, member in self.people.items():
            client = Client()
            client.force_login(member)
            self.sessions[role] = client.cookies[settings.SESSION_COOKIE_NAME].value


def gather() -> Cast:
    """Build the world: a closed cycle with an order handed over, an open one with orders to pay."""
    gathered = food.gather()
    world, people = gathered.world, gathered.people
    for name in ("newcomer", "other_buyer", "helper", "reader", "clerk", "board", "town_hall"):
        people[name] = w.member(name.replace("_", "-"))
    cooperative = _organisation("essaim", "La coopérative", Organisation.Kind.COOPERATIVE)
    town = _organisation("ville", "La ville", Organisation.Kind.LOCAL_AUTHORITY)
    give_role(member=people["clerk"], organisation=cooperative, role="clerk")
    give_role(member=people["board"], organisation=cooperative, role="board")
    give_role(member=people["town_hall"], organisation=town, role="observer")
    for helper, scope in (("helper", Assistance.Scope.ORDER), ("reader", Assistance.Scope.READ)):
        allow_assistance(
            helper=people[helper], helped=people["buyer"], scope=scope,
            expires_at=w.NOW + timedelta(days=60), consent_note="papier signé", now=w.NOW,
        )  # fmt: skip
    handed_over = food.order(world, jar=1, tomme=1)
    food.close(world)
    actions.hand_over(order=handed_over, by=world.manager, now=w.AFTER, is_paid_here=True)
    past, world = world, _next_cycle(world)
    to_pay = food.order(world, means="bank-transfer", tomme=1)
    unpaid = _unpaid_by_card(world)
    food.order(world, buyer=people["other_buyer"], jar=1)
    actions.publish_cycle(cycle=world.cycle, now=w.AFTER)
    tokens = {
        "wrong_token": "essaim_wrong",
        "buyer_token": _token(people["buyer"], "tableur"),
        "other_token": _token(people["other_buyer"], "tableur"),
        "revoked_token": _token(people["buyer"], "vieux"),
    }
    people["buyer"].access_tokens.filter(name="vieux").update(revoked_at=w.NOW)
    Member.objects.update(password=make_password("abeilles-des-bois"))
    for member in people.values():
        member.refresh_from_db()
    things = _things(world, past, people, handed_over, to_pay, unpaid)
    for access in access_of_rooms().values():
        if hasattr(access, "things"):
            things |= access.things(people)
    gathered_cast = Cast(people, tokens, things)
    gathered_cast.sign_in()
    return gathered_cast


def access_of_rooms() -> dict[str, ModuleType]:
    """Return, by slug, what each trade and each room of the commons says of its addresses."""
    rooms = {trade.slug: trade.name for trade in trades.installed()} | {
        config.label: config.name
        for config in apps.get_app_configs()
        if config.name.startswith("essaim.commons.") and find_spec(f"{config.name}.urls")
    }
    return {slug: importlib.import_module(f"{name}.tests.access") for slug, name in rooms.items()}


def _organisation(slug: str, name: str, kind: str) -> Organisation:
    return Organisation.objects.create(slug=slug, name=name, kind=kind, siren="732829320")


def _token(member: Member, name: str) -> str:
    return create_access_token(member=member, name=name, now=w.NOW)


def _next_cycle(world: w.World) -> w.World:
    cycle = actions.plan_cycle(
        hub=world.hub, title="Semaine 48", opens_at=w.OPENING, closes_at=w.AFTER + timedelta(days=5)
    )
    starts_at = w.AFTER + timedelta(days=6)
    slot = actions.add_slot(
        cycle=cycle, place=world.place, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)
    )
    actions.offer(cycle=cycle, variants=[world.jar, world.case, world.tomme])
    return replace(world, cycle=actions.open_cycle(cycle=cycle, now=w.OPENING), slot=slot)


def _unpaid_by_card(world: w.World) -> Agreement:
    basket = world.put(world.jar, 1)
    placed = actions.place_order(
        basket_id=basket.pk, cycle_id=world.cycle.pk, slot_id=world.slot.pk,
        placed_by=world.buyer, receiver_id=world.buyer.pk, means="card", order_key=food.uuid7(),
        now=w.NOW,
    )  # fmt: skip
    return Agreement.objects.get(pk=placed.agreement_id)


def _photo() -> Any:
    file = io.BytesIO()
    Image.new("RGB", (900, 600), "orange").save(file, "JPEG")
    file.seek(0)
    return keep_photo(upload=file, alt_text="Miel", now=w.NOW)


def _things(
    world: w.World,
    past: w.World,
    people: dict[str, Member],
    handed_over: Any,
    to_pay: Any,
    unpaid: Agreement,
) -> dict[str, dict[str, Any]]:
    buyer, cycle = people["buyer"], {"cycle_id": world.cycle.public_id}
    order, line = {"order_id": to_pay.agreement.public_id}, to_pay.order_lines.get()
    offer, dairy = {"offer_id": world.offer_of(world.jar).pk}, {"slug": world.dairy.slug}
    statement = {"cycle_id": past.cycle.public_id, "slug": past.dairy.slug}
    Place.objects.filter(pk=world.place.pk).update(keeper=world.hub.organisation)
    hub_place = {"slug": world.hub.organisation.slug, "place_id": world.place.public_id}
    return {
        **_account_things(buyer),
        **_member_things(world, people),
        **_document_things(handed_over, unpaid),
        **{name: {**cycle} for name in CYCLE_PAGES},
        **{name: {**cycle, "way": "producer"} for name in PACKING_PAGES},
        **{name: {**statement} for name in STATEMENT_PAGES},
        **{name: {**order} for name in ORDER_PAGES},
        **{name: {"line_id": line.pk} for name in LINE_PAGES},
        **{name: {**dairy} for name in PRODUCER_PAGES},
        "food_hub:pack": {**cycle, **offer},
        "food_hub:tell_me": {**cycle, **offer},
        "food_hub:desk_hub": {"slug": world.hub.organisation.slug},
        "food_hub:desk_new": {"slug": world.hub.organisation.slug},
        "food_hub:desk_places": {"slug": world.hub.organisation.slug},
        "food_hub:desk_place": {**hub_place},
        "food_hub:desk_product": {"product_id": world.cheese.public_id},
        "food_hub:desk_bring": {**dairy, **cycle},
        "api:offers": {"cycle": world.cycle.public_id},
        "api:put_in_basket": {"offer_id": world.offer_of(world.tomme).pk},
        "api:order": {"order": to_pay.agreement.public_id},
        "api:cancel_order": {"order": to_pay.agreement.public_id},
        "api:listing_of": {"listing": Listing.objects.order_by("pk").first().public_id},
    }


CYCLE_PAGES = [
    f"food_hub:{name}"
    for name in (
        "shop", "fill", "checkout", "checkout_price", "desk_cycle", "desk_clone", "desk_closing",
        "desk_dates", "desk_fees", "desk_offers", "desk_opening", "desk_pickup",
        "desk_settlement", "desk_slots", "desk_weights",
    )
]  # fmt: skip
PACKING_PAGES = ["food_hub:desk_packing", "food_hub:desk_packing_csv", "food_hub:desk_packing_pdf"]
STATEMENT_PAGES = [f"food_hub:desk_statement{end}" for end in ("", "_csv", "_pdf")]
ORDER_PAGES = [
    f"food_hub:{name}"
    for name in (
        "order", "change_order", "cancel_order", "change_means", "check_payment", "desk_order",
        "desk_hand_over", "desk_money", "desk_fetching", "desk_dispute",
    )
]  # fmt: skip
LINE_PAGES = [f"food_hub:desk_{name}" for name in ("line", "weight", "missing")]
PRODUCER_PAGES = [
    f"food_hub:desk_{name}" for name in ("products", "product_new", "import", "export")
]


def _account_things(buyer: Member) -> dict[str, dict[str, Any]]:
    email = OutgoingEmail.objects.order_by("pk").first()
    return {
        "mfa_edit_webauthn": {"pk": 1},
        "mfa_remove_webauthn": {"pk": 1},
        "account_reset_password_from_key": {"uidb36": "1", "key": "no-such-key"},
        "agenda_feed": {"key": buyer.agenda_key},
        "agreements:agenda": {"agenda_key": buyer.agenda_key},
        "demo_sign_in": {"token": sign_in.sign_in_token(buyer)},
        "demo_email": {"public_id": email.public_id},
        "members:revoke_access_token": {"token_id": buyer.access_tokens.get(name="tableur").pk},
    }


def _member_things(world: w.World, people: dict[str, Member]) -> dict[str, dict[str, Any]]:
    dairy = world.dairy
    invitation = invite(
        organisation=dairy, email=people["newcomer"].email, role="worker",
        invited_by=people["producer"], now=w.NOW,
    )  # fmt: skip
    for_nobody = Invitation.objects.create(
        organisation=dairy, email="personne@exemple.fr", role="worker",
        invited_by=people["producer"], invited_at=w.NOW, expires_at=w.NOW + timedelta(days=9),
    )  # fmt: skip
    helped = Assistance.objects.get(helper=people["helper"])
    membership = dairy.memberships.get(member=people["producer"])
    return {
        "members:organisation": {"slug": dairy.slug},
        "members:edit_organisation": {"slug": dairy.slug},
        "members:people": {"slug": dairy.slug},
        "members:register_on_site": {"slug": dairy.slug},
        "members:end_role": {"slug": dairy.slug, "membership_id": membership.pk},
        "members:withdraw_invitation": {"slug": dairy.slug, "public_id": for_nobody.public_id},
        "members:invitation": {"public_id": invitation.public_id},
        "members:assistance": {"assistance_id": helped.pk},
        "members:end_assistance": {"assistance_id": helped.pk},
        "bylaws:rule": {"key": "food.platform-rate"},
        "bylaws:adopt": {"key": "food.platform-rate"},
    }


def _document_things(handed_over: Any, unpaid: Agreement) -> dict[str, dict[str, Any]]:
    agreement = Agreement.objects.get(pk=handed_over.pk)
    Organisation.objects.filter(pk=agreement.provider_id).update(
        siren="732829320", address="1 place", postcode="59000", town="Lille"
    )
    agreement.refresh_from_db()
    receipt = issue_receipt(agreement=agreement, now=w.NOW)
    photo = _photo()
    sheet = sheets.sheet_of([photo.pk])
    assert sheet is not None
    return {
        "documents:document": {"public_id": receipt.public_id},
        "documents:file": {"public_id": receipt.public_id},
        "documents:credit": {"public_id": receipt.public_id},
        "documents:of_agreement": {"public_id": agreement.public_id},
        "payments:pay": {"intent_id": PaymentIntent.objects.get(agreement=unpaid).public_id},
        "catalogue:photo": {"photo_id": photo.public_id, "width_px": photo.widths_px[0]},
        "catalogue:sheet": {"code": sheet.address.rpartition("/")[2].removesuffix(".webp")},
    }
