"""Paying organisations what the ledger says they are owed."""

from datetime import datetime

from django.db import transaction

from essaim.core.ledger import queries as ledger_queries
from essaim.core.ledger.actions import open_account, post
from essaim.core.ledger.models import Account
from essaim.core.ledger.rules import Draft
from essaim.core.members.models import Member, Organisation
from essaim.core.payments.models import Payout
from essaim.core.payments.rules import NothingToPay


@transaction.atomic
def pay_out(*, organisation: Organisation, by: Member, key: str, now: datetime) -> Payout:
    """Pay an organisation all that the ledger says it is owed, once per `key`.

    It is recorded; the bank file comes later.

    Raises:
        NothingToPay: it is owed nothing.
    """
    account = (
        Account.objects.select_for_update(of=("self",))
        .filter(code=payable_code(organisation))
        .order_by()
        .first()
    )
    known = Payout.objects.filter(transfer__key=f"payout:{key}").order_by().first()
    if known is not None and known.organisation_id == organisation.pk:
        return known
    amount = 0 if account is None else ledger_queries.balance(account)
    if account is None or amount <= 0:
        raise NothingToPay
    bank = open_account(code="bank:cooperative", label="Banque de la coopérative")
    draft = Draft(
        key=f"payout:{key}", kind="payout", lines=((account.pk, -amount), (bank.pk, amount)),
        memo=organisation.name,
    )  # fmt: skip
    (transfer_id,) = post(drafts=[draft], now=now)
    return Payout.objects.create(
        organisation=organisation, amount_cents=amount, iban=organisation.iban, made_at=now,
        made_by=by, transfer_id=transfer_id,
    )  # fmt: skip


def payable_code(organisation: Organisation) -> str:
    """Code of the account that holds what an organisation is owed."""
    return f"payable:{organisation.slug}"
