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
