"""Reading a paper form twice: what stands on it, where readings differ, what is cast."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from essaim.commons.urn.rules.choices import BLANK, MOTION_CHOICES, Paper, PaperKind
from essaim.kernel.errors import N_, BadInput, RuleBroken

TICKED: Final = "ticked"
UNCLEAR: Final = "unclear"
"""More than was asked stands on a line, or it cannot be read."""


class FormTooLate(RuleBroken):
    code = "postal.form-too-late"
    sentence = N_(
        "This form came too late: forms are read before the meeting opens. Its sender may still"
        " come, or have given their vote to somebody."
    )


class FormRead(RuleBroken):
    code = "postal.form-read"
    sentence = N_("This form was read twice and both readings agree: it no longer changes.")


class SameReader(RuleBroken):
    code = "postal.same-reader"
    sentence = N_("You read this form already: somebody else must read it, without seeing yours.")


class NothingByPost(RuleBroken):
    code = "postal.nothing-by-post"
    sentence = N_("Nothing on this agenda is voted by name: there is nothing to send by post.")


class ReadingUnclear(BadInput):
    code = "postal.reading-unclear"
    sentence = N_("Say what stands on each line of the form, and nothing else.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a form asks under one point: a line for a motion, one for each name of an election."""

    position: int
    paper: Paper

    @property
    def lines(self) -> tuple[str, ...]:
        if self.paper.kind is PaperKind.MOTION:
            return (str(self.position),)
        return tuple(f"{self.position}-{code}" for code in self.paper.options)

    @property
    def marks(self) -> tuple[str, ...]:
        """What may stand on a line; last come nothing at all, and what cannot be read."""
        places = range(1, len(self.paper.options) + 1)
        grades = range(self.paper.grade_max, -1, -1)
        offered = {
            PaperKind.MOTION: MOTION_CHOICES,
            PaperKind.APPROVAL: (TICKED,),
            PaperKind.RANKING: tuple(map(str, places)),
            PaperKind.GRADES: tuple(map(str, grades)),
        }
        return (*offered[self.paper.kind], BLANK, UNCLEAR)

    def unclear(self, said: Mapping[str, str]) -> list[str]:
        """Return the lines that cannot be read: one is enough to make this vote void."""
        return [line for line in self.lines if said[line] == UNCLEAR]

    def choice(self, said: Mapping[str, str]) -> Any:
        """Return the choice as the urn reads it; void, it is a ballot that chooses nothing."""
        if self.unclear(said):
            return BLANK
        if self.paper.kind is PaperKind.MOTION:
            return said[self.lines[0]]
        names = zip(self.paper.options, self.lines, strict=True)
        marks = {code: said[line] for code, line in names if said[line] != BLANK}
        return self.paper.check(self._written(marks))

    def _written(self, marks: Mapping[str, str]) -> Any:
        if self.paper.kind is PaperKind.APPROVAL:
            return list(marks)
        if self.paper.kind is PaperKind.GRADES:
            return {code: int(mark) for code, mark in marks.items()}
        places = sorted({int(mark) for mark in marks.values()})
        return [[code for code, mark in marks.items() if int(mark) == place] for place in places]


def differences(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Return the lines on which two readings differ, in order."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def ballot(choice: Any, *, is_amended: bool, holds_if_amended: bool) -> Any:
    """Return what is cast: the choice of the form, or an abstention on a text that changed.

    Whoever voted by post did not read the amended text: their choice holds for it only when they
    said so on the form.
    """
    return choice if holds_if_amended or not is_amended else "abstain"
