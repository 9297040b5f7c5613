"""What was bought ahead: handed over once, corrected in the open, or given back to the cent."""

import pytest
from django.db import IntegrityError, connection, transaction

from essaim.commons.campaigns import actions, panels, queries
from essaim.commons.campaigns.models import Contribution, DeliveryLine
from essaim.commons.campaigns.rules import refusals
from essaim.commons.campaigns.rules.deliveries import Standing, standing
from essaim.commons.campaigns.tests import towns as t
from essaim.core.agreements.models import JournalEvent
from essaim.core.ledger import queries as ledger
from essaim.core.messages.models import OutgoingEmail
from essaim.core.payments.actions import pay_out
from essaim.core.payments.models import Refund

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(town):
    """A campaign that succeeded: bea waits for bread twice, zoe for a cake, ines gave."""
    campaign = town.propose(is_all_or_nothing=False)
    bread = actions.offer_pre_purchase(campaign=campaign, title="Dix pains", price_cents=3_000)
    cake = actions.offer_pre_purchase(campaign=campaign, title="Une brioche", price_cents=1_250)
    campaign = actions.open_campaign(campaign=campaign, now=t.NOW)
    bea, zoe = town.person("bea"), town.person("zoe")
    town.bread, town.cake = bread, cake
    town.breads = [town.give(campaign, bea, reward=bread) for _turn in range(2)]
    town.brioche = town.give(campaign, zoe, reward=cake)
    town.gift = town.give(campaign, town.person("ines"), 500)
    town.campaign = actions.close_campaign(campaign=campaign, now=t.END)
    return town


def hand_over(sold, *contributions):
    return actions.hand_over(
        campaign=sold.campaign, contributions=contributions, by=sold.world.farmer, now=t.END
    )


def refund(sold, *contributions, reason="Le four a brûlé"):
    return actions.refund_undelivered(
        campaign=sold.campaign, contributions=contributions, reason=reason,
        by=sold.world.farmer, now=t.END,
    )  # fmt: skip


def correct(sold, *contributions, reason="Erreur de ligne"):
    actions.correct_hand_over(
        campaign=sold.campaign, contributions=contributions, reason=reason,
        by=sold.world.farmer, now=t.END,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "stands"),
    [
        ([], Standing.PROMISED),
        (["ready"], Standing.READY),
        (["ready", "handed-over"], Standing.HANDED_OVER),
        (["handed-over", "taken-back"], Standing.PROMISED),
        (["ready", "handed-over", "taken-back"], Standing.READY),
        (["refunded"], Standing.ENDED),
        (["ready", "reversed"], Standing.ENDED),
    ],
)
def test_the_last_line_says_where_a_delivery_stands(steps, stands):
    assert standing(steps) == stands


def test_the_list_says_who_waits_for_what_how_many_and_since_when(
    sold, django_assert_num_queries
):  # fmt: skip
    with django_assert_num_queries(2):
        rows = queries.deliveries(sold.campaign)

    told = [(one.who, one.what, one.count, one.standing, one.since) for one in rows]
    assert told == [
        ("Bea", "Dix pains", 2, "promised", t.NOW), ("Zoe", "Une brioche", 1, "promised", t.NOW),
    ]  # fmt: skip
    assert queries.owed_cents(rows) == 7_250


def test_what_is_handed_over_is_noted_once_with_who_and_when(sold):
    assert hand_over(sold, *sold.breads) == 2
    assert hand_over(sold, *sold.breads, sold.brioche) == 1

    lines = DeliveryLine.objects.filter(contribution__in=sold.breads)
    assert [(one.noted_by, one.noted_at) for one in lines] == [(sold.world.farmer, t.END)] * 2
    assert queries.owed_cents(queries.deliveries(sold.campaign)) == 0
    journal = JournalEvent.objects.filter(phase="event").values_list("resource", "quantity")
    assert sorted(journal) == [("Dix pains", 1), ("Dix pains", 1), ("Une brioche", 1)]


def test_a_correction_is_a_new_line_and_the_thing_is_owed_again(sold):
    bread = sold.breads[0]
    hand_over(sold, bread)
    with pytest.raises(refusals.NoWhy):
        correct(sold, bread, reason=" ")

    correct(sold, bread)

    steps = bread.deliveries.order_by("position").values_list("step", "reason")
    assert list(steps) == [("handed-over", ""), ("taken-back", "Erreur de ligne")]
    assert queries.deliveries(sold.campaign)[0].count == 2
    event = JournalEvent.objects.filter(quantity=-1).get()
    assert event.corrects.quantity == 1
    with pytest.raises(refusals.NotHandedOver):
        correct(sold, bread)
    assert hand_over(sold, bread) == 1


def test_only_what_was_bought_ahead_and_succeeded_is_owed(sold, town):
    other = town.propose("Autre")
    reward = actions.offer_pre_purchase(campaign=other, title="Pains", price_cents=100)
    going_on = town.give(
        actions.open_campaign(campaign=other, now=t.NOW), town.person("ada"), reward=reward
    )
    for wrong in ([sold.gift], [going_on], [sold.breads[0], sold.gift]):
        with pytest.raises(refusals.NotOwed):
            hand_over(sold, *wrong)
    with pytest.raises(refusals.NothingChosen):
        hand_over(sold)
    with pytest.raises(refusals.NotOwed):
        actions.hand_over(campaign=other, contributions=[going_on], by=sold.world.farmer, now=t.END)

    assert not DeliveryLine.objects.exists()


def test_those_who_wait_are_told_once_each_that_it_is_ready(sold):
    def announce():
        return actions.announce_ready(
            campaign=sold.campaign, reward=sold.bread, text="Samedi, 9 h, au fournil.",
            by=sold.world.farmer, now=t.END,
        )  # fmt: skip

    assert announce() == 1

    letter = OutgoingEmail.objects.get(subject__contains="Prêt")
    assert letter.recipient == "bea@exemple.fr"
    assert "2 × Dix pains" in letter.body
    assert "Samedi, 9 h, au fournil." in letter.body
    assert [one.standing for one in queries.deliveries(sold.campaign)] == ["ready", "promised"]
    with pytest.raises(refusals.NobodyToTell):
        announce()
    assert hand_over(sold, *sold.breads) == 2


def test_what_cannot_be_delivered_is_refunded_from_what_the_carrier_is_owed(sold):
    assert t.held("payable:ferme") == 7_750

    assert refund(sold, *sold.breads) == 6_000

    assert t.held("payable:ferme") == 1_750
    assert (t.held("due:essaim"), t.held("recoverable:ferme")) == (0, 0)
    assert sorted(Refund.objects.values_list("amount_cents", flat=True)) == [3_000, 3_000]
    assert set(Contribution.objects.filter(member__email="bea@exemple.fr").values_list(
        "state", flat=True)) == {"returned"}  # fmt: skip
    assert "Le four a brûlé" in OutgoingEmail.objects.filter(subject__contains="rendu")[0].body
    assert queries.gathered(sold.campaign).total_cents == 1_750
    assert ledger.imbalances() == []


def test_what_is_refunded_or_handed_over_is_refunded_no_more(sold):
    hand_over(sold, sold.brioche)
    refund(sold, sold.breads[0])
    for wrong in (sold.brioche, sold.breads[0], sold.gift):
        with pytest.raises(refusals.NotOwed):
            refund(sold, wrong)
    with pytest.raises(refusals.NoWhy):
        refund(sold, sold.breads[1], reason="")
    with pytest.raises(refusals.NotOwed):
        hand_over(sold, sold.breads[0])

    assert Refund.objects.count() == 1


def test_a_carrier_that_was_paid_out_owes_what_is_refunded_and_its_next_money_pays_it(sold, town):
    pay_out(organisation=sold.world.farm, by=sold.world.board, key="tout", now=t.END)

    refund(sold, *sold.breads)

    assert (t.held("payable:ferme"), t.held("recoverable:ferme")) == (0, -6_000)
    assert t.held("due:essaim") == 0
    assert ledger.imbalances() == []
    campaign = town.open("Encore", is_all_or_nothing=False)
    town.give(campaign, town.person("ada"), 7_000)
    actions.close_campaign(campaign=campaign, now=t.END)
    assert (t.held("payable:ferme"), t.held("recoverable:ferme")) == (1_000, 0)
    assert ledger.imbalances() == []


def twice(sold):
    DeliveryLine.objects.create(
        contribution=sold.breads[0], position=2, step="handed-over", noted_at=t.END
    )


def rewritten(sold):
    DeliveryLine.objects.update(noted_at=t.NOW)


def undone_in_silence(sold):
    DeliveryLine.objects.all().delete()


def owed_by_nobody(sold):
    DeliveryLine.objects.create(
        contribution=sold.gift, position=1, step="handed-over", noted_at=t.END
    )


@pytest.mark.parametrize(
    ("trigger", "wrong"),
    [
        ("campaigns_delivery_follows", twice),
        ("campaigns_delivery_follows", owed_by_nobody),
        ("campaigns_delivery_is_append_only", rewritten),
        ("campaigns_delivery_is_append_only", undone_in_silence),
    ],
)
def test_the_database_keeps_the_journal_and_without_its_guard_does_not(sold, trigger, wrong):
    hand_over(sold, sold.breads[0])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        wrong(sold)
    assert refused.value.__cause__.diag.constraint_name == trigger

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE campaigns_deliveryline DISABLE TRIGGER {trigger}")
        wrong(sold)
        transaction.set_rollback(True)


def test_the_space_of_a_member_says_what_they_wait_for(sold):
    bea = sold.breads[0].member

    rows = [(row.title, row.detail) for row in panels.member_rows(bea, None)]

    assert ("Dix pains", "à venir") in rows
    hand_over(sold, *sold.breads)
    assert [row.title for row in panels.member_rows(bea, None)] == ["Campagnes"]
