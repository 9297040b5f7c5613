"""Contributing: an agreement to pay, the money set aside when it comes, taking it back."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from essaim.commons.campaigns.actions import books
from essaim.commons.campaigns.models import Campaign, Contribution, Kind, Reward
from essaim.commons.campaigns.rules.refusals import (
    CampaignNotOpen,
    NoRoomForShares,
    NothingGiven,
    NotOffered,
    NotYoursToTakeBack,
)
from essaim.commons.cooperative import actions as cooperative
from essaim.commons.titles import actions as titles
from essaim.core.agreements import actions as agreements
from essaim.core.agreements.actions import AgreementDraft, LineDraft, ShareDraft
from essaim.core.agreements.rules import CAPITAL
from essaim.core.agreements.rules import State as AgreementState
from essaim.core.ledger.actions import reverse_all
from essaim.core.members.models import Member
from essaim.core.payments.actions import ask_payment, expected_payment, follow_price
from essaim.kernel.identifiers import uuid7

SLUG = "campaigns"
"""What agreements about contributions carry where those of a trade carry its slug."""
State = Contribution.State


@transaction.atomic
def contribute(
    *, campaign: Campaign, member: Member, means: str, now: datetime, amount_cents: int = 0,
    reward: Reward | None = None,
) -> Contribution:  # fmt: skip
    """Give any amount, or take a reward at its price; what is to be paid is asked at once.

    Raises:
        CampaignNotOpen: not yet, or over. NothingGiven: no amount.
        NotOffered: a reward of another campaign.
    """
    campaign = lock_open(campaign, now)
    if reward is not None and reward.campaign_id != campaign.pk:
        raise NotOffered
    cents = reward.price_cents if reward else amount_cents
    if cents <= 0:
        raise NothingGiven
    agreement_id = _agree(campaign, member, reward, cents, now)
    ask_payment(agreement_id=agreement_id, amount_cents=cents, means=means, now=now)
    return Contribution.objects.create(
        campaign=campaign, member=member, kind=reward.kind if reward else Kind.GIFT,
        reward=reward, amount_cents=cents, agreement_id=agreement_id, asked_at=now,
    )  # fmt: skip


@transaction.atomic
def contribute_shares(
    *, campaign: Campaign, member: Member, category_code: str, shares: int, means: str,
    now: datetime,
) -> Contribution:  # fmt: skip
    """Ask for shares of the cooperative: they count for the goal and go to its register.

    What becomes of them is the register's business: a campaign that fails gives no share back.

    Raises:
        CampaignNotOpen: not yet, or over. NotOffered: it takes no shares.
        NoRoomForShares: a ceiling is reached. And what `cooperative.ask_for_shares` refuses.
    """
    campaign = lock_open(campaign, now)
    if not campaign.takes_shares:
        raise NotOffered
    request = cooperative.ask_for_shares(
        register=campaign.register, member=member, category_code=category_code, shares=shares,
        means=means, now=now,
    )  # fmt: skip
    if request.agreement_id is None:
        raise NoRoomForShares
    return Contribution.objects.create(
        campaign=campaign, member=member, kind=Kind.SHARE, amount_cents=request.amount_cents,
        agreement_id=request.agreement_id, share_request=request, asked_at=now,
    )  # fmt: skip


@transaction.atomic
def note_payment(*, agreement_id: int, now: datetime) -> Contribution | None:
    """Note that a contribution is paid, and set its money aside; told twice, it is noted once.

    Money that comes once the campaign is over is given back.

    Returns:
        the contribution, None when this agreement is about something else.
    """
    locked = locked_by_agreement(agreement_id)
    if locked is None:
        return None
    campaign, found = locked
    paid = {AgreementState.ACCEPTED, AgreementState.FULFILLED, AgreementState.SETTLED}
    is_paid = found.agreement.state in paid and expected_payment(found.agreement) is None
    if found.state != State.ASKED or not is_paid:
        return found
    if campaign.state != Campaign.State.OPEN and found.kind != Kind.SHARE:
        return give_back(found, by=None, now=now)
    if found.kind != Kind.SHARE:
        books.move(
            [(books.due(campaign.register.organisation), -found.amount_cents),
             (books.of_campaign(campaign), found.amount_cents)],
            key=f"{books.RECEIVED}:{found.public_id}", kind=books.RECEIVED,
            reference=found.public_id, now=now,
        )  # fmt: skip
    found.state, found.paid_at = State.PAID.value, now
    found.save(update_fields=["state", "paid_at"])
    return found


def locked_by_agreement(agreement_id: int) -> tuple[Campaign, Contribution] | None:
    """Lock the campaign, then the contribution that an agreement is about; None if it is not."""
    found = Contribution.objects.filter(agreement=agreement_id).order_by().first()
    if found is None:
        return None
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=found.campaign_id)
    return campaign, lock(found)


def note_payments(*, now: datetime) -> int:
    """Note every payment of contributions that nobody noted yet (worker); return how many."""
    paid = Contribution.objects.filter(
        state=State.ASKED, agreement__state=AgreementState.ACCEPTED.value
    ).order_by("pk")
    noted_count = 0
    for agreement_id in list(paid.values_list("agreement_id", flat=True)):
        noted = note_payment(agreement_id=agreement_id, now=now)
        noted_count += noted is not None and noted.state != State.ASKED
    return noted_count


@transaction.atomic
def take_back(*, contribution: Contribution, by: Member, now: datetime) -> Contribution:
    """Give up a contribution while the campaign goes on; what was paid is given back.

    Raises:
        NotYoursToTakeBack: the campaign is over, it was given back, or it is about shares: these
            are given up where they were asked.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=contribution.campaign_id)
    found = lock(contribution)
    is_going_on = campaign.state == Campaign.State.OPEN and found.state in {State.ASKED, State.PAID}
    if not is_going_on or found.kind == Kind.SHARE:
        raise NotYoursToTakeBack
    return give_back(found, by=by, now=now)


def give_back(found: Contribution, *, by: Member | None, now: datetime) -> Contribution:
    """Undo a locked contribution that is asked or paid: ledger, agreement, payment."""
    agreement = found.agreement
    reverse_all(
        reference=found.public_id, kinds=[books.RECEIVED], memo="contribution given back", now=now
    )
    was_proposed = agreement.state == AgreementState.PROPOSED
    target = AgreementState.WITHDRAWN if was_proposed else AgreementState.CANCELLED
    agreement = agreements.move(agreement=agreement, to_state=target, by=by, now=now)
    follow_price(agreement=agreement, reason="contribution given back", now=now)
    found.state = State.WITHDRAWN.value if was_proposed else State.RETURNED.value
    found.save(update_fields=["state"])
    return found


def undo(found: Contribution, *, by: Member | None, reason: str, now: datetime) -> None:
    """Undo a locked contribution of a campaign that succeeded: carrier, agreement, payment.

    What its carrier received, or the debt of a title, goes back to what buyers owe; what was paid
    and is still here is refunded, what a bank took back is no longer asked.
    """
    campaign, cents = found.campaign, found.amount_cents
    cooperative = campaign.register.organisation
    taken = books.for_carrier(campaign.carrier, -cents)
    if found.kind == Kind.TITLE:
        taken = [(titles.debt(cooperative), -cents)]
    books.move(
        [*taken, (books.due(cooperative), cents)],
        key=f"contribution-undone:{found.public_id}", kind="contribution-undone",
        reference=found.public_id, now=now,
    )  # fmt: skip
    agreement = found.agreement
    if agreement.state != AgreementState.DISPUTED:
        agreement = agreements.move(
            agreement=agreement, to_state=AgreementState.DISPUTED, by=by, now=now, reason=reason
        )
    agreement = agreements.move(
        agreement=agreement, to_state=AgreementState.CANCELLED, by=by, now=now, reason=reason
    )
    follow_price(agreement=agreement, reason="contribution given back", now=now)
    found.state = State.RETURNED.value
    found.save(update_fields=["state"])


def lock(contribution: Contribution) -> Contribution:
    """Lock a contribution and read it afresh; its campaign is locked before."""
    rows = Contribution.objects.select_for_update(of=("self",))
    return rows.select_related(
        "agreement", "campaign__register__organisation", "campaign__carrier", "member"
    ).get(pk=contribution.pk)


def lock_open(campaign: Campaign, now: datetime) -> Campaign:
    """Lock a campaign that takes contributions at this instant.

    Raises:
        CampaignNotOpen: it does not.
    """
    rows = Campaign.objects.select_for_update(of=("self",))
    locked = rows.select_related("register__organisation", "carrier").get(pk=campaign.pk)
    if locked.state != Campaign.State.OPEN or now >= locked.closes_at:
        raise CampaignNotOpen
    return locked


def _agree(
    campaign: Campaign, member: Member, reward: Reward | None, cents: int, now: datetime
) -> int:
    cooperative_pk = campaign.register.organisation_id
    pk, serial = agreements.draw_keys()
    with override(settings.LANGUAGE_CODE):
        label = reward.title if reward else _("Gift to “{title}”").format(title=campaign.title)
    # A role of its own kind, as for shares: what is brought is no price of the cooperative.
    draft = AgreementDraft(
        pk=pk, serial=serial, public_id=uuid7(), territory_id=campaign.register.territory_id,
        trade=SLUG, provider_id=cooperative_pk, receiver_id=member.pk, placed_by_id=member.pk,
        state=AgreementState.PROPOSED, title=label[:120], total_cents=cents,
        lines=(LineDraft(pk, label[:120], 1, cents, cents, 0),),
        shares=(ShareDraft(CAPITAL, campaign.carrier_id, campaign.title[:80], cents),),
    )  # fmt: skip
    agreements.record(draft=draft, now=now)
    return pk
