"""A small chart of accounts for tests, and short ways to move value in it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection

from essaim.core.ledger import actions
from essaim.core.ledger.models import Account, Transfer
from essaim.core.ledger.rules import Draft

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def purse(code: str = "purse", minimum: int | None = 0, maximum: int | None = None) -> Account:
    return actions.open_account(code=code, label=code, minimum=minimum, maximum=maximum)


def till(code: str = "till") -> Account:
    """An account without bounds: hot, append-only, never locked."""
    return actions.open_account(code=code, label=code)


def draft(key: str, *lines: tuple[Account, int], kind: str = "test", **more) -> Draft:
    return Draft(
        key=key, kind=kind, lines=tuple((account.pk, amount) for account, amount in lines), **more
    )


def move(key: str, source: Account, target: Account, amount: int, now: datetime = NOW) -> UUID:
    (transfer_id,) = actions.post(
        drafts=[draft(key, (source, -amount), (target, amount))], now=now, unit=source.unit_id
    )
    return transfer_id


def transfer(key: str) -> Transfer:
    return Transfer.objects.get(key=key)


def at_commit() -> None:
    """Run now the checks that wait for the commit, which most tests never reach."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
