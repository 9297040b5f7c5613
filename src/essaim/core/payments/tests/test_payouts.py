"""Organisations are paid what they are owed: all of it, once, and never more."""

import pytest
from django.db import transaction

from essaim.core.agreements.tests.deal import NOW, made
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.actions import open_account, post
from essaim.core.ledger.models import Account
from essaim.core.ledger.rules import Draft
from essaim.core.payments import actions
from essaim.core.payments.models import Payout
from essaim.core.payments.rules import NothingToPay

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal():
    return made()


def owed(organisation, amount_cents):
    account = open_account(code=actions.payable_code(organisation), label="x", minimum=0)
    till = open_account(code="till", label="Till")
    key = f"owed:{Account.objects.count()}:{amount_cents}:{ledger.balance(account)}"
    lines = ((till.pk, -amount_cents), (account.pk, amount_cents))
    post(drafts=[Draft(key=key, kind="x", lines=lines)], now=NOW)


def test_an_organisation_is_paid_all_that_it_is_owed_once_per_key(deal):
    workshop, clerk = deal.provider, deal.receiver
    owed(workshop, 500)

    first = actions.pay_out(organisation=workshop, by=clerk, key="k", now=NOW)
    again = actions.pay_out(organisation=workshop, by=clerk, key="k", now=NOW)
    owed(workshop, 500)
    later = actions.pay_out(organisation=workshop, by=clerk, key="k", now=NOW)

    assert first == again == later
    assert Payout.objects.get().amount_cents == 500
    assert ledger.balance(Account.objects.get(code="payable:atelier")) == 500


def test_nothing_owed_is_nothing_paid(deal):
    with pytest.raises(NothingToPay), transaction.atomic():
        actions.pay_out(organisation=deal.provider, by=deal.receiver, key="k", now=NOW)
    owed(deal.provider, 500)
    actions.pay_out(organisation=deal.provider, by=deal.receiver, key="k", now=NOW)

    with pytest.raises(NothingToPay), transaction.atomic():
        actions.pay_out(organisation=deal.provider, by=deal.receiver, key="other", now=NOW)

    assert Payout.objects.count() == 1
