"""Reading a paper form twice: where two readings differ, and what is cast for whoever sent it."""

from collections.abc import Mapping
from typing import Final

from essaim.commons.urn.rules.choices import BLANK, MOTION_CHOICES
from essaim.kernel.errors import N_, BadInput, RuleBroken

CHOICES: Final = (*MOTION_CHOICES, BLANK)
"""« For », « against », « abstention »; a motion left without a cross is a blank ballot."""


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
    sentence = N_("No motion of this agenda is voted by name: there is nothing to send by post.")


class ReadingUnclear(BadInput):
    code = "postal.reading-unclear"
    sentence = N_("Say one choice for each motion of the form, and no other.")


def differences(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Return the lines on which two readings differ, in order."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def ballot(choice: str, *, is_amended: bool, holds_if_amended: bool) -> str:
    """Return what is cast: the choice of the form, or an abstention on a text that changed.

    Whoever voted by post did not read the amended text: their choice holds for it only when they
    said so on the form.
    """
    return choice if holds_if_amended or not is_amended else "abstain"
