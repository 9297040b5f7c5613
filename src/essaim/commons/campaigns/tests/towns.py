"""A Scic, its farm, a town that adds money, and people who give."""

from dataclasses import dataclass
from datetime import timedelta

from essaim.commons.campaigns import actions, queries
from essaim.commons.campaigns.models import Campaign, Contribution, MatchingPool
from essaim.commons.campaigns.rules.matching import Rule, Terms
from essaim.commons.cooperative.tests import world as coop
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Account
from essaim.core.members.models import Member
from essaim.core.payments.actions import record_payment
from essaim.core.payments.models import PaymentIntent

NOW = coop.NOW
END = NOW + timedelta(days=30)


@dataclass
class Town:
    world: coop.World

    def person(self, name) -> Member:
        """Somebody whose address was verified."""
        from allauth.account.models import EmailAddress

        member = coop.person(name)
        EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
        return member

    def propose(self, title="Un four à pain", **changes) -> Campaign:
        return actions.propose_campaign(
            **{
                "register": self.world.register, "carrier": self.world.farm, "title": title,
                "text": "Pour tout le monde.", "goal_cents": 10_000, "closes_at": END,
                "is_all_or_nothing": True, "takes_shares": False, "by": self.world.farmer,
                "now": NOW,
            } | changes
        )  # fmt: skip

    def open(self, title="Un four à pain", pool=None, **changes) -> Campaign:
        return actions.open_campaign(campaign=self.propose(title, **changes), pool=pool, now=NOW)

    def pool(self, rule=Rule.EURO_FOR_EURO, cents=50_000, **terms) -> MatchingPool:
        pool = actions.open_pool(
            register=self.world.register, funder=self.world.town, title="La ville double",
            terms=Terms(rule, 0, **terms), now=NOW,
        )  # fmt: skip
        if cents:
            actions.endow(pool=pool, cents=cents, key=f"virement:{pool.pk}", now=NOW)
        return pool

    def ask(self, campaign, member, cents=0, reward=None) -> Contribution:
        return actions.contribute(
            campaign=campaign, member=member, amount_cents=cents, reward=reward, means="card",
            now=NOW,
        )  # fmt: skip

    def give(self, campaign, member, cents=0, reward=None) -> Contribution:
        return pay(self.ask(campaign, member, cents, reward))


def pay(contribution, now=NOW) -> Contribution:
    record_payment(intent=PaymentIntent.objects.get(agreement=contribution.agreement_id), now=now)
    actions.note_payment(agreement_id=contribution.agreement_id, now=now)
    contribution.refresh_from_db()
    return contribution


def held(code) -> int:
    account = Account.objects.filter(code=code).first()
    return 0 if account is None else ledger.balance(account)


def aside(campaign) -> int:
    assert queries.reconciles(campaign)
    return held(f"campaign:{campaign.public_id}")


def build() -> Town:
    world = coop.build()
    world.join(shares=10, now=coop.OPENING)
    return Town(world)
