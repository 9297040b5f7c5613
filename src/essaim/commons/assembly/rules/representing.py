"""What part of the cooperative is there, in person or by somebody else."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from essaim.commons.statutes.rules.assemblies import Present, participation
from essaim.commons.statutes.rules.statutes import Quorum, Statutes


@dataclass(frozen=True, slots=True)
class Room:
    """One college: who has a vote, who is there, whose proxy is held by somebody there."""

    entitled_count: int
    present_count: int
    represented_count: int
    active_count: int = 0


@dataclass(frozen=True, slots=True)
class Stay:
    """An associate was there from an instant on, until another one or the end."""

    associate: int
    arrived_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Given:
    """A vote somebody carries for another, from an instant on, until it is taken back."""

    principal: int
    holder: int
    given_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attendance:
    """Whether enough of the cooperative is there: exact parts from 0 to 1."""

    there: Fraction
    needed: Fraction
    present_count: int
    represented_count: int
    entitled_count: int

    @property
    def is_quorate(self) -> bool:
        """Enough people, and in any case somebody."""
        return self.there >= self.needed and self.present_count > 0


def rooms_at(
    at: datetime,
    rooms: Mapping[str, Room],
    colleges: Mapping[int, str],
    stays: Iterable[Stay],
    proxies: Iterable[Given],
) -> dict[str, Room]:
    """Return each college as it was at an instant: who was there, who was represented.

    A proxy counts while its holder is there and its giver is not; it does not travel further.

    Args:
        rooms: who has a vote and who was active, by college; their presence is not read.
        colleges: of everybody named in `stays` and `proxies`.
    """
    here = {one.associate for one in stays if _covers(at, one.arrived_at, one.left_at)}
    carried = {
        one.principal
        for one in proxies
        if _covers(at, one.given_at, one.revoked_at)
        and one.holder in here
        and one.principal not in here
    }
    there = Counter(colleges[associate] for associate in here)
    represented = Counter(colleges[associate] for associate in carried)
    return {
        code: Room(room.entitled_count, there[code], represented[code], room.active_count)
        for code, room in rooms.items()
    }


def _covers(at: datetime, begun_at: datetime, ended_at: datetime | None) -> bool:
    return begun_at <= at and (ended_at is None or ended_at > at)


def attendance(
    statutes: Statutes, quorum: Quorum, needed: Fraction, rooms: Mapping[str, Room]
) -> Attendance:
    """Measure who is there against what the quorum wants.

    Args:
        needed: the part wanted at this convening.
        rooms: by code of college; without colleges the single key "".
    """
    empty = {college.code: Room(0, 0, 0) for college in statutes.colleges}
    counted = {
        code: Present(
            room.entitled_count, room.present_count + room.represented_count, room.active_count
        )
        for code, room in {**empty, **rooms}.items()
    }
    return Attendance(
        there=participation(statutes, quorum.basis, counted),
        needed=needed,
        present_count=sum(room.present_count for room in rooms.values()),
        represented_count=sum(room.represented_count for room in rooms.values()),
        entitled_count=sum(room.entitled_count for room in rooms.values()),
    )
