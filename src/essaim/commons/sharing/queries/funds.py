"""Reading the commons fund: what it holds, its quarters, their ballots, what was paid."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, QuerySet

from essaim.commons.cooperative.models import Register
from essaim.commons.sharing.models import FundBallot, FundSupport, Project, Quarter
from essaim.commons.sharing.rules import fund_votes
from essaim.commons.sharing.rules.books import COMMONS_FUND
from essaim.commons.sharing.rules.fund_votes import FundCount, Method
from essaim.core.ledger import queries as ledger
from essaim.core.ledger.models import Account
from essaim.core.members.models import Member


def fund_cents() -> int:
    """What the commons fund holds (1 or 2 queries)."""
    account = Account.objects.filter(code=COMMONS_FUND).order_by("pk").first()
    return 0 if account is None else ledger.balance(account)


def quarters(register: Register) -> "QuerySet[Quarter]":
    """The quarters of the fund, the latest first, with their projects and ballots counted; lazy."""
    rows = register.quarters.annotate(
        projects_count=Count("projects", distinct=True),
        ballots_count=Count("ballots", distinct=True),
    )
    return rows.order_by("-civil_year", "-number")


def projects(quarter: Quarter) -> list[Project]:
    """The projects of a quarter in the order they came (1 query)."""
    rows = quarter.projects.select_related("payee", "proposed_by")
    return list(rows.order_by("proposed_at", "pk"))


def supported_by(quarter: Quarter, member: Member) -> set[int] | None:
    """The projects on the ballot of a member; None when they have not voted (1 or 2 queries)."""
    ballot = FundBallot.objects.filter(quarter=quarter, member=member).order_by().first()
    if ballot is None:
        return None
    return set(ballot.supports.values_list("project_id", flat=True))


def ballots(quarter: Quarter) -> list[tuple[str, ...]]:
    """Every ballot without its voter: the keys of its projects; sorted, so no order tells whose.

    (2 queries)
    """
    found: dict[int, list[str]] = {
        pk: [] for pk in FundBallot.objects.filter(quarter=quarter).values_list("pk", flat=True)
    }
    rows = FundSupport.objects.filter(ballot__quarter=quarter).order_by("project")
    for ballot_id, public_id in rows.values_list("ballot", "project__public_id"):
        found[ballot_id].append(str(public_id))
    return sorted(tuple(keys) for keys in found.values())


def count(quarter: Quarter, among: Sequence[Project], budget_cents: int) -> FundCount:
    """Count the ballots of a quarter, as anybody may do again (2 queries)."""
    asked = {str(one.public_id): one.asked_cents for one in among}
    return fund_votes.count(Method(quarter.method), asked, ballots(quarter), budget_cents)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What a quarter says it paid, beside what the ledger and its projects say, in cents."""

    before_cents: int
    paid_cents: int
    after_cents: int
    granted_cents: int
    taken_cents: int
    """What left the fund in the ledger."""
    received_cents: int
    """What came to those who carry the projects."""

    @property
    def agrees(self) -> bool:
        paid = {self.paid_cents, self.granted_cents, self.taken_cents, self.received_cents}
        return len(paid) == 1 and self.before_cents - self.paid_cents == self.after_cents


# Before and after are read from the entries themselves, in their order, never from what was kept.
RECONCILIATION = """
WITH line AS (
    SELECT entry.id, entry.amount, account.code = %(fund)s AS is_fund
      FROM sharing_quarter AS quarter
      JOIN ledger_entry AS entry ON entry.transfer_id = quarter.transfer_id
      JOIN ledger_account AS account ON account.id = entry.account_id
     WHERE quarter.id = %(quarter)s
), fund AS (
    SELECT coalesce(sum(entry.amount) FILTER (WHERE entry.id < line.id), 0)::bigint AS before,
           coalesce(sum(entry.amount) FILTER (WHERE entry.id <= line.id), 0)::bigint AS after
      FROM line, ledger_entry AS entry JOIN ledger_account AS account
           ON account.id = entry.account_id
     WHERE line.is_fund AND account.code = %(fund)s
)
SELECT CASE WHEN quarter.transfer_id IS NULL THEN quarter.before_cents ELSE fund.before END,
       quarter.paid_cents,
       CASE WHEN quarter.transfer_id IS NULL THEN quarter.before_cents ELSE fund.after END,
       (SELECT coalesce(sum(granted_cents), 0)::bigint FROM sharing_project
         WHERE quarter_id = quarter.id),
       (SELECT coalesce(-sum(amount), 0)::bigint FROM line WHERE is_fund),
       (SELECT coalesce(sum(amount), 0)::bigint FROM line WHERE NOT is_fund)
  FROM sharing_quarter AS quarter, fund WHERE quarter.id = %(quarter)s
"""


def reconciliation(quarter: Quarter) -> Reconciliation:
    """What a quarter paid against the ledger: before less paid is after, to the cent (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(RECONCILIATION, {"quarter": quarter.pk, "fund": COMMONS_FUND})
        return Reconciliation(*cursor.fetchone())
