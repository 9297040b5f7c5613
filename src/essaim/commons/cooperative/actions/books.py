"""What capital is in the ledger: five accounts of the cooperative, and balanced transfers.

due (recorded by payments) → capital-received → capital → exits and losses → bank.
"""

from datetime import datetime
from uuid import UUID

from essaim.core.ledger.actions import open_account, post
from essaim.core.ledger.models import Account
from essaim.core.ledger.rules import Draft, merged
from essaim.core.members.models import Organisation

LABELS = {
    "due": "Dû à {name}",
    "bank": "Banque, {name}",
    "capital-received": "Versements sur capital, {name}",
    "capital": "Capital, {name}",
    "exits": "Parts à rembourser, {name}",
    "losses": "Pertes supportées par les parts remboursées, {name}",
}

PAID = "capital-paid"
"""Kind of the transfer that sets aside what was paid by somebody who is no associate yet."""


def account(cooperative: Organisation, name: str) -> Account:
    """Return one of the accounts of a cooperative, opened when needed."""
    return open_account(
        code=f"{name}:{cooperative.slug}",
        label=LABELS[name].format(name=cooperative.name),
        organisation_id=cooperative.pk,
    )


def move_capital(
    cooperative: Organisation,
    lines: dict[str, int],
    *,
    key: str,
    kind: str,
    reference: UUID,
    now: datetime,
    memo: str = "",
) -> UUID | None:
    """Post one transfer between accounts of a cooperative, once per `key`.

    Args:
        lines: signed cents by name of account; plus is what the cooperative owes or owns less.

    Returns:
        the id of the transfer, None when every line is nothing.
    """
    drawn = merged((account(cooperative, name).pk, cents) for name, cents in lines.items() if cents)
    if not drawn:
        return None
    draft = Draft(key=key, kind=kind, lines=drawn, reference=reference, memo=memo[:200])
    return post(drafts=[draft], now=now)[0]
