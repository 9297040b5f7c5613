"""Reading an assembly: who has a vote, who is there, whose vote is carried by whom."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from essaim.commons.assembly.models import Attendance, GeneralAssembly, Proxy
from essaim.commons.assembly.rules import representing
from essaim.commons.assembly.rules.representing import Entitled
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Associate
from essaim.commons.statutes.rules import assemblies
from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.commons.statutes.rules.statutes import Quorum, QuorumBasis, Statutes
from essaim.core.agreements.models import Agreement
from essaim.core.members.models import Member

CHUNK = 5000
ACTIVE_DAYS = 365
"""An associate is lately active who received something by an agreement within a year."""


def entitled_at(assembly: GeneralAssembly) -> "QuerySet[Associate]":
    """Those who have a vote: associates on the record date, by number; lazy."""
    at = assembly.record_at
    return Associate.objects.filter(
        Q(left_at=None) | Q(left_at__gt=at), register=assembly.register_id, admitted_at__lte=at
    ).order_by("number")


def entitled(assembly: GeneralAssembly, *, with_activity: bool = False) -> list[Entitled]:
    """Who has a vote, with their college, and whether they were active lately (1 or 2)."""
    rows = entitled_at(assembly)
    active: set[int] = set()
    if with_activity and assembly.record_at is not None:
        since = assembly.record_at - timedelta(days=ACTIVE_DAYS)
        deals = Agreement.objects.filter(receiver=OuterRef("member"), proposed_at__gte=since)
        active = set(rows.filter(Exists(deals)).values_list("pk", flat=True))
    return [
        Entitled(pk, college or "", pk in active)
        for pk, college in rows.values_list("pk", "college__code").iterator(chunk_size=CHUNK)
    ]


def present(assembly: GeneralAssembly) -> frozenset[int]:
    """Associates who are there now, in person, on line or by postal form (1 query)."""
    rows = Attendance.objects.filter(assembly=assembly, left_at=None)
    return frozenset(rows.values_list("associate_id", flat=True))


def holders(assembly: GeneralAssembly) -> dict[int, int]:
    """Who carries whose vote, by principal (1 query)."""
    rows = Proxy.objects.filter(assembly=assembly, revoked_at=None)
    return dict(rows.values_list("principal_id", "holder_id"))


def statutes_of(assembly: GeneralAssembly) -> Statutes:
    """The statutes under which it meets: those in force when it does (1 query)."""
    return cooperative_queries.statutes_at(assembly.register, assembly.meets_at)


def attendance(assembly: GeneralAssembly) -> representing.Attendance:
    """Who is there now against what the quorum wants (4 queries)."""
    statutes = statutes_of(assembly)
    quorum = statutes.quorums.get(Kind(assembly.kind)) or Quorum(QuorumBasis.HEADS)
    return representing.attendance(
        statutes,
        quorum,
        assemblies.quorum_needed(quorum, convening=assembly.convening),
        entitled(assembly, with_activity=quorum.basis is QuorumBasis.ACTIVE),
        present=present(assembly),
        holders=holders(assembly),
    )


def latest(register_id: int, *, at: datetime) -> GeneralAssembly | None:
    """The assembly that comes next, else the last that was held, drafts aside (1 query)."""
    rows = GeneralAssembly.objects.filter(register=register_id).exclude(
        state=GeneralAssembly.State.DRAFT
    )
    coming = rows.filter(meets_at__gte=at).order_by("meets_at").first()
    return coming or rows.order_by("-meets_at").first()


def associates_of(assembly: GeneralAssembly, member: Member) -> list[Associate]:
    """The votes a member casts: their own, those of organisations they manage (1 query)."""
    rows = entitled_at(assembly).filter(
        Q(member=member)
        | Q(organisation__memberships__member=member, organisation__memberships__role="manager")
    )
    return list(rows.select_related("member", "organisation").distinct())
