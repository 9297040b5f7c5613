"""What sharing may refuse: facts with their sentence."""

from essaim.kernel.errors import N_, RuleBroken


class InterestCapUnknown(RuleBroken):
    code = "sharing.interest-cap-unknown"
    sentence = N_(
        "The highest interest cannot be computed: the average yield of bonds (TMO) of {year} is not"
        " known. Shares earn nothing until it is recorded."
    )


class InterestHasNoCap(RuleBroken):
    code = "sharing.interest-has-no-cap"
    sentence = N_("Neither the law nor the statutes say how much shares may earn at most.")
