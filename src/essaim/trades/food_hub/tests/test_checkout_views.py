"""Ordering on one page: every refusal is a sentence, keeps what was typed and changes nothing."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from essaim.core.agreements.models import Agreement
from essaim.core.ledger.models import Transfer
from essaim.core.members.actions import allow_assistance, revoke_assistance
from essaim.core.members.models import AssistanceAct
from essaim.core.messages.models import OutgoingEmail
from essaim.kernel import clock
from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub import actions
from essaim.trades.food_hub.models import BasketLine, Order, PickupSlot, StockPool
from essaim.trades.food_hub.tests import world as w

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
TOTAL = 3 * 800 + 2 * 974


@pytest.fixture(autouse=True)
def at_now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: w.NOW)


@pytest.fixture
def world():
    world = w.build()
    world.put(world.jar, 3)
    world.put(world.tomme, 2)
    return world


@pytest.fixture
def buyer(world):
    client = Client()
    client.force_login(world.buyer)
    return client


def text(response):
    return response.content.decode()


def url(world):
    return f"/food/checkout/{world.cycle.public_id}/"


def filled(world, **changes):
    key = str(uuid7())
    answers = {
        "order_key": key,
        "idempotency_key": key,
        "shown_total_cents": TOTAL,
        "slot": world.slot.pk,
        "means": "cash",
        "solidarity": 0,
        "note": "Je viens à vélo.",
    }
    return answers | changes


def nothing_happened():
    return (
        Agreement.objects.count() == 0
        and BasketLine.objects.count() == 2
        and Transfer.objects.count() == 0
        and OutgoingEmail.objects.count() == 0
        and StockPool.objects.get(is_on_demand=False).on_hand_units == 24
    )


def test_the_page_shows_everything_before_anything_is_ordered(world, buyer):
    page = text(buyer.get(url(world)))

    assert "43,48\xa0€" in page
    assert "Où vont les 43,48\xa0€" in page
    shares = re.findall(r"<b>([\d,]+)\xa0€</b>", page)
    assert sum(int(share.replace(",", "")) for share in shares) == TOTAL
    assert "dont TVA à 5,5\u202f%" in page
    assert "Halle de Wazemmes" in page
    assert "Pour qui" not in page
    assert nothing_happened()


def test_an_order_paid_at_pick_up_is_confirmed_at_once(world, buyer):
    response = buyer.post(url(world), filled(world), follow=True)

    agreement = Agreement.objects.get()
    assert response.redirect_chain == [(f"/food/orders/{agreement.public_id}/", 302)]
    assert f"Votre commande {agreement.number} est enregistrée. Merci\u202f!" in text(response)
    assert (agreement.state, agreement.total_cents) == ("accepted", TOTAL)
    assert Order.objects.get().note == "Je viens à vélo."


def test_an_order_paid_by_card_goes_on_to_the_payment(world, buyer):
    response = buyer.post(url(world), filled(world, means="card"))

    agreement = Agreement.objects.get()
    intent = agreement.payments.get()
    assert response.headers["Location"] == (
        f"/pay/{intent.public_id}/?back=%2Ffood%2Forders%2F{agreement.public_id}%2F"
    )
    assert agreement.state == "proposed"


def test_a_double_click_orders_once(world, buyer):
    answers = filled(world)

    first = buyer.post(url(world), answers)
    second = buyer.post(url(world), answers)

    assert Agreement.objects.count() == 1
    assert second.headers["Location"] == first.headers["Location"]


def test_the_same_order_key_without_idempotency_key_orders_once_too(world, buyer):
    answers = filled(world)
    del answers["idempotency_key"]
    first = buyer.post(url(world), answers)
    world.put(world.jar, 1)

    second = buyer.post(url(world), answers | {"shown_total_cents": 800})

    assert Agreement.objects.count() == 1
    assert first.status_code == 302
    assert second.headers["Location"] == first.headers["Location"]


def test_going_back_and_sending_other_answers_is_refused_in_words(world, buyer):
    answers = filled(world)
    buyer.post(url(world), answers)

    response = buyer.post(url(world), answers | {"means": "card"})

    assert response.status_code == 422
    assert "Ce formulaire a déjà été envoyé" in text(response)
    assert Agreement.objects.count() == 1
    assert Agreement.objects.get().payments.get().means == "cash"


def test_going_back_to_an_ordered_basket_says_that_it_is_ordered(world, buyer):
    buyer.post(url(world), filled(world))

    response = buyer.post(url(world), filled(world), follow=True)

    assert "Votre panier est vide ou déjà commandé." in text(response)
    assert Agreement.objects.count() == 1


def test_a_tampered_total_is_refused_with_the_true_one(world, buyer):
    response = buyer.post(url(world), filled(world, shown_total_cents=1))

    page = text(response)
    assert response.status_code == 409
    assert "Le total est maintenant de 43,48\xa0€ au lieu de 0,01\xa0€." in page
    assert "Je viens à vélo." in page
    assert f'value="{TOTAL}"' in page
    assert nothing_happened()


def test_after_a_refusal_the_same_form_can_be_corrected_and_sent(world, buyer):
    answers = filled(world, shown_total_cents=1)
    buyer.post(url(world), answers)

    response = buyer.post(url(world), answers | {"shown_total_cents": TOTAL})

    assert response.status_code == 302
    assert Agreement.objects.get().total_cents == TOTAL


def test_a_solidarity_price_is_ordered_as_shown(world, buyer):
    buyer.post(url(world), filled(world, solidarity=3000))

    assert Agreement.objects.get().total_cents == TOTAL + TOTAL * 3 // 10


def test_a_reduction_beyond_the_fund_is_not_offered_and_is_refused_when_forced(world, buyer):
    page = text(buyer.get(url(world)))

    response = buyer.post(url(world), filled(world, solidarity=-2000))

    assert 'name="solidarity" value="-2000"' not in page
    assert "La caisse contient 0,00\xa0€." in page
    assert response.status_code == 409
    assert "La caisse solidaire ne peut pas couvrir cette réduction" in text(response)
    assert nothing_happened()


def test_a_reduction_is_offered_as_far_as_others_gave(world, buyer):
    giver = w.member("zoe")
    basket = world.put(world.jar, 10, member=giver)
    placed = actions.place_order(
        basket_id=basket.pk, cycle_id=world.cycle.pk, slot_id=world.slot.pk, placed_by=giver,
        receiver_id=giver.pk, means="cash", order_key=uuid7(), solidarity_bps=3000, now=w.NOW,
    )  # fmt: skip
    other = actions.plan_cycle(hub=world.hub, title="x", opens_at=w.OPENING, closes_at=w.CLOSING)
    slot = actions.add_slot(
        cycle=other, place=world.place, starts_at=w.PICKUP, ends_at=w.PICKUP + timedelta(hours=1)
    )
    actions.offer(cycle=other, variants=[world.jar])
    actions.open_cycle(cycle=other, now=w.OPENING)
    actions.close_cycle(cycle=world.cycle, now=w.CLOSING)
    order = Order.objects.get(pk=placed.agreement_id)
    actions.hand_over(order=order, by=world.manager, now=w.AFTER, is_paid_here=True)
    actions.settle_cycle(cycle=world.cycle, by=world.manager, now=w.AFTER)
    actions.put_in_basket(basket=basket_of(world), offer=other.offers.get(), quantity=2, now=w.NOW)

    page = text(buyer.get(f"/food/checkout/{other.public_id}/"))

    assert 'name="solidarity" value="-2000"' in page
    assert slot.pk


def basket_of(world):
    from essaim.core.agreements.actions import open_basket

    return open_basket(receiver=world.buyer, territory=world.territory, now=w.NOW)


def test_a_solidarity_price_out_of_bounds_is_refused(world, buyer):
    response = buyer.post(url(world), filled(world, solidarity=9000))

    assert response.status_code == 422
    assert "Choisissez un prix solidaire entre" in text(response)
    assert nothing_happened()


def test_working_the_total_out_again_orders_nothing(world, buyer):
    response = buyer.post(f"{url(world)}price/", filled(world, solidarity=3000))

    page = text(response)
    assert response.status_code == 200
    assert "56,52\xa0€" in page
    assert "Caisse solidaire" in page
    assert "Je viens à vélo." in page
    assert nothing_happened()


def test_htmx_gets_the_sums_alone(world, buyer):
    page = text(buyer.post(f"{url(world)}price/", filled(world, solidarity=3000), headers=HTMX))

    assert page.strip().startswith('<div class="card" id="sums">')
    assert "56,52\xa0€" in page


def test_a_full_slot_is_disabled_and_refused_when_forced(world, buyer):
    PickupSlot.objects.filter(pk=world.slot.pk).update(capacity=1, taken_count=1)

    page = text(buyer.get(url(world)))
    response = buyer.post(url(world), filled(world))

    assert re.search(rf'value="{world.slot.pk}" required disabled', page)
    assert response.status_code == 409
    assert "Ce créneau de retrait est complet. Choisissez-en un autre." in text(response)
    assert nothing_happened()


def test_a_slot_of_another_cycle_is_refused(world, buyer):
    response = buyer.post(url(world), filled(world, slot=world.slot.pk + 1))

    assert response.status_code == 422
    assert "Choisissez un des créneaux de retrait de cette vente." in text(response)
    assert nothing_happened()


@pytest.mark.parametrize("field", ["slot", "means", "order_key", "shown_total_cents"])
def test_a_missing_answer_is_asked_for(world, buyer, field):
    answers = filled(world)
    del answers[field]

    response = buyer.post(url(world), answers)

    assert response.status_code == 422
    assert 'class="error-summary"' in text(response)
    assert nothing_happened()


@pytest.mark.parametrize(
    "changes",
    [{"means": "gold"}, {"slot": "x"}, {"note": "x" * 301}, {"order_key": "1"},
     {"shown_total_cents": "1e9"}, {"solidarity": "beaucoup"}, {"receiver": "moi"}],
)  # fmt: skip
def test_an_answer_that_cannot_be_read_is_refused(world, buyer, changes):
    response = buyer.post(url(world), filled(world, **changes))

    assert response.status_code == 422
    assert nothing_happened()


def test_a_closed_cycle_is_refused(world, buyer, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: w.CLOSING)

    response = buyer.post(url(world), filled(world))

    assert response.status_code == 409
    assert "Les commandes de cette vente sont closes." in text(response)
    assert nothing_happened()


def test_an_expired_basket_is_still_ordered_when_goods_are_left(world, buyer, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: w.NOW + timedelta(minutes=40))
    actions.release_expired(now=clock.now())

    response = buyer.post(url(world), filled(world))

    assert response.status_code == 302
    assert Agreement.objects.count() == 1


def test_an_expired_basket_whose_goods_are_gone_is_refused(world, buyer, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: w.NOW + timedelta(minutes=40))
    actions.release_expired(now=clock.now())
    world.put(world.case, 4, member=w.member("zoe"), now=clock.now())

    response = buyer.post(url(world), filled(world))

    assert response.status_code == 409
    assert "«\u202fMiel de tilleul\u202f» vient d’être épuisé." in text(response)
    assert Agreement.objects.count() == 0


def test_an_empty_basket_leads_back_to_itself(world):
    client = Client()
    client.force_login(w.member("zoe"))

    response = client.get(url(world), follow=True)

    assert response.redirect_chain == [("/food/basket/", 302)]
    assert "Votre panier est vide" in text(response)


def test_a_visitor_signs_in_first(world):
    assert Client().get(url(world)).status_code == 302
    assert Client().post(url(world), filled(world)).status_code == 302
    assert nothing_happened()


@pytest.fixture
def helped(world):
    return w.member("odette")


@pytest.fixture
def assistance(world, helped):
    return allow_assistance(
        helper=world.buyer, helped=helped, scope="order",
        expires_at=w.NOW + timedelta(days=30), consent_note="signé", now=w.NOW,
    )  # fmt: skip


def test_a_helper_orders_in_their_name_and_it_is_logged(world, buyer, helped, assistance):
    page = text(buyer.get(url(world)))

    buyer.post(url(world), filled(world, receiver=helped.public_id))

    agreement = Agreement.objects.get()
    assert "Pour qui\u202f?" in page
    assert "Odette" in page
    assert (agreement.receiver, agreement.placed_by) == (helped, world.buyer)
    act = AssistanceAct.objects.get()
    assert act.assistance == assistance
    assert act.reference == agreement.public_id
    assert agreement.number in act.what


def test_choosing_oneself_logs_nothing(world, buyer, assistance):
    buyer.post(url(world), filled(world, receiver=world.buyer.public_id))

    assert Agreement.objects.get().receiver == world.buyer
    assert AssistanceAct.objects.count() == 0


def test_once_revoked_nothing_is_ordered(world, buyer, helped, assistance):
    revoke_assistance(assistance=assistance, now=w.NOW)

    response = buyer.post(url(world), filled(world, receiver=helped.public_id))

    assert response.status_code == 404
    assert nothing_happened()


def test_an_assistance_for_reading_does_not_order(world, buyer, helped):
    allow_assistance(
        helper=world.buyer, helped=helped, scope="read",
        expires_at=w.NOW + timedelta(days=30), consent_note="signé", now=w.NOW,
    )  # fmt: skip

    response = buyer.post(url(world), filled(world, receiver=helped.public_id))

    assert "Pour qui" not in text(buyer.get(url(world)))
    assert response.status_code == 404
    assert nothing_happened()
