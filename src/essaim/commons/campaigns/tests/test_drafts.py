"""A draft is written again by the form that proposed it, until people may give."""

import pytest
from django.urls import reverse

from essaim.commons.campaigns import actions
from essaim.commons.campaigns.models import Campaign, Reward
from essaim.commons.campaigns.rules import refusals
from essaim.commons.campaigns.tests import towns as t
from essaim.kernel import clock

pytestmark = pytest.mark.django_db
FORM = {
    "title": "Deux fours", "text": "Pour tous.", "amount": "250,50", "closes_on": "2026-12-20",
    "rewards": "30 Dix pains\n12,50 Une brioche",
}  # fmt: skip


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: t.NOW)


def address(campaign):
    return reverse("campaigns:edit", args=[campaign.public_id])


def edit(town, campaign, **changes):
    return actions.edit_campaign(
        **{
            "campaign": campaign, "carrier": town.world.farm, "title": "Deux fours",
            "text": "Pour tous.", "goal_cents": 20_000, "closes_at": t.END,
            "is_all_or_nothing": False, "takes_shares": True, "goods": [("Pains", 300)],
            "now": t.NOW,
        } | changes
    )  # fmt: skip


def test_a_draft_is_written_again_whole(client, town):
    campaign = town.propose()
    actions.offer_pre_purchase(campaign=campaign, title="Un pain", price_cents=350)
    client.force_login(town.world.farmer)
    assert address(campaign) in client.get(reverse("campaigns:propose")).content.decode()
    text = client.get(address(campaign)).content.decode()
    assert "3,50 Un pain" in text
    assert "Un four à pain" in text

    sent = client.post(address(campaign), FORM | {"carrier": str(town.world.farm.pk)})

    assert sent.status_code == 302
    campaign.refresh_from_db()
    assert (campaign.title, campaign.goal_cents) == ("Deux fours", 25_050)
    assert (campaign.is_all_or_nothing, campaign.state) == (False, "draft")
    goods = Reward.objects.order_by("pk").values_list("title", "price_cents")
    assert list(goods) == [("Dix pains", 3_000), ("Une brioche", 1_250)]


def test_once_it_is_open_it_is_refused_with_a_sentence_and_nothing_changes(client, town):
    campaign = town.open()
    with pytest.raises(refusals.AlreadyOpened):
        edit(town, campaign)
    client.force_login(town.world.farmer)

    for answer in (
        client.get(address(campaign), follow=True),
        client.post(address(campaign), FORM, follow=True),
    ):
        assert "elle ne change plus" in answer.content.decode()

    assert Campaign.objects.get().title == "Un four à pain"


def test_a_draft_is_edited_by_those_who_carry_it_and_the_board_alone(client, town):
    campaign = town.propose()
    for member, status in (
        (town.person("bea"), 404), (town.world.mayor, 404), (town.world.board, 200),
    ):  # fmt: skip
        client.force_login(member)
        assert client.get(address(campaign)).status_code == status


def test_what_a_proposal_may_not_say_a_draft_may_not_either(town):
    campaign = town.propose()
    for wrong, refusal in (
        ({"title": " "}, refusals.NothingGiven),
        ({"goal_cents": 0}, refusals.NothingGiven),
        ({"goods": [("", 100)]}, refusals.NothingGiven),
        ({"closes_at": t.NOW}, refusals.CampaignNotOpen),
    ):
        with pytest.raises(refusal):
            edit(town, campaign, **wrong)

    assert Campaign.objects.get().title == "Un four à pain"


def test_a_title_of_the_cooperative_stays_and_keeps_its_carrier(town):
    campaign = town.propose(carrier=town.world.cooperative)
    terms = actions.TitleTerms(years=7, fixed_bps=200, variable_percent=40)
    actions.offer_title(
        campaign=campaign, title="Titre", price_cents=10_000, terms=terms, now=t.NOW
    )
    with pytest.raises(refusals.NotOffered):
        edit(town, campaign)

    edit(town, campaign, carrier=town.world.cooperative)

    kinds = campaign.rewards.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["title", "pre-purchase"]
