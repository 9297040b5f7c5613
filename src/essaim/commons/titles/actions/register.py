"""A title enters the register once, and leaves it once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils.timezone import localdate

from essaim.commons.cooperative.models import Register
from essaim.commons.titles import queries
from essaim.commons.titles.actions import books
from essaim.commons.titles.models import Title, TitleEnd
from essaim.commons.titles.rules.refusals import Ended, NotYetRepayable
from essaim.core.ledger.actions import post, reverse_all
from essaim.core.ledger.rules import Draft
from essaim.core.members.models import Member

Kind = TitleEnd.Kind


@transaction.atomic
def issue_title(
    *, register: Register, holder: Member, label: str, nominal_cents: int, years: int,
    fixed_bps: int, variable_percent: int, source: UUID, now: datetime,
) -> Title:  # fmt: skip
    """Write a title that was paid in the register, once for its `source`.

    Its money is the caller's: the account of the debt must grow by its nominal.
    """
    register = Register.objects.select_for_update(of=("self",)).get(pk=register.pk)
    known = Title.objects.filter(source=source).order_by().first()
    if known is not None:
        return known
    last = register.titles.aggregate(last=Max("number"))["last"] or 0
    return Title.objects.create(
        register=register, number=last + 1, holder=holder, label=label[:160],
        nominal_cents=nominal_cents, years=years, fixed_bps=fixed_bps,
        variable_percent=variable_percent, issued_at=now, source=source,
    )  # fmt: skip


@transaction.atomic
def cancel_title(*, source: UUID, reason: str, now: datetime) -> TitleEnd | None:
    """Cancel by a new line a title whose payment a bank took back; told twice, once.

    Interest that was posted for it is taken back in the ledger. Its nominal is the caller's, as
    when it was issued.

    Returns:
        the line, None when no title was issued for this source.

    Raises:
        Ended: it was paid back.
    """
    title = _lock(Q(source=source))
    if title is None:
        return None
    known = queries.end_of(title)
    if known is not None:
        if known.kind == Kind.REPAID:
            raise Ended
        return known
    reverse_all(reference=title.public_id, kinds=[books.INTEREST], memo="title cancelled", now=now)
    return TitleEnd.objects.create(
        title=title, kind=Kind.CANCELLED, noted_at=now, reason=reason[:200]
    )


@transaction.atomic
def repay_title(*, title: Title, by: Member, now: datetime) -> TitleEnd:
    """Note that the nominal of a title was paid back at the bank, once its term has passed.

    Source: code de commerce, art. L.228-36: seven years at least, at the initiative of the
    cooperative. Interest runs until the day before.

    Raises:
        NotYetRepayable: `details` has the first day. Ended: it was paid back or cancelled.
    """
    locked = _lock(Q(pk=title.pk))
    if locked is None or queries.end_of(locked) is not None:
        raise Ended
    if localdate(now) < locked.repayable_on:
        raise NotYetRepayable(repayable_on=locked.repayable_on)
    cooperative = locked.register.organisation
    draft = Draft(
        key=f"title-repaid:{locked.public_id}", kind="title-repaid",
        lines=(
            (books.debt(cooperative).pk, -locked.nominal_cents),
            (books.bank(cooperative).pk, locked.nominal_cents),
        ),
        reference=locked.public_id, memo=f"n° {locked.number}",
    )  # fmt: skip
    post(drafts=[draft], now=now)
    return TitleEnd.objects.create(title=locked, kind=Kind.REPAID, noted_at=now, noted_by=by)


def _lock(which: Q) -> Title | None:
    rows = Title.objects.select_for_update(of=("self",)).filter(which)
    return rows.select_related("register__organisation").order_by().first()
