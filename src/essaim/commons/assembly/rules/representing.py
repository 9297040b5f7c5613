"""Who is there, in person or by somebody else, and what part of the cooperative that is."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from essaim.commons.statutes.rules.assemblies import Present, participation
from essaim.commons.statutes.rules.statutes import Quorum, Statutes


@dataclass(frozen=True, slots=True)
class Entitled:
    """Somebody with a vote at the record date. `college` is empty where there are none."""

    key: int
    college: str
    is_active: bool = False


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


def represented(present: frozenset[int], holders: Mapping[int, int]) -> frozenset[int]:
    """Return the absent whose proxy is held by somebody present.

    Args:
        holders: by principal, who holds their proxy. A proxy does not travel further: its holder
            must be there in person.
    """
    return frozenset(
        principal
        for principal, holder in holders.items()
        if principal not in present and holder in present
    )


def attendance(
    statutes: Statutes,
    quorum: Quorum,
    needed: Fraction,
    entitled: Iterable[Entitled],
    *,
    present: frozenset[int],
    holders: Mapping[int, int],
) -> Attendance:
    """Measure who is there against what the quorum wants.

    Args:
        present: keys of those there in person, on line or by postal form.
        needed: the part wanted at this convening.
    """
    everybody = list(entitled)
    known = {one.key for one in everybody}
    in_person = present & known
    by_proxy = represented(in_person, {p: h for p, h in holders.items() if p in known})
    there = in_person | by_proxy
    sizes, active, here = Counter[str](), Counter[str](), Counter[str]()
    for one in everybody:
        sizes[one.college] += 1
        active[one.college] += one.is_active
        here[one.college] += one.key in there
    codes = {college.code for college in statutes.colleges} | sizes.keys()
    rooms = {code: Present(sizes[code], here[code], active[code]) for code in codes}
    return Attendance(
        there=participation(statutes, quorum.basis, rooms),
        needed=needed,
        present_count=len(in_person),
        represented_count=len(by_proxy),
        entitled_count=len(everybody),
    )
