"""What sharing may refuse: facts with their sentence."""

from essaim.kernel.errors import N_, BadInput, RuleBroken


class InterestCapUnknown(RuleBroken):
    code = "sharing.interest-cap-unknown"
    sentence = N_(
        "The highest interest cannot be computed: the average yield of bonds (TMO) of {year} is not"
        " known. Shares earn nothing until it is recorded."
    )


class InterestHasNoCap(RuleBroken):
    code = "sharing.interest-has-no-cap"
    sentence = N_("Neither the law nor the statutes say how much shares may earn at most.")


class YearClosed(RuleBroken):
    code = "sharing.year-closed"
    sentence = N_("The year {civil_year} is closed: nothing is added to it.")


class YearNotOver(RuleBroken):
    code = "sharing.year-not-over"
    sentence = N_("The year {civil_year} is not over.")


class DayOutsideYear(BadInput):
    code = "sharing.day-outside-year"
    sentence = N_("This day is not in {civil_year}.")


class NothingWritten(BadInput):
    code = "sharing.nothing-written"
    sentence = N_("Say what it is and how much.")


class AlreadyBroughtForward(RuleBroken):
    code = "sharing.already-brought-forward"
    sentence = N_("The reserves of before were already written.")
