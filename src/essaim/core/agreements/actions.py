"""Recording agreements and moving them through their life."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from essaim.core.agreements.events import AgreementMoved
from essaim.core.agreements.models import Agreement, Basket, JournalEvent, Transition
from essaim.core.agreements.rules import SplitDoesNotSum, State, check_transition, spoken_number
from essaim.core.members.models import Member
from essaim.core.territories.models import Territory
from essaim.kernel import events
from essaim.kernel.prepared import json_rows, run_prepared


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line to record; amounts are tax included, `item` is the trade's own row."""

    item: int
    label: str
    quantity: int
    unit_price_cents: int
    amount_cents: int
    tax_rate_bps: int


@dataclass(frozen=True, slots=True)
class ShareDraft:
    """One part of the price; `organisation_id` is None for the funds of the cooperative."""

    role: str
    organisation_id: int | None
    label: str
    amount_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementDraft:
    """Everything of an agreement but the trade's own details.

    Args:
        pk, serial: from `draw_keys`, or drawn by the caller's own first statement (`DRAW_KEYS`):
            what depends on the agreement can then be sent together with it.
        public_id: the caller's key; a second draft of the same key is not recorded.
        provider_id, provider_member_id: the organisation or the person who provides, exactly one.
        action: what is promised of each line, as the journal says it.
        total_cents: tax included; 0 when nothing is to be paid.
        lines: recorded at positions 1, 2, 3…
        ends_at: the member's agenda shows the agreement until then; None leaves it out.
    """

    pk: int
    serial: int
    public_id: UUID
    territory_id: int
    trade: str
    receiver_id: int
    placed_by_id: int
    state: State
    title: str
    total_cents: int
    lines: tuple[LineDraft, ...]
    shares: tuple[ShareDraft, ...]
    provider_id: int | None = None
    provider_member_id: int | None = None
    action: JournalEvent.Action = JournalEvent.Action.TRANSFER
    tax_cents: int = 0
    basket_id: int | None = None
    takes_place_at: datetime | None = None
    ends_at: datetime | None = None
    place_id: int | None = None

    @property
    def number(self) -> str:
        return spoken_number(self.serial)

    def whole(self) -> dict[str, Any]:
        """The agreement as `queries.whole` reads it once it is recorded, without reading it."""
        return {
            "public_id": self.public_id,
            "number": self.number,
            "state": self.state.value,
            "total_cents": self.total_cents,
            "tax_cents": self.tax_cents,
            "lines": [
                {
                    "label": line.label,
                    "quantity": line.quantity,
                    "unit_price_cents": line.unit_price_cents,
                    "amount_cents": line.amount_cents,
                }
                for line in self.lines
            ],
            "shares": [
                {"role": share.role, "label": share.label, "amount_cents": share.amount_cents}
                for share in self.shares
            ],
        }


DRAW_KEYS = """
nextval('agreements_agreement_id_seq') AS agreement_id, nextval('agreements_number') AS serial
"""
"""Columns that give a new agreement its keys: `pk` and `serial` of its draft."""

RECORD = """
WITH agreement AS (
    INSERT INTO agreements_agreement (id, public_id, number, territory_id, trade, basket_id,
        provider_id, provider_member_id, receiver_id, placed_by_id, unit, total_cents, tax_cents,
        state, proposed_at, title, takes_place_at, ends_at, place_id)
    VALUES (%(pk)s, %(public_id)s, %(number)s, %(territory)s, %(trade)s, %(basket)s, %(provider)s,
        %(provider_member)s, %(receiver)s, %(placed_by)s, 'EUR', %(total)s, %(tax)s, %(state)s,
        %(now)s, %(title)s, %(takes_place_at)s, %(ends_at)s, %(place)s)
    ON CONFLICT (public_id) DO NOTHING
    RETURNING id
), line AS (
    INSERT INTO agreements_line (agreement_id, position, item, label, quantity, unit_price_cents,
        amount_cents, tax_rate_bps)
    SELECT agreement.id, l.n, l.item, l.label, l.quantity, l.unit_price, l.amount, l.rate
      FROM agreement, ROWS FROM (json_to_recordset(%(lines)s::json) AS (item bigint, label text,
            quantity int, unit_price bigint, amount bigint, rate int))
           WITH ORDINALITY AS l(item, label, quantity, unit_price, amount, rate, n)
    RETURNING label, quantity
), share AS (
    INSERT INTO agreements_share (agreement_id, position, role, organisation_id, label,
        amount_cents)
    SELECT agreement.id, s.n, s.role, s.organisation, s.label, s.amount
      FROM agreement, ROWS FROM (json_to_recordset(%(shares)s::json)
            AS (role text, organisation bigint, label text, amount bigint))
           WITH ORDINALITY AS s(role, organisation, label, amount, n)
), transition AS (
    INSERT INTO agreements_transition (agreement_id, from_state, to_state, done_by_id, done_at,
        reason)
    SELECT agreement.id, '', %(state)s, %(placed_by)s, %(now)s, '' FROM agreement
), journal AS (
    INSERT INTO agreements_journalevent (agreement_id, trade, phase, action, provider_id,
        provider_member_id, receiver_id, resource, quantity, quantity_unit, happened_at)
    SELECT agreement.id, %(trade)s, 'commitment', %(action)s, %(provider)s::bigint,
           %(provider_member)s::bigint, %(receiver)s, line.label, line.quantity, 'item', %(now)s
      FROM agreement, line
)
SELECT id FROM agreement
"""

WRITE_SHARES = """
INSERT INTO agreements_share (agreement_id, position, role, organisation_id, label, amount_cents)
SELECT %(agreement)s, s.n, s.role, s.organisation, s.label, s.amount
  FROM ROWS FROM (json_to_recordset(%(shares)s::json)
            AS (role text, organisation bigint, label text, amount bigint))
       WITH ORDINALITY AS s(role, organisation, label, amount, n)
"""


@transaction.atomic
def open_basket(*, receiver: Member, territory: Territory, now: datetime) -> Basket:
    """Return the member's open basket, made when there is none."""
    basket, _ = Basket.objects.get_or_create(
        receiver=receiver,
        state=Basket.State.OPEN,
        defaults={"territory": territory, "created_at": now},
    )
    return basket


def draw_keys() -> tuple[int, int]:
    """Return the `pk` and the `serial` of a new draft; never given twice (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {DRAW_KEYS}")
        pk, serial = cursor.fetchone()
    return pk, serial


@transaction.atomic(savepoint=False)
def record(*, draft: AgreementDraft, now: datetime) -> bool:
    """Write an agreement: its lines, split, first transition and promises (1 statement).

    Returns:
        whether it was written: False when an agreement of this `public_id` exists already.

    Raises:
        SplitDoesNotSum: the shares do not add up to the total.
    """
    return recording(draft=draft, now=now)()


def recording(*, draft: AgreementDraft, now: datetime) -> Callable[[], bool]:
    """Send what `record` writes; the answer is waited for when what it returns is called.

    For a transaction that is `pipelined()` and sends more meanwhile.

    Raises:
        SplitDoesNotSum: the shares do not add up to the total.
    """
    if sum(share.amount_cents for share in draft.shares) != draft.total_cents:
        raise SplitDoesNotSum(total_cents=draft.total_cents)
    parameters = _header(draft, now) | {
        "lines": json_rows([_line_row(line) for line in draft.lines]),
        "shares": json_rows([_share_row(share) for share in draft.shares]),
    }
    rows = run_prepared(RECORD, parameters)
    return lambda: rows.one() is not None


@transaction.atomic
def move(
    *, agreement: Agreement, to_state: State, by: Member | None, now: datetime, reason: str = ""
) -> Agreement:
    """Take an agreement to its next state and write who did it, when and why.

    Raises:
        WrongState: the table of transitions does not allow it from where the agreement is now.
    """
    locked = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    check_transition(locked.state, to_state)
    Transition.objects.create(
        agreement=locked,
        from_state=locked.state,
        to_state=to_state.value,
        done_by=by,
        done_at=now,
        reason=reason[:200],
    )
    locked.state = agreement.state = to_state.value
    locked.save(update_fields=["state"])
    events.publish(AgreementMoved(agreement_id=locked.pk, to_state=to_state.value))
    return locked


@transaction.atomic
def move_all(
    *, agreements: Sequence[Agreement], to_state: State, by: Member | None, now: datetime
) -> None:
    """Take agreements that the caller has locked to their next state, in a few statements.

    Raises:
        WrongState: one of them may not go there; none does.
    """
    for agreement in agreements:
        check_transition(agreement.state, to_state)
    Transition.objects.bulk_create(
        Transition(
            agreement=agreement, from_state=agreement.state, to_state=to_state.value, done_by=by,
            done_at=now,
        )
        for agreement in agreements
    )  # fmt: skip
    Agreement.objects.filter(pk__in=[agreement.pk for agreement in agreements]).update(
        state=to_state.value
    )
    for agreement in agreements:
        agreement.state = to_state.value
        events.publish(AgreementMoved(agreement_id=agreement.pk, to_state=to_state.value))


@transaction.atomic
def replace_split(
    *, agreement: Agreement, total_cents: int, tax_cents: int, shares: Sequence[ShareDraft]
) -> None:
    """Give an agreement a new total and the split that sums to it (the lines are the caller's).

    Raises:
        SplitDoesNotSum: the shares do not add up to the total.
    """
    if sum(share.amount_cents for share in shares) != total_cents:
        raise SplitDoesNotSum(total_cents=total_cents)
    agreement.shares.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE_SHARES,
            {
                "agreement": agreement.pk,
                "shares": json_rows([_share_row(share) for share in shares]),
            },
        )
    agreement.total_cents, agreement.tax_cents = total_cents, tax_cents
    agreement.save(update_fields=["total_cents", "tax_cents"])


def _line_row(line: LineDraft) -> dict[str, object]:
    return {
        "item": line.item,
        "label": line.label,
        "quantity": line.quantity,
        "unit_price": line.unit_price_cents,
        "amount": line.amount_cents,
        "rate": line.tax_rate_bps,
    }


def _share_row(share: ShareDraft) -> dict[str, object]:
    return {
        "role": share.role,
        "organisation": share.organisation_id,
        "label": share.label,
        "amount": share.amount_cents,
    }


def _header(draft: AgreementDraft, now: datetime) -> dict[str, Any]:
    return {
        "pk": draft.pk,
        "public_id": draft.public_id,
        "number": draft.number,
        "territory": draft.territory_id,
        "trade": draft.trade,
        "basket": draft.basket_id,
        "provider": draft.provider_id,
        "provider_member": draft.provider_member_id,
        "action": draft.action.value,
        "receiver": draft.receiver_id,
        "placed_by": draft.placed_by_id,
        "total": draft.total_cents,
        "tax": draft.tax_cents,
        "state": draft.state.value,
        "title": draft.title,
        "takes_place_at": draft.takes_place_at,
        "ends_at": draft.ends_at,
        "place": draft.place_id,
        "now": now,
    }
