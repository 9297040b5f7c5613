"""Asking for shares, waiting for room, giving up."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from essaim.commons.cooperative import queries
from essaim.commons.cooperative.actions import books
from essaim.commons.cooperative.actions.founding import lock
from essaim.commons.cooperative.models import Associate, College, Register, ShareRequest
from essaim.commons.cooperative.rules.leaving import months_later
from essaim.commons.cooperative.rules.refusals import (
    AlreadyAsked,
    NotForYou,
    RequestClosed,
    TooFewShares,
    TooManyShares,
    TooSoonToReturn,
    UnknownCategory,
    WrongCollege,
)
from essaim.commons.cooperative.rules.register import room_for_authorities, room_under
from essaim.commons.statutes.rules.findings import authorities_ceiling
from essaim.commons.statutes.rules.statutes import Category, Role, Statutes
from essaim.core.agreements import actions as agreements
from essaim.core.agreements.actions import AgreementDraft, LineDraft, ShareDraft
from essaim.core.agreements.models import Agreement
from essaim.core.agreements.rules import CAPITAL
from essaim.core.agreements.rules import State as AgreementState
from essaim.core.ledger.actions import reverse_all
from essaim.core.members.models import Member, Organisation
from essaim.core.messages.actions import write_email
from essaim.core.payments.actions import ask_payment, follow_price
from essaim.kernel.identifiers import uuid7
from essaim.web.environment import euros

SLUG = "cooperative"
"""What agreements about shares carry where those of a trade carry its slug."""
State = ShareRequest.State
AUTHORITIES = frozenset({Role.AUTHORITY})


@transaction.atomic
def ask_for_shares(
    *,
    register: Register,
    member: Member,
    category_code: str,
    shares: int,
    means: str,
    now: datetime,
    organisation: Organisation | None = None,
    college_code: str = "",
    accepts_notices: bool = False,
) -> ShareRequest:
    """Ask for shares, for oneself or for an organisation; what is to be paid is asked at once.

    Without room under a ceiling (the statutes' on the capital, the law's on local authorities),
    the request waits in line and nothing is to be paid yet. An associate who asks for more stays
    in their category and college.

    Args:
        category_code: of the statutes in force; of no effect for an associate.
        college_code: "" when the category votes in one college, or in none.
        means: a means of payment, see `payments`.

    Raises:
        UnknownCategory, WrongCollege: not in the statutes.
        NotForYou: a local authority elsewhere than in its category, or somebody else in it.
        TooFewShares, TooManyShares: `details` has the bound. AlreadyAsked: one at a time.
        TooSoonToReturn: they left not long ago; `details` has the day.
    """
    register = lock(register)
    statutes = queries.statutes_at(register, now)
    holder = {
        "member_id": None if organisation else member.pk,
        "organisation_id": organisation.pk if organisation else None,
    }
    open_ones = register.requests.filter(state__in=queries.OPEN, organisation=organisation)
    if organisation is None:
        open_ones = open_ones.filter(member=member)
    if open_ones.exists():
        raise AlreadyAsked
    associate = queries.associate_of(register, **holder)
    category = _category(statutes, associate, category_code)
    if (category.role is Role.AUTHORITY) != _is_authority(organisation):
        raise NotForYou
    college = _college(register, statutes, associate, category, college_code)
    _check_bounds(statutes, associate, category, shares)
    if associate is None:
        _check_return(register, statutes, holder, now)
    request = ShareRequest.objects.create(
        register=register, member=member, organisation=organisation,
        category=register.categories.get(code=category.code), college=college, shares=shares,
        nominal_cents=statutes.capital.nominal_cents or 0, means=means,
        accepts_notices=accepts_notices, state=State.WAITING, asked_at=now,
    )  # fmt: skip
    if not _is_behind_others(request) and _has_room(request, statutes, now):
        promise(request, now)
    return request


@transaction.atomic
def call_waiting(*, register: Register, now: datetime) -> int:
    """Ask those in line for their payment as far as there is room, first come first served.

    Nobody overtakes: behind a local authority that must wait, the others wait too, whatever they
    ask; and so for those who wait under the ceiling of the capital.

    Returns:
        how many were called.
    """
    register = lock(register)
    line = register.requests.filter(state=State.WAITING).select_related("category", "member")
    found = list(line.order_by("asked_at", "pk"))
    if not found:
        return 0
    statutes = queries.statutes_at(register, now)
    held_back: set[bool] = set()
    called_count = 0
    for request in found:
        is_authority = request.category.role == Role.AUTHORITY
        request.register = register
        if is_authority in held_back or not _has_room(request, statutes, now):
            held_back.add(is_authority)
            continue
        promise(request, now)
        subject, body = _your_turn(request)
        write_email(recipient=request.member.email, subject=subject, body=body, now=now)
        called_count += 1
    return called_count


@transaction.atomic
def withdraw_request(*, request: ShareRequest, by: Member, now: datetime) -> ShareRequest:
    """Give up a request that is not answered yet; what was paid is given back.

    Raises:
        RequestClosed: it was answered, or given up.
    """
    register = lock(request.register)
    request = close(request, State.WITHDRAWN, by=by, reason="", now=now)
    call_waiting(register=register, now=now)
    return request


def close(
    request: ShareRequest, state: State, *, by: Member | None, reason: str, now: datetime
) -> ShareRequest:
    """Close an open request without giving shares, and give back what was paid."""
    request = lock_request(request)
    if request.state not in queries.OPEN:
        raise RequestClosed
    if request.agreement is not None:
        _give_up(request.agreement, state, by=by, now=now)
    request.state, request.closed_at, request.closed_by = state.value, now, by
    request.reason = reason[:500]
    request.save(update_fields=["state", "closed_at", "closed_by", "reason"])
    return request


def lock_request(request: ShareRequest) -> ShareRequest:
    """Lock a request and read it afresh; its register is locked before."""
    return (
        ShareRequest.objects.select_for_update(of=("self",))
        .select_related(
            "register__organisation", "category", "college", "member", "organisation", "agreement"
        )
        .get(pk=request.pk)
    )


def _give_up(agreement: Agreement, state: State, *, by: Member | None, now: datetime) -> None:
    reverse_all(reference=agreement.public_id, kinds=[books.PAID], memo="shares not given", now=now)
    if agreement.state == AgreementState.PROPOSED:
        target = {
            State.WITHDRAWN: AgreementState.WITHDRAWN, State.REFUSED: AgreementState.DECLINED
        }[state]  # fmt: skip
    else:
        target = AgreementState.CANCELLED
    agreements.move(agreement=agreement, to_state=target, by=by, now=now)
    follow_price(agreement=agreement, reason="shares not given", now=now)


def promise(request: ShareRequest, now: datetime) -> None:
    """Turn a request into an agreement that waits for its payment."""
    cooperative = request.register.organisation
    pk, serial = agreements.draw_keys()
    with override(settings.LANGUAGE_CODE):
        label = ngettext(
            "%(count)s share of %(nominal)s", "%(count)s shares of %(nominal)s", request.shares
        ) % {"count": request.shares, "nominal": euros(request.nominal_cents)}
        capital = _("Capital of the cooperative")
    draft = AgreementDraft(
        pk=pk, serial=serial, public_id=uuid7(), territory_id=request.register.territory_id,
        trade=SLUG, basket_id=None, provider_id=cooperative.pk, receiver_id=request.member_id,
        placed_by_id=request.member_id, state=AgreementState.PROPOSED, title=label,
        total_cents=request.amount_cents, tax_cents=0, takes_place_at=None, ends_at=None,
        place_id=None,
        lines=(
            LineDraft(request.pk, label, request.shares, request.nominal_cents,
                      request.amount_cents, 0),
        ),
        shares=(ShareDraft(CAPITAL, cooperative.pk, capital, request.amount_cents),),
    )  # fmt: skip
    agreements.record(draft=draft, now=now)
    ask_payment(agreement_id=pk, amount_cents=request.amount_cents, means=request.means, now=now)
    request.agreement_id, request.state = pk, State.ASKED.value
    request.save(update_fields=["agreement", "state"])


def room_left(register: Register, statutes: Statutes, role: Role, now: datetime) -> int | None:
    """Return how many shares somebody of this role may still ask for; None: as many as they like.

    What others asked for and did not receive yet is counted as taken, so that two who ask at once
    are never both promised the last share.
    """
    held = queries.totals(register, at=now)
    nominal = statutes.capital.nominal_cents or 1
    taken = held.shares_count + queries.pending_shares(register)
    rooms = [
        room_under(
            ceiling_cents=statutes.capital.ceiling_cents,
            capital_cents=taken * nominal,
            nominal_cents=nominal,
        )
    ]
    if role is Role.AUTHORITY:
        promised = queries.pending_shares(register, roles=AUTHORITIES)
        rooms.append(
            room_for_authorities(
                capital_shares=held.shares_count + promised,
                authorities_shares=authorities_shares(statutes, held) + promised,
                ceiling=authorities_ceiling(statutes, localtime(now).date()),
            )
        )
    return min((room for room in rooms if room is not None), default=None)


def authorities_shares(statutes: Statutes, held: queries.Totals) -> int:
    """Return the shares that local authorities hold together."""
    codes = {one.code for one in statutes.categories if one.role is Role.AUTHORITY}
    return sum(shares for code, shares in held.shares.items() if code in codes)


def _has_room(request: ShareRequest, statutes: Statutes, now: datetime) -> bool:
    room = room_left(request.register, statutes, Role(request.category.role), now)
    return room is None or request.shares <= room


def _is_behind_others(request: ShareRequest) -> bool:
    """Whoever comes when a line stands goes to its end: local authorities have one of their own."""
    line = request.register.requests.filter(state=State.WAITING).exclude(pk=request.pk)
    authority = Q(category__role=Role.AUTHORITY.value)
    is_authority = request.category.role == Role.AUTHORITY
    return line.filter(authority if is_authority else ~authority).exists()


def _is_authority(organisation: Organisation | None) -> bool:
    return organisation is not None and organisation.kind == Organisation.Kind.LOCAL_AUTHORITY


def _category(statutes: Statutes, associate: Associate | None, code: str) -> Category:
    try:
        return statutes.category(associate.category.code if associate else code)
    except KeyError as problem:
        raise UnknownCategory from problem


def _college(
    register: Register,
    statutes: Statutes,
    associate: Associate | None,
    category: Category,
    code: str,
) -> College | None:
    if associate is not None:
        return associate.college
    open_codes = [college.code for college in statutes.colleges_open_to(category.code)]
    chosen = code or (open_codes[0] if len(open_codes) == 1 else "")
    if not statutes.colleges and not code:
        return None
    if chosen not in open_codes:
        raise WrongCollege
    return register.colleges.get(code=chosen)


def _check_bounds(
    statutes: Statutes, associate: Associate | None, category: Category, shares: int
) -> None:
    minimum = 1 if associate else max(1, category.minimum_shares or 1)
    if shares < minimum:
        raise TooFewShares(minimum=minimum)
    maximum = statutes.capital.shares_max
    held = queries.shares_held(associate) if associate else 0
    if maximum is not None and held + shares > maximum:
        raise TooManyShares(maximum=maximum)


def _check_return(
    register: Register, statutes: Statutes, holder: dict[str, int | None], now: datetime
) -> None:
    months = statutes.leaving.readmission_after_months
    if months is None:
        return
    left = register.associates.filter(left_at__isnull=False, **holder).order_by("-left_at").first()
    if left is None or left.left_at is None:
        return
    allowed_from = months_later(localtime(left.left_at).date(), months)
    if localtime(now).date() < allowed_from:
        raise TooSoonToReturn(day=allowed_from)


def _your_turn(request: ShareRequest) -> tuple[str, str]:
    with override(request.member.language):
        amount = euros(request.amount_cents)
        return (
            _("Your shares: it is your turn"),
            _(
                "There is room again in the capital: you may now pay {amount} for your {count}"
                " shares, in your space, under “My shares”."
            ).format(amount=amount, count=request.shares),
        )
