"""A payment that a bank takes back: dropped while the money is here, undone or owed afterwards."""

from datetime import datetime

from django.db import transaction

from essaim.commons.campaigns.actions.delivering import where, write_line
from essaim.commons.campaigns.actions.giving import give_back, lock, locked_by_agreement, undo
from essaim.commons.campaigns.models import Campaign, Contribution, Kind
from essaim.commons.campaigns.rules.deliveries import Standing, Step
from essaim.commons.campaigns.rules.refusals import NotDue, NoWhy
from essaim.commons.titles import actions as titles
from essaim.core.agreements import actions as agreements
from essaim.core.agreements.rules import State as AgreementState
from essaim.core.members.models import Member
from essaim.core.payments.actions import change_means, expected_payment, record_payment

State = Contribution.State
REASON = "paiement repris par la banque"


@transaction.atomic
def note_dispute(*, agreement_id: int, now: datetime) -> Contribution | None:
    """Do what follows from a payment that a bank took back; told twice, once.

    While the campaign goes on, the contribution is dropped. Once it succeeded, what can still be
    undone is: a title or a thing not handed over is cancelled by a line of its register, a gift
    leaves the totals that are still to be matched; the carrier, or the debt of the titles, gives
    the money back. What cannot be undone stays, and its giver owes it: a thing that was handed
    over, a gift that drew public money already.

    Returns:
        the contribution, None when this agreement is about something else.
    """
    locked = locked_by_agreement(agreement_id)
    if locked is None:
        return None
    campaign, found = locked
    if found.state != State.PAID or found.kind == Kind.SHARE or not _is_disputed(found):
        return found
    if campaign.state == Campaign.State.OPEN:
        return give_back(found, by=None, now=now)
    if expected_payment(found.agreement) is None:
        return _paid_again(found, None, now)
    if not _stays(campaign, found):
        _cancel(found, now)
        undo(found, by=None, reason=REASON, now=now)
    return found


def note_disputes(*, now: datetime) -> None:
    """Do it for each payment that was taken back unheard, or was paid again since (worker)."""
    disputed = Contribution.objects.filter(
        state=State.PAID, agreement__state=AgreementState.DISPUTED.value
    ).exclude(kind=Kind.SHARE)
    for agreement_id in list(disputed.order_by("pk").values_list("agreement_id", flat=True)):
        note_dispute(agreement_id=agreement_id, now=now)


@transaction.atomic
def record_debt_paid(
    *, contribution: Contribution, means: str, by: Member, now: datetime
) -> Contribution:
    """Record that a giver paid again what their bank had taken back.

    Args:
        means: "cash" or "bank-transfer".

    Raises:
        NotDue: nothing is owed for it.
    """
    found = _lock_due(contribution)
    intent = expected_payment(found.agreement)
    if intent is None:
        raise NotDue
    intent = change_means(intent=intent, means=means, now=now)
    record_payment(intent=intent, now=now, by=by)
    return _paid_again(found, by, now)


@transaction.atomic
def give_debt_up(
    *, contribution: Contribution, reason: str, by: Member, now: datetime
) -> Contribution:
    """Ask a giver no more for what their bank took back: the carrier gives it back instead.

    Raises:
        NoWhy: no reason. NotDue: nothing is owed for it.
    """
    if not reason.strip():
        raise NoWhy
    found = _lock_due(contribution)
    undo(found, by=by, reason=reason, now=now)
    return found


def _is_disputed(found: Contribution) -> bool:
    return found.agreement.state == AgreementState.DISPUTED.value


def _stays(campaign: Campaign, found: Contribution) -> bool:
    """Whether something was given for this money that does not come back."""
    if found.kind == Kind.PRE_PURCHASE:
        return where(found) == Standing.HANDED_OVER
    pool = campaign.pool
    return found.kind == Kind.GIFT and pool is not None and pool.settled_at is not None


def _cancel(found: Contribution, now: datetime) -> None:
    """Write in its register that a title or a thing bought ahead was never paid."""
    if found.kind == Kind.PRE_PURCHASE:
        write_line(found, Step.REVERSED, by=None, now=now)
    elif found.kind == Kind.TITLE:
        titles.cancel_title(source=found.public_id, reason=REASON, now=now)


def _paid_again(found: Contribution, by: Member | None, now: datetime) -> Contribution:
    found.agreement = agreements.move(
        agreement=found.agreement, to_state=AgreementState.SETTLED, by=by, now=now
    )
    return found


def _lock_due(contribution: Contribution) -> Contribution:
    """Lock the campaign, then a contribution that its giver owes.

    Raises:
        NotDue: it is not.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=contribution.campaign_id)
    found = lock(contribution)
    is_owed = found.state == State.PAID and _is_disputed(found) and found.kind != Kind.SHARE
    if not is_owed or campaign.state != Campaign.State.SUCCEEDED:
        raise NotDue
    return found
