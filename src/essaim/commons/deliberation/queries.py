"""Reading proposals, their debates, and rounds."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, Value, When

from essaim.commons.assembly.models import AgendaItem, GeneralAssembly
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.models import Associate, Register
from essaim.commons.deliberation.models import (
    Comment,
    Follow,
    Moderation,
    Proposal,
    Round,
    Statement,
    Support,
    Version,
)
from essaim.commons.deliberation.rules import rounds as round_rules
from essaim.commons.deliberation.rules.proposals import State
from essaim.commons.deliberation.rules.rounds import Said, Scope
from essaim.core.members.models import Member, Membership

STANDING = Q(supports__revoked_at=None, supports__associate__left_at=None)
HOLDER = ("author__member", "author__organisation")


def voices_of(register: Register, member: Member) -> list[Associate]:
    """Today's associates that a member is or acts for, their own name first (1 query)."""
    mine = cooperative_queries.associates_acted_for(register, member)
    return sorted(
        (one for one in mine if one.left_at is None), key=lambda one: one.member_id is None
    )


def associates_today(register: Register) -> "QuerySet[Associate]":
    """Those who own the cooperative now, by number; lazy."""
    return register.associates.filter(left_at=None).order_by("number")


def found_among(register: Register, text: str) -> "QuerySet[Associate]":
    """Associates of today whose number or name matches, by number; lazy."""
    text = text[:9] if text.isdecimal() else text[:80]
    return cooperative_queries.found_in_register(register, text=text).filter(left_at=None)


def proposals(register: Register) -> "QuerySet[Proposal]":
    """Proposals, the latest first, each with `supports_count`, author and point loaded; lazy."""
    rows = Proposal.objects.filter(register=register).select_related(
        *HOLDER, "item__assembly", "item__motion"
    )
    counted = rows.annotate(supports_count=Count("supports", filter=STANDING))
    return counted.order_by("-opened_at", "-pk")


def the_proposal(public_id: UUID) -> "QuerySet[Proposal]":
    """One proposal, its author, register and point loaded; lazy."""
    return Proposal.objects.filter(public_id=public_id).select_related(
        *HOLDER, "register__organisation", "item__assembly", "item__motion"
    )


def points_of(proposal: Proposal) -> list[AgendaItem]:
    """The points of agendas that it became, in order, their assemblies loaded (1 query)."""
    rows = AgendaItem.objects.filter(scheduling__proposal=proposal)
    loaded = rows.select_related("assembly__minutes", "motion")
    return list(loaded.order_by("scheduling__pk"))


def gathering(register: Register, *, at: datetime) -> "QuerySet[Proposal]":
    """Those that may be supported now; lazy."""
    return proposals(register).filter(state=State.OPEN, ends_at__gt=at)


def to_schedule(register: Register) -> "QuerySet[Proposal]":
    """What the board must put on an agenda: supported enough, or left undecided; lazy."""
    undecided = Q(
        state=State.SCHEDULED,
        item__assembly__state=GeneralAssembly.State.CLOSED,
        item__motion__is_adopted=None,
    )
    return proposals(register).filter(Q(state=State.REACHED) | undecided).order_by("reached_at")


def drafts(register: Register) -> list[GeneralAssembly]:
    """The assemblies whose agenda is still being written, the next first (1 query)."""
    rows = GeneralAssembly.objects.filter(register=register, state=GeneralAssembly.State.DRAFT)
    return list(rows.order_by("meets_at", "pk"))


def standing(proposal: Proposal) -> "QuerySet[Support]":
    """The supports that count: not taken back, of associates who have not left; lazy."""
    rows = Support.objects.filter(proposal=proposal, revoked_at=None, associate__left_at=None)
    return rows.select_related("associate__member", "associate__organisation").order_by(
        "given_at", "pk"
    )


def supported_by(proposal: Proposal, associates: Iterable[Associate]) -> frozenset[int]:
    """Which of these associates support it (1 query)."""
    rows = standing(proposal).filter(associate__in=[one.pk for one in associates])
    return frozenset(rows.values_list("associate_id", flat=True))


def versions(proposal: Proposal) -> list[Version]:
    """Every version, the last first, the rules it wants loaded (2 queries)."""
    rows = proposal.versions.select_related("written_by").prefetch_related("rules_wanted")
    return list(rows.order_by("-number"))


def current(proposal: Proposal) -> Version:
    """The version in force, the rules it wants loaded (2 queries)."""
    rows = proposal.versions.prefetch_related("rules_wanted")
    return rows.get(number=proposal.version_number)


def heads(proposal: Proposal, *, paragraph: int | None = None) -> "QuerySet[Comment]":
    """The messages that answer no other, the oldest first, of one paragraph or all; lazy."""
    rows = _readable(Comment.objects.filter(proposal=proposal, parent=None))
    return rows if paragraph is None else rows.filter(paragraph=paragraph)


def replies_to(comments: Iterable[Comment]) -> dict[int, list[Comment]]:
    """The answers to a few messages, by the message, the oldest first (2 queries)."""
    found: dict[int, list[Comment]] = {}
    rows = _readable(Comment.objects.filter(parent__in=[one.pk for one in comments]))
    for one in rows:
        found.setdefault(one.parent_id or 0, []).append(one)
    return found


def the_comment(public_id: UUID) -> "QuerySet[Comment]":
    """One message, its proposal and author loaded; lazy."""
    rows = Comment.objects.filter(public_id=public_id)
    return _readable(rows).select_related(
        "proposal", "parent", "associate__member", "associate__organisation"
    )


def paragraph_counts(proposal: Proposal) -> dict[int | None, int]:
    """How many messages each paragraph received, answers included (1 query)."""
    rows = Comment.objects.filter(proposal=proposal).order_by()
    return dict(rows.values_list("paragraph").annotate(Count("pk")))


def follow_of(proposal: Proposal, member: Member) -> Follow | None:
    """How a member hears of a debate (1 query)."""
    return Follow.objects.filter(proposal=proposal, member=member).order_by().first()


def _readable(rows: "QuerySet[Comment]") -> "QuerySet[Comment]":
    moderations = Moderation.objects.select_related("done_by").order_by("-pk")
    return (
        rows.select_related("associate__member", "associate__organisation")
        .prefetch_related(Prefetch("moderations", moderations))
        .order_by("written_at", "pk")
    )


def rounds(register: Register) -> "QuerySet[Round]":
    """Every round, those that are open first, then the latest; lazy."""
    rows = Round.objects.filter(register=register).select_related(
        "author__member", "author__organisation", "facilitator", "college", "proposal"
    )
    return rows.order_by(F("concluded_at").desc(nulls_first=True), "closes_at", "pk")


def open_round_of(proposal: Proposal) -> Round | None:
    """The round that is open on a proposal (1 query)."""
    rows = Round.objects.filter(proposal=proposal, state=round_rules.State.OPEN)
    return rows.order_by().first()


def rounds_waiting_for(
    register: Register, voices: Iterable[Associate], *, at: datetime
) -> "QuerySet[Round]":
    """The open rounds that ask somebody among these who has not spoken, by deadline; lazy."""
    found = list(voices)
    wanted = Q(pk__in=[])
    for one in found:
        is_asked = (
            Q(scope=Scope.ALL)
            | Q(scope=Scope.COLLEGE, college=one.college_id)
            | Q(seats__associate=one)
        )
        spoke = Statement.objects.filter(associate=one, replaced_at=None)
        wanted |= is_asked & ~Q(pk__in=spoke.values("round"))
    rows = Round.objects.filter(
        wanted, register=register, state=round_rules.State.OPEN, closes_at__gt=at
    )
    return rows.distinct().order_by("closes_at", "pk")


def asked(asking: Round) -> "QuerySet[Associate]":
    """The associates of today whom a round asks, by number; lazy."""
    rows = associates_today(asking.register)
    if asking.scope == Scope.COLLEGE:
        return rows.filter(college=asking.college_id)
    return rows.filter(round_seats__round=asking) if asking.scope == Scope.GROUP else rows


def statements(asking: Round) -> "QuerySet[Statement]":
    """What stands said in a round, objections first; who said it loaded; lazy."""
    rows = Statement.objects.filter(round=asking, replaced_at=None)
    order = {"objection": 0, "advice": 1, "reserve": 2}
    ranked = rows.annotate(
        rank=Case(
            *(When(stance=stance, then=Value(place)) for stance, place in order.items()),
            default=Value(len(order)),
        )
    )
    return ranked.select_related("associate__member", "associate__organisation").order_by(
        "rank", "said_at", "pk"
    )


def said(asking: Round) -> list[Said]:
    """What stands said in a round, as rules read it (1 query)."""
    rows = statements(asking).values_list("stance", "reason", "answered_at", "lifted_at")
    return [
        Said(stance, reason, is_answered=answered is not None, is_lifted=lifted is not None)
        for stance, reason, answered, lifted in rows
    ]


def board_of(register: Register) -> list[Member]:
    """Who sits on the board of the cooperative (1 query)."""
    seats = Membership.objects.filter(
        organisation=register.organisation_id, role=Membership.Role.BOARD
    )
    return list(Member.objects.filter(pk__in=seats.values("member")).order_by("pk"))
