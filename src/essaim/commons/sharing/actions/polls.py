"""The vote of a quarter: opening it, one ballot each, closing it, which pays what was chosen."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.sharing import queries, wording
from essaim.commons.sharing.actions import funds
from essaim.commons.sharing.models import FundBallot, FundSupport, Quarter
from essaim.commons.sharing.rules.fund_votes import Method
from essaim.commons.sharing.rules.refusals import (
    FundVoteBegan,
    FundVoteNotOpen,
    NoProject,
    OnlyAssociatesVote,
    QuarterPaid,
)
from essaim.core.ledger import queries as ledger
from essaim.core.members.models import Member

# Voters do not wait for one another; whoever closes the vote waits for them, and they for it.
SHARED_LOCK = "SELECT voting_at, paid_at FROM sharing_quarter WHERE id = %s FOR SHARE"


@transaction.atomic
def open_vote(*, quarter: Quarter, method: Method, now: datetime) -> Quarter:
    """Let members vote on the projects there are; from now on these no longer change.

    Raises:
        QuarterPaid: the fund of this quarter was shared. FundVoteBegan: it is open already.
        NoProject: there is nothing to choose.
    """
    quarter = funds.lock(quarter)
    if quarter.paid_at is not None:
        raise QuarterPaid(decision=quarter.decision)
    if quarter.voting_at is not None:
        raise FundVoteBegan
    if not quarter.projects.exists():
        raise NoProject
    quarter.voting_at, quarter.method = now, method.value
    quarter.save(update_fields=["voting_at", "method"])
    return quarter


@transaction.atomic
def vote(*, quarter: Quarter, member: Member, supported: Collection[UUID]) -> FundBallot:
    """Write the ballot of a member, or change it: the last one counts, once.

    Args:
        supported: public ids of projects of this quarter; none of them is a blank ballot.

    Raises:
        FundVoteNotOpen: not yet, or no longer. OnlyAssociatesVote: the member is none.
        KeyError: a project of elsewhere (a bug of the caller).
    """
    with connection.cursor() as cursor:
        cursor.execute(SHARED_LOCK, [quarter.pk])
        voting_at, paid_at = cursor.fetchone()
    if voting_at is None or paid_at is not None:
        raise FundVoteNotOpen
    associate = cooperative_queries.associate_of(
        quarter.register, member_id=member.pk, organisation_id=None
    )
    if associate is None:
        raise OnlyAssociatesVote
    known = dict(quarter.projects.values_list("public_id", "pk"))
    chosen = {known[one] for one in supported}
    ballot, _created = FundBallot.objects.get_or_create(quarter=quarter, member=member)
    # Two taps at once of one person queue up here: the ballot is never half of each.
    ballot = FundBallot.objects.select_for_update(of=("self",)).get(pk=ballot.pk)
    ballot.supports.exclude(project__in=chosen).delete()
    kept = set(ballot.supports.values_list("project_id", flat=True))
    FundSupport.objects.bulk_create(
        FundSupport(ballot=ballot, project_id=one) for one in sorted(chosen - kept)
    )
    return ballot


@transaction.atomic
def close_vote(*, quarter: Quarter, by: Member, now: datetime) -> Quarter:
    """Count, and pay at once what was chosen from what the fund holds at that moment.

    Closed again, nothing changes and nothing is paid.

    Raises:
        FundVoteNotOpen: it was not opened.
    """
    quarter = funds.lock(quarter)
    if quarter.paid_at is not None:
        return quarter
    if quarter.voting_at is None:
        raise FundVoteNotOpen
    budget_cents = max(0, ledger.balance(funds.lock_fund()))
    found = queries.count(quarter, queries.projects(quarter), budget_cents)
    decision = _("Vote of the associates, {quarter}: {ballots}, {method}").format(
        quarter=wording.quarter_name(quarter), method=_(wording.FUND_METHODS[found.method]),
        ballots=ngettext("%(num)s ballot", "%(num)s ballots", found.ballots_count)
        % {"num": found.ballots_count},
    )  # fmt: skip
    return funds.pay_projects(
        quarter=quarter, grants={UUID(key): cents for key, cents in found.grants.items()},
        method=quarter.method, decision=decision, by=by, now=now,
    )  # fmt: skip
