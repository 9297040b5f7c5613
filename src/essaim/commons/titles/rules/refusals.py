"""What the register of titles says no to."""

from essaim.kernel.errors import N_, BadInput, RuleBroken


class NotForThisForm(RuleBroken):
    """`details` has `source`."""

    code = "titles.not-for-this-form"
    sentence = N_("This form of cooperative may not issue participatory titles ({source}).")


class TooShort(BadInput):
    code = "titles.too-short"
    sentence = N_("A participatory title is not paid back before {years_min} years.")


class TooVariable(BadInput):
    code = "titles.too-variable"
    sentence = N_("The variable part bears on {percent_max} % of the title at most.")


class NotYetRepayable(RuleBroken):
    """`details` has `repayable_on`."""

    code = "titles.not-yet-repayable"
    sentence = N_(
        "This title is not paid back before {repayable_on}: a participatory title lasts seven"
        " years at least (code de commerce, art. L.228-36)."
    )


class Ended(RuleBroken):
    code = "titles.ended"
    sentence = N_("This title has ended: it was paid back or cancelled.")


class YearGoingOn(RuleBroken):
    """`details` has `civil_year`."""

    code = "titles.year-going-on"
    sentence = N_("The year {civil_year} is not over: its interest is not known yet.")


class YearPosted(RuleBroken):
    """`details` has `civil_year`."""

    code = "titles.year-posted"
    sentence = N_("The interest of {civil_year} is posted already, at another rate.")


class EarlierYearLeft(RuleBroken):
    """`details` has `civil_year`."""

    code = "titles.earlier-year-left"
    sentence = N_("Post the interest of {civil_year} first.")


class NothingEarned(RuleBroken):
    """`details` has `civil_year`."""

    code = "titles.nothing-earned"
    sentence = N_("No title was there yet in {civil_year}.")


class NoBasis(BadInput):
    code = "titles.no-basis"
    sentence = N_("Say which figures of the year give this rate.")
