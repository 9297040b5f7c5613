"""What the desk says no to."""

from essaim.kernel.errors import N_, RuleBroken


class CodeTooOld(RuleBroken):
    code = "secretariat.code-too-old"
    sentence = N_(
        "This code no longer serves: scan the one on the screen of the room, or say your name at"
        " the desk."
    )


class DoorsClosed(RuleBroken):
    code = "secretariat.doors-closed"
    sentence = N_("One arrives by this code from two hours before the meeting until its end.")


class SmallColleges(RuleBroken):
    """`details` has `colleges`, by their names."""

    code = "secretariat.small-colleges"
    sentence = N_(
        "In a college of fewer than five voters the result itself may tell how they vote"
        " ({colleges}). Say that you know it, or vote by name."
    )


class HasAccount(RuleBroken):
    code = "secretariat.has-account"
    sentence = N_("This person signs in: they allow a helper themselves, in their own space.")
