"""What titles are in the ledger: their debt, their interest of each year, what it costs."""

from essaim.core.ledger.actions import open_account
from essaim.core.ledger.models import Account
from essaim.core.members.models import Organisation

INTEREST = "title-interest"
"""Kind of the transfer that posts what one title earned in one year."""


def debt(cooperative: Organisation) -> Account:
    """What the cooperative owes to those who hold its participatory titles."""
    return open_account(
        code=f"titles:{cooperative.slug}", label=f"Titres participatifs, {cooperative.name}",
        minimum=0, organisation_id=cooperative.pk,
    )  # fmt: skip


def interest_due(cooperative: Organisation) -> Account:
    return open_account(
        code=f"titles-interest:{cooperative.slug}",
        label=f"Intérêts des titres à payer, {cooperative.name}", minimum=0,
        organisation_id=cooperative.pk,
    )  # fmt: skip


def interest_cost(cooperative: Organisation) -> Account:
    return open_account(
        code=f"titles-cost:{cooperative.slug}",
        label=f"Charge d’intérêts des titres, {cooperative.name}", organisation_id=cooperative.pk,
    )  # fmt: skip


def bank(cooperative: Organisation) -> Account:
    return open_account(
        code=f"bank:{cooperative.slug}", label=f"Banque, {cooperative.name}",
        organisation_id=cooperative.pk,
    )  # fmt: skip
