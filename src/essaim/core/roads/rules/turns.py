"""Turns that a sign forbids or imposes, from relations of type `restriction`.

Handled: `no_*` and `only_*` through one node, `no_entry` and `no_exit` with several ways,
`except`, and the forms for one kind of vehicle (`restriction:bicycle`). Not handled, and counted
by who reads: via a way, and conditions (`restriction:conditional`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from essaim.core.roads.rules.profiles import Profile

VALUE_KEYS: Final = {
    Profile.CAR: ("restriction:motorcar", "restriction:motor_vehicle", "restriction"),
    Profile.BICYCLE: ("restriction:bicycle", "restriction"),
    Profile.FOOT: ("restriction:foot",),
}
EXCEPTED: Final = {
    Profile.CAR: frozenset({"motorcar", "motor_vehicle", "vehicle"}),
    Profile.BICYCLE: frozenset({"bicycle", "vehicle"}),
    Profile.FOOT: frozenset({"foot"}),
}


@dataclass(frozen=True, slots=True)
class Member:
    """A part of a relation: `kind` is n, w or r."""

    kind: str
    ref: int
    role: str


@dataclass(frozen=True, slots=True)
class Turn:
    """From a way to another through a node: forbidden, or with `is_only` the only one allowed."""

    from_way: int
    via_node: int
    to_way: int
    is_only: bool


def turns(tags: Mapping[str, str], members: Iterable[Member], profile: Profile) -> list[Turn]:
    """Return the turns a relation rules for this profile; none when it is not handled."""
    value = next((tags[key] for key in VALUE_KEYS[profile] if key in tags), "")
    excepted = {word.strip() for word in tags.get("except", "").split(";")}
    is_only = value.startswith("only_")
    if not (is_only or value.startswith("no_")) or excepted & EXCEPTED[profile]:
        return []
    by_role: dict[tuple[str, str], list[int]] = {}
    for member in members:
        by_role.setdefault((member.role, member.kind), []).append(member.ref)
    origins, ends = by_role.get(("from", "w"), []), by_role.get(("to", "w"), [])
    nodes = by_role.get(("via", "n"), [])
    is_plain = len(origins) == len(ends) == 1
    if len(nodes) != 1 or not (is_plain or value in {"no_entry", "no_exit"}):
        return []
    return [Turn(origin, nodes[0], end, is_only) for origin in origins for end in ends]
