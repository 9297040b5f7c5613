"""Handing over what was bought ahead, saying that it is ready, giving back what cannot be given."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from essaim.commons.campaigns.actions.giving import lock, undo
from essaim.commons.campaigns.models import Campaign, Contribution, DeliveryLine, Kind, Reward
from essaim.commons.campaigns.rules.deliveries import OWED, Standing, Step, standing
from essaim.commons.campaigns.rules.refusals import (
    NobodyToTell,
    NotHandedOver,
    NothingChosen,
    NotOwed,
    NoWhy,
)
from essaim.core.agreements.models import JournalEvent
from essaim.core.members.models import Member
from essaim.core.messages.actions import write_email
from essaim.web.environment import euros

State = Contribution.State


@transaction.atomic
def hand_over(
    *, campaign: Campaign, contributions: Sequence[Contribution], by: Member, now: datetime
) -> int:
    """Note that things bought ahead were given to who bought them; those noted already stay so.

    Returns:
        how many were noted now.

    Raises:
        NothingChosen: none. NotOwed: one is of another campaign, refunded, or its bank took the
            money back; none is noted then.
    """
    noted_count = 0
    for found in _lock(campaign, contributions):
        stands = where(found)
        if stands == Standing.HANDED_OVER:
            continue
        if stands not in OWED:
            raise NotOwed
        write_line(found, Step.HANDED_OVER, by=by, now=now)
        _event(found, 1, now)
        noted_count += 1
    return noted_count


@transaction.atomic
def correct_hand_over(
    *, campaign: Campaign, contributions: Sequence[Contribution], reason: str, by: Member,
    now: datetime,
) -> None:  # fmt: skip
    """Write that things noted as handed over were not: they are owed again; both lines stay.

    Raises:
        NoWhy: no reason. NothingChosen: none. NotHandedOver: one of them was not.
    """
    if not reason.strip():
        raise NoWhy
    for found in _lock(campaign, contributions):
        if where(found) != Standing.HANDED_OVER:
            raise NotHandedOver
        write_line(found, Step.TAKEN_BACK, by=by, now=now, reason=reason)
        _event(found, -1, now)


@transaction.atomic
def announce_ready(
    *, campaign: Campaign, reward: Reward, text: str, by: Member, now: datetime
) -> int:
    """Tell those who wait for a thing that it is ready: one e-mail to each person, once.

    Args:
        text: where and when it can be fetched, in the words of the carrier.

    Returns:
        how many people were told.

    Raises:
        NoWhy: no words. NobodyToTell: nobody waits for it, or all were told.
    """
    if not text.strip():
        raise NoWhy
    rows = campaign.contributions.filter(kind=Kind.PRE_PURCHASE, reward=reward, state=State.PAID)
    waiting = [
        one for one in _lock(campaign, list(rows)) if where(one) == Standing.PROMISED
    ] if rows.exists() else []  # fmt: skip
    if not waiting:
        raise NobodyToTell
    told: dict[int, list[Contribution]] = {}
    for one in waiting:
        write_line(one, Step.READY, by=by, now=now)
        told.setdefault(one.member_id, []).append(one)
    for mine in told.values():
        _write_ready(mine[0].member, campaign, reward, len(mine), text, now)
    return len(told)


@transaction.atomic
def refund_undelivered(
    *, campaign: Campaign, contributions: Sequence[Contribution], reason: str, by: Member,
    now: datetime,
) -> int:  # fmt: skip
    """Give back the price of things that cannot be delivered, the way it came.

    It is taken from what the carrier is owed here; what it no longer has, it owes.

    Returns:
        what is given back, in cents.

    Raises:
        NoWhy: no reason. NothingChosen: none. NotOwed: one was handed over, or is settled.
    """
    if not reason.strip():
        raise NoWhy
    refunded_cents = 0
    for found in _lock(campaign, contributions):
        if where(found) not in OWED:
            raise NotOwed
        write_line(found, Step.REFUNDED, by=by, now=now, reason=reason)
        undo(found, by=by, reason=reason, now=now)
        _write_refunded(found, campaign, reason, now)
        refunded_cents += found.amount_cents
    return refunded_cents


def where(found: Contribution) -> Standing:
    """Where a delivery stands (1 query). What is not owed by a campaign has ended."""
    if found.kind != Kind.PRE_PURCHASE or found.state != State.PAID:
        return Standing.ENDED
    return standing(list(found.deliveries.order_by("position").values_list("step", flat=True)))


def write_line(
    found: Contribution, step: Step, *, by: Member | None, now: datetime, reason: str = ""
) -> DeliveryLine:
    """Add a line to the journal of a delivery whose contribution is locked."""
    return DeliveryLine.objects.create(
        contribution=found, position=found.deliveries.count() + 1, step=step.value, noted_at=now,
        noted_by=by, reason=reason.strip()[:200],
    )  # fmt: skip


def _lock(campaign: Campaign, contributions: Sequence[Contribution]) -> list[Contribution]:
    """Lock the campaign, then its contributions in one order, and read them afresh.

    Raises:
        NothingChosen: none. NotOwed: it did not succeed, or one is of another campaign.
    """
    if not contributions:
        raise NothingChosen
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.state != Campaign.State.SUCCEEDED or any(
        one.campaign_id != campaign.pk for one in contributions
    ):
        raise NotOwed
    return [lock(one) for one in sorted(contributions, key=lambda one: one.pk)]


def _event(found: Contribution, count: int, now: datetime) -> None:
    """The history of what changed hands; a correction names what it corrects."""
    known = JournalEvent.objects.filter(agreement=found.agreement_id).order_by("-pk").first()
    JournalEvent.objects.create(
        agreement=found.agreement, trade=found.agreement.trade, phase=JournalEvent.Phase.EVENT,
        action=JournalEvent.Action.TRANSFER, provider_id=found.campaign.carrier_id,
        receiver_id=found.member_id, resource=found.agreement.title, quantity=count,
        quantity_unit="item", happened_at=now, corrects=known if count < 0 else None,
    )  # fmt: skip


def _write_ready(
    member: Member, campaign: Campaign, reward: Reward, count: int, text: str, now: datetime
) -> None:
    with override(member.language):
        subject = _("Ready to fetch: {what}").format(what=reward.title)
        what = f"{count} × {reward.title}" if count > 1 else reward.title
        body = _("You bought this ahead in “{title}”: {what}.").format(
            title=campaign.title, what=what
        )
    write_email(recipient=member.email, subject=subject, body=f"{body}\n\n{text.strip()}", now=now)


def _write_refunded(found: Contribution, campaign: Campaign, reason: str, now: datetime) -> None:
    with override(found.member.language):
        subject = _("“{title}” cannot deliver: your money is given back").format(
            title=campaign.title
        )
        body = _("{amount} for “{what}” are given back the way they came. {name} says why:").format(
            amount=euros(found.amount_cents), what=found.agreement.title,
            name=campaign.carrier.name,
        )  # fmt: skip
    email = f"{body}\n\n{reason.strip()}"
    write_email(recipient=found.member.email, subject=subject, body=email, now=now)
