"""A public draw: what is frozen before the number is announced, and what follows from both."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from essaim.commons.ballots.rules.sortition import Candidate, Panel, Quota, draw_panel
from essaim.commons.sortition.rules.refusals import NobodyToDraw, NotOnPanel

ELSEWHERE: Final = "elsewhere"
"""The communes for which no quota is asked, together."""
Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Replacement:
    """Who declined, and who was drawn in their place."""

    declined: int
    drawn: int


def as_bytes(content: Content) -> bytes:
    """Return the frozen list as the file whose SHA-256 begins the seed: JSON, keys in order."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()


def digest(content: Content) -> str:
    return hashlib.sha256(as_bytes(content)).hexdigest()


def seed_of(content: Content, announced: str) -> str:
    """Return the seed: the digest of the list, a slash, what was announced once it was frozen."""
    return f"{digest(content)}/{announced}"


def check(content: Content) -> None:
    """See that a panel can be drawn, whatever is announced later.

    Raises:
        NobodyToDraw, and the refusals of `draw_panel`: no draw can succeed.
    """
    _drawn(content, seed="check")


def first_panel(content: Content, announced: str) -> Panel:
    """Draw the panel; the keys of its members are numbers of the register."""
    return _drawn(content, seed=seed_of(content, announced))


def replaced(
    content: Content, announced: str, panel: Sequence[int], declined: Sequence[int]
) -> list[Replacement]:
    """Return who takes the place of those who declined, one after the other.

    The n-th replacement is drawn from the seed followed by `/replacement/n`, among those who were
    never drawn, so that the panel meets its quotas again.

    Raises:
        NotOnPanel: somebody declines who is not drawn, or no longer.
        QuotaBeyondPeople: nobody is left of the kind that is missing.
    """
    members, gone, found = list(panel), set(panel), []
    people = {int(one.key): one for one in _candidates(content)}
    for place, number in enumerate(declined, start=1):
        if number not in members:
            raise NotOnPanel
        members.remove(number)
        here = [people[member] for member in members]
        pool = [one for key, one in people.items() if key not in gone]
        if not pool:
            raise NobodyToDraw(seats_count=1, candidates_count=0)
        seed = f"{seed_of(content, announced)}/replacement/{place}"
        drawn = draw_panel(pool, [_left(quota, here) for quota in _quotas(content)], 1, seed=seed)
        new = int(drawn.members[0])
        members.append(new)
        gone.add(new)
        found.append(Replacement(number, new))
    return found


def _drawn(content: Content, *, seed: str) -> Panel:
    candidates, seats = _candidates(content), content["seats_count"]
    if not 0 < seats <= len(candidates):
        raise NobodyToDraw(seats_count=seats, candidates_count=len(candidates))
    return draw_panel(candidates, _quotas(content), seats, seed=seed)


def _left(quota: Quota, here: Sequence[Candidate]) -> Quota:
    reached = sum(1 for one in here if one.traits.get(quota.category) == quota.value)
    return Quota(
        quota.category,
        quota.value,
        max(0, quota.minimum - reached),
        max(0, quota.maximum - reached),
    )


def _candidates(content: Content) -> list[Candidate]:
    """Keys are numbers on nine digits: their order is that of the register."""
    categories = {quota["category"] for quota in content["quotas"]}
    return [
        Candidate(
            f"{one['number']:09}", {category: one[category] for category in sorted(categories)}
        )
        for one in content["candidates"]
    ]


def _quotas(content: Content) -> list[Quota]:
    return [
        Quota(one["category"], one["value"], one["minimum"], one["maximum"])
        for one in content["quotas"]
    ]
