"""Refusals: what a rule says no to, as a code, details and the sentence that explains it."""


def N_(sentence: str) -> str:  # noqa: N802 - the name translators' tools know
    """Mark a sentence for translation where Django must not be imported."""
    return sentence


class RuleBroken(Exception):
    """A refusal that a member must understand; never a bug.

    Subclasses are facts (`TripFull`) with a stable `code` such as `"carpool.trip-full"` and a
    `sentence` in English whose `{names}` are keys of the details. The edge (`essaim.web.refusals`)
    translates and fills it: details named `..._cents` become euros, `..._at` become local times.
    """

    code = "kernel.rule-broken"
    sentence = N_("This is not possible.")
    status = 409
    """HTTP status: 409 a rule, 422 an input, 403 a policy, 404 as if it did not exist."""

    def __init__(self, **details: object) -> None:
        super().__init__(self.code, details)
        self.details = details


class NotAllowed(RuleBroken):
    """A policy said no: the member may not do this to that thing."""

    code = "kernel.not-allowed"
    sentence = N_("You are not allowed to do this.")
    status = 403


class BadInput(RuleBroken):
    """What was typed or sent cannot be read or is out of bounds."""

    code = "kernel.bad-input"
    sentence = N_("This value cannot be used.")
    status = 422
