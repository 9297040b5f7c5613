"""What a public draw says no to."""

from essaim.kernel.errors import N_, BadInput, RuleBroken


class DrawnAlready(RuleBroken):
    code = "sortition.drawn-already"
    sentence = N_("This draw is done: the number announced first is the one that counts.")


class NotDrawnYet(RuleBroken):
    code = "sortition.not-drawn-yet"
    sentence = N_("Nobody is drawn yet.")


class NotOnPanel(BadInput):
    code = "sortition.not-on-panel"
    sentence = N_("This number is not among those drawn.")


class NobodyToDraw(BadInput):
    """`details` has `seats_count` and `candidates_count`."""

    code = "sortition.nobody-to-draw"
    sentence = N_("{seats_count} people are wanted among {candidates_count}: too few are left.")
