"""Reading balances, statements and the trial balance."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from essaim.core.ledger.models import Account, Entry
from essaim.core.ledger.rules import TrialBalanceRow


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry of an account's statement; `balance` is what the account held after it."""

    posted_at: datetime
    kind: str
    memo: str
    reference: UUID | None
    amount: int
    balance: int


def balance(account: Account) -> int:
    """What an account holds, in minor units (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.balance + CASE WHEN a.minimum IS NULL AND a.maximum IS NULL THEN coalesce("
            "  (SELECT sum(e.amount) FROM ledger_entry e"
            "    WHERE e.account_id = a.id AND e.id > a.checkpoint_entry), 0) ELSE 0 END"
            "  FROM ledger_account a WHERE a.id = %s",
            [account.pk],
        )
        return int(cursor.fetchone()[0])


def balance_at(account: Account, *, at: datetime) -> int:
    """What an account held just before an instant, counted from its entries (1 query)."""
    total = Entry.objects.filter(account=account, transfer__posted_at__lt=at).aggregate(
        total=Sum("amount")
    )["total"]
    return int(total or 0)


def statement(account: Account, *, start: datetime, end: datetime) -> list[StatementLine]:
    """Entries of an account over [start, end), oldest first, each with its balance (2 queries)."""
    held = balance_at(account, at=start)
    rows = (
        Entry.objects.filter(
            account=account, transfer__posted_at__gte=start, transfer__posted_at__lt=end
        )
        .order_by("transfer__posted_at", "id")
        .values_list(
            "transfer__posted_at",
            "transfer__kind",
            "transfer__memo",
            "transfer__reference",
            "amount",
        )
    )
    lines = []
    for posted_at, kind, memo, reference, amount in rows:
        held += amount
        lines.append(StatementLine(posted_at, kind, memo, reference, amount, held))
    return lines


def trial_balance() -> list[TrialBalanceRow]:
    """Every account: what it says it holds and what its entries add up to, by code (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.id, a.code, a.unit_id,
                   a.balance + CASE WHEN a.minimum IS NULL AND a.maximum IS NULL
                       THEN coalesce(sum(e.amount) FILTER (WHERE e.id > a.checkpoint_entry), 0)
                       ELSE 0 END,
                   coalesce(sum(e.amount), 0)
              FROM ledger_account a LEFT JOIN ledger_entry e ON e.account_id = a.id
             GROUP BY a.id ORDER BY a.code
            """
        )
        return [
            TrialBalanceRow(row[0], row[1], row[2], int(row[3]), int(row[4]))
            for row in cursor.fetchall()
        ]


def imbalances() -> list[str]:
    """What is wrong with the ledger, in words; empty when it is sound (2 queries)."""
    found = []
    totals: dict[str, int] = {}
    for row in trial_balance():
        totals[row.unit] = totals.get(row.unit, 0) + row.counted
        if row.stored != row.counted:
            found.append(f"{row.code}: stored {row.stored}, entries say {row.counted}")
    found += [f"{unit}: entries sum to {total}" for unit, total in totals.items() if total]
    return found + _miscounted_holds()


def _miscounted_holds() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.code, a.held_out, a.held_in, leaving.amount, coming.amount
              FROM ledger_account a,
                   LATERAL (SELECT coalesce(sum(h.amount), 0) AS amount FROM ledger_hold h
                             WHERE h.source_id = a.id AND h.state = 'open') AS leaving,
                   LATERAL (SELECT coalesce(sum(h.amount), 0) AS amount FROM ledger_hold h
                             WHERE h.target_id = a.id AND h.state = 'open') AS coming
             WHERE (a.minimum IS NOT NULL OR a.maximum IS NOT NULL)
               AND (a.held_out, a.held_in) IS DISTINCT FROM (leaving.amount, coming.amount)
             ORDER BY a.code
            """
        )
        return [
            f"{code}: holds stored {held_out} and {held_in}, open ones say {leaving} and {coming}"
            for code, held_out, held_in, leaving, coming in cursor.fetchall()
        ]
