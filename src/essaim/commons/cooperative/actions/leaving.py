"""Leaving, being excluded, and being paid back over the years of the statutes."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from essaim.commons.cooperative import queries
from essaim.commons.cooperative.actions import books
from essaim.commons.cooperative.actions.asking import call_waiting
from essaim.commons.cooperative.actions.founding import lock
from essaim.commons.cooperative.actions.moving import current, leave, write_movement
from essaim.commons.cooperative.models import Associate, Exit, Instalment
from essaim.commons.cooperative.rules.leaving import refund_of, schedule
from essaim.commons.cooperative.rules.refusals import (
    AlreadyLeaving,
    ExitSettled,
    InstalmentPaid,
    NoReason,
)
from essaim.commons.cooperative.rules.register import Kind
from essaim.core.members.models import Member
from essaim.core.messages.actions import write_email
from essaim.kernel.money import format_euros


@transaction.atomic
def ask_to_leave(*, associate: Associate, reason: str, by: Member, now: datetime) -> Exit:
    """Say that one leaves; the board then counts what is paid back.

    Raises:
        NotAnAssociate: they have left. AlreadyLeaving: it was said before.
    """
    return _begin(associate, Exit.Kind.LEAVING, reason.strip(), by, now)


@transaction.atomic
def exclude(*, associate: Associate, reason: str, by: Member, now: datetime) -> Exit:
    """Write a decision of exclusion; the person reads its reason.

    Raises:
        NoReason: an exclusion says why. NotAnAssociate, AlreadyLeaving: they are leaving or left.
    """
    if not reason.strip():
        raise NoReason
    found = _begin(associate, Exit.Kind.EXCLUSION, reason.strip(), by, now)
    if associate.member is not None:
        with override(associate.member.language):
            subject = _("You are excluded from the cooperative")
            body = _(
                "The cooperative decided to exclude you. Its reason: “{reason}”. Your shares will"
                " be paid back as the statutes say. You may answer the board."
            ).format(reason=found.reason)
        write_email(recipient=associate.member.email, subject=subject, body=body, now=now)
    return found


@transaction.atomic
def settle_exit(
    *, departure: Exit, losses_cents: int, reserves_cents: int, by: Member, now: datetime
) -> Exit:
    """Take an associate out of the register and owe them their shares, less their part of losses.

    Args:
        losses_cents: on the last balance sheet that members approved.
        reserves_cents: on the same one; of use where the statutes let reserves bear losses first.

    Raises:
        ExitSettled: it was counted before.
    """
    register = lock(departure.associate.register)
    departure = Exit.objects.select_for_update(of=("self",)).get(pk=departure.pk)
    if departure.settled_at is not None:
        raise ExitSettled
    associate = current(departure.associate)
    statutes = queries.statutes_at(register, now)
    shares = queries.shares_held(associate)
    counted = refund_of(
        shares=shares, capital_shares=queries.totals(register, at=now).shares_count,
        nominal_cents=statutes.capital.nominal_cents or 0, losses_cents=losses_cents,
        reserves_cents=reserves_cents,
        reserves_bear_losses_first=statutes.leaving.reserves_bear_losses_first,
    )  # fmt: skip
    movement = write_movement(
        register, Kind.REFUND, shares, giver=associate, by=by, now=now, reason=departure.kind
    )
    leave(associate, movement.moved_at)
    departure.settled_at, departure.settled_by, departure.movement = movement.moved_at, by, movement
    departure.nominal_cents, departure.loss_cents = counted.nominal_cents, counted.loss_cents
    departure.refund_cents = counted.refund_cents
    departure.save(
        update_fields=[
            "settled_at", "settled_by", "movement", "nominal_cents", "loss_cents", "refund_cents",
        ]
    )  # fmt: skip
    dues = schedule(
        refund_cents=counted.refund_cents, years=statutes.leaving.years or 0,
        left_on=localtime(movement.moved_at).date(),
    )  # fmt: skip
    Instalment.objects.bulk_create(
        Instalment(
            exit=departure, position=position, due_date=due.due_date, amount_cents=due.amount_cents
        )
        for position, due in enumerate(dues, start=1)
    )
    books.move_capital(
        register.organisation,
        {
            "capital": -counted.nominal_cents,
            "losses": counted.loss_cents,
            "exits": counted.refund_cents,
        },
        key=f"exit:{departure.public_id}", kind="capital-exit", reference=departure.public_id,
        memo=f"n° {associate.number}", now=now,
    )  # fmt: skip
    _say_what_is_owed(departure, associate, len(dues), now)
    call_waiting(register=register, now=now)
    return departure


@transaction.atomic
def pay_instalment(*, instalment: Instalment, by: Member, now: datetime) -> Instalment:
    """Write that an instalment was paid by the bank of the cooperative.

    Raises:
        InstalmentPaid: it was.
    """
    instalment = (
        Instalment.objects.select_for_update(of=("self",))
        .select_related("exit__associate__register__organisation")
        .get(pk=instalment.pk)
    )
    if instalment.paid_at is not None:
        raise InstalmentPaid
    associate = instalment.exit.associate
    transfer_id = books.move_capital(
        associate.register.organisation,
        {"exits": -instalment.amount_cents, "bank": instalment.amount_cents},
        key=f"instalment:{instalment.public_id}", kind="capital-repaid",
        reference=instalment.exit.public_id, memo=f"n° {associate.number}", now=now,
    )  # fmt: skip
    instalment.transfer_id = transfer_id
    instalment.paid_at, instalment.paid_by = now, by
    instalment.save(update_fields=["transfer", "paid_at", "paid_by"])
    return instalment


def _begin(associate: Associate, kind: Exit.Kind, reason: str, by: Member, now: datetime) -> Exit:
    lock(associate.register)
    associate = current(associate)
    if Exit.objects.filter(associate=associate).exists():
        raise AlreadyLeaving
    return Exit.objects.create(
        associate=associate, kind=kind.value, reason=reason[:500], asked_at=now, asked_by=by
    )


def _say_what_is_owed(departure: Exit, associate: Associate, count: int, now: datetime) -> None:
    if associate.member is None:
        return
    language = associate.member.language
    with override(language):
        subject = _("Your shares are paid back")
        body = _(
            "You have left the cooperative. Your shares were worth {nominal}, their part of losses"
            " is {loss}: {refund} is owed to you, in {count} payments."
        ).format(
            nominal=format_euros(departure.nominal_cents, language),
            loss=format_euros(departure.loss_cents, language),
            refund=format_euros(departure.refund_cents, language),
            count=count,
        )
    write_email(recipient=associate.member.email, subject=subject, body=body, now=now)
