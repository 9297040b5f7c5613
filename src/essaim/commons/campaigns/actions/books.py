"""What campaigns are in the ledger: money set aside for each, pools, titles.

due (recorded by payments) → campaign:<id> → payable of the carrier, or titles; pool:<id> → payable.
What a carrier must give back and no longer has here is owed by it: recoverable:<carrier>.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from essaim.commons.campaigns.models import Campaign, MatchingPool
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.actions import open_account, post
from essaim.core.ledger.models import Account
from essaim.core.ledger.rules import Draft, merged
from essaim.core.members.models import Organisation
from essaim.core.payments.actions import payable_code

RECEIVED = "campaign-contribution"
"""Kind of the transfer that sets aside what was paid while a campaign goes on."""


def of_campaign(campaign: Campaign) -> Account:
    """What people brought and the carrier does not have yet."""
    return open_account(
        code=f"campaign:{campaign.public_id}", label=f"Campagne « {campaign.title} »"[:120],
        minimum=0, organisation_id=campaign.carrier_id,
    )  # fmt: skip


def of_pool(pool: MatchingPool) -> Account:
    """What an authority gave to a pool and no campaign has received."""
    return open_account(
        code=f"pool:{pool.public_id}", label=f"Abondement « {pool.title} »"[:120], minimum=0,
        organisation_id=pool.funder_id,
    )  # fmt: skip


def due(cooperative: Organisation) -> Account:
    return open_account(
        code=f"due:{cooperative.slug}", label=f"Dû à {cooperative.name}",
        organisation_id=cooperative.pk,
    )  # fmt: skip


def bank(cooperative: Organisation) -> Account:
    return open_account(
        code=f"bank:{cooperative.slug}", label=f"Banque, {cooperative.name}",
        organisation_id=cooperative.pk,
    )  # fmt: skip


def payable(organisation: Organisation) -> Account:
    return open_account(
        code=payable_code(organisation), label=f"Dû à {organisation.name}", minimum=0,
        organisation_id=organisation.pk,
    )  # fmt: skip


def recoverable(organisation: Organisation) -> Account:
    """What a carrier owes the cooperative, below zero: paid for it to buyers it could not serve."""
    return open_account(
        code=f"recoverable:{organisation.slug}", label=f"À recouvrer de {organisation.name}",
        maximum=0, organisation_id=organisation.pk,
    )  # fmt: skip


def for_carrier(carrier: Organisation, cents: int) -> list[tuple[Account, int]]:
    """Lines that pay a carrier, its debt first, or take from it, what it has here first.

    Args:
        cents: what it receives; below zero, what it must give back.
    """
    held, owed = payable(carrier), recoverable(carrier)
    debt_cents = -ledger.balance(owed)
    if cents >= 0:
        repaid_cents = min(cents, debt_cents)
        return [(owed, repaid_cents), (held, cents - repaid_cents)]
    there_cents = min(-cents, max(0, ledger.balance(held) - held.held_out))
    return [(held, -there_cents), (owed, cents + there_cents)]


def move(
    lines: Iterable[tuple[Account, int]], *, key: str, kind: str, reference: UUID, now: datetime
) -> UUID | None:
    """Post one balanced transfer, once per `key`; None when every line is nothing."""
    drawn = merged((account.pk, cents) for account, cents in lines if cents)
    if not drawn:
        return None
    return post(drafts=[Draft(key=key, kind=kind, lines=drawn, reference=reference)], now=now)[0]
