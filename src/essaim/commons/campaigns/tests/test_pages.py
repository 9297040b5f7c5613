"""The pages of campaigns, from a proposal to what the authority added."""

from datetime import timedelta

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from essaim.commons.campaigns import actions, panels, queries, tasks
from essaim.commons.campaigns.models import Campaign, Contribution, MatchingPool, Reward
from essaim.commons.campaigns.rules.matching import Rule
from essaim.commons.campaigns.tests import towns as t
from essaim.commons.cooperative.queries import the_register
from essaim.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch):
    def set_to(instant):
        monkeypatch.setattr(clock, "now", lambda: instant)

    set_to(t.NOW)
    return set_to


def page(client, name, *args, member=None, status=200):
    if member is not None:
        client.force_login(member)
    response = client.get(reverse(f"campaigns:{name}", args=args))
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def send(client, name, *args, status=302, **form):
    response = client.post(reverse(f"campaigns:{name}", args=args), form)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


PROPOSAL = {
    "title": "Un four", "text": "Pour tous.", "amount": "100", "closes_on": "2026-12-20",
    "is_all_or_nothing": "on", "rewards": "30 Dix pains\n12,50 Une brioche",
}  # fmt: skip


def test_without_a_campaign_the_page_says_what_is_to_come(client, town):
    assert "Aucune campagne n’est ouverte" in page(client, "campaigns")


def test_a_manager_proposes_and_the_board_opens(client, town):
    world = town.world
    client.force_login(world.farmer)
    send(client, "propose", **PROPOSAL, carrier=str(world.farm.pk))
    campaign = Campaign.objects.get()
    assert campaign.state == "draft"
    assert list(Reward.objects.order_by("pk").values_list("price_cents", flat=True)) == [3000, 1250]
    page(client, "campaign", campaign.public_id, status=404)

    page(client, "desk", status=404)
    client.force_login(world.board)
    assert "Un four" in page(client, "desk")
    send(client, "desk_campaign", campaign.public_id, what="open", pool="")

    assert "Un four" in page(client, "campaigns")
    text = page(client, "campaign", campaign.public_id)
    assert "12,50\u00a0€" in text
    assert "tout est rendu" in text


def test_a_line_that_cannot_be_read_is_told_and_nothing_is_written(client, town):
    client.force_login(town.world.farmer)
    wrong = PROPOSAL | {"rewards": "Dix pains"}

    text = send(client, "propose", **wrong, carrier=str(town.world.farm.pk), status=422)

    assert "Dix pains" in text
    assert not Campaign.objects.exists()


def test_whoever_manages_no_organisation_is_told_who_proposes(client, town):
    text = page(client, "propose", member=town.person("bea"))

    assert "Une organisation porte une campagne" in text


def test_a_gift_is_chosen_paid_and_seen(client, town):
    campaign, bea = town.open(), town.person("bea")
    client.force_login(bea)
    gift = {"what": "gift", "means": "card"}
    send(client, "contribute", campaign.public_id, **gift, amount="", status=422)
    send(client, "contribute", campaign.public_id, **gift, amount="25")
    asked = Contribution.objects.get()
    assert "Payer 25,00\u00a0€" in page(client, "contribution", asked.public_id)

    t.pay(asked)

    assert "elle est payée" in page(client, "contribution", asked.public_id)
    assert "25,00\u00a0€" in page(client, "campaign", campaign.public_id)
    rows = [(row.title, row.detail) for row in panels.member_rows(bea, the_register())]
    assert rows == [("Un four à pain", "25,00\u00a0€"), ("Campagnes", "")]


def test_a_contribution_is_taken_back_on_its_page_and_is_nobody_elses(client, town):
    campaign, bea = town.open(), town.person("bea")
    given = town.give(campaign, bea, 2_000)
    page(client, "contribution", given.public_id, member=town.person("zoe"), status=404)

    client.force_login(bea)
    send(client, "contribution", given.public_id)

    given.refresh_from_db()
    assert given.state == "returned"
    send(client, "contribution", given.public_id)
    assert "ne peut plus être reprise" in page(client, "contribution", given.public_id)
    assert "rendue" in page(client, "contribution", given.public_id)


def test_the_same_form_sent_twice_is_one_contribution(client, town):
    campaign = town.open()
    client.force_login(town.person("bea"))
    form = {"what": "gift", "means": "card", "amount": "5", "idempotency_key": "k1"}

    for _turn in range(2):
        send(client, "contribute", campaign.public_id, **form)

    assert Contribution.objects.count() == 1


def test_shares_are_asked_of_the_register(client, town):
    campaign = town.open(takes_shares=True)
    client.force_login(town.person("bea"))
    shares = {"what": "share", "means": "card", "category": "users"}
    send(client, "contribute", campaign.public_id, **shares, shares="", status=422)

    send(client, "contribute", campaign.public_id, **shares, shares="2")

    found = Contribution.objects.get()
    assert (found.amount_cents, found.share_request.shares) == (4_000, 2)


def test_a_title_is_offered_by_the_cooperative_as_the_law_lets_it(client, town):
    campaign = town.propose(carrier=town.world.cooperative)
    client.force_login(town.world.board)
    title = {
        "what": "title", "title": "Titre", "amount": "100", "years": "6", "fixed_percent": "2",
        "variable_percent": "40",
    }  # fmt: skip
    refused = send(client, "desk_campaign", campaign.public_id, **title, status=422)
    assert "avant 7 ans" in refused

    send(client, "desk_campaign", campaign.public_id, **(title | {"years": "7"}))

    assert Reward.objects.get().fixed_bps == 200
    assert "7 ans" in page(client, "desk_campaign", campaign.public_id)


def test_a_form_that_may_not_issue_titles_is_not_offered_to(client, town):
    campaign = town.propose()
    client.force_login(town.world.board)

    assert "titre participatif" not in page(client, "desk_campaign", campaign.public_id)


def test_the_table_of_a_pool_is_read_before_during_and_after(client, town, now):
    client.force_login(town.world.board)
    pool_form = {
        "title": "La ville double", "funder": str(town.world.town.pk), "rule": "pairwise",
        "person_cap": "49", "campaign_cap": "", "bound": "",
    }  # fmt: skip
    send(client, "desk", **pool_form, status=422)
    send(client, "desk", **(pool_form | {"rule": "quadratic"}))
    pool = MatchingPool.objects.get()
    assert (pool.rule, pool.person_cap_cents, pool.bound_cents) == ("quadratic", 4_900, None)
    before = page(client, "matching", pool.public_id)
    assert "20 personnes donnent 5\u00a0€ chacune" in before
    assert "413,04\u00a0€" in before

    for _turn in range(2):
        send(client, "desk_pool", pool.public_id, what="endow", amount="98", reference="V 12")
    campaign = town.propose()
    opening = {"what": "open", "pool": pool.public_id}
    send(client, "desk_campaign", campaign.public_id, **opening)
    campaign.refresh_from_db()
    bea = town.person("bea")
    for person in (bea, town.person("zoe")):
        town.give(campaign, person, 6_000)
    assert "Si tout finissait maintenant" in page(client, "matching", pool.public_id)
    assert "98,00\u00a0€" in page(client, "campaign", campaign.public_id)
    sheet = client.get(reverse("campaigns:matching_csv", args=[pool.public_id])).content.decode()
    assert queries.pseudonym(pool, bea.pk) in sheet
    assert "bea" not in sheet.lower().replace(queries.pseudonym(pool, bea.pk), "")

    assert "Payer les campagnes" not in page(client, "desk_pool", pool.public_id)
    early = send(client, "desk_pool", pool.public_id, what="settle", status=422)
    assert "encore ouverte" in early
    now(t.END + timedelta(days=1))
    send(client, "desk_campaign", campaign.public_id, what="close")
    assert "Payer les campagnes" in page(client, "desk_pool", pool.public_id)
    for _turn in range(2):
        send(client, "desk_pool", pool.public_id, what="settle")
    assert (
        ProcrastinateJob.objects.filter(task_name__endswith="campaigns.tasks.settle").count() == 1
    )
    assert "Le calcul est en cours" in page(client, "desk_pool", pool.public_id)
    assert t.held("payable:ferme") == 12_000
    tasks.settle()
    assert "Abondement versé" in page(client, "desk_pool", pool.public_id)

    assert t.held("payable:ferme") == 12_000 + 9_800
    after = page(client, "matching", pool.public_id)
    assert "Tel que versé" in after
    assert after.count("98,00\u00a0€") >= 2


def test_a_campaign_that_failed_says_what_became_of_the_money(client, town, now):
    campaign = town.open()
    now(t.END)
    client.force_login(town.person("bea"))
    send(client, "contribute", campaign.public_id, what="gift", amount="5", means="card")
    assert not Contribution.objects.exists()
    assert "on compte" in page(client, "campaign", campaign.public_id)
    actions.close_campaign(campaign=campaign, now=t.END)

    assert "tout a été rendu" in page(client, "campaign", campaign.public_id)


def test_the_public_pages_take_as_many_queries_for_many_givers(client, town):
    campaign = town.open(pool=town.pool(rule=Rule.QUADRATIC))
    town.give(campaign, town.person("bea"), 400)
    few = counted(client, campaign)
    for number in range(4):
        town.give(campaign, town.person(f"p{number}"), 400)

    assert counted(client, campaign) == few


def counted(client, campaign):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        page(client, "campaign", campaign.public_id)
        page(client, "campaigns")
    return len(seen)


def test_what_is_owed_is_handed_over_corrected_and_seen_by_who_bought_it(client, town, now):
    campaign = town.propose(is_all_or_nothing=False)
    bread = actions.offer_pre_purchase(campaign=campaign, title="Dix pains", price_cents=3_000)
    campaign, bea = actions.open_campaign(campaign=campaign, now=t.NOW), town.person("bea")
    given = [town.give(campaign, bea, reward=bread) for _turn in range(3)]
    actions.close_campaign(campaign=campaign, now=t.END)
    now(t.END)
    page(client, "deliveries", campaign.public_id, member=bea, status=404)
    assert "Promis" in page(client, "contribution", given[0].public_id)

    text = page(client, "deliveries", campaign.public_id, member=town.world.farmer)
    assert "3 × Dix pains" in text
    assert "90,00\u00a0€" in text
    assert "Choisissez" in send(
        client, "deliveries", campaign.public_id, what="hand-over", status=422
    )
    send(client, "deliveries", campaign.public_id, what="ready", reward=str(bread.public_id),
         reason="Samedi au fournil.")  # fmt: skip
    key = queries.deliveries(campaign)[0].key
    two = {"what": "hand-over", "rows": key, f"count-{key}": "2"}
    send(client, "deliveries", campaign.public_id, **two, idempotency_key="k")
    send(client, "deliveries", campaign.public_id, **two, idempotency_key="k")

    rows = queries.deliveries(campaign)
    assert [(row.standing, row.count) for row in rows] == [("ready", 1), ("handed-over", 2)]
    undo = {"what": "correct", "rows": rows[1].key, f"count-{rows[1].key}": "1"}
    refused = send(client, "deliveries", campaign.public_id, **undo, status=422)
    assert "Dites pourquoi" in refused
    send(client, "deliveries", campaign.public_id, **undo, reason="Un seul était là")
    journal = page(client, "deliveries", campaign.public_id)
    assert "Un seul était là" in journal
    refund = {"what": "refund", "rows": rows[0].key, "reason": "Plus de farine"}
    send(client, "deliveries", campaign.public_id, **refund)

    assert t.held("payable:ferme") == 3_000
    client.force_login(bea)
    told = [page(client, "contribution", one.public_id) for one in given]
    assert sum("Remis le" in one for one in told) == 1
    assert sum("ne peut pas être livré" in one for one in told) == 2
    assert any("Plus de farine" in one for one in told)
    assert "Ce qui est à remettre" in page(
        client, "campaign", campaign.public_id, member=town.world.farmer
    )


def test_a_payment_taken_back_shows_at_the_desk_and_to_its_giver_until_it_is_ended(
    client, town, now
):
    from essaim.core.payments import actions as payments
    from essaim.core.payments.models import PaymentIntent

    campaign = town.propose(is_all_or_nothing=False)
    bread = actions.offer_pre_purchase(campaign=campaign, title="Dix pains", price_cents=3_000)
    campaign, bea = actions.open_campaign(campaign=campaign, now=t.NOW), town.person("bea")
    given = [town.give(campaign, bea, reward=bread) for _turn in range(2)]
    campaign = actions.close_campaign(campaign=campaign, now=t.END)
    now(t.END)
    actions.hand_over(campaign=campaign, contributions=given, by=town.world.farmer, now=t.END)
    client.force_login(town.world.board)
    assert "Aucun paiement" in page(client, "reversals")
    for one in given:
        intent = PaymentIntent.objects.get(agreement=one.agreement_id)
        payments.charge_back(intent=intent, amount_cents=3_000, key=f"e{one.pk}", now=t.END)
        actions.note_dispute(agreement_id=one.agreement_id, now=t.END)

    assert "2 restent dus" in page(client, "desk")
    assert page(client, "reversals").count("Reste dû") == 2
    assert "30,00\u00a0€ restent à payer" in page(
        client, "contribution", given[0].public_id, member=bea
    )
    client.force_login(town.world.board)
    paid = {"contribution": given[0].public_id, "what": "paid", "means": "cash"}
    send(client, "reversals", **paid)
    assert "Plus rien n’est dû" in send(client, "reversals", **paid, status=422)
    given_up = {"contribution": given[1].public_id, "what": "give-up"}
    assert "Dites pourquoi" in send(client, "reversals", **given_up, reason="", status=422)
    send(client, "reversals", **given_up, reason="Introuvable")
    send(client, "reversals", contribution="rien", what="paid", status=404)

    assert t.held("payable:ferme") == 3_000
    assert t.held("due:essaim") == 0
    text = page(client, "reversals")
    assert ("Repayé" in text, "Défait" in text, "Reste dû" in text) == (True, True, False)
