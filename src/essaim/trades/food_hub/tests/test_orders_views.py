"""A buyer's orders on pages: who sees them, and paying, changing, cancelling them."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from essaim.core.agreements.models import Agreement
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Account
from essaim.core.members.actions import allow_assistance
from essaim.core.members.models import AssistanceAct, Membership
from essaim.core.payments.models import PaymentIntent, Refund
from essaim.kernel import clock
from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub import actions, panels
from essaim.trades.food_hub.models import Order, OrderLine, StockPool
from essaim.trades.food_hub.tests import world as w

pytestmark = pytest.mark.django_db
TOTAL = 3 * 800 + 2 * 974
CAST = ("buyer", "colleague", "helper", "reader", "stranger", "visitor")


@pytest.fixture(autouse=True)
def at_now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: w.NOW)


@pytest.fixture
def world():
    return w.build()


@pytest.fixture
def cast(world):
    """A browser for everybody who may knock."""
    people = {name: w.member(name) for name in ("colleague", "helper", "reader", "stranger")}
    people["buyer"] = world.buyer
    Membership.objects.create(
        member=people["colleague"], organisation=world.hub.organisation, role="worker"
    )
    for name, scope in (("helper", "order"), ("reader", "read")):
        allow_assistance(
            helper=people[name], helped=world.buyer, scope=scope,
            expires_at=w.NOW + timedelta(days=9), consent_note="signé", now=w.NOW,
        )  # fmt: skip
    browsers = {name: Client() for name in CAST}
    for name, person in people.items():
        browsers[name].force_login(person)
    return browsers


def placed(world, means="card"):
    basket = world.put(world.jar, 3)
    world.put(world.tomme, 2)
    done = actions.place_order(
        basket_id=basket.pk, cycle_id=world.cycle.pk, slot_id=world.slot.pk, placed_by=world.buyer,
        receiver_id=world.buyer.pk, means=means, order_key=uuid7(), now=w.NOW,
    )  # fmt: skip
    return Order.objects.select_related("agreement").get(pk=done.agreement_id)


def url(order, act=""):
    return f"/food/orders/{order.agreement.public_id}/{act}"


def text(response):
    return response.content.decode()


def state(order):
    return Agreement.objects.get(pk=order.pk).state


def balance(code):
    return ledger.balance(Account.objects.get(code=code))


def test_an_order_is_told_in_plain_french(world, cast):
    order = placed(world)

    page = text(cast["buyer"].get(url(order)))

    assert f"Commande {order.agreement.number}" in page
    assert "Votre commande attend votre paiement." in page
    assert "Halle de Wazemmes" in page
    assert "Reste à payer\xa0: 43,48\xa0€" in page
    bar = page[page.index('class="money-bar full"') :]
    shares = re.findall(r"<b>([\d,]+)\xa0€</b>", bar)
    assert sum(int(share.replace(",", "")) for share in shares) == TOTAL


@pytest.mark.parametrize(
    ("who", "status"),
    [("buyer", 200), ("colleague", 200), ("helper", 200), ("reader", 200), ("stranger", 404),
     ("visitor", 302)],
)  # fmt: skip
def test_who_may_read_an_order(world, cast, who, status):
    assert cast[who].get(url(placed(world))).status_code == status


@pytest.mark.parametrize("act", ["change/", "cancel/", "means/", "check-payment/"])
@pytest.mark.parametrize(
    ("who", "status"), [("colleague", 404), ("reader", 404), ("stranger", 404), ("visitor", 302)]
)
def test_nobody_else_may_act_on_an_order(world, cast, act, who, status):
    order = placed(world)

    response = cast[who].post(url(order, act), {"means": "cash"})

    assert response.status_code == status
    assert state(order) == "proposed"
    assert order.agreement.payments.get().means == "card"


def test_an_order_that_does_not_exist_answers_like_one_that_is_not_yours(world, cast):
    theirs = cast["stranger"].get(url(placed(world)))
    nobodys = cast["stranger"].get(f"/food/orders/{uuid7()}/")

    def wording(response):
        return re.sub(
            r'nonce="[^"]*"|"X-CSRFToken": "[^"]*"|/food/orders/[^"]*', "", text(response)
        )

    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert wording(theirs) == wording(nobodys)


def test_the_list_holds_ones_own_orders_by_pages(world, cast):
    order = placed(world, means="cash")

    assert order.agreement.number in text(cast["buyer"].get("/food/orders/?page=7"))
    assert order.agreement.number not in text(cast["stranger"].get("/food/orders/"))
    assert "Vous n’avez encore rien commandé" in text(cast["stranger"].get("/food/orders/"))


def test_the_list_costs_the_same_whatever_its_length(world, cast, django_assert_max_num_queries):
    for _ in range(4):
        placed(world, means="cash")

    with django_assert_max_num_queries(6):
        cast["buyer"].get("/food/orders/")


def test_the_page_of_an_order_costs_a_bounded_number_of_queries(
    world, cast, django_assert_max_num_queries
):
    order = placed(world)

    with django_assert_max_num_queries(9):
        cast["buyer"].get(url(order))


def test_quantities_change_until_closing(world, cast):
    order = placed(world)
    jars = OrderLine.objects.get(order=order, variant=world.jar)

    response = cast["buyer"].post(url(order, "change/"), {f"q-{jars.pk}": "1"}, follow=True)

    assert "Votre commande est modifiée." in text(response)
    assert Agreement.objects.get(pk=order.pk).total_cents == 800 + 2 * 974
    assert StockPool.objects.get(pk=world.honey.pk).on_hand_units == 23


def test_a_change_sent_twice_changes_once(world, cast):
    order = placed(world)
    jars = OrderLine.objects.get(order=order, variant=world.jar)
    answers = {f"q-{jars.pk}": "1", "idempotency_key": str(uuid7())}

    cast["buyer"].post(url(order, "change/"), answers)
    cast["buyer"].post(url(order, "change/"), answers)

    assert Order.objects.get(pk=order.pk).revision == 1


@pytest.mark.parametrize(
    ("quantity", "status", "sentence"),
    [("-1", 422, "Choisissez une quantité entre 0 et 999."),
     ("40", 409, "Encore disponible\xa0: 24.")],
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(
    world, cast, quantity, status, sentence
):
    order = placed(world)
    jars = OrderLine.objects.get(order=order, variant=world.jar)

    response = cast["buyer"].post(url(order, "change/"), {f"q-{jars.pk}": quantity})

    assert response.status_code == status
    assert sentence in text(response)
    jars.refresh_from_db()
    assert jars.ordered_quantity == 3


def test_removing_everything_is_refused(world, cast):
    order = placed(world)
    nothing = {f"q-{line.pk}": "0" for line in order.order_lines.all()}

    response = cast["buyer"].post(url(order, "change/"), nothing)

    assert response.status_code == 422
    assert Agreement.objects.get(pk=order.pk).total_cents == TOTAL


@pytest.mark.parametrize("act", ["change/", "cancel/"])
def test_after_closing_nothing_changes_any_more(world, cast, monkeypatch, act):
    order = placed(world, means="cash")
    monkeypatch.setattr(clock, "now", lambda: w.CLOSING)

    response = cast["buyer"].post(url(order, act))

    assert response.status_code == 409
    assert "Les commandes de cette vente sont closes." in text(response)
    assert state(order) == "accepted"
    assert "Annuler la commande" not in text(cast["buyer"].get(url(order)))


def test_cancelling_gives_the_goods_and_the_money_back(world, cast):
    order = placed(world, means="card")
    pay(cast["buyer"], order, "accept")

    response = cast["buyer"].post(url(order, "cancel/"), follow=True)

    page = text(response)
    assert "Votre commande est annulée." in page
    assert "Remboursement du" in page
    assert state(order) == "cancelled"
    assert Refund.objects.get().amount_cents == TOTAL
    assert StockPool.objects.get(pk=world.honey.pk).on_hand_units == 24
    assert balance("due:halle") == 0


def test_cancelling_twice_says_in_french_that_it_is_cancelled(world, cast):
    order = placed(world, means="cash")
    cast["buyer"].post(url(order, "cancel/"))

    response = cast["buyer"].post(url(order, "cancel/"))

    assert response.status_code == 409
    assert "Ce n’est plus possible" in text(response)
    assert "annulée" in text(response)


def test_what_a_helper_does_is_logged(world, cast):
    order = placed(world, means="cash")
    jars = OrderLine.objects.get(order=order, variant=world.jar)

    cast["helper"].post(url(order, "change/"), {f"q-{jars.pk}": "1"})
    cast["helper"].post(url(order, "cancel/"))

    acts = list(AssistanceAct.objects.order_by("pk").values_list("what", "reference"))
    number, public_id = order.agreement.number, order.agreement.public_id
    assert acts == [(f"Commande {number} modifiée", public_id),
                    (f"Commande {number} annulée", public_id)]  # fmt: skip


def test_what_a_helper_is_refused_is_not_logged(world, cast, monkeypatch):
    order = placed(world, means="cash")
    monkeypatch.setattr(clock, "now", lambda: w.CLOSING)

    cast["helper"].post(url(order, "cancel/"))

    assert AssistanceAct.objects.count() == 0


def pay(client, order, scenario):
    intent = order.agreement.payments.order_by("pk").first()
    return client.post(
        f"/pay/{intent.public_id}/", {"scenario": scenario, "back": url(order)}, follow=True
    )


def test_paying_by_card_makes_the_order_firm(world, cast):
    order = placed(world)

    response = pay(cast["buyer"], order, "accept")

    assert response.redirect_chain == [(url(order), 302)]
    assert "Votre paiement est enregistré. Merci\u202f!" in text(response)
    assert "Reste à payer" not in text(response)
    assert state(order) == "accepted"
    assert balance("card:halle") == -TOTAL


def test_a_declined_card_can_be_replaced_by_cash(world, cast):
    order = placed(world)
    refused = pay(cast["buyer"], order, "decline")
    before = text(cast["buyer"].get(url(order)))

    response = cast["buyer"].post(url(order, "means/"), {"means": "cash"}, follow=True)

    assert "Le paiement a été refusé. Rien n’a été débité" in text(refused)
    assert "Le dernier paiement a été refusé." in before
    assert "Vous payez en espèces" in text(response)
    assert state(order) == "accepted"
    intents = PaymentIntent.objects.order_by("pk").values_list("means", "state")
    assert list(intents) == [("card", "cancelled"), ("cash", "waiting")]


def test_an_unknown_means_is_refused(world, cast):
    order = placed(world)

    response = cast["buyer"].post(url(order, "means/"), {"means": "gold"})

    assert response.status_code == 422
    assert PaymentIntent.objects.get().means == "card"


def test_a_lost_answer_is_told_then_checked_and_nothing_is_paid_twice(world, cast):
    order = placed(world)

    lost = pay(cast["buyer"], order, "timeout-after-debit")
    checked = cast["buyer"].post(url(order, "check-payment/"), follow=True)

    assert "ne payez pas une seconde fois" in text(lost)
    assert "Vérifier auprès du service de paiement" in text(lost)
    assert "par carte</span>" not in text(lost)
    assert "Le service de paiement le confirme" in text(checked)
    assert state(order) == "accepted"
    assert balance("card:halle") == -TOTAL


def test_checking_a_payment_never_made_says_that_nothing_was_taken(world, cast):
    order = placed(world)

    response = cast["buyer"].post(url(order, "check-payment/"), follow=True)

    assert "Le service de paiement n’a rien débité" in text(response)
    assert state(order) == "proposed"


def test_choosing_cash_after_a_lost_answer_finds_the_money_first(world, cast):
    order = placed(world)
    pay(cast["buyer"], order, "timeout-after-debit")

    cast["buyer"].post(url(order, "means/"), {"means": "cash"})

    intent = PaymentIntent.objects.get()
    assert (intent.means, intent.state) == ("card", "paid")
    assert balance("card:halle") == -TOTAL


def test_choosing_another_means_once_paid_is_refused(world, cast):
    order = placed(world)
    pay(cast["buyer"], order, "accept")

    response = cast["buyer"].post(url(order, "means/"), {"means": "cash"})

    assert response.status_code == 409
    assert "Cette commande est déjà payée." in text(response)


def test_the_space_of_a_member_tells_what_to_pay_and_to_fetch(world):
    unpaid, firm = placed(world), placed(world, means="cash")

    rows = panels.member_panel(world.buyer.pk)

    assert [row.url for row in rows] == [url(unpaid), url(firm)]
    assert "43,48\xa0€ à payer" in rows[0].title
    assert "Halle de Wazemmes" in rows[1].detail


def test_the_home_of_the_territory_tells_what_is_open(world, monkeypatch):
    rows = panels.territory_panel(world.territory.pk)

    assert [row.url for row in rows] == [f"/food/{world.cycle.public_id}/"]
    assert panels.territory_panel(world.territory.pk + 1) == []
    monkeypatch.setattr(clock, "now", lambda: w.CLOSING)
    assert panels.territory_panel(world.territory.pk) == []
