"""Who speaks for whom on a subject. Pure: people are numbers, nothing is read from anywhere."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Gift:
    """A voice given to somebody, on one subject."""

    giver: int
    holder: int


@dataclass(slots=True)
class Web:
    """Who holds whose voice: never in a loop, and nobody with more than `cap` voices.

    `loads` counts the voices that reach somebody when nobody before them answers: those given to
    them, and those given to whoever gave.
    """

    cap: int
    holders: dict[int, int] = field(default_factory=dict)
    loads: dict[int, int] = field(default_factory=dict)

    def chain(self, giver: int) -> tuple[int, ...]:
        """Return the people a voice goes through, in order; empty when it is not given."""
        found = []
        while giver in self.holders:
            giver = self.holders[giver]
            found.append(giver)
        return tuple(found)

    def closes_a_loop(self, gift: Gift) -> bool:
        """Say whether the voice would come back to whoever gives it."""
        return gift.giver == gift.holder or gift.giver in self.chain(gift.holder)

    def overloaded(self, gift: Gift) -> int | None:
        """Return the first person along the way who would carry more than the cap."""
        voices = 1 + self.loads.get(gift.giver, 0)
        for one in (gift.holder, *self.chain(gift.holder)):
            if self.loads.get(one, 0) + voices > self.cap:
                return one
        return None

    def add(self, gift: Gift) -> bool:
        """Let a gift stand if it may, and say whether it does."""
        if (
            gift.giver in self.holders
            or self.closes_a_loop(gift)
            or self.overloaded(gift) is not None
        ):
            return False
        voices = 1 + self.loads.get(gift.giver, 0)
        for one in (gift.holder, *self.chain(gift.holder)):
            self.loads[one] = self.loads.get(one, 0) + voices
        self.holders[gift.giver] = gift.holder
        return True


def woven(gifts: Iterable[Gift], *, cap: int) -> Web:
    """Return the gifts that stand, replayed in the order in which they were given.

    One that would close a loop or load somebody above the cap does not stand: the earlier ones
    have priority. Such gifts are refused when they are given; some may be left over when the
    associates lower the cap afterwards.
    """
    web = Web(cap)
    for gift in gifts:
        web.add(gift)
    return web


def carried(web: Web, answered: Collection[int]) -> dict[int, int]:
    """Return who speaks for each giver: the first person along the way who answered themselves.

    Whoever answers speaks for themselves and carries no further the voices they were given; a
    voice that reaches nobody who answered is not counted.
    """
    found = {}
    for giver in web.holders:
        if giver in answered:
            continue
        speaker = next((one for one in web.chain(giver) if one in answered), None)
        if speaker is not None:
            found[giver] = speaker
    return found
