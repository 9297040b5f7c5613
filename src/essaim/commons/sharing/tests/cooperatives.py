"""A cooperative with shares, years over, and euros in its ledger."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count

from essaim.commons.cooperative.tests import world as coop
from essaim.commons.sharing import actions
from essaim.commons.sharing.models import Year
from essaim.commons.sharing.rules.books import Kind
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.actions import open_account, post
from essaim.core.ledger.models import Account
from essaim.core.ledger.rules import Draft

IN_2026 = datetime(2026, 3, 10, 12, tzinfo=UTC)
AFTER = datetime(2027, 2, 1, 9, tzinfo=UTC)
_keys = count(1)


@dataclass
class Cooperative:
    world: coop.World
    year: Year

    def enter(self, kind, cents, label="Ligne", line_date=date(2026, 6, 1), now=IN_2026):
        return actions.write_line(
            year=self.year, kind=Kind(kind), label=label, cents=cents, line_date=line_date,
            by=self.world.board, now=now,
        )  # fmt: skip

    def close(self, now=AFTER) -> Year:
        self.year = actions.close_year(year=self.year, by=self.world.board, now=now)
        return self.year

    def bring_forward(self, legal=0, statutory=0, losses=0):
        actions.bring_forward(
            register=self.world.register, legal_cents=legal, statutory_cents=statutory,
            losses_cents=losses, now=IN_2026,
        )  # fmt: skip


def earn(code, cents, at=IN_2026, kind="order-settled") -> None:
    """Credit an account of the ledger as a trade does, from a hub that was owed."""
    minimum = 0 if code.startswith("payable:") else None
    account = open_account(code=code, label=code, minimum=minimum)
    other = open_account(code="orders:halle", label="Halle")
    lines = ((account.pk, cents), (other.pk, -cents))
    post(drafts=[Draft(key=f"test:{next(_keys)}", kind=kind, lines=lines)], now=at)


def held(code) -> int:
    account = Account.objects.filter(code=code).first()
    return 0 if account is None else ledger.balance(account)


def build(**replaced) -> Cooperative:
    """A Scic of three associates whose capital is 400.00 €; statutes may be changed in words."""
    world = coop.build(**replaced)
    world.join(shares=10, now=coop.OPENING)
    world.join(coop.person("bea"), shares=5, now=coop.NOW)
    world.join(world.farmer, "producers", shares=5, now=coop.NOW)
    return Cooperative(
        world, actions.open_year(register=world.register, civil_year=2026, now=IN_2026)
    )
