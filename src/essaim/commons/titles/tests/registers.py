"""A Scic whose members lent it money: its register of titles."""

from datetime import UTC, datetime

from essaim.commons.cooperative.tests import world as coop
from essaim.commons.titles import actions
from essaim.commons.titles.actions import books
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.actions import post
from essaim.core.ledger.models import Account
from essaim.core.ledger.rules import Draft
from essaim.kernel.identifiers import uuid7

SPRING = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
NEW_YEAR = datetime(2027, 1, 10, 9, 0, tzinfo=UTC)
TERM = datetime(2033, 4, 1, 9, 0, tzinfo=UTC)


def issue(world, member, *, cents=10_000, now=SPRING, fixed_bps=200, source=None, years=7):
    """Issue a title, and the money that paid for it."""
    source = source or uuid7()
    title = actions.issue_title(
        register=world.register, holder=member, label="Titre de 100\u00a0€", nominal_cents=cents,
        years=years, fixed_bps=fixed_bps, variable_percent=40, source=source, now=now,
    )  # fmt: skip
    bank = books.bank(world.cooperative)
    lines = ((actions.debt(world.cooperative).pk, cents), (bank.pk, -cents))
    post(drafts=[Draft(key=f"paid:{source}", kind="title-paid", lines=lines)], now=now)
    return title


def run(world, year=2026, variable_bps=150, now=NEW_YEAR, basis="Résultat net de 12 000\u00a0€"):
    return actions.post_interest(
        register=world.register, civil_year=year, variable_bps=variable_bps, basis=basis,
        by=world.board, now=now,
    )  # fmt: skip


def held(code) -> int:
    account = Account.objects.filter(code=code).first()
    return 0 if account is None else ledger.balance(account)


build, person = coop.build, coop.person
