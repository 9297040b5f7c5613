"""The end of a campaign: its carrier receives what came, or everybody gets theirs back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from essaim.commons.campaigns import queries
from essaim.commons.campaigns.actions import books
from essaim.commons.campaigns.actions.giving import give_back, lock
from essaim.commons.campaigns.models import Campaign, Contribution, Kind
from essaim.commons.campaigns.rules.refusals import CampaignNotOver, WrongStep
from essaim.commons.titles import actions as titles
from essaim.core.agreements import actions as agreements
from essaim.core.agreements.rules import State as AgreementState
from essaim.core.messages.actions import write_email
from essaim.web.environment import euros

State = Campaign.State
PAID = Contribution.State.PAID


@transaction.atomic
def close_campaign(*, campaign: Campaign, now: datetime) -> Campaign:
    """End a campaign whose day has come. Closed again, nothing changes.

    All or nothing and short of its goal, it fails: each contribution is given back, shares aside.
    Otherwise what came goes to its carrier in one transfer, titles to the debt of the cooperative.

    Raises:
        WrongStep: it was not opened. CampaignNotOver: its day has not come.
    """
    rows = Campaign.objects.select_for_update(of=("self",))
    campaign = rows.select_related("register__organisation", "carrier").get(pk=campaign.pk)
    if campaign.state in {State.SUCCEEDED, State.FAILED}:
        return campaign
    if campaign.state != State.OPEN:
        raise WrongStep(state=campaign.state)
    if now < campaign.closes_at:
        raise CampaignNotOver(closes_at=campaign.closes_at)
    _drop_disputed(campaign, now)
    found = queries.gathered(campaign)
    has_failed = campaign.is_all_or_nothing and found.total_cents < campaign.goal_cents
    _give_back_unpaid(campaign, now)
    if has_failed:
        _fail(campaign, now)
        campaign.state = State.FAILED.value
    else:
        campaign.transfer_id = _pay_carrier(campaign, found, now)
        _settle(campaign, now)
        _issue_titles(campaign, now)
        campaign.state = State.SUCCEEDED.value
    campaign.closed_at = now
    campaign.save(update_fields=["state", "closed_at", "transfer"])
    return campaign


def close_due(*, now: datetime) -> int:
    """Close every campaign whose day has come (worker); return how many."""
    due = Campaign.objects.filter(state=State.OPEN, closes_at__lte=now).order_by("closes_at", "pk")
    return sum(1 for one in list(due) if close_campaign(campaign=one, now=now).closed_at == now)


def _drop_disputed(campaign: Campaign, now: datetime) -> None:
    """What a bank took back is not there to be paid."""
    disputed = campaign.contributions.filter(
        state=PAID, agreement__state=AgreementState.DISPUTED.value
    )
    for one in disputed.exclude(kind=Kind.SHARE).order_by("pk"):
        give_back(lock(one), by=None, now=now)


def _give_back_unpaid(campaign: Campaign, now: datetime) -> None:
    waiting = campaign.contributions.filter(state=Contribution.State.ASKED)
    for one in waiting.exclude(kind=Kind.SHARE).order_by("pk"):
        give_back(lock(one), by=None, now=now)


def _fail(campaign: Campaign, now: datetime) -> None:
    for one in campaign.contributions.filter(state=PAID).exclude(kind=Kind.SHARE).order_by("pk"):
        found = give_back(lock(one), by=None, now=now)
        with override(found.member.language):
            subject = _("“{title}” did not reach its goal").format(title=campaign.title)
            body = _("Your contribution of {amount} is given back the way it came.").format(
                amount=euros(found.amount_cents)
            )
        write_email(recipient=found.member.email, subject=subject, body=body, now=now)


def _pay_carrier(campaign: Campaign, found: queries.Gathered, now: datetime) -> UUID | None:
    titles_cents = found.by_kind.get(Kind.TITLE, 0)
    carried_cents = found.total_cents - titles_cents - found.by_kind.get(Kind.SHARE, 0)
    return books.move(
        [
            (books.of_campaign(campaign), -carried_cents - titles_cents),
            *books.for_carrier(campaign.carrier, carried_cents),
            (titles.debt(campaign.register.organisation), titles_cents),
        ],
        key=f"campaign:{campaign.public_id}", kind="campaign-paid", reference=campaign.public_id,
        now=now,
    )  # fmt: skip


def _settle(campaign: Campaign, now: datetime) -> None:
    rows = campaign.contributions.filter(state=PAID).exclude(kind=Kind.SHARE)
    for one in rows.select_related("agreement").order_by("pk"):
        for step in (AgreementState.FULFILLED, AgreementState.SETTLED):
            one.agreement = agreements.move(
                agreement=one.agreement, to_state=step, by=None, now=now
            )


def _issue_titles(campaign: Campaign, now: datetime) -> None:
    """Write the titles that were paid in their register, in the order of their payments."""
    rows = campaign.contributions.filter(state=PAID, kind=Kind.TITLE)
    for one in rows.select_related("reward", "member").order_by("paid_at", "pk"):
        reward = one.reward
        if reward is None:
            raise LookupError(one)
        titles.issue_title(
            register=campaign.register, holder=one.member, label=reward.title,
            nominal_cents=one.amount_cents, years=reward.years, fixed_bps=reward.fixed_bps,
            variable_percent=reward.variable_percent, source=one.public_id, now=now,
        )  # fmt: skip
