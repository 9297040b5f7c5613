"""Reading the cooperative: statutes in force, who holds what, on any day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from essaim.commons.cooperative.models import (
    Associate,
    Exit,
    NoticeConsent,
    Register,
    ShareMovement,
    ShareRequest,
    StatutesVersion,
)
from essaim.commons.cooperative.rules.register import Kind, Movement
from essaim.commons.statutes.rules import reading
from essaim.commons.statutes.rules.statutes import Role, Statutes
from essaim.core.members.models import Member

State = ShareRequest.State
OPEN = (State.WAITING, State.ASKED, State.PAID)
PENDING = (State.ASKED, State.PAID)
FETCH_SIZE = 2000

HELD = """
SELECT associate, sum(shares)::bigint AS shares
  FROM (SELECT to_associate_id AS associate, shares FROM cooperative_sharemovement
         WHERE register_id = %(register)s AND to_associate_id IS NOT NULL AND moved_at <= %(at)s
         UNION ALL
        SELECT from_associate_id, -shares FROM cooperative_sharemovement
         WHERE register_id = %(register)s AND from_associate_id IS NOT NULL AND moved_at <= %(at)s
       ) AS side
 GROUP BY associate HAVING sum(shares) <> 0
"""

LINES = f"""
SELECT a.number, a.public_id, coalesce(m.display_name, o.name) AS name, o.id IS NOT NULL,
       k.label, coalesce(c.label, ''), a.admitted_at, a.left_at, coalesce(h.shares, 0)
  FROM cooperative_associate a
  JOIN cooperative_category k ON k.id = a.category_id
  LEFT JOIN cooperative_college c ON c.id = a.college_id
  LEFT JOIN members_member m ON m.id = a.member_id
  LEFT JOIN members_organisation o ON o.id = a.organisation_id
  LEFT JOIN ({HELD}) AS h ON h.associate = a.id
 WHERE a.register_id = %(register)s AND a.admitted_at <= %(at)s
   AND (a.left_at IS NULL OR a.left_at > %(at)s)
 ORDER BY a.number
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One associate in the register: who, in what capacity, how many shares."""

    number: int
    public_id: Any
    name: str
    is_organisation: bool
    category: str
    college: str
    admitted_at: datetime
    left_at: datetime | None
    shares: int


@dataclass(frozen=True, slots=True)
class Totals:
    """How many associates and shares, by code of category, and associates by code of college."""

    associates: dict[str, int]
    shares: dict[str, int]
    colleges: dict[str, int]

    @property
    def associates_count(self) -> int:
        return sum(self.associates.values())

    @property
    def shares_count(self) -> int:
        return sum(self.shares.values())


def the_register() -> Register | None:
    """The register of this installation's cooperative, its organisation loaded (1 query)."""
    return Register.objects.select_related("organisation").order_by("pk").first()


def version_at(register: Register, at: datetime) -> StatutesVersion | None:
    """The version of the statutes in force at an instant (1 query)."""
    rows = register.statutes.filter(effective_at__lte=at)
    return rows.order_by("-effective_at").first()


def statutes_at(register: Register, at: datetime) -> Statutes:
    """The statutes in force at an instant (1 query).

    Raises:
        LookupError: none were adopted yet (a bug of the caller: pages ask `version_at`).
    """
    version = version_at(register, at)
    if version is None:
        raise LookupError(f"no statutes at {at}")
    return reading.from_toml(version.text)


def associate_of(register: Register, *, member_id: int | None, organisation_id: int | None) -> (
    Associate | None
):  # fmt: skip
    """The associate somebody is today, in their own name or as an organisation (1 query)."""
    rows = register.associates.filter(left_at=None, organisation=organisation_id)
    if organisation_id is None:
        rows = rows.filter(member=member_id)
    return rows.select_related("category", "college").order_by().first()


def associates_acted_for(register: Register, member: Member) -> list[Associate]:
    """The member, then the organisations they manage, those who left included (1 query)."""
    mine = Q(member=member) | Q(
        organisation__memberships__member=member, organisation__memberships__role="manager"
    )
    rows = register.associates.filter(mine).distinct()
    return list(
        rows.select_related("member", "organisation", "category", "college", "exit").order_by(
            "organisation_id", "number"
        )
    )


def shares_held(associate: Associate) -> int:
    """How many shares an associate holds now (1 query)."""
    found = ShareMovement.objects.filter(
        Q(to_associate=associate) | Q(from_associate=associate)
    ).aggregate(
        given=Coalesce(Sum("shares", filter=Q(to_associate=associate)), 0),
        taken=Coalesce(Sum("shares", filter=Q(from_associate=associate)), 0),
    )
    return int(found["given"] - found["taken"])


def totals(register: Register, *, at: datetime) -> Totals:
    """Associates and shares by category and college on a day (1 query)."""
    statement = f"""
        SELECT k.code, coalesce(c.code, ''), count(*), coalesce(sum(h.shares), 0)::bigint
          FROM cooperative_associate a
          JOIN cooperative_category k ON k.id = a.category_id
          LEFT JOIN cooperative_college c ON c.id = a.college_id
          LEFT JOIN ({HELD}) AS h ON h.associate = a.id
         WHERE a.register_id = %(register)s AND a.admitted_at <= %(at)s
           AND (a.left_at IS NULL OR a.left_at > %(at)s)
         GROUP BY 1, 2
    """
    found = Totals({}, {}, {})
    with connection.cursor() as cursor:
        cursor.execute(statement, {"register": register.pk, "at": at})
        for category, college, count, shares in cursor.fetchall():
            found.associates[category] = found.associates.get(category, 0) + count
            found.shares[category] = found.shares.get(category, 0) + shares
            found.colleges[college] = found.colleges.get(college, 0) + count
    return found


def pending_shares(register: Register, *, roles: frozenset[Role] | None = None) -> int:
    """Shares asked or paid and not given yet, by the roles asked about, else by all (1 query)."""
    rows = register.requests.filter(state__in=PENDING)
    if roles is not None:
        rows = rows.filter(category__role__in=roles)
    return int(rows.aggregate(total=Coalesce(Sum("shares"), 0))["total"])


def register_at(register: Register, *, at: datetime) -> dict[int, int]:
    """Who held how many shares at an instant, by associate, from the movements (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"register": register.pk, "at": at})
        return dict(cursor.fetchall())


def movements(register: Register) -> Iterator[Movement]:
    """Every movement of a register in order, as rules replay them (1 query)."""
    rows = register.movements.order_by("number").values_list(
        "number", "kind", "from_associate_id", "to_associate_id", "shares", "moved_at"
    )
    for number, kind, giver, taker, shares, moved_at in rows.iterator(chunk_size=FETCH_SIZE):
        yield Movement(number, Kind(kind), giver, taker, shares, moved_at)


def lines(register: Register, *, at: datetime) -> Iterator[Line]:
    """The whole register of a day, by number, streamed (1 query)."""
    connection.ensure_connection()
    with connection.connection.cursor(name="cooperative_register", withhold=True) as cursor:
        cursor.itersize = FETCH_SIZE
        cursor.execute(LINES, {"register": register.pk, "at": at})
        for row in cursor:
            yield Line(*row)


def found_in_register(register: Register, *, text: str) -> "QuerySet[Associate]":
    """Associates whose number or name matches, by number; lazy, for a page at a time."""
    rows = register.associates.all()
    if text.isdecimal():
        rows = rows.filter(number=int(text))
    elif text:
        rows = rows.filter(
            Q(member__display_name__icontains=text) | Q(organisation__name__icontains=text)
        )
    return rows.select_related("member", "organisation", "category", "college").order_by("number")


def shares_by_associate(associates: list[Associate]) -> dict[int, int]:
    """How many shares each of a few associates holds (1 query)."""
    ids = [associate.pk for associate in associates]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, cooperative_shares_held(id) FROM unnest(%s::bigint[]) AS id", [ids]
        )
        return dict(cursor.fetchall())


def movements_of(associate: Associate) -> list[ShareMovement]:
    """The movements of an associate, latest first, whom they concern loaded (1 query)."""
    rows = ShareMovement.objects.filter(Q(to_associate=associate) | Q(from_associate=associate))
    return list(
        rows.select_related(
            "from_associate__member", "from_associate__organisation", "to_associate__member",
            "to_associate__organisation", "certificate", "agreement",
        ).order_by("-number")
    )  # fmt: skip


def last_consent(associate: Associate) -> NoticeConsent | None:
    """Whether an associate accepts electronic notices, and since when (1 query)."""
    return associate.consents.order_by("-pk").first()


def requests_to_decide(register: Register) -> list[ShareRequest]:
    """Requests that wait for something, paid ones first, then by age (1 query)."""
    rows = register.requests.filter(state__in=OPEN)
    order = {State.PAID: 0, State.ASKED: 1, State.WAITING: 2}
    found = rows.select_related("member", "organisation", "category", "agreement")
    return sorted(found, key=lambda row: (order[State(row.state)], row.asked_at))


def requests_of(register: Register, member: Member) -> list[ShareRequest]:
    """The open requests of a member, in their name or for an organisation (1 query)."""
    rows = register.requests.filter(member=member, state__in=OPEN)
    return list(rows.select_related("organisation", "category").order_by("asked_at"))


def exits(register: Register) -> list[Exit]:
    """Departures, those to settle first, then the latest; what is left to pay (1 query)."""
    left = (
        Exit.objects.filter(pk=OuterRef("pk"))
        .annotate(left=Coalesce(Sum("instalments__amount_cents", filter=NOT_PAID), 0))
        .values("left")
    )
    rows = Exit.objects.filter(associate__register=register).annotate(left_cents=Subquery(left))
    found = rows.select_related("associate__member", "associate__organisation")
    return sorted(found.order_by("-asked_at"), key=lambda row: row.settled_at is not None)


NOT_PAID = Q(instalments__paid_at=None)


def desk_counts(register: Register) -> dict[str, int]:
    """What waits at the desk: requests, departures to settle (2 queries)."""
    asked = register.requests.filter(state__in=OPEN).aggregate(count=Count("pk"))["count"]
    leaving = Exit.objects.filter(associate__register=register, settled_at=None).count()
    return {"requests": asked, "exits": leaving}
