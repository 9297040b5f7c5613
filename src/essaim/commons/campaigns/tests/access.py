"""Who may open the pages of campaigns; the matrix reads it and tries every role."""

from datetime import timedelta

from essaim.commons.campaigns import actions
from essaim.commons.campaigns.rules.matching import Rule, Terms
from essaim.commons.cooperative.models import Register
from essaim.core.members.models import Organisation
from essaim.kernel import clock

ACCESS = {
    "public": """
campaigns:campaigns campaigns:campaign               | everybody
campaigns:matching campaigns:matching_csv            | everybody
campaigns:propose campaigns:contribute               | members
campaigns:contribution                               | buyer
campaigns:deliveries campaigns:edit                  | clerk board
""",
    "desk": """
campaigns:desk campaigns:desk_campaign campaigns:desk_pool campaigns:reversals | clerk board
""",
}
"""The contribution is the buyer's."""


def things(people):
    """Return what the addresses ask for, by name: one campaign that goes on, its pool."""
    now, register = clock.now(), Register.objects.get()
    pool = actions.open_pool(
        register=register, funder=Organisation.objects.get(slug="ville"), title="La ville double",
        terms=Terms(Rule.EURO_FOR_EURO, 0), now=now,
    )  # fmt: skip
    campaign = actions.propose_campaign(
        register=register, carrier=register.organisation, title="Un four", text="Pour tous.",
        goal_cents=10_000, closes_at=now + timedelta(days=30), is_all_or_nothing=True,
        takes_shares=False, by=people["board"], now=now,
    )  # fmt: skip
    campaign = actions.open_campaign(campaign=campaign, pool=pool, now=now)
    asked = actions.contribute(
        campaign=campaign, member=people["buyer"], amount_cents=500, means="card", now=now
    )
    draft = actions.propose_campaign(
        register=register, carrier=register.organisation, title="Un moulin", text="Pour tous.",
        goal_cents=10_000, closes_at=now + timedelta(days=30), is_all_or_nothing=True,
        takes_shares=False, by=people["board"], now=now,
    )  # fmt: skip
    one, matching = {"campaign_id": campaign.public_id}, {"pool_id": pool.public_id}
    return {
        "campaigns:campaign": {**one},
        "campaigns:contribute": {**one},
        "campaigns:deliveries": {**one},
        "campaigns:edit": {"campaign_id": draft.public_id},
        "campaigns:desk_campaign": {**one},
        "campaigns:matching": {**matching},
        "campaigns:matching_csv": {**matching},
        "campaigns:desk_pool": {**matching},
        "campaigns:contribution": {"contribution_id": asked.public_id},
    }
