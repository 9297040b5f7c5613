"""What is paid and asked follows what is due: one place, every means, no cent lost or doubled."""

import pytest
from django.db import IntegrityError, transaction

from essaim.core.agreements import actions as agreements
from essaim.core.agreements.actions import ShareDraft
from essaim.core.agreements.models import Agreement
from essaim.core.agreements.rules import State
from essaim.core.agreements.tests.deal import NOW, made
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Account
from essaim.core.members.models import Member
from essaim.core.payments import actions, sandbox
from essaim.core.payments.models import PaymentIntent, Refund, SandboxPayment
from essaim.core.payments.port import ProviderTimeout
from essaim.core.payments.rules import (
    AlreadyPaid,
    PaymentUncertain,
    RefundTooLarge,
)

pytestmark = pytest.mark.django_db


def asked(agreement, means="card", amount_cents=1234):
    public_id = actions.ask_payment(
        agreement_id=agreement.pk, amount_cents=amount_cents, means=means, now=NOW
    )
    return PaymentIntent.objects.get(public_id=public_id)


@pytest.fixture
def deal():
    return made()


@pytest.fixture
def paid(deal):
    return actions.record_payment(intent=asked(deal), now=NOW)


def costs(agreement, total_cents):
    """Give an agreement another price, as a trade does."""
    agreement.refresh_from_db()
    agreements.replace_split(
        agreement=agreement, total_cents=total_cents, tax_cents=0,
        shares=[ShareDraft("x", None, "x", total_cents)],
    )  # fmt: skip
    actions.follow_price(agreement=agreement, reason="price changed", now=NOW)


def rows(agreement):
    return list(
        agreement.payments.order_by("pk").values_list(
            "means", "state", "amount_cents", "refunded_cents"
        )
    )


def due():
    """What buyers owe the workshop: negative until it is paid (orders are not posted here)."""
    account = Account.objects.filter(code="due:atelier").first()
    return ledger.balance(account) if account else 0


def test_a_payment_accepts_the_agreement_and_is_recorded_once(deal):
    intent = asked(deal)

    for _ in range(3):
        actions.record_payment(intent=intent, now=NOW)

    deal.refresh_from_db()
    assert (deal.state, due()) == ("accepted", 1234)
    assert ledger.balance(Account.objects.get(code="card:atelier")) == -1234


def test_money_for_an_agreement_given_up_is_recorded_and_given_back(deal):
    intent = asked(deal)
    agreements.move(agreement=deal, to_state=State.EXPIRED, by=None, now=NOW)
    actions.follow_price(agreement=deal, reason="not paid in time", now=NOW)

    actions.record_payment(intent=intent, now=NOW)

    assert rows(deal) == [("card", "paid", 1234, 1234)]
    assert due() == 0
    assert Refund.objects.get().done_at is None


def test_a_price_that_falls_and_rises_again_is_followed_each_time(deal, paid):
    costs(deal, 800)
    costs(deal, 1234)
    rest = deal.payments.get(state="waiting")
    actions.record_payment(intent=rest, now=NOW)
    costs(deal, 800)

    # The second fall is refunded too, though it is the same difference as the first.
    assert sum(row[2] - row[3] for row in rows(deal)) == 800 == due()


def test_everything_paid_too_much_is_refunded_whichever_payment_it_came_by(deal):
    actions.record_payment(intent=asked(deal, amount_cents=100), now=NOW)
    rest = deal.payments.get(state="waiting")
    assert rest.amount_cents == 1134
    actions.record_payment(intent=rest, now=NOW)

    costs(deal, 50)

    assert rows(deal) == [("card", "paid", 100, 100), ("cash", "paid", 1134, 1084)]
    assert due() == 50


def test_what_became_free_and_costs_again_is_asked_again(deal):
    intent = asked(deal, means="cash")

    costs(deal, 0)
    intent.refresh_from_db()
    assert intent.state == "cancelled"
    costs(deal, 700)

    assert rows(deal) == [("cash", "cancelled", 1234, 0), ("cash", "waiting", 700, 0)]


def test_one_payment_is_expected_at_most_and_for_exactly_what_is_missing(deal, paid):
    for total in (2000, 1500, 1235, 1234, 900, 1300):
        costs(deal, total)
        kept = sum(row[2] - row[3] for row in rows(deal) if row[1] == "paid")
        expected = [row[2] for row in rows(deal) if row[1] == "waiting"]
        assert kept + sum(expected) == total
        assert len(expected) <= 1


def test_a_card_paid_at_the_amount_asked_before_the_price_rose_leaves_the_rest_to_pay(deal):
    intent = asked(deal)
    provider = sandbox.Sandbox()
    provider.begin(key=intent.provider_reference, amount_cents=1234, return_url="/")
    costs(deal, 2000)
    with pytest.raises(ProviderTimeout):
        provider.pay(reference=intent.provider_reference, scenario="timeout-after-debit")

    actions.reconcile(intent=intent, now=NOW)

    assert rows(deal) == [("card", "paid", 1234, 0), ("cash", "waiting", 766, 0)]
    assert due() == 1234


def test_a_card_that_pays_after_cash_was_chosen_is_seen_and_nothing_is_paid_twice(deal):
    card = asked(deal)
    cash = actions.change_means(intent=card, means="cash", now=NOW)

    actions.record_payment(intent=card, now=NOW)

    assert rows(deal) == [("card", "paid", 1234, 0), ("cash", "cancelled", 1234, 0)]
    assert actions.expected_payment(deal) is None
    with pytest.raises(AlreadyPaid), transaction.atomic():
        actions.change_means(intent=cash, means="bank-transfer", now=NOW)


def test_a_card_that_pays_after_the_cash_was_taken_is_given_back(deal):
    card = asked(deal)
    cash = actions.change_means(intent=card, means="cash", now=NOW)
    actions.record_payment(intent=cash, now=NOW)

    actions.record_payment(intent=card, now=NOW)

    assert sum(row[2] - row[3] for row in rows(deal)) == 1234 == due()
    assert ledger.balance(Account.objects.get(code="card:atelier")) == 0


def test_means_without_a_provider_change_in_place(deal):
    transfer = asked(deal, means="bank-transfer")

    changed = actions.change_means(intent=transfer, means="cash", now=NOW)

    assert changed == transfer
    assert rows(deal) == [("cash", "waiting", 1234, 0)]


def test_a_declined_card_may_be_tried_again(deal):
    card = actions.record_failure(intent=asked(deal), failure="declined")

    again = actions.change_means(intent=card, means="card", now=NOW)
    fresh = actions.change_means(intent=again, means="cash", now=NOW)

    assert again == card
    assert (fresh.means, fresh.state) == ("cash", "waiting")


def test_a_paid_payment_keeps_its_means_and_never_fails_afterwards(paid):
    with pytest.raises(AlreadyPaid), transaction.atomic():
        actions.change_means(intent=paid, means="cash", now=NOW)

    assert actions.record_failure(intent=paid, failure="declined").state == "paid"
    assert actions.record_silence(intent=paid).state == "paid"


def test_a_lost_answer_is_asked_for_again_even_once_the_agreement_is_given_up(deal):
    intent = asked(deal)
    provider = sandbox.Sandbox()
    provider.begin(key=intent.provider_reference, amount_cents=1234, return_url="/")
    with pytest.raises(ProviderTimeout):
        provider.pay(reference=intent.provider_reference, scenario="timeout-after-debit")
    actions.record_silence(intent=intent)
    agreements.move(agreement=deal, to_state=State.EXPIRED, by=None, now=NOW)
    actions.follow_price(agreement=deal, reason="not paid in time", now=NOW)

    assert actions.ask_after_silence(now=NOW) == 1
    assert actions.ask_after_silence(now=NOW) == 0
    assert actions.send_refunds(now=NOW) == 1

    assert SandboxPayment.objects.get().refunded_cents == 1234
    assert due() == 0


def test_a_provider_that_stays_silent_is_asked_another_time(deal, monkeypatch):
    intent = actions.record_silence(intent=asked(deal))

    def silence(*_args, **_kwargs):
        raise ProviderTimeout

    monkeypatch.setattr(sandbox.Sandbox, "look_up", silence)

    with pytest.raises(PaymentUncertain):
        actions.reconcile(intent=intent, now=NOW)
    assert actions.ask_after_silence(now=NOW) == 0
    assert PaymentIntent.objects.get().failure == actions.NO_ANSWER


def test_a_refund_is_given_once_per_key_and_never_more_than_was_paid(paid):
    def give(amount_cents, key):
        return actions.refund(
            intent=paid, amount_cents=amount_cents, reason="é" * 300, key=key, now=NOW
        )

    assert give(1000, "a") == give(1000, "a")
    with pytest.raises(RefundTooLarge) as refusal, transaction.atomic():
        give(235, "b")
    with pytest.raises(RefundTooLarge), transaction.atomic():
        give(0, "c")
    give(234, "d")

    assert refusal.value.details == {"left_cents": 234}
    assert due() == 0
    assert Refund.objects.count() == 2


def test_nothing_is_refunded_of_what_was_not_paid(deal):
    with pytest.raises(RefundTooLarge), transaction.atomic():
        actions.refund(intent=asked(deal), amount_cents=1, reason="", key="a", now=NOW)


def test_the_database_itself_refuses_a_refund_above_the_payment(paid):
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentIntent.objects.update(refunded_cents=1235)


def paid_at_the_sandbox(intent):
    provider = sandbox.Sandbox()
    provider.begin(key=intent.provider_reference, amount_cents=intent.amount_cents, return_url="/")
    provider.pay(reference=intent.provider_reference, scenario="accept")


def test_the_provider_hears_of_each_refund_once_even_if_we_forget_that_we_told_it(paid):
    paid_at_the_sandbox(paid)
    actions.refund(intent=paid, amount_cents=200, reason="", key="a", now=NOW)

    assert actions.send_refunds(now=NOW) == 1
    Refund.objects.update(done_at=None)  # as after a crash between the call and the commit
    assert actions.send_refunds(now=NOW) == 1

    assert SandboxPayment.objects.get().refunded_cents == 200


def test_a_refund_that_the_provider_does_not_answer_waits_alone(deal, paid, monkeypatch):
    paid_at_the_sandbox(paid)
    first = actions.refund(intent=paid, amount_cents=200, reason="", key="a", now=NOW)
    second = actions.refund(intent=paid, amount_cents=100, reason="", key="b", now=NOW)
    real = sandbox.Sandbox.refund

    def deaf_to_the_first(self, *, reference, amount_cents, key):
        if key == str(first.public_id):
            raise ProviderTimeout
        real(self, reference=reference, amount_cents=amount_cents, key=key)

    monkeypatch.setattr(sandbox.Sandbox, "refund", deaf_to_the_first)

    assert actions.send_refunds(now=NOW) == 1

    assert list(Refund.objects.filter(done_at=None)) == [first]
    second.refresh_from_db()
    assert second.done_at == NOW


def test_a_charge_back_is_owed_again_and_the_agreement_disputed(deal, paid):
    for _ in range(2):
        actions.charge_back(intent=paid, amount_cents=1234, key="evt-9", now=NOW)

    deal.refresh_from_db()
    assert deal.state == "disputed"
    assert due() == 0
    assert rows(deal) == [("card", "paid", 1234, 1234), ("cash", "waiting", 1234, 0)]
    assert actions.send_refunds(now=NOW) == 0
    assert ledger.imbalances() == []


def test_a_charge_back_after_a_refund_takes_no_more_than_what_is_left(paid):
    actions.refund(intent=paid, amount_cents=1000, reason="", key="a", now=NOW)

    with pytest.raises(RefundTooLarge), transaction.atomic():
        actions.charge_back(intent=paid, amount_cents=235, key="evt-9", now=NOW)

    assert due() == 234


def hear(intent, kind, amount_cents, event_id):
    body = sandbox.webhook_body(
        reference=intent.provider_reference, kind=kind, amount_cents=amount_cents,
        event_id=event_id,
    )  # fmt: skip
    provider = sandbox.Sandbox()
    message = provider.read_webhook(body=body, signature=sandbox.sign(body))
    return actions.receive_webhook(provider=provider, message=message, now=NOW)


def test_a_charge_back_comes_by_webhook_once(deal, paid):
    first = hear(paid, "payment.charged-back", 300, "evt-9")
    again = hear(paid, "payment.charged-back", 300, "evt-9")

    assert (first, again) == (True, False)
    assert due() == 934


def test_a_charge_back_announced_before_its_payment_is_refused_to_come_again(deal):
    intent = asked(deal)

    with pytest.raises(RefundTooLarge), transaction.atomic():
        hear(intent, "payment.charged-back", 300, "evt-9")
    hear(intent, "payment.paid", 1234, "evt-1")

    assert hear(intent, "payment.charged-back", 300, "evt-9")
    assert due() == 934


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_cents": 0},
        {"amount_cents": -5},
        {"amount_cents": 10**30},
        {"event_id": ""},
        {"event_id": "e" * 81},
        {"event_id": "a\0b"},
        {"kind": "k" * 41},
        {"reference": "\n"},
    ],
)
def test_a_signed_webhook_that_makes_no_sense_is_refused(changes):
    from essaim.core.payments.rules import BadWebhook

    said = {"reference": "r", "kind": "payment.paid", "amount_cents": 5, "event_id": "e"}
    body = sandbox.webhook_body(**(said | changes))

    with pytest.raises(BadWebhook):
        sandbox.Sandbox().read_webhook(body=body, signature=sandbox.sign(body))


def test_agreements_are_untouched_by_money_about_nothing(deal):
    hear(asked(deal), "payment.unheard-of", 5, "e")

    assert Agreement.objects.get().state == "proposed"


def test_what_is_paid_to_a_person_is_held_on_accounts_of_their_own():
    dora = Member.objects.create_user("dora@exemple.fr", display_name="Dora")
    ride = made(provider_id=None, provider_member_id=dora.pk)

    actions.record_payment(intent=asked(ride), now=NOW)

    owed = Account.objects.get(code=f"due:member:{dora.public_id}")
    held = Account.objects.get(code=f"card:member:{dora.public_id}")
    assert (owed.member, ledger.balance(owed), ledger.balance(held)) == (dora, 1234, -1234)
