"""What a poll says no to."""

from essaim.kernel.errors import N_, BadInput, NotAllowed, RuleBroken


class NobodyOnRoll(BadInput):
    code = "urn.nobody-on-roll"
    sentence = N_("Nobody may vote on this question: the roll is empty.")


class TooFewScrutineers(BadInput):
    code = "urn.too-few-scrutineers"
    sentence = N_("A secret ballot needs at least two scrutineers, so that nobody counts alone.")


class KeysMissing(RuleBroken):
    """`details` has `missing_count`."""

    code = "urn.keys-missing"
    sentence = N_("The vote cannot open yet: {missing_count} scrutineer(s) have not taken a key.")


class PollNotOpen(RuleBroken):
    code = "urn.not-open"
    sentence = N_("This vote is not open.")


class PollStarted(RuleBroken):
    code = "urn.started"
    sentence = N_("This vote has started: nothing of it can change any more.")


class PollCounted(RuleBroken):
    code = "urn.counted"
    sentence = N_("The ballots were counted: what came out of them is declared as it is.")


class PollNotClosed(RuleBroken):
    code = "urn.not-closed"
    sentence = N_("The urn is opened once the vote is closed, never before.")


class NotScrutineer(NotAllowed):
    code = "urn.not-scrutineer"
    sentence = N_("Only a scrutineer of this vote may do this.")


class AlreadyVoted(RuleBroken):
    code = "urn.already-voted"
    sentence = N_(
        "A ballot is already in the urn for this voter. To replace it, use the code of the receipt."
    )
