"""Which accounts of the ledger tell a result, and which hold what was shared. Pure.

The first word of an account says what it is; see `docs/explanation/ledger.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from essaim.commons.sharing.rules.surplus import Facts

INCOME_ACCOUNTS = ("fund:platform",)
"""The cooperative's own part of every price. `fund:commons` is promised to projects: no
income."""
COMMONS_FUND = "fund:commons"
COST_WORDS = ("fees",)
"""First words of accounts that hold what the ledger knows to be a cost."""
OWN_INCOME_WORD = "payable"
"""What the cooperative earns as a provider, under its own name."""
NOT_EARNED = ("payout", "reversal:payout")
"""Kinds that move what was earned to the bank: neither income nor charge."""


class Stock(StrEnum):
    """Accounts of a cooperative by their first word: what years before this one left."""

    LEGAL_RESERVE = "legal-reserve"
    STATUTORY_RESERVE = "statutory-reserve"
    LOSSES_CARRIED = "losses-carried"
    LOSSES_BORNE = "losses"
    """What those who left bore of the losses; it makes up for as much."""


class Kind(StrEnum):
    """What a line of the clerk is. A subsidy is an income that is never shared."""

    INCOME = "income"
    CHARGE = "charge"
    SUBSIDY = "subsidy"


@dataclass(frozen=True, slots=True)
class Books:
    """A civil year as read: what the ledger and the clerk say, in cents.

    `earned` is signed, by code of account; `lines` by kind; `stocks` signed as in the ledger.
    """

    earned: Mapping[str, int] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    stocks: Mapping[str, int] = field(default_factory=dict)
    capital_cents: int = 0
    highest_capital_cents: int = 0

    @property
    def ledger_cents(self) -> int:
        """What the ledger knows: parts of prices less the costs it paid."""
        return sum(self.earned.values())

    @property
    def result_cents(self) -> int:
        lines = self.lines
        return (
            self.ledger_cents
            + lines.get(Kind.INCOME, 0)
            + lines.get(Kind.SUBSIDY, 0)
            - lines.get(Kind.CHARGE, 0)
        )

    def facts(self) -> Facts:
        """Return what sharing needs of this year."""
        legal_cents = self.stocks.get(Stock.LEGAL_RESERVE, 0)
        losses_cents = -sum(
            self.stocks.get(stock, 0) for stock in (Stock.LOSSES_CARRIED, Stock.LOSSES_BORNE)
        )
        return Facts(
            result_cents=self.result_cents,
            prior_losses_cents=max(0, losses_cents),
            subsidies_cents=max(0, self.lines.get(Kind.SUBSIDY, 0)),
            capital_cents=self.capital_cents,
            legal_reserve_cents=legal_cents,
            reserves_cents=legal_cents + self.stocks.get(Stock.STATUTORY_RESERVE, 0),
            highest_capital_cents=self.highest_capital_cents,
        )
