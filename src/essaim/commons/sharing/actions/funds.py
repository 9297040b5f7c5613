"""The commons fund: opening a quarter, proposing a project, paying what members chose, once."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from essaim.commons.cooperative.models import Register
from essaim.commons.sharing.models import Project, Quarter
from essaim.commons.sharing.rules.books import COMMONS_FUND
from essaim.commons.sharing.rules.refusals import (
    FundTooSmall,
    FundVoteBegan,
    GrantAboveWhatWasAsked,
    NothingWritten,
    QuarterPaid,
)
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.actions import open_account, post
from essaim.core.ledger.models import Account
from essaim.core.ledger.rules import Draft, merged
from essaim.core.members.models import Member, Organisation
from essaim.core.payments.actions import payable_code

FUND_LABEL = "Fonds des communs"


@transaction.atomic
def open_quarter(*, register: Register, civil_year: int, number: int, now: datetime) -> Quarter:
    """Return a quarter of the commons fund, opened when it does not exist yet."""
    quarter, _ = Quarter.objects.get_or_create(
        register=register, civil_year=civil_year, number=number, defaults={"opened_at": now}
    )
    return quarter


@transaction.atomic
def propose_project(
    *, quarter: Quarter, title: str, text: str, asked_cents: int, payee: Organisation, by: Member,
    now: datetime,
) -> Project:  # fmt: skip
    """Propose to pay something useful to all from the fund.

    Raises:
        QuarterPaid: the fund of this quarter was shared. FundVoteBegan: its vote is open.
        NothingWritten: no title, or no amount.
    """
    quarter = lock(quarter)
    if quarter.paid_at is not None:
        raise QuarterPaid(decision=quarter.decision)
    if quarter.voting_at is not None:
        raise FundVoteBegan
    if not title.strip() or asked_cents <= 0:
        raise NothingWritten
    return Project.objects.create(
        quarter=quarter, title=title.strip()[:160], text=text, asked_cents=asked_cents,
        payee=payee, proposed_by=by, proposed_at=now,
    )  # fmt: skip


@transaction.atomic
def pay_projects(
    *,
    quarter: Quarter,
    grants: Mapping[UUID, int],
    method: str,
    decision: str,
    by: Member,
    now: datetime,
) -> Quarter:
    """Pay what members chose from the commons fund, to the cent, once.

    The same decision twice is one. Two quarters paid at once queue up: the second sees what the
    first left.

    Args:
        grants: cents by public id of the project, whatever the method that counted them.

    Raises:
        QuarterPaid: it was shared by another decision.
        FundTooSmall: they are more than the fund holds; `details` has both amounts.
        GrantAboveWhatWasAsked: a project would receive more than it asked.
        KeyError, ValueError: a project of elsewhere, a negative amount (bugs of the caller).
    """
    quarter = lock(quarter)
    if quarter.paid_at is not None:
        if quarter.decision == decision[:200]:
            return quarter
        raise QuarterPaid(decision=quarter.decision)
    chosen = _granted(quarter, grants)
    fund = lock_fund()
    before_cents = ledger.balance(fund)
    paid_cents = sum(project.granted_cents for project in chosen)
    if paid_cents > max(0, before_cents):
        raise FundTooSmall(before_cents=before_cents, asked_cents=paid_cents)
    Project.objects.bulk_update(chosen, ["granted_cents"])
    quarter.transfer_id = _post(quarter, fund, chosen, now) if chosen else None
    quarter.before_cents, quarter.paid_cents = before_cents, paid_cents
    quarter.method, quarter.decision = method, decision[:200]
    quarter.paid_at, quarter.paid_by = now, by
    quarter.save(
        update_fields=[
            "transfer", "before_cents", "paid_cents", "method", "decision", "paid_at", "paid_by",
        ]
    )  # fmt: skip
    return quarter


def lock(quarter: Quarter) -> Quarter:
    """Lock a quarter and read it afresh, its cooperative loaded (1 query)."""
    rows = Quarter.objects.select_for_update(of=("self",)).select_related("register")
    return rows.get(pk=quarter.pk)


def lock_fund() -> Account:
    """Lock the account of the fund against other payments; orders go on crediting it."""
    account = open_account(code=COMMONS_FUND, label=FUND_LABEL)
    return Account.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)


def _granted(quarter: Quarter, grants: Mapping[UUID, int]) -> list[Project]:
    if any(cents < 0 for cents in grants.values()):
        raise ValueError(f"{grants=}")
    projects = {one.public_id: one for one in quarter.projects.select_related("payee")}
    chosen = []
    for public_id, cents in grants.items():
        project = projects[public_id]
        if cents > project.asked_cents:
            raise GrantAboveWhatWasAsked(title=project.title, asked_cents=project.asked_cents)
        if cents:
            project.granted_cents = cents
            chosen.append(project)
    return chosen


def _post(quarter: Quarter, fund: Account, chosen: list[Project], now: datetime) -> UUID:
    lines = [(fund.pk, -sum(project.granted_cents for project in chosen))]
    for project in chosen:
        payable = open_account(
            code=payable_code(project.payee), label=f"Dû à {project.payee.name}", minimum=0,
            organisation_id=project.payee_id,
        )  # fmt: skip
        lines.append((payable.pk, project.granted_cents))
    draft = Draft(
        key=f"commons-fund:{quarter.public_id}", kind="commons-fund-paid", lines=merged(lines),
        reference=quarter.public_id, memo=f"{quarter.civil_year} T{quarter.number}",
    )  # fmt: skip
    return post(drafts=[draft], now=now)[0]
