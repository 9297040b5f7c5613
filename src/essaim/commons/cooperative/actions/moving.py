"""Writing movements in the register: transfers, and shares that go without being paid back."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime

from essaim.commons.cooperative import queries
from essaim.commons.cooperative.actions import books
from essaim.commons.cooperative.actions.asking import authorities_shares
from essaim.commons.cooperative.actions.certificates import issue_certificate
from essaim.commons.cooperative.actions.founding import lock
from essaim.commons.cooperative.models import Associate, Exit, Register, ShareMovement
from essaim.commons.cooperative.rules.refusals import (
    AlreadyLeaving,
    AuthoritiesAtCeiling,
    BelowMinimum,
    NoReason,
    NotAnAssociate,
    NotEnoughShares,
    NothingUnpaid,
    SameAssociate,
    TooManyShares,
)
from essaim.commons.cooperative.rules.register import Kind, room_for_authorities
from essaim.commons.statutes.rules.findings import authorities_ceiling
from essaim.commons.statutes.rules.statutes import Role, Statutes
from essaim.core.agreements import actions as agreements
from essaim.core.agreements.models import Agreement
from essaim.core.agreements.rules import State as AgreementState
from essaim.core.members.models import Member
from essaim.core.payments.actions import expected_payment, follow_price


@transaction.atomic
def transfer_shares(
    *,
    giver: Associate,
    taker: Associate,
    shares: int,
    reason: str,
    by: Member,
    now: datetime,
) -> ShareMovement:
    """Pass shares from one associate to another; what they pay one another is their affair.

    Whoever gives all their shares leaves the cooperative; the capital does not change.

    Args:
        reason: the approval, as it is written in the register.

    Raises:
        SameAssociate, NotAnAssociate, AlreadyLeaving: they cannot give or take.
        NotEnoughShares: `details` has `held`. BelowMinimum: some would be kept, and too few.
        TooManyShares, AuthoritiesAtCeiling: the taker would have too many.
    """
    register = lock(giver.register)
    giver, taker = current(giver), current(taker)
    if giver == taker or giver.register_id != taker.register_id or shares < 1:
        raise SameAssociate
    if Exit.objects.filter(associate=giver, settled_at=None).exists():
        raise AlreadyLeaving
    statutes = queries.statutes_at(register, now)
    left = queries.shares_held(giver) - shares
    if left < 0:
        raise NotEnoughShares(held=left + shares)
    minimum = statutes.category(giver.category.code).minimum_shares or 1
    if 0 < left < minimum:
        raise BelowMinimum(minimum=minimum)
    _check_taker(register, statutes, giver, taker, shares, now)
    movement = write_movement(
        register, Kind.TRANSFER, shares, giver=giver, taker=taker, reason=reason, by=by, now=now
    )
    issue_certificate(movement=movement)
    if left == 0:
        leave(giver, movement.moved_at)
    return movement


@transaction.atomic
def cancel_unpaid(*, movement: ShareMovement, by: Member, now: datetime) -> ShareMovement:
    """Cancel shares whose payment was taken back by the bank: nothing is owed any more.

    Raises:
        NothingUnpaid: their payment stands, or they were cancelled already.
        NotEnoughShares: some were given away meanwhile; `details` has `held`.
    """
    register = lock(movement.register)
    agreement, associate = movement.agreement, movement.to_associate
    if agreement is None or associate is None or movement.kind != Kind.SUBSCRIPTION:
        raise NothingUnpaid
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    if agreement.state != AgreementState.DISPUTED or expected_payment(agreement) is None:
        raise NothingUnpaid
    held = queries.shares_held(associate)
    if held < movement.shares:
        raise NotEnoughShares(held=held)
    cancelled = write_movement(
        register, Kind.CANCELLATION, movement.shares, giver=current(associate), by=by, now=now,
        agreement=agreement, reason=f"n° {movement.number}",
    )  # fmt: skip
    cents = movement.shares * movement.nominal_cents
    books.move_capital(
        register.organisation, {"capital": -cents, "due": cents},
        key=f"capital-cancelled:{movement.public_id}", kind="capital-cancelled",
        reference=agreement.public_id, now=now,
    )  # fmt: skip
    agreements.move(agreement=agreement, to_state=AgreementState.CANCELLED, by=by, now=now)
    follow_price(agreement=agreement, reason="shares cancelled", now=now)
    if held == movement.shares:
        leave(associate, cancelled.moved_at)
    return cancelled


@transaction.atomic
def reduce_for_losses(
    *, register: Register, shares: Mapping[Associate, int], decision: str, by: Member, now: datetime
) -> list[ShareMovement]:
    """Take shares away from associates to absorb losses, as an assembly decided.

    Raises:
        NoReason: the decision is not named. NotAnAssociate, NotEnoughShares: nothing is taken.
    """
    if not decision.strip():
        raise NoReason
    register = lock(register)
    written = []
    for associate, count in sorted(shares.items(), key=lambda pair: pair[0].number):
        held = queries.shares_held(current(associate))
        if held <= count:
            raise NotEnoughShares(held=held)
        written.append(
            write_movement(
                register, Kind.LOSS_REDUCTION, count, giver=associate, reason=decision, by=by,
                now=now,
            )
        )  # fmt: skip
    for movement in written:
        cents = movement.shares * movement.nominal_cents
        books.move_capital(
            register.organisation, {"capital": -cents, "losses": cents},
            key=f"capital-lost:{movement.public_id}", kind="capital-lost",
            reference=movement.public_id, memo=decision, now=now,
        )  # fmt: skip
    return written


def write_movement(
    register: Register,
    kind: Kind,
    shares: int,
    *,
    now: datetime,
    by: Member | None,
    giver: Associate | None = None,
    taker: Associate | None = None,
    agreement: Agreement | None = None,
    reason: str = "",
) -> ShareMovement:
    """Add a movement to a register that the caller has locked; dates never go back."""
    last = register.movements.order_by("-number").first()
    nominal = queries.statutes_at(register, now).capital.nominal_cents
    return ShareMovement.objects.create(
        register=register, number=1 if last is None else last.number + 1, kind=kind.value,
        from_associate=giver, to_associate=taker, shares=shares, nominal_cents=nominal or 0,
        moved_at=now if last is None else max(now, last.moved_at), agreement=agreement,
        reason=reason[:200], recorded_by=by,
    )  # fmt: skip


def current(associate: Associate) -> Associate:
    """Read an associate afresh.

    Raises:
        NotAnAssociate: they have left.
    """
    found = Associate.objects.select_related("category", "register").get(pk=associate.pk)
    if found.left_at is not None:
        raise NotAnAssociate
    return found


def leave(associate: Associate, at: datetime) -> None:
    """Write that an associate without any share left has left."""
    associate.left_at = at
    associate.save(update_fields=["left_at"])


def check_authorities(
    register: Register, statutes: Statutes, shares: int, *, are_new: bool, now: datetime
) -> None:
    """Refuse shares by which local authorities would own too much of the capital.

    Raises:
        AuthoritiesAtCeiling: `details` has the `room` that is left.
    """
    held = queries.totals(register, at=now)
    ceiling = authorities_ceiling(statutes, localtime(now).date())
    own = authorities_shares(statutes, held)
    if are_new:
        room = room_for_authorities(
            capital_shares=held.shares_count, authorities_shares=own, ceiling=ceiling
        )
    else:
        room = int(ceiling * held.shares_count) - own
    if shares > room:
        raise AuthoritiesAtCeiling(room=max(0, room))


def _check_taker(
    register: Register,
    statutes: Statutes,
    giver: Associate,
    taker: Associate,
    shares: int,
    now: datetime,
) -> None:
    maximum = statutes.capital.shares_max
    if maximum is not None and queries.shares_held(taker) + shares > maximum:
        raise TooManyShares(maximum=maximum)
    if taker.category.role == Role.AUTHORITY and giver.category.role != Role.AUTHORITY:
        check_authorities(register, statutes, shares, are_new=False, now=now)
