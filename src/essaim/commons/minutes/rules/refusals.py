"""What the register of minutes says no to."""

from essaim.kernel.errors import N_, BadInput, NotAllowed, RuleBroken


class NotYourSignature(NotAllowed):
    code = "minutes.not-your-signature"
    sentence = N_("Your signature is not asked for on these minutes.")


class SignedAlready(RuleBroken):
    code = "minutes.signed-already"
    sentence = N_("This signature is recorded already; it is never changed.")


class OtherMinutes(BadInput):
    code = "minutes.other-minutes"
    sentence = N_(
        "Copy the first eight characters of the digest printed at the end of the minutes."
    )


class UnreadableScan(BadInput):
    """`details` has `megabytes_max`."""

    code = "minutes.unreadable-scan"
    sentence = N_("The scan must be a PDF, a JPEG or a PNG of at most {megabytes_max} MB.")
