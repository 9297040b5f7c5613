"""The demo: two campaigns that go on, matched by the town, and people who gave."""

from datetime import datetime, timedelta

from essaim.commons.campaigns import actions
from essaim.commons.campaigns.actions import TitleTerms
from essaim.commons.campaigns.models import Campaign, MatchingPool
from essaim.commons.campaigns.rules.matching import Rule, Terms
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Register
from essaim.core.members.models import Member, Organisation
from essaim.core.payments.actions import record_payment
from essaim.core.payments.models import PaymentIntent

DAYS_LEFT = 26
POOL_CENTS, PERSON_CAP_CENTS = 300_000, 10_000
GREENHOUSE_GIFTS = (500, 500, 1_000, 1_000, 1_000, 1_500, 2_000, 2_000, 2_500, 3_000)
BIKES_GIFTS = (1_000, 20_000, 5_000)


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


def _give(campaign: Campaign, member: Member, cents: int, now: datetime) -> None:
    given = actions.contribute(
        campaign=campaign, member=member, amount_cents=cents, means="card", now=now
    )
    record_payment(intent=PaymentIntent.objects.get(agreement=given.agreement_id), now=now)
    actions.note_payment(agreement_id=given.agreement_id, now=now)
