"""What part of the cooperative is there, in person or by somebody else."""

from collections.abc import Mapping
from dataclasses import dataclass
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
