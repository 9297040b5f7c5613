"""Real connections at the same time: no euro is counted twice, none is left behind."""

import threading

import pytest

from essaim.commons.campaigns import actions, queries
from essaim.commons.campaigns.actions import closing
from essaim.commons.campaigns.models import Campaign, Contribution, DeliveryLine
from essaim.commons.campaigns.tests import towns as t
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Transfer
from essaim.core.payments.actions import record_payment
from essaim.core.payments.models import PaymentIntent
from essaim.kernel.tests.at_once import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_payments_noted_while_the_campaign_ends_are_paid_or_given_back_never_lost():
    town = t.build()
    campaign = town.open(is_all_or_nothing=False)
    asked = [town.ask(campaign, town.person(f"p{number}"), 1_000) for number in range(3)]
    for one in asked:
        record_payment(intent=PaymentIntent.objects.get(agreement=one.agreement_id), now=t.NOW)

    def note(one):
        return lambda: actions.note_payment(agreement_id=one.agreement_id, now=t.END)

    together(
        *(note(one) for one in asked),
        *(note(one) for one in asked),
        lambda: actions.close_campaign(campaign=campaign, now=t.END),
    )

    kept = Contribution.objects.filter(state="paid").count()
    assert set(Contribution.objects.values_list("state", flat=True)) <= {"paid", "returned"}
    assert t.held("payable:ferme") == 1_000 * kept
    assert t.held(f"campaign:{campaign.public_id}") == 0
    assert t.held("due:essaim") == 0
    assert ledger.imbalances() == []


def test_a_campaign_ended_four_times_at_once_pays_once():
    town = t.build()
    campaign = town.open(is_all_or_nothing=False)
    town.give(campaign, town.person("bea"), 1_000)

    together(*[lambda: actions.close_campaign(campaign=campaign, now=t.END)] * 4)

    assert t.held("payable:ferme") == 1_000
    assert Transfer.objects.filter(kind="campaign-paid").count() == 1


def test_a_gift_taken_back_while_the_campaign_ends_is_paid_or_given_back_not_both():
    town = t.build()
    campaign, bea = town.open(is_all_or_nothing=False), town.person("bea")
    given = town.give(campaign, bea, 1_000)

    together(
        lambda: actions.take_back(contribution=given, by=bea, now=t.END),
        lambda: actions.close_campaign(campaign=campaign, now=t.END),
    )

    given.refresh_from_db()
    assert t.held("payable:ferme") == (1_000 if given.state == "paid" else 0)
    assert ledger.imbalances() == []


def test_without_the_lock_of_the_campaign_more_is_paid_than_it_holds(monkeypatch):
    """The twin: what was gathered is read before a gift is taken back, and paid after it."""
    town = t.build()
    campaign, bea = town.open(is_all_or_nothing=False), town.person("bea")
    given, kept = town.give(campaign, bea, 1_000), town.give(campaign, town.person("zoe"), 500)
    read, taken = queries.gathered, threading.Event()

    def read_then_wait(found):
        told = read(found)
        taken.wait(timeout=20)
        return told

    def take_back():
        # What `take_back` does without the lock of the campaign.
        from django.db import transaction

        from essaim.commons.campaigns.actions import giving

        with transaction.atomic():
            giving.give_back(giving.lock(given), by=bea, now=t.END)
        taken.set()

    monkeypatch.setattr(closing.queries, "gathered", read_then_wait)
    told = together(lambda: actions.close_campaign(campaign=campaign, now=t.END), take_back)

    # 15.00 € cannot leave an account that holds 5.00 €: its bound is what refuses it then.
    assert told[0] == "ledger.bound-exceeded"
    assert kept.state == "paid"
    assert Campaign.objects.get(pk=campaign.pk).state == "open"


def test_a_pool_settled_four_times_at_once_pays_once():
    town = t.build()
    pool = town.pool(cents=5_000)
    campaign = town.open(pool=pool, is_all_or_nothing=False)
    town.give(campaign, town.person("bea"), 1_000)
    actions.close_campaign(campaign=campaign, now=t.END)

    together(*[lambda: actions.settle_pool(pool=pool, by=town.world.board, now=t.END)] * 4)

    assert t.held("payable:ferme") == 2_000
    assert t.held("payable:ville") == 4_000
    assert queries.pool_cents(pool) == 0


def test_a_thing_handed_over_four_times_at_once_is_noted_once():
    town = t.build()
    campaign = town.propose(is_all_or_nothing=False)
    bread = actions.offer_pre_purchase(campaign=campaign, title="Dix pains", price_cents=3_000)
    campaign = actions.open_campaign(campaign=campaign, now=t.NOW)
    given = town.give(campaign, town.person("bea"), reward=bread)
    campaign = actions.close_campaign(campaign=campaign, now=t.END)

    told = together(
        *[
            lambda: actions.hand_over(
                campaign=campaign, contributions=[given], by=town.world.farmer, now=t.END
            )
        ]
        * 4
    )

    assert sorted(told) == [0, 0, 0, 1]
    assert DeliveryLine.objects.count() == 1


def test_a_thing_refunded_while_it_is_handed_over_is_one_or_the_other():
    town = t.build()
    campaign = town.propose(is_all_or_nothing=False)
    bread = actions.offer_pre_purchase(campaign=campaign, title="Dix pains", price_cents=3_000)
    campaign = actions.open_campaign(campaign=campaign, now=t.NOW)
    given = town.give(campaign, town.person("bea"), reward=bread)
    campaign = actions.close_campaign(campaign=campaign, now=t.END)
    act = {"campaign": campaign, "contributions": [given], "by": town.world.farmer, "now": t.END}

    told = together(
        lambda: actions.hand_over(**act),
        lambda: actions.refund_undelivered(**act, reason="Plus de farine"),
    )

    assert "campaigns.not-owed" in told
    assert DeliveryLine.objects.count() == 1
    assert t.held("payable:ferme") == (3_000 if told[0] == 1 else 0)
    assert ledger.imbalances() == []
