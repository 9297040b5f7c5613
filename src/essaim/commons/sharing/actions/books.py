"""What sharing is in the ledger: a few accounts of the cooperative, and balanced transfers.

`result` (minus) mirrors what the years earned: each euro shared leaves it for a reserve, for losses
made up, or for those it is owed to.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from essaim.core.ledger.actions import open_account, post
from essaim.core.ledger.models import Account
from essaim.core.ledger.rules import Draft, merged
from essaim.core.members.models import Organisation

LABELS = {
    "result": "Résultats partagés, {name}",
    "losses-carried": "Pertes reportées, {name}",
    "legal-reserve": "Réserve légale, {name}",
    "statutory-reserve": "Réserve statutaire, {name}",
    "interest": "Intérêts aux parts à payer, {name}",
    "workers": "Part du travail à payer, {name}",
    "refunds": "Ristournes à payer, {name}",
    "opening": "Reprise des comptes antérieurs, {name}",
}
WITHOUT_BOUNDS = frozenset({"result", "losses-carried", "opening"})


def account(cooperative: Organisation, name: str) -> Account:
    """Return one of the accounts of a cooperative, opened when needed; reserves stay above zero."""
    return open_account(
        code=f"{name}:{cooperative.slug}",
        label=LABELS[name].format(name=cooperative.name),
        minimum=None if name in WITHOUT_BOUNDS else 0,
        organisation_id=cooperative.pk,
    )


def move(
    cooperative: Organisation,
    lines: Mapping[str, int],
    *,
    key: str,
    kind: str,
    reference: UUID,
    memo: str,
    now: datetime,
) -> UUID:
    """Post one transfer between accounts of a cooperative, once per `key`.

    Args:
        lines: signed cents by name of account, of which some are not nothing.
    """
    drawn = merged((account(cooperative, name).pk, cents) for name, cents in lines.items() if cents)
    draft = Draft(key=key, kind=kind, lines=drawn, reference=reference, memo=memo)
    return post(drafts=[draft], now=now)[0]
