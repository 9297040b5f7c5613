"""From a payment to an associate with a number, shares and a certificate; or to a refusal."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import override

from essaim.commons.cooperative import queries
from essaim.commons.cooperative.actions import books
from essaim.commons.cooperative.actions.asking import call_waiting, close, lock_request
from essaim.commons.cooperative.actions.certificates import issue_certificate
from essaim.commons.cooperative.actions.founding import lock
from essaim.commons.cooperative.actions.moving import check_authorities, write_movement
from essaim.commons.cooperative.models import (
    Associate,
    NoticeConsent,
    Register,
    ShareMovement,
    ShareRequest,
)
from essaim.commons.cooperative.rules.refusals import NoReason, NotPaidYet, RequestClosed
from essaim.commons.cooperative.rules.register import Kind
from essaim.commons.statutes.rules.statutes import Admission, Role
from essaim.core.agreements import actions as agreements
from essaim.core.agreements.rules import State as AgreementState
from essaim.core.members.models import Member
from essaim.core.messages.actions import write_email
from essaim.core.payments.actions import expected_payment

State = ShareRequest.State


@transaction.atomic
def note_payment(*, agreement_id: int, now: datetime) -> ShareRequest | None:
    """Note that the shares of an agreement are paid; where the statutes say so, admit at once.

    The money leaves what the buyer owes for an account of its own: it is neither an income nor
    capital yet. Told twice, it is noted once.

    Returns:
        the request, None when this agreement is about something else.
    """
    request = ShareRequest.objects.filter(agreement=agreement_id).order_by().first()
    if request is None:
        return None
    register = lock(request.register)
    request = lock_request(request)
    agreement = request.agreement
    if request.state != State.ASKED or agreement is None:
        return request
    if agreement.state != AgreementState.ACCEPTED or expected_payment(agreement) is not None:
        return request
    books.move_capital(
        register.organisation,
        {"due": -request.amount_cents, "capital-received": request.amount_cents},
        key=f"{books.PAID}:{agreement.public_id}", kind=books.PAID,
        reference=agreement.public_id, now=now,
    )  # fmt: skip
    request.state = State.PAID.value
    request.save(update_fields=["state"])
    statutes = queries.statutes_at(register, now)
    if statutes.capital.admission is Admission.PAYMENT:
        return admit(request=request, by=None, now=now).request
    return request


def note_payments(*, now: datetime) -> int:
    """Note every payment of shares that nobody noted yet (worker); return how many."""
    paid = ShareRequest.objects.filter(
        state=State.ASKED, agreement__state=AgreementState.ACCEPTED.value
    ).order_by("pk")
    noted_count = 0
    for agreement_id in list(paid.values_list("agreement_id", flat=True)):
        request = note_payment(agreement_id=agreement_id, now=now)
        noted_count += request is not None and request.state != State.ASKED
    return noted_count


@transaction.atomic
def admit(*, request: ShareRequest, by: Member | None, now: datetime) -> ShareMovement:
    """Give the shares of a paid request, and a number to whoever is no associate yet.

    Args:
        by: who decided for the board; None when the statutes admit on payment.

    Raises:
        NotPaidYet: nothing came. RequestClosed: it was answered.
        AuthoritiesAtCeiling: the capital went down meanwhile; the request stays as it is.
    """
    register = lock(request.register)
    request = lock_request(request)
    if request.state in {State.WAITING, State.ASKED}:
        raise NotPaidYet
    if request.state != State.PAID or request.agreement is None:
        raise RequestClosed
    statutes = queries.statutes_at(register, now)
    if request.category.role == Role.AUTHORITY:
        check_authorities(register, statutes, request.shares, are_new=True, now=now)
    associate = _associate_of(register, request) or _new_associate(register, request, now)
    movement = write_movement(
        register, Kind.SUBSCRIPTION, request.shares, taker=associate, agreement=request.agreement,
        by=by, now=now,
    )  # fmt: skip
    books.move_capital(
        register.organisation,
        {"capital-received": -request.amount_cents, "capital": request.amount_cents},
        key=f"capital:{request.agreement.public_id}", kind="capital",
        reference=request.agreement.public_id, now=now,
    )  # fmt: skip
    for step in (AgreementState.FULFILLED, AgreementState.SETTLED):
        agreements.move(agreement=request.agreement, to_state=step, by=by, now=now)
    request.state, request.closed_at, request.closed_by = State.ADMITTED.value, now, by
    request.movement = movement
    request.save(update_fields=["state", "closed_at", "closed_by", "movement"])
    issue_certificate(movement=movement)
    _welcome(request, associate, now)
    call_waiting(register=register, now=now)
    return movement


@transaction.atomic
def refuse_request(
    *, request: ShareRequest, reason: str, by: Member, now: datetime
) -> ShareRequest:
    """Refuse a request; what was paid is given back, and the person reads why.

    Raises:
        NoReason: the person would not know why. RequestClosed: it was answered.
    """
    if not reason.strip():
        raise NoReason
    register = lock(request.register)
    request = close(request, State.REFUSED, by=by, reason=reason.strip(), now=now)
    with override(request.member.language):
        subject = _("Your request for shares")
        body = _(
            "The board of {cooperative} did not accept your request. Its reason: “{reason}”. What"
            " you paid, if anything, is given back."
        ).format(cooperative=register.organisation.name, reason=request.reason)
    write_email(recipient=request.member.email, subject=subject, body=body, now=now)
    call_waiting(register=register, now=now)
    return request


def _associate_of(register: Register, request: ShareRequest) -> Associate | None:
    return queries.associate_of(
        register,
        member_id=None if request.organisation_id else request.member_id,
        organisation_id=request.organisation_id,
    )


def _new_associate(register: Register, request: ShareRequest, now: datetime) -> Associate:
    last = register.associates.aggregate(last=Max("number"))["last"] or 0
    associate = Associate.objects.create(
        register=register, number=last + 1, organisation=request.organisation,
        member=None if request.organisation else request.member, category=request.category,
        college=request.college, admitted_at=now,
    )  # fmt: skip
    if request.accepts_notices:
        NoticeConsent.objects.create(
            associate=associate, is_given=True, recorded_at=now, recorded_by=request.member
        )
    return associate


def _welcome(request: ShareRequest, associate: Associate, now: datetime) -> None:
    with override(request.member.language):
        subject = _("You are an associate: No. {number}").format(number=associate.number)
        body = _(
            "Your {count} shares of {cooperative} are in the register. Your certificate is in your"
            " space, under “My shares”."
        ).format(count=request.shares, cooperative=request.register.organisation.name)
    write_email(recipient=request.member.email, subject=subject, body=body, now=now)
