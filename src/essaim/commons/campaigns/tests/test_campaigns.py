"""From a campaign proposed to what its carrier receives, or to what everybody gets back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from essaim.commons.campaigns import actions, queries
from essaim.commons.campaigns.models import Campaign, Contribution, Kind, MatchingPool
from essaim.commons.campaigns.rules import refusals
from essaim.commons.campaigns.tests import towns as t
from essaim.commons.titles import queries as titles
from essaim.commons.titles.models import Title
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Transfer
from essaim.core.messages.models import OutgoingEmail
from essaim.core.payments import actions as payments
from essaim.core.payments.actions import record_payment
from essaim.core.payments.models import PaymentIntent, Refund

pytestmark = pytest.mark.django_db
TERMS = actions.TitleTerms(years=7, fixed_bps=200, variable_percent=40)


def close(campaign):
    return actions.close_campaign(campaign=campaign, now=t.END)


def test_what_is_paid_is_set_aside_and_belongs_to_nobody_yet(town):
    campaign = town.open()

    given = town.give(campaign, town.person("bea"), 4_000)

    assert (given.state, given.paid_at) == ("paid", t.NOW)
    assert t.aside(campaign) == 4_000
    assert t.held("payable:ferme") == 0
    assert t.held("due:essaim") == 0
    assert ledger.imbalances() == []


def test_a_payment_told_twice_is_noted_once(town):
    campaign = town.open()
    given = town.give(campaign, town.person("bea"), 4_000)

    t.pay(given)
    actions.note_payments(now=t.NOW)

    assert t.aside(campaign) == 4_000


def test_a_payment_that_was_not_heard_is_noted_by_the_worker(town):
    given = town.ask(town.open(), town.person("bea"), 4_000)
    record_payment(intent=PaymentIntent.objects.get(agreement=given.agreement_id), now=t.NOW)

    actions.note_payments(now=t.NOW)

    given.refresh_from_db()
    assert given.state == "paid"


def test_a_campaign_that_reaches_its_goal_pays_its_carrier_once(town):
    campaign = town.propose()
    basket = actions.offer_pre_purchase(campaign=campaign, title="Dix pains", price_cents=3_000)
    campaign = actions.open_campaign(campaign=campaign, now=t.NOW)
    town.give(campaign, town.person("bea"), 8_000)
    town.give(campaign, town.person("zoe"), reward=basket)
    town.ask(campaign, town.person("paul2"), 500)

    closed = close(campaign)
    again = close(campaign)

    assert (closed.state, again.transfer_id) == ("succeeded", closed.transfer_id)
    assert t.held("payable:ferme") == 11_000
    assert t.held(f"campaign:{campaign.public_id}") == 0
    states = Contribution.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["paid", "paid", "withdrawn"]
    assert ledger.imbalances() == []


def test_all_or_nothing_short_of_its_goal_gives_everything_back(town):
    campaign = town.open()
    town.give(campaign, town.person("bea"), 9_999)

    assert close(campaign).state == "failed"

    assert t.held("payable:ferme") == 0
    assert t.held(f"campaign:{campaign.public_id}") == 0
    assert t.held("due:essaim") == 0
    assert Refund.objects.get().amount_cents == 9_999
    assert Contribution.objects.get().state == "returned"
    letter = OutgoingEmail.objects.get(recipient="bea@exemple.fr")
    assert "99,99\u00a0€" in letter.body
    assert ledger.imbalances() == []


def test_a_campaign_that_keeps_what_comes_succeeds_below_its_goal(town):
    campaign = town.open(is_all_or_nothing=False)
    town.give(campaign, town.person("bea"), 100)

    assert close(campaign).state == "succeeded"
    assert t.held("payable:ferme") == 100


def test_a_campaign_without_a_contribution_ends_without_a_transfer(town):
    campaign = close(town.open(is_all_or_nothing=False))

    assert (campaign.state, campaign.transfer_id) == ("succeeded", None)


def test_money_that_comes_after_the_end_is_given_back(town):
    campaign = town.open(is_all_or_nothing=False)
    late = town.ask(campaign, town.person("bea"), 700)
    record_payment(intent=PaymentIntent.objects.get(agreement=late.agreement_id), now=t.NOW)
    # The campaign ends between the payment and its being heard: it is cancelled with the unpaid.
    close(campaign)

    late.refresh_from_db()
    assert late.state == "returned"
    assert Refund.objects.get().amount_cents == 700
    assert t.held("payable:ferme") == 0


def test_a_contribution_is_taken_back_while_the_campaign_goes_on(town):
    campaign, bea = town.open(), town.person("bea")
    given = town.give(campaign, bea, 4_000)

    back = actions.take_back(contribution=given, by=bea, now=t.NOW)

    assert (back.state, t.aside(campaign)) == ("returned", 0)
    assert Refund.objects.get().amount_cents == 4_000
    with pytest.raises(refusals.NotYoursToTakeBack):
        actions.take_back(contribution=given, by=bea, now=t.NOW)


def test_nothing_is_taken_back_once_the_campaign_is_over(town):
    campaign, bea = town.open(is_all_or_nothing=False), town.person("bea")
    given = town.give(campaign, bea, 4_000)
    close(campaign)

    with pytest.raises(refusals.NotYoursToTakeBack):
        actions.take_back(contribution=given, by=bea, now=t.END)

    assert t.held("payable:ferme") == 4_000


def charge_back(given):
    intent = PaymentIntent.objects.get(agreement=given.agreement_id)
    payments.charge_back(intent=intent, amount_cents=given.amount_cents, key="e1", now=t.NOW)


def test_what_a_bank_took_back_is_no_longer_counted(town):
    campaign = town.open()
    given = town.give(campaign, town.person("bea"), 4_000)
    charge_back(given)

    dropped = actions.note_dispute(agreement_id=given.agreement_id, now=t.NOW)
    again = actions.note_dispute(agreement_id=given.agreement_id, now=t.NOW)

    assert (dropped.state, again.state) == ("returned", "returned")
    assert t.aside(campaign) == 0
    assert t.held("due:essaim") == 0
    assert queries.gathered(campaign).total_cents == 0


def test_what_a_bank_took_back_unheard_is_dropped_before_the_carrier_is_paid(town):
    campaign = town.open(is_all_or_nothing=False)
    charge_back(town.give(campaign, town.person("bea"), 4_000))
    town.give(campaign, town.person("zoe"), 1_000)

    close(campaign)

    assert t.held("payable:ferme") == 1_000
    assert ledger.imbalances() == []


def test_a_payment_that_is_not_disputed_stays(town):
    given = town.give(town.open(), town.person("bea"), 4_000)

    assert actions.note_dispute(agreement_id=given.agreement_id, now=t.NOW).state == "paid"
    assert actions.note_dispute(agreement_id=0, now=t.NOW) is None


def test_only_an_open_campaign_takes_contributions(town):
    bea, draft = town.person("bea"), town.propose()
    with pytest.raises(refusals.CampaignNotOpen):
        town.ask(draft, bea, 100)
    campaign = actions.open_campaign(campaign=draft, now=t.NOW)

    with pytest.raises(refusals.NothingGiven):
        town.ask(campaign, bea, 0)
    with pytest.raises(refusals.CampaignNotOpen):
        actions.contribute(campaign=campaign, member=bea, amount_cents=100, means="card", now=t.END)
    with pytest.raises(refusals.CampaignNotOver):
        actions.close_campaign(campaign=campaign, now=t.NOW)

    assert not Contribution.objects.exists()


def test_what_is_offered_no_longer_changes_once_open(town):
    campaign = town.open()

    with pytest.raises(refusals.WrongStep):
        actions.offer_pre_purchase(campaign=campaign, title="Pains", price_cents=100)
    with pytest.raises(refusals.WrongStep):
        actions.open_campaign(campaign=campaign, now=t.NOW)


def test_a_reward_of_another_campaign_is_not_offered(town):
    other = town.propose("Autre")
    reward = actions.offer_pre_purchase(campaign=other, title="Pains", price_cents=100)

    with pytest.raises(refusals.NotOffered):
        town.ask(town.open(), town.person("bea"), reward=reward)


def test_titles_become_a_debt_of_the_cooperative(town):
    campaign = town.propose(carrier=town.world.cooperative)
    title = actions.offer_title(
        campaign=campaign, title="Titre de 100 €", price_cents=10_000, terms=TERMS, now=t.NOW
    )
    campaign = actions.open_campaign(campaign=campaign, now=t.NOW)
    town.give(campaign, town.person("bea"), reward=title)

    close(campaign)

    assert t.held("titles:essaim") == 10_000
    assert t.held("payable:essaim") == 0


def test_titles_are_issued_by_the_cooperative_alone(town):
    with pytest.raises(refusals.NotOffered):
        actions.offer_title(
            campaign=town.propose(), title="Titre", price_cents=10_000, terms=TERMS, now=t.NOW
        )


def test_shares_count_for_the_goal_and_stay_in_the_register_when_the_campaign_fails(town):
    campaign, bea = town.open(takes_shares=True, goal_cents=50_000), town.person("bea")
    shares = actions.contribute_shares(
        campaign=campaign, member=bea, category_code="users", shares=3, means="card", now=t.NOW
    )
    from essaim.commons.cooperative import actions as cooperative

    record_payment(intent=PaymentIntent.objects.get(agreement=shares.agreement_id), now=t.NOW)
    cooperative.note_payment(agreement_id=shares.agreement_id, now=t.NOW)
    actions.note_payment(agreement_id=shares.agreement_id, now=t.NOW)

    assert queries.gathered(campaign).by_kind == {Kind.SHARE: 6_000}
    assert t.aside(campaign) == 0
    assert close(campaign).state == "failed"
    shares.refresh_from_db()
    shares.share_request.refresh_from_db()
    assert (shares.state, shares.share_request.state) == ("paid", "paid")
    assert not Refund.objects.exists()


def test_a_campaign_that_takes_no_shares_refuses_them(town):
    with pytest.raises(refusals.NotOffered):
        actions.contribute_shares(
            campaign=town.open(), member=town.person("bea"), category_code="users", shares=1,
            means="card", now=t.NOW,
        )  # fmt: skip


def test_the_worker_ends_what_is_due_and_only_that(town):
    early, late = town.open("Tôt"), town.open("Tard", closes_at=t.END + timedelta(days=1))

    assert actions.close_due(now=t.END) == 1

    states = Campaign.objects.in_bulk([early.pk, late.pk])
    assert (states[early.pk].state, states[late.pk].state) == ("failed", "open")


def rewritten(given):
    Contribution.objects.filter(pk=given.pk).update(amount_cents=1)


def reopened(given):
    Campaign.objects.filter(pk=given.campaign_id).update(state="open", closed_at=None)


def another_rule(given):
    MatchingPool.objects.filter(pk=given.campaign.pool_id).update(person_cap_cents=1)


@pytest.mark.parametrize(
    ("trigger", "table", "wrong"),
    [
        ("campaigns_contribution_is_kept", "contribution", rewritten),
        ("campaigns_closed_once", "campaign", reopened),
        ("campaigns_pool_is_kept", "matchingpool", another_rule),
    ],
)
def test_the_database_keeps_what_was_promised_and_without_its_guard_does_not(
    town, trigger, table, wrong
):
    campaign = town.open(pool=town.pool())
    given = town.give(campaign, town.person("bea"), 100)
    close(campaign)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        wrong(given)
    assert refused.value.__cause__.diag.constraint_name == trigger

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE campaigns_{table} DISABLE TRIGGER {trigger}")
        wrong(given)
        transaction.set_rollback(True)


def test_a_proposal_without_a_goal_or_over_before_it_begins_is_refused(town):
    with pytest.raises(refusals.NothingGiven):
        town.propose(goal_cents=0)
    with pytest.raises(refusals.CampaignNotOpen):
        town.propose(closes_at=t.NOW)

    assert not Campaign.objects.exists()
    assert not Transfer.objects.filter(kind="campaign-paid").exists()


def test_what_a_member_gave_is_theirs_to_take_away(town):
    from essaim.commons.campaigns import panels

    bea = town.person("bea")
    town.give(town.open(), bea, 400)
    town.give(town.open("Autre"), town.person("zoe"), 900)

    assert [one["amount_cents"] for one in panels.portrait(bea)] == [400]


def test_titles_enter_their_register_when_the_campaign_succeeds_and_not_when_it_fails(town):
    def offered(name, **changes):
        campaign = town.propose(name, carrier=town.world.cooperative, **changes)
        title = actions.offer_title(
            campaign=campaign, title="Titre de 100 €", price_cents=10_000, terms=TERMS, now=t.NOW
        )
        campaign = actions.open_campaign(campaign=campaign, now=t.NOW)
        return campaign, town.give(campaign, town.person(name), reward=title)

    (kept, given), (failed, _back) = offered("ada"), offered("bob", goal_cents=90_000)

    close(kept)
    close(kept)
    close(failed)

    title = Title.objects.get()
    assert (title.number, title.holder, title.source) == (1, given.member, given.public_id)
    assert (title.nominal_cents, title.years, title.fixed_bps) == (10_000, 7, 200)
    assert titles.reconciles(town.world.register)
