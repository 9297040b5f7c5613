"""What the cooperative may refuse: facts with their sentence."""

from essaim.kernel.errors import N_, BadInput, RuleBroken


class StatutesUnlawful(RuleBroken):
    code = "cooperative.statutes-unlawful"
    sentence = N_("These statutes break the law on {count} points; they are listed below.")


class StatutesArePast(RuleBroken):
    code = "cooperative.statutes-are-past"
    sentence = N_("Statutes take effect now or later, and after those adopted before.")


class CategoryInUse(RuleBroken):
    code = "cooperative.category-in-use"
    sentence = N_("Associates belong to “{label}”: the new statutes must keep it.")


class NominalFixed(RuleBroken):
    code = "cooperative.nominal-fixed"
    sentence = N_("Shares of {nominal_cents} exist: new statutes cannot give them another value.")


class UnknownCategory(BadInput):
    code = "cooperative.unknown-category"
    sentence = N_("The statutes have no such category.")


class NotForYou(BadInput):
    code = "cooperative.not-for-you"
    sentence = N_("Local authorities ask for shares in their own category, and nobody else does.")


class WrongCollege(BadInput):
    code = "cooperative.wrong-college"
    sentence = N_("This college is not open to this category.")


class TooFewShares(BadInput):
    code = "cooperative.too-few-shares"
    sentence = N_("At least {minimum} shares are needed in this category.")


class TooManyShares(RuleBroken):
    code = "cooperative.too-many-shares"
    sentence = N_("The statutes allow {maximum} shares at most for one associate.")


class AlreadyAsked(RuleBroken):
    code = "cooperative.already-asked"
    sentence = N_("A request is already waiting for an answer.")


class TooSoonToReturn(RuleBroken):
    code = "cooperative.too-soon-to-return"
    sentence = N_("The statutes let somebody who left ask again from {day}.")


class RequestClosed(RuleBroken):
    code = "cooperative.request-closed"
    sentence = N_("This request has already been answered.")


class NotPaidYet(RuleBroken):
    code = "cooperative.not-paid-yet"
    sentence = N_("The shares are not paid yet.")


class AuthoritiesAtCeiling(RuleBroken):
    code = "cooperative.authorities-at-ceiling"
    sentence = N_(
        "Local authorities would own more of the capital than the law allows: {room} shares at"
        " most today."
    )


class NotEnoughShares(RuleBroken):
    code = "cooperative.not-enough-shares"
    sentence = N_("Only {held} shares are held.")


class BelowMinimum(RuleBroken):
    code = "cooperative.below-minimum"
    sentence = N_("An associate keeps {minimum} shares at least, or gives all of them.")


class NotAnAssociate(RuleBroken):
    code = "cooperative.not-an-associate"
    sentence = N_("This associate has left.")


class SameAssociate(BadInput):
    code = "cooperative.same-associate"
    sentence = N_("Shares go from one associate to another.")


class AlreadyLeaving(RuleBroken):
    code = "cooperative.already-leaving"
    sentence = N_("This departure is already under way.")


class ExitSettled(RuleBroken):
    code = "cooperative.exit-settled"
    sentence = N_("This departure was already settled.")


class InstalmentPaid(RuleBroken):
    code = "cooperative.instalment-paid"
    sentence = N_("This instalment was already paid.")


class NoReason(BadInput):
    code = "cooperative.no-reason"
    sentence = N_("Say why: the person will read it.")


class NothingUnpaid(RuleBroken):
    code = "cooperative.nothing-unpaid"
    sentence = N_("These shares are paid: nothing is to be cancelled.")
