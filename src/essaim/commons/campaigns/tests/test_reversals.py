"""A payment that a bank takes back after a campaign succeeded: to the cent, and in its register."""

import pytest

from essaim.commons.campaigns import actions, queries, tasks
from essaim.commons.campaigns.models import Contribution, DeliveryLine
from essaim.commons.campaigns.rules import refusals
from essaim.commons.campaigns.tests import towns as t
from essaim.commons.titles import queries as titles
from essaim.commons.titles.models import TitleEnd
from essaim.core.agreements.events import AgreementMoved
from essaim.core.ledger import queries as ledger
from essaim.core.payments import actions as payments
from essaim.core.payments.models import PaymentIntent

pytestmark = pytest.mark.django_db
TERMS = actions.TitleTerms(years=7, fixed_bps=200, variable_percent=40)


def charge_back(given, cents=None, key="e1"):
    intent = PaymentIntent.objects.filter(agreement=given.agreement_id).order_by("pk").first()
    payments.charge_back(
        intent=intent, amount_cents=cents or given.amount_cents, key=key, now=t.END
    )


def hear(given):
    return actions.note_dispute(agreement_id=given.agreement_id, now=t.END)


def succeeded(town, *, carrier=None, offer=None, pool=None, cents=0):
    """A campaign that succeeded with one contribution of bea."""
    campaign = town.propose(is_all_or_nothing=False, carrier=carrier or town.world.farm)
    reward = offer(campaign) if offer else None
    campaign = actions.open_campaign(campaign=campaign, pool=pool, now=t.NOW)
    given = town.give(campaign, town.person("bea"), cents, reward=reward)
    return actions.close_campaign(campaign=campaign, now=t.END), given


def bread(campaign):
    return actions.offer_pre_purchase(campaign=campaign, title="Dix pains", price_cents=3_000)


def a_title(campaign):
    return actions.offer_title(
        campaign=campaign, title="Titre", price_cents=10_000, terms=TERMS, now=t.NOW
    )


def settled_books():
    return (t.held("due:essaim"), ledger.imbalances()) == (0, [])


@pytest.mark.parametrize("cents", [4_000, 1_500])
def test_a_gift_leaves_what_is_still_to_be_matched_and_its_carrier_gives_it_back(town, cents):
    pool = town.pool()
    campaign, given = succeeded(town, pool=pool, cents=4_000)
    charge_back(given, cents)

    assert hear(given).state == "returned"
    assert hear(given).state == "returned"

    assert t.held("payable:ferme") == 0
    assert settled_books()
    assert queries.gifts(pool) == {str(campaign.public_id): {}}
    settled = actions.settle_pool(pool=pool, by=town.world.board, now=t.END)
    assert settled.outcome == {}
    row = queries.reversals(town.world.register).get()
    assert (row.taken_cents, row.is_owed) == (cents, False)


def test_a_gift_whose_carrier_was_paid_out_is_owed_by_the_carrier(town):
    campaign, given = succeeded(town, cents=4_000)
    payments.pay_out(organisation=town.world.farm, by=town.world.board, key="tout", now=t.END)
    charge_back(given)

    hear(given)

    assert t.held("recoverable:ferme") == -4_000
    assert queries.owed_by_carrier(campaign) == 4_000
    assert settled_books()


def test_a_gift_that_drew_public_money_is_owed_until_it_is_paid_again(town):
    pool = town.pool()
    _campaign, given = succeeded(town, pool=pool, cents=4_000)
    actions.settle_pool(pool=pool, by=town.world.board, now=t.END)
    charge_back(given)

    assert hear(given).state == "paid"

    assert queries.reversals(town.world.register).get().is_owed
    assert t.held("due:essaim") == -4_000
    assert t.held("payable:ferme") == 8_000
    actions.record_debt_paid(
        contribution=given, means="bank-transfer", by=town.world.board, now=t.END
    )
    assert not queries.reversals(town.world.register).get().is_owed
    assert t.held("payable:ferme") == 8_000
    assert settled_books()
    with pytest.raises(refusals.NotDue):
        actions.record_debt_paid(contribution=given, means="cash", by=town.world.board, now=t.END)


def test_a_thing_that_was_handed_over_is_owed_and_may_be_given_up(town):
    campaign, given = succeeded(town, offer=bread)
    actions.hand_over(campaign=campaign, contributions=[given], by=town.world.farmer, now=t.END)
    charge_back(given)
    assert hear(given).state == "paid"
    with pytest.raises(refusals.NoWhy):
        actions.give_debt_up(contribution=given, reason=" ", by=town.world.board, now=t.END)

    actions.give_debt_up(contribution=given, reason="Partie", by=town.world.board, now=t.END)

    assert t.held("payable:ferme") == 0
    assert settled_books()
    assert [line.step for line in DeliveryLine.objects.all()] == ["handed-over"]
    with pytest.raises(refusals.NotDue):
        actions.give_debt_up(contribution=given, reason="x", by=town.world.board, now=t.END)


def test_a_thing_not_handed_over_is_cancelled_by_a_line(town):
    campaign, given = succeeded(town, offer=bread)
    charge_back(given)

    hear(given)

    line = DeliveryLine.objects.get()
    assert (line.step, line.noted_by) == ("reversed", None)
    assert queries.deliveries(campaign) == []
    assert t.held("payable:ferme") == 0
    assert settled_books()
    with pytest.raises(refusals.NotOwed):
        actions.hand_over(campaign=campaign, contributions=[given], by=town.world.farmer, now=t.END)


def test_a_title_is_cancelled_in_its_register_and_its_debt_with_it(town):
    _campaign, given = succeeded(town, carrier=town.world.cooperative, offer=a_title)
    assert t.held("titles:essaim") == 10_000
    charge_back(given)

    hear(given)

    assert TitleEnd.objects.get().kind == "cancelled"
    assert t.held("titles:essaim") == 0
    assert titles.reconciles(town.world.register)
    assert settled_books()


def test_it_is_heard_as_it_happens_and_by_the_worker_when_it_was_not(town):
    _campaign, given = succeeded(town, cents=4_000)
    charge_back(given)
    tasks.hear(AgreementMoved(agreement_id=given.agreement_id, to_state="disputed"))
    assert Contribution.objects.get(pk=given.pk).state == "returned"

    other = town.open("Autre", is_all_or_nothing=False)
    unheard = town.give(other, town.person("zoe"), 700)
    actions.close_campaign(campaign=other, now=t.END)
    charge_back(unheard, key="e2")
    actions.note_disputes(now=t.END)

    assert Contribution.objects.get(pk=unheard.pk).state == "returned"
    assert settled_books()


def test_what_is_paid_again_elsewhere_is_settled_by_the_worker(town):
    campaign, given = succeeded(town, offer=bread)
    actions.hand_over(campaign=campaign, contributions=[given], by=town.world.farmer, now=t.END)
    charge_back(given)
    hear(given)
    payments.record_payment(intent=payments.expected_payment(given.agreement), now=t.END)

    actions.note_disputes(now=t.END)

    given.agreement.refresh_from_db()
    assert given.agreement.state == "settled"
    assert settled_books()
