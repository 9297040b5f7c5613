"""The demo: campaigns that go on, matched by the town; one that succeeded a year ago; a draft."""

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from essaim.commons.campaigns import actions
from essaim.commons.campaigns.actions import TitleTerms
from essaim.commons.campaigns.models import Campaign, Contribution, MatchingPool, Reward
from essaim.commons.campaigns.rules.matching import Rule, Terms
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Register
from essaim.commons.titles import actions as titles
from essaim.commons.titles import queries as title_queries
from essaim.core.members.models import Member, Organisation
from essaim.core.payments.actions import charge_back, record_payment
from essaim.core.payments.models import PaymentIntent

DAYS_LEFT = 26
POOL_CENTS, PERSON_CAP_CENTS = 300_000, 10_000
GREENHOUSE_GIFTS = (500, 500, 1_000, 1_000, 1_000, 1_500, 2_000, 2_000, 2_500, 3_000)
BIKES_GIFTS = (1_000, 20_000, 5_000)
MILL_OPENED_DAYS_AGO, MILL_CLOSED_DAYS_AGO, MILL_READY_DAYS_AGO = 390, 360, 20


def sow(now: datetime) -> None:
    """Open a pool and two campaigns; associates of the demo give to them."""
    register = cooperative_queries.the_register()
    if register is None:
        return
    board = Member.objects.get(display_name="Clara Nguyen")
    pool = actions.open_pool(
        register=register, funder=Organisation.objects.get(slug="ville-de-lille"),
        title="La ville abonde (exemple)", now=now,
        terms=Terms(Rule.QUADRATIC, 0, person_cap_cents=PERSON_CAP_CENTS),
    )  # fmt: skip
    actions.endow(pool=pool, cents=POOL_CENTS, key="demo", now=now)
    people = list(
        Member.objects.filter(email__startswith="societaire", associates__left_at=None)
        .order_by("pk")
    )  # fmt: skip
    greenhouse, bikes = _greenhouse(register, pool, board, now), _bikes(register, pool, board, now)
    for campaign, gifts in ((greenhouse, GREENHOUSE_GIFTS), (bikes, BIKES_GIFTS)):
        for member, cents in zip(people, gifts, strict=False):
            _give(campaign, member, cents, now)
    _mill(register, board, people, now)
    _draft(register, board, now)


def _greenhouse(
    register: Register, pool: MatchingPool, board: Member, now: datetime
) -> Campaign:  # fmt: skip
    campaign = actions.propose_campaign(
        register=register, carrier=Organisation.objects.get(name="Les Jardins de l’Écluse"),
        title="Une serre ouverte aux écoles", goal_cents=60_000, is_all_or_nothing=True,
        text="Une serre de cinquante mètres carrés, où chaque école du quartier sème et récolte.",
        closes_at=now + timedelta(days=DAYS_LEFT), takes_shares=False, by=board, now=now,
    )  # fmt: skip
    for title, cents in (("Six plants de tomates au printemps", 1_500),
                         ("Un panier de légumes chaque mois d’été", 6_000)):  # fmt: skip
        actions.offer_pre_purchase(campaign=campaign, title=title, price_cents=cents)
    return actions.open_campaign(campaign=campaign, pool=pool, now=now)


def _bikes(register: Register, pool: MatchingPool, board: Member, now: datetime) -> Campaign:
    campaign = actions.propose_campaign(
        register=register, carrier=register.organisation, title="Deux vélos cargos pour livrer",
        text="Achetés par la coopérative, prêtés aux producteurs et aux lieux de retrait.",
        goal_cents=900_000, closes_at=now + timedelta(days=DAYS_LEFT), is_all_or_nothing=False,
        takes_shares=True, by=board, now=now,
    )  # fmt: skip
    actions.offer_title(
        campaign=campaign, title="Titre participatif de 500\u00a0€", price_cents=50_000,
        terms=TitleTerms(years=7, fixed_bps=150, variable_percent=40), now=now,
    )  # fmt: skip
    return actions.open_campaign(campaign=campaign, pool=pool, now=now)


def _mill(register: Register, board: Member, people: list[Member], now: datetime) -> None:
    """Succeeded a year ago: flour in every state, three titles with their interest, a reversal."""
    opened, closed, ready = (
        now - timedelta(days=days)
        for days in (MILL_OPENED_DAYS_AGO, MILL_CLOSED_DAYS_AGO, MILL_READY_DAYS_AGO)
    )
    campaign = actions.propose_campaign(
        register=register, carrier=register.organisation, title="Un moulin pour le quartier",
        text="Un petit moulin de pierre, pour moudre le blé des fermes voisines.",
        goal_cents=40_000, closes_at=closed, is_all_or_nothing=True, takes_shares=False,
        by=board, now=opened,
    )  # fmt: skip
    flour = actions.offer_pre_purchase(
        campaign=campaign, title="Cinq kilos de farine", price_cents=1_500
    )
    visit = actions.offer_pre_purchase(
        campaign=campaign, title="Une visite du moulin", price_cents=800
    )
    title = actions.offer_title(
        campaign=campaign, title="Titre participatif de 200\u00a0€", price_cents=20_000,
        terms=TitleTerms(years=7, fixed_bps=150, variable_percent=40), now=opened,
    )  # fmt: skip
    campaign = actions.open_campaign(campaign=campaign, now=opened)
    amina = Member.objects.get(display_name="Amina Benali")
    for member in (amina, people[0], people[1]):
        _give(campaign, member, 0, opened, title)
    bags = [_give(campaign, one, 0, opened, flour) for one in (amina, amina, *people[:6])]
    for member in (amina, people[2]):
        _give(campaign, member, 0, opened, visit)
    campaign = actions.close_campaign(campaign=campaign, now=closed)
    actions.announce_ready(
        campaign=campaign, reward=flour, by=board, now=ready,
        text="Chaque samedi de 9\u00a0h à 12\u00a0h, au moulin.",
    )  # fmt: skip
    actions.hand_over(campaign=campaign, contributions=bags[3:6], by=board, now=ready)
    _take_back(bags[5], now)
    _post_interest(register, board, now)


def _take_back(given: Contribution, now: datetime) -> None:
    """The bank of somebody who already has their flour takes the money back."""
    intent = PaymentIntent.objects.get(agreement=given.agreement_id)
    charge_back(intent=intent, amount_cents=given.amount_cents, key="demo-moulin", now=now)
    actions.note_dispute(agreement_id=given.agreement_id, now=now)


def _post_interest(register: Register, board: Member, now: datetime) -> None:
    while year := title_queries.earliest_year_left(register, localdate(now)):
        titles.post_interest(
            register=register, civil_year=year, variable_bps=100, by=board, now=now,
            basis="Résultat de l’exercice, article 4 du contrat d’émission (exemple)",
        )  # fmt: skip


def _draft(register: Register, board: Member, now: datetime) -> None:
    campaign = actions.propose_campaign(
        register=register, carrier=register.organisation, title="Un composteur partagé",
        text="Un grand composteur derrière le point de retrait.", goal_cents=25_000,
        closes_at=now + timedelta(days=DAYS_LEFT), is_all_or_nothing=True, takes_shares=False,
        by=board, now=now,
    )  # fmt: skip
    actions.offer_pre_purchase(campaign=campaign, title="Un sac de compost", price_cents=650)


def _give(
    campaign: Campaign, member: Member, cents: int, now: datetime, reward: Reward | None = None
) -> Contribution:  # fmt: skip
    given = actions.contribute(
        campaign=campaign, member=member, amount_cents=cents, reward=reward, means="card", now=now
    )
    record_payment(intent=PaymentIntent.objects.get(agreement=given.agreement_id), now=now)
    actions.note_payment(agreement_id=given.agreement_id, now=now)
    return given
