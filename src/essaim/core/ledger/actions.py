"""Posting transfers and handling holds. The hot path is one statement, whatever its size."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg.errors import CheckViolation, LockNotAvailable, UniqueViolation

from essaim.core.ledger.models import Account, Hold, Transfer, Unit
from essaim.core.ledger.rules import (
    KIND_CHARS_MAX,
    BoundExceeded,
    Draft,
    HoldResolved,
    HoldTooSmall,
    KeyTaken,
    check,
)
from essaim.kernel.identifiers import uuid7
from essaim.kernel.prepared import json_rows, run_prepared

EURO = "EUR"
POSTING_LOCK = 73_001
"""Advisory lock: shared by each posting, exclusive for a checkpoint (see `write_checkpoints`)."""
LABEL_CHARS_MAX, MEMO_CHARS_MAX = 120, 200

# Bounded accounts are locked in id order, so that postings never wait for one another in a circle.
# Unbounded accounts are not locked at all: their balance is their checkpoint and the entries since.
POST = f"""
WITH line AS (
    SELECT * FROM ROWS FROM (json_to_recordset(%(lines)s::json)
                             AS (transfer uuid, account bigint, amount bigint))
        WITH ORDINALITY AS l(transfer_id, account_id, amount, n)
), posted AS (
    INSERT INTO ledger_transfer (id, key, unit_id, kind, reference, memo, posted_at, reverses_id)
    SELECT t.id, t.key, %(unit)s, t.kind, t.reference, t.memo, %(now)s, t.reverses
      FROM json_to_recordset(%(transfers)s::json)
           AS t(id uuid, key text, kind text, reference uuid, memo text, reverses uuid),
           (SELECT pg_advisory_xact_lock_shared({POSTING_LOCK})) AS guard
    ON CONFLICT (key) DO NOTHING
    RETURNING id
), bounded AS (
    SELECT id, balance FROM ledger_account
     WHERE id = ANY(%(accounts)s::bigint[]) AND (minimum IS NOT NULL OR maximum IS NOT NULL)
     ORDER BY id FOR UPDATE
), entered AS (
    INSERT INTO ledger_entry (transfer_id, account_id, unit_id, amount, running_balance)
    SELECT line.transfer_id, line.account_id, %(unit)s, line.amount,
           bounded.balance + sum(line.amount) OVER (PARTITION BY line.account_id ORDER BY line.n)
      FROM line JOIN posted ON posted.id = line.transfer_id
      LEFT JOIN bounded ON bounded.id = line.account_id
     ORDER BY line.n
), moved AS (
    UPDATE ledger_account AS account SET balance = account.balance + total.amount
      FROM (SELECT line.account_id, sum(line.amount) AS amount
              FROM line JOIN posted ON posted.id = line.transfer_id
              JOIN bounded ON bounded.id = line.account_id
             GROUP BY line.account_id) AS total
     WHERE account.id = total.account_id
)
SELECT id FROM posted
"""

# Accounts without bounds have nothing to protect: what is held on them is the sum of their holds.
MOVE_HELD = """
WITH change AS (
    SELECT account_id, sum(held_out) AS held_out, sum(held_in) AS held_in
      FROM (SELECT source, amount, 0 FROM unnest(%(sources)s::bigint[], %(amounts)s::bigint[])
                   AS leaving(source, amount)
             UNION ALL
            SELECT target, 0, amount FROM unnest(%(targets)s::bigint[], %(amounts)s::bigint[])
                   AS coming(target, amount)) AS side(account_id, held_out, held_in)
     GROUP BY account_id
), locked AS (
    SELECT id FROM ledger_account
     WHERE id IN (SELECT account_id FROM change)
       AND (minimum IS NOT NULL OR maximum IS NOT NULL)
     ORDER BY id FOR UPDATE
)
UPDATE ledger_account AS account
   SET held_out = account.held_out + %(sign)s * change.held_out,
       held_in = account.held_in + %(sign)s * change.held_in
  FROM change JOIN locked ON locked.id = change.account_id
 WHERE account.id = change.account_id
"""

WRITE_CHECKPOINTS = """
UPDATE ledger_account AS account
   SET balance = account.balance + fresh.amount, checkpoint_entry = fresh.last_entry
  FROM (SELECT entry.account_id, sum(entry.amount) AS amount, max(entry.id) AS last_entry
          FROM ledger_entry AS entry JOIN ledger_account AS a ON a.id = entry.account_id
         WHERE a.minimum IS NULL AND a.maximum IS NULL AND entry.id > a.checkpoint_entry
         GROUP BY entry.account_id) AS fresh
 WHERE account.id = fresh.account_id
"""


@transaction.atomic
def open_account(
    *,
    code: str,
    label: str,
    unit: str = EURO,
    minimum: int | None = None,
    maximum: int | None = None,
    organisation_id: int | None = None,
    member_id: int | None = None,
) -> Account:
    """Return the account of this code, opened when it does not exist yet; bounds in minor units.

    Raises:
        ValueError: it exists with another unit or other bounds (a bug of the caller).
    """
    Unit.objects.get_or_create(code=unit, defaults={"name": unit})
    account, _ = Account.objects.get_or_create(
        code=code,
        defaults={
            "label": label[:LABEL_CHARS_MAX],
            "unit_id": unit,
            "minimum": minimum,
            "maximum": maximum,
            "organisation_id": organisation_id,
            "member_id": member_id,
        },
    )
    if (account.unit_id, account.minimum, account.maximum) != (unit, minimum, maximum):
        raise ValueError(f"account {code} exists with another unit or other bounds")
    return account


@transaction.atomic(savepoint=False)
def post(*, drafts: Sequence[Draft], now: datetime, unit: str = EURO) -> list[UUID]:
    """Post transfers, all or none, in one statement. A key that exists already posts nothing.

    Returns:
        the ids of the transfers, in the order of the drafts (the earlier one for a known key).

    Raises:
        BoundExceeded: an account would leave its bounds; the caller's transaction is lost.
        KeyTaken: a known key comes with other lines, or somebody just reversed the same transfer.
        ValueError: a draft is unbalanced (a bug of the caller).
    """
    for draft in drafts:
        check(draft)
    ids = [uuid7() for _ in drafts]
    try:
        rows = run_prepared(POST, _values(drafts, ids) | {"now": now, "unit": unit})
        posted = {row[0] for row in rows.all()}
    except IntegrityError as problem:
        # In a pipeline the error may be of a statement sent before: it is ours by its table.
        cause = problem.__cause__
        table = cause.diag.table_name if isinstance(cause, psycopg.Error) else None
        if table == "ledger_account" and isinstance(cause, CheckViolation):
            raise BoundExceeded from problem
        if table == "ledger_transfer" and isinstance(cause, UniqueViolation):
            raise KeyTaken from problem
        raise
    if len(posted) < len(drafts):
        return [
            new_id if new_id in posted else _known(draft)
            for draft, new_id in zip(drafts, ids, strict=True)
        ]
    return ids


@transaction.atomic
def reverse(*, transfer: Transfer, key: str, memo: str, now: datetime) -> UUID:
    """Post the exact opposite of a transfer; a transfer is reversed at most once.

    Raises:
        KeyTaken: it was already reversed under another key.
        BoundExceeded: an account no longer has what must be taken back.
    """
    already = Transfer.objects.filter(reverses=transfer).order_by().first()
    if already is not None:
        if already.key != key:
            raise KeyTaken
        return already.pk
    return post(drafts=[_reversal(transfer, key, memo)], now=now, unit=transfer.unit_id)[0]


@transaction.atomic
def reverse_all(*, reference: UUID, kinds: Sequence[str], memo: str, now: datetime) -> int:
    """Reverse what was posted about something and not reversed yet; return how many transfers.

    All in one posting: bounds are checked on the sum, so the order of the corrections, some of
    which may take from an account what others give it back, changes nothing.

    Raises:
        BoundExceeded: an account no longer has what must be taken back.
    """
    standing = Transfer.objects.filter(
        reference=reference, kind__in=kinds, reverses=None, reversed_by=None
    )
    found = list(standing.order_by("posted_at", "pk").prefetch_related("entries"))
    drafts = [_reversal(transfer, f"undo:{transfer.pk}", memo) for transfer in found]
    for unit in sorted({transfer.unit_id for transfer in found}):
        of_unit = [draft for draft, row in zip(drafts, found, strict=True) if row.unit_id == unit]
        post(drafts=of_unit, now=now, unit=unit)
    return len(found)


@transaction.atomic
def place_hold(
    *, key: str, source: Account, target: Account, amount: int, expires_at: datetime, now: datetime
) -> Hold:
    """Reserve `amount` from `source` for `target` until `expires_at`; a known key returns its hold.

    Raises:
        BoundExceeded: with this hold counted, an account could leave its bounds.
        KeyTaken: a known key comes with other accounts or another amount.
        ValueError: not between two accounts of one unit, or nothing to hold (a bug of the caller).
    """
    if amount <= 0 or source.pk == target.pk or source.unit_id != target.unit_id:
        raise ValueError(f"hold {key}: {amount} from {source.code} for {target.code}")
    hold, is_new = Hold.objects.get_or_create(
        key=key,
        defaults={
            "source": source,
            "target": target,
            "amount": amount,
            "placed_at": now,
            "expires_at": expires_at,
        },
    )
    if is_new:
        _move_held([hold], 1)
    elif (hold.source_id, hold.target_id, hold.amount) != (source.pk, target.pk, amount):
        raise KeyTaken
    return hold


@transaction.atomic
def post_hold(*, hold: Hold, amount: int, kind: str, memo: str, now: datetime) -> UUID:
    """Turn part or all of a hold into a transfer; what is left is released.

    Raises:
        HoldResolved: it was already posted, voided or has expired.
        HoldTooSmall: `amount` is above what was held.
    """
    hold = _lock_open_hold(hold, now)
    if not 0 < amount <= hold.amount:
        raise HoldTooSmall(held_cents=hold.amount)
    _move_held([hold], -1)
    draft = Draft(
        key=f"hold:{hold.public_id}",
        kind=kind,
        lines=((hold.source_id, -amount), (hold.target_id, amount)),
        memo=memo,
    )
    (transfer_id,) = post(drafts=[draft], now=now, unit=hold.source.unit_id)
    _resolve(hold, Hold.State.POSTED, now, transfer_id)
    return transfer_id


@transaction.atomic
def void_hold(*, hold: Hold, now: datetime) -> Hold:
    """Give up a hold: nothing moves, what was reserved is free again.

    Raises:
        HoldResolved: it was already posted, voided or has expired.
    """
    hold = _lock_open_hold(hold, now)
    _move_held([hold], -1)
    return _resolve(hold, Hold.State.VOIDED, now, None)


@transaction.atomic
def expire_holds(*, now: datetime, limit: int = 500) -> int:
    """Release holds whose time is over; return how many (called by the worker)."""
    due = list(
        Hold.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=Hold.State.OPEN, expires_at__lte=now)
        .order_by("pk")[:limit]
    )
    # Together and not one by one: accounts are locked in their order, not in that of the holds.
    _move_held(due, -1)
    Hold.objects.filter(pk__in=[hold.pk for hold in due]).update(
        state=Hold.State.EXPIRED, resolved_at=now
    )
    return len(due)


@transaction.atomic
def write_checkpoints(*, patience_ms: int = 300) -> int:
    """Fold the entries of unbounded accounts into their stored balance; return how many accounts.

    Entry ids are given before commit, so a slow posting could appear below a checkpoint and be
    lost to it. Postings share an advisory lock that is taken exclusively here: when it is ours, no
    posting is under way and every lower entry is visible. Busy for longer than `patience_ms`: 0,
    next time.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{patience_ms}ms"])
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [POSTING_LOCK])
            cursor.execute(WRITE_CHECKPOINTS)
            return int(cursor.rowcount)
    except OperationalError as problem:
        if isinstance(problem.__cause__, LockNotAvailable):
            return 0
        raise


def _values(drafts: Sequence[Draft], ids: list[UUID]) -> dict[str, Any]:
    transfers = [
        {
            "id": transfer_id,
            "key": draft.key,
            "kind": draft.kind,
            "reference": draft.reference,
            "memo": draft.memo[:MEMO_CHARS_MAX],
            "reverses": draft.reverses,
        }
        for draft, transfer_id in zip(drafts, ids, strict=True)
    ]
    lines = [
        {"transfer": transfer_id, "account": account_id, "amount": amount}
        for draft, transfer_id in zip(drafts, ids, strict=True)
        for account_id, amount in draft.lines
    ]
    return {
        "transfers": json_rows(transfers),
        "lines": json_rows(lines),
        "accounts": [line["account"] for line in lines],
    }


def _known(draft: Draft) -> UUID:
    """Return the transfer that has this key, provided it moved the same amounts."""
    transfer = Transfer.objects.get(key=draft.key)
    lines = transfer.entries.values_list("account_id", "amount")
    if sorted(lines) != sorted(draft.lines):
        raise KeyTaken
    return transfer.pk


def _reversal(transfer: Transfer, key: str, memo: str) -> Draft:
    entries = sorted(transfer.entries.all(), key=lambda entry: (entry.account_id, entry.pk))
    return Draft(
        key=key,
        kind=f"reversal:{transfer.kind}"[:KIND_CHARS_MAX],
        lines=tuple((entry.account_id, -entry.amount) for entry in entries),
        reference=transfer.reference,
        memo=memo,
        reverses=transfer.pk,
    )


def _move_held(holds: Sequence[Hold], sign: int) -> None:
    """Count holds on their bounded accounts (sign 1), or no longer (-1)."""
    columns: dict[str, Any] = {
        "sources": [hold.source_id for hold in holds],
        "targets": [hold.target_id for hold in holds],
        "amounts": [hold.amount for hold in holds],
        "sign": sign,
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(MOVE_HELD, columns)
    except IntegrityError as problem:
        raise BoundExceeded from problem


def _lock_open_hold(hold: Hold, now: datetime) -> Hold:
    locked = Hold.objects.select_for_update(of=("self",)).select_related("source").get(pk=hold.pk)
    if locked.state != Hold.State.OPEN or locked.expires_at <= now:
        raise HoldResolved
    return locked


def _resolve(hold: Hold, state: str, now: datetime, transfer_id: UUID | None) -> Hold:
    hold.state, hold.resolved_at, hold.transfer_id = state, now, transfer_id
    hold.save(update_fields=["state", "resolved_at", "transfer"])
    return hold
