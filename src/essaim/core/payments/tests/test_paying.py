"""Paying in the sandbox and hearing its webhooks: lost, repeated, shuffled, forged."""

import json
import random
from datetime import UTC, datetime

import pytest
from django.test import Client

from essaim.core.agreements.models import Agreement
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Transfer
from essaim.core.members.models import Member, Organisation
from essaim.core.payments import actions, sandbox
from essaim.core.payments.models import PaymentIntent, ReceivedWebhook, SandboxPayment
from essaim.core.territories.models import Territory
from essaim.kernel import clock

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
HOOK = "/pay/webhooks/sandbox/"


@pytest.fixture(autouse=True)
def at_now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def buyer():
    return Member.objects.create_user("bea@exemple.fr", display_name="Béa")


@pytest.fixture
def intent(buyer):
    provider = Organisation.objects.create(slug="atelier", name="L'Atelier")
    agreement = Agreement.objects.create(
        number="A1-0001", trade="x", provider=provider, receiver=buyer, placed_by=buyer,
        territory=Territory.objects.create(slug="t", name="T", created_at=NOW), total_cents=1234,
        proposed_at=NOW, title="Un accord",
    )  # fmt: skip
    agreement.shares.create(position=1, role="provider", label="L'Atelier", amount_cents=1234)
    public_id = actions.ask_payment(
        agreement_id=agreement.pk, amount_cents=1234, means="card", now=NOW
    )
    return PaymentIntent.objects.get(public_id=public_id)


@pytest.fixture
def browser(buyer):
    client = Client()
    client.force_login(buyer)
    return client


def text(response):
    return response.content.decode()


def pay(browser, intent, scenario, back="/my/"):
    return browser.post(f"/pay/{intent.public_id}/", {"scenario": scenario, "back": back})


def message(intent, kind="payment.paid", event="evt-1", **changes):
    body = {"reference": intent.provider_reference, "kind": kind, "amount_cents": 1234}
    return sandbox.webhook_body(event_id=event, **(body | changes))


def hear(body, signature=None):
    return Client(enforce_csrf_checks=True).post(
        HOOK, body, content_type="application/json",
        headers={"Essaim-Signature": signature or sandbox.sign(body)},
    )  # fmt: skip


def money_in():
    return Transfer.objects.filter(kind="payment").count()


def state(intent):
    return PaymentIntent.objects.get(pk=intent.pk).state


def test_the_page_says_that_no_real_money_moves(browser, intent):
    page = text(browser.get(f"/pay/{intent.public_id}/?back=/my/orders/"))

    assert "aucune somme réelle" in page
    assert "12,34\xa0€" in page
    assert 'href="/my/orders/"' in page
    assert money_in() == 0


def test_somebody_else_finds_no_payment_here(intent):
    stranger = Client()
    stranger.force_login(Member.objects.create_user("zoe@exemple.fr"))

    assert stranger.get(f"/pay/{intent.public_id}/").status_code == 404
    assert pay(stranger, intent, "accept").status_code == 404
    assert Client().get(f"/pay/{intent.public_id}/").status_code == 302
    assert state(intent) == "waiting"


@pytest.mark.parametrize(
    "back", ["https://ailleurs.example/", "//ailleurs.example", "javascript:alert(1)", "/\\x", ""]
)
def test_the_way_back_stays_on_this_site(browser, intent, back):
    response = pay(browser, intent, "accept", back)

    assert response.headers["Location"] == "/my/"


def test_an_accepted_card_is_recorded_once(browser, intent):
    first = pay(browser, intent, "accept", "/my/orders/")
    second = pay(browser, intent, "accept")

    assert first.headers["Location"] == "/my/orders/"
    assert second.status_code == 302
    assert (state(intent), money_in()) == ("paid", 1)
    assert ledger.imbalances() == []


def test_a_declined_card_is_told_and_may_be_tried_again(browser, intent):
    refused = pay(browser, intent, "decline")
    pay(browser, intent, "accept")

    assert refused.status_code == 409
    assert "Le paiement a été refusé. Rien n’a été débité" in text(refused)
    assert (state(intent), money_in()) == ("paid", 1)


def test_a_lost_answer_is_settled_by_asking_the_provider(browser, intent):
    lost = pay(browser, intent, "timeout-after-debit")
    assert (lost.status_code, state(intent), money_in()) == (302, "waiting", 0)

    actions.reconcile(intent=intent, now=NOW)

    assert (state(intent), money_in()) == ("paid", 1)


def test_a_lost_answer_is_settled_by_a_webhook_too(browser, intent):
    pay(browser, intent, "timeout-after-debit")

    response = hear(message(intent))
    actions.reconcile(intent=intent, now=NOW)

    assert response.json() == {"received": True, "new": True}
    assert (state(intent), money_in()) == ("paid", 1)


def test_paying_again_after_a_lost_answer_takes_nothing_more(browser, intent):
    pay(browser, intent, "timeout-after-debit")

    pay(browser, intent, "accept")

    assert (state(intent), money_in()) == ("paid", 1)
    assert SandboxPayment.objects.get().scenario == "timeout-after-debit"


def test_a_payment_announced_five_times_is_one_transfer(browser, intent):
    pay(browser, intent, "duplicate-webhook")

    assert (state(intent), money_in()) == ("paid", 1)
    assert ReceivedWebhook.objects.count() == 1


@pytest.mark.parametrize("seed", range(5))
def test_webhooks_repeated_in_any_order_make_one_transfer(intent, seed):
    paid = [message(intent, event="evt-paid")] * 5
    failed = [message(intent, kind="payment.failed", event="evt-failed")] * 5
    again = [message(intent, event="evt-paid-again")] * 5
    bodies = [*paid, *failed, *again]
    random.Random(seed).shuffle(bodies)

    answers = [hear(body).json() for body in bodies]

    assert sum(answer["new"] for answer in answers) == 3
    assert (state(intent), money_in()) == ("paid", 1)
    assert ledger.imbalances() == []


@pytest.mark.parametrize("signature", ["0" * 64, "é", "x"])
def test_a_forged_webhook_is_refused_and_records_nothing(intent, signature):
    response = hear(message(intent), signature)

    assert response.status_code == 403
    assert response.json()["code"] == "payments.forged-webhook"
    assert (state(intent), ReceivedWebhook.objects.count()) == ("waiting", 0)


def test_a_webhook_without_signature_is_refused(intent):
    response = Client().post(HOOK, message(intent), content_type="application/json")

    assert response.status_code == 403
    assert state(intent) == "waiting"


def test_a_forged_message_on_the_page_pays_nothing(browser, intent):
    response = pay(browser, intent, "forged-signature")

    assert response.status_code == 403
    assert "La signature de ce message n’est pas valable." in text(response)
    assert (state(intent), money_in()) == ("waiting", 0)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"id": 1}', b"\xff", json.dumps({"id": "e"}).encode()]
)
def test_a_signed_message_that_cannot_be_read_is_refused(body):
    response = hear(body)

    assert response.status_code == 422
    assert response.json()["code"] == "payments.bad-webhook"


def test_a_huge_message_is_refused():
    assert hear(b" " * 70_000).status_code == 422


def test_a_webhook_of_another_amount_records_what_was_really_taken_and_asks_the_rest(intent):
    """The price changed after the bank was asked: the money is there and must be seen."""
    hear(message(intent, amount_cents=1000))

    payments = PaymentIntent.objects.order_by("pk").values_list("means", "state", "amount_cents")
    assert list(payments) == [("card", "paid", 1000), ("cash", "waiting", 234)]
    assert ReceivedWebhook.objects.get().handled_at == NOW
    assert ledger.imbalances() == []


def test_a_webhook_about_nothing_known_is_kept_and_harmless(intent):
    response = hear(message(intent, reference="unknown"))

    assert response.status_code == 200
    assert ReceivedWebhook.objects.get().handled_at is None


def test_an_unknown_scenario_is_refused(browser, intent):
    response = pay(browser, intent, "jackpot")

    assert response.status_code == 422
    assert state(intent) == "waiting"


def test_a_payment_no_longer_expected_takes_nothing(browser, intent):
    PaymentIntent.objects.filter(pk=intent.pk).update(state="cancelled")

    response = browser.get(f"/pay/{intent.public_id}/", follow=True)

    assert "Ce paiement n’est plus attendu." in text(response)


def test_the_webhook_door_only_takes_posts():
    assert Client().get(HOOK).status_code == 405
