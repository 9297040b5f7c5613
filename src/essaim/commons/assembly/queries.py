"""Reading an assembly: who has a vote, who is there, whose vote is carried by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from essaim.commons.assembly.models import (
    AgendaItem,
    Amendment,
    Attendance,
    GeneralAssembly,
    Motion,
    Proxy,
    Question,
)
from essaim.commons.assembly.rules import amending, representing
from essaim.commons.assembly.rules.amending import Amended, AmendmentKind, Proposed
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.assembly.rules.representing import Room
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Associate
from essaim.commons.statutes.rules import assemblies
from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.commons.statutes.rules.statutes import Quorum, QuorumBasis, Statutes
from essaim.commons.urn.models import Poll, RollEntry, Scrutineer
from essaim.core.members.models import Assistance, Member

ACTIVE_DAYS = 365
"""An associate is lately active who received something by an agreement within a year."""

# A proxy does not travel further: its holder must be there in person, and its giver absent.
ROOMS = """
WITH here AS (
    SELECT associate_id FROM assembly_attendance
     WHERE assembly_id = %(assembly)s AND left_at IS NULL
), carried AS (
    SELECT principal_id FROM assembly_proxy AS proxy
     WHERE assembly_id = %(assembly)s AND revoked_at IS NULL
       AND holder_id IN (SELECT associate_id FROM here)
       AND principal_id NOT IN (SELECT associate_id FROM here)
)
SELECT coalesce(college.code, ''), count(*), count(here.associate_id),
       count(carried.principal_id), count(*) FILTER (WHERE {activity})
  FROM cooperative_associate AS one
  LEFT JOIN cooperative_college AS college ON college.id = one.college_id
  LEFT JOIN here ON here.associate_id = one.id
  LEFT JOIN carried ON carried.principal_id = one.id
 WHERE one.register_id = %(register)s AND one.admitted_at <= %(at)s
   AND (one.left_at IS NULL OR one.left_at > %(at)s)
 GROUP BY 1
"""
ACTIVE = """
EXISTS (SELECT 1 FROM agreements_agreement AS deal
         WHERE deal.receiver_id = one.member_id AND deal.proposed_at >= %(since)s)
"""


@dataclass(frozen=True, slots=True)
class Seat:
    """A vote that somebody casts: theirs, that of an organisation they manage, or by proxy."""

    associate: Associate
    is_own: bool
    is_there: bool
    holder: Associate | None
    """Who carries it, when it was given."""
    is_holder_there: bool

    @property
    def may_vote(self) -> bool:
        """Whether a ballot is taken now: who is there votes in person."""
        return self.is_there if self.is_own else self.is_holder_there and not self.is_there


def entitled_at(assembly: GeneralAssembly) -> "QuerySet[Associate]":
    """Those who have a vote: associates on the record date, by number; lazy."""
    at = assembly.record_at
    return Associate.objects.filter(
        Q(left_at=None) | Q(left_at__gt=at), register=assembly.register_id, admitted_at__lte=at
    ).order_by("number")


def declared_motions(register_id: int) -> "QuerySet[Motion]":
    """Motions for or against whose result was declared, the latest first; lazy."""
    rows = Motion.objects.filter(
        item__assembly__register=register_id, method=Method.MOTION, declared_at__isnull=False
    )
    return rows.select_related("item__assembly", "poll").order_by("-declared_at")


def voters_count(assembly: GeneralAssembly, *, at: datetime) -> int:
    """How many would have a vote, were the notice sent at this instant (1 query)."""
    rows = Associate.objects.filter(Q(left_at=None) | Q(left_at__gt=at), admitted_at__lte=at)
    return rows.filter(register=assembly.register_id).count()


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
    """Who is there now against what the quorum wants (2 queries, however many they are)."""
    statutes = statutes_of(assembly)
    quorum = statutes.quorums.get(Kind(assembly.kind)) or Quorum(QuorumBasis.HEADS)
    return representing.attendance(
        statutes,
        quorum,
        assemblies.quorum_needed(quorum, convening=assembly.convening),
        rooms(assembly, with_activity=quorum.basis is QuorumBasis.ACTIVE),
    )


def rooms(assembly: GeneralAssembly, *, with_activity: bool = False) -> dict[str, Room]:
    """Who has a vote, is there, is represented or was active lately, by college (1 query)."""
    statement = ROOMS.format(activity=ACTIVE if with_activity else "FALSE")
    at = assembly.record_at
    values = {
        "assembly": assembly.pk,
        "register": assembly.register_id,
        "at": at,
        "since": at and at - timedelta(days=ACTIVE_DAYS),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {code: Room(*counts) for code, *counts in cursor.fetchall()}


def latest(register_id: int, *, at: datetime) -> GeneralAssembly | None:
    """The assembly that sits or comes next, else the last one, drafts aside (1 or 2 queries)."""
    rows = GeneralAssembly.objects.filter(register=register_id).exclude(
        state=GeneralAssembly.State.DRAFT
    )
    coming = rows.filter(Q(meets_at__gte=at) | Q(state=GeneralAssembly.State.SITTING))
    return coming.order_by("meets_at").first() or rows.order_by("-meets_at").first()


def associates_of(assembly: GeneralAssembly, member: Member) -> list[Associate]:
    """The votes a member casts: their own, those of organisations they manage (1 query)."""
    rows = entitled_at(assembly).filter(
        Q(member=member)
        | Q(organisation__memberships__member=member, organisation__memberships__role="manager")
    )
    return list(rows.select_related("member", "organisation").distinct())


def past(register_id: int) -> "QuerySet[GeneralAssembly]":
    """Assemblies that were convened, the latest first; lazy."""
    rows = GeneralAssembly.objects.filter(register=register_id)
    return rows.exclude(state=GeneralAssembly.State.DRAFT).order_by("-meets_at", "-pk")


def agenda(assembly: GeneralAssembly) -> list[AgendaItem]:
    """The points in order, with all that hangs on them loaded (5 queries)."""
    rows = assembly.agenda.select_related("motion__poll")
    rows = rows.prefetch_related(
        "motion__changes", "motion__amendments__poll", "files", "annulled_votes"
    )
    return list(rows.order_by("position"))


def as_said(amendment: Amendment) -> Amended:
    """An amendment as the rules read it (0 queries)."""
    return Amended(
        number=amendment.number,
        kind=AmendmentKind(amendment.kind),
        paragraph=amendment.paragraph,
        text=amendment.text,
        article_key=amendment.article_key,
        value=amendment.value,
        effective_at=amendment.effective_at,
    )


def as_proposed(motion: Motion) -> Proposed:
    """What the notice said of a motion: its text, each rule, its value and its day (1 query)."""
    return Proposed(
        text=motion.text,
        rules={
            one.article_key: (
                one.value if one.noticed_value is None else one.noticed_value,
                one.noticed_at or one.effective_at,
            )
            for one in motion.changes.all()
        },
    )


def amendments_of(motion: Motion) -> list[Amendment]:
    """The amendments of a motion: those that wait in the order of their votes, then the others.

    Their polls and associates are loaded (2 queries).
    """
    rows = motion.amendments.select_related(
        "poll", "associate__member", "associate__organisation", "motion__item__assembly"
    )
    by_number = {one.number: one for one in rows.order_by("number")}
    waiting = [as_said(one) for one in by_number.values() if one.is_pending]
    first = [one.number for one in amending.voting_order(waiting, as_proposed(motion))]
    return [by_number.pop(number) for number in first] + list(by_number.values())


def questions_of(assembly: GeneralAssembly) -> list[Question]:
    """Questions in writing, in the order in which they were asked (1 query)."""
    rows = Question.objects.filter(assembly=assembly).select_related(
        "item", "associate__member", "associate__organisation"
    )
    return list(rows.order_by("asked_at", "pk"))


def seats_of(assembly: GeneralAssembly, member: Member) -> list[Seat]:
    """The votes a member casts: theirs first, then those given to them (3 queries)."""
    own = associates_of(assembly, member)
    mine = {one.pk for one in own}
    given = Proxy.objects.filter(
        Q(holder__in=mine) | Q(principal__in=mine), assembly=assembly, revoked_at=None
    ).select_related(
        "principal__member", "principal__organisation", "holder__member", "holder__organisation"
    )
    proxies = {one.principal_id: one for one in given.order_by("principal__number")}
    people = mine | set(proxies) | {one.holder_id for one in proxies.values()}
    there = hows(assembly, people)
    carried = [one.principal for one in proxies.values() if one.principal_id not in mine]
    return [
        Seat(
            associate=one,
            is_own=one.pk in mine,
            is_there=one.pk in there,
            holder=proxies[one.pk].holder if one.pk in proxies else None,
            is_holder_there=one.pk in proxies and proxies[one.pk].holder_id in there,
        )
        for one in (*own, *carried)
    ]


def keys_kept(agenda: Iterable[AgendaItem], member: Member) -> list[AgendaItem]:
    """The points whose urn waits for the member's key, taken or given (0 or 1 query)."""
    waiting = {Poll.State.PREPARING, Poll.State.CLOSED}
    urns = {
        item.motion.poll_id: item
        for item in agenda
        if hasattr(item, "motion") and item.motion.is_secret and item.motion.poll
        and item.motion.poll.state in waiting
    }  # fmt: skip
    if not urns:
        return []
    rows = Scrutineer.objects.filter(poll__in=urns, member=member).order_by("poll")
    return [urns[poll_id] for poll_id in rows.values_list("poll_id", flat=True)]


def ticked(poll_ids: Iterable[int], numbers: Iterable[int]) -> set[tuple[int, int]]:
    """Which of these numbers have voted in which of these polls (1 query)."""
    rows = RollEntry.objects.filter(
        poll__in=list(poll_ids), number__in=list(numbers), has_voted=True
    )
    return set(rows.values_list("poll_id", "number"))


def found_entitled(assembly: GeneralAssembly, text: str) -> "QuerySet[Associate]":
    """Those who have a vote and whose number or name matches, by number; lazy."""
    rows = entitled_at(assembly).select_related("member", "organisation", "college")
    if text.isdecimal():
        return rows.filter(number=int(text[:9]))
    return rows.filter(
        Q(member__display_name__icontains=text) | Q(organisation__name__icontains=text)
    )


def hows(assembly: GeneralAssembly, associate_ids: Iterable[int]) -> dict[int, str]:
    """How each of a few associates is there; absent from it, they are not (1 query)."""
    rows = Attendance.objects.filter(
        assembly=assembly, left_at=None, associate__in=list(associate_ids)
    )
    return dict(rows.values_list("associate_id", "how"))


def helped_there(assembly: GeneralAssembly, helper: Member, at: datetime) -> list[Associate]:
    """Those there in person whom this member helps to vote (1 query)."""
    rows = entitled_at(assembly).filter(
        member__assistances_received__helper=helper,
        member__assistances_received__scope=Assistance.Scope.VOTE,
        member__assistances_received__starts_at__lte=at,
        member__assistances_received__expires_at__gt=at,
        member__assistances_received__revoked_at=None,
        attendances__assembly=assembly,
        attendances__left_at=None,
    )
    return list(rows.select_related("member", "organisation").distinct())
