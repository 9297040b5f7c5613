"""What a campaign says no to."""

from essaim.kernel.errors import N_, BadInput, RuleBroken


class CampaignNotOpen(RuleBroken):
    code = "campaigns.not-open"
    sentence = N_("This campaign takes no contribution: it is not open, or it is over.")


class CampaignNotOver(RuleBroken):
    code = "campaigns.not-over"
    sentence = N_("This campaign goes on until {closes_at}.")


class AlreadyOpened(RuleBroken):
    code = "campaigns.already-opened"
    sentence = N_("Once a campaign is open it no longer changes: people give knowing what it says.")


class WrongStep(RuleBroken):
    code = "campaigns.wrong-step"
    sentence = N_("This is not the moment: look at where the campaign stands.")


class NotOffered(BadInput):
    code = "campaigns.not-offered"
    sentence = N_("This campaign does not offer that.")


class NothingGiven(BadInput):
    code = "campaigns.nothing-given"
    sentence = N_("Say how much.")


class NoRoomForShares(RuleBroken):
    code = "campaigns.no-room-for-shares"
    sentence = N_("There is no room for new shares today: ask for them under “My shares”.")


class NotYoursToTakeBack(RuleBroken):
    code = "campaigns.not-yours-to-take-back"
    sentence = N_("This contribution can no longer be taken back here.")


class CampaignsStillOpen(RuleBroken):
    code = "campaigns.still-open"
    sentence = N_("A campaign of this matching is still open: {title}.")


class PoolSettled(RuleBroken):
    code = "campaigns.pool-settled"
    sentence = N_("This matching is already paid.")


class NotOwed(RuleBroken):
    code = "campaigns.not-owed"
    sentence = N_("This is no longer to be handed over: look at where it stands.")


class NotHandedOver(RuleBroken):
    code = "campaigns.not-handed-over"
    sentence = N_("This was not handed over: there is nothing to correct.")


class NotDue(RuleBroken):
    code = "campaigns.not-due"
    sentence = N_("Nothing is owed for this contribution any more.")


class NoWhy(BadInput):
    code = "campaigns.no-why"
    sentence = N_("Say why: the line stays in the journal.")


class NothingChosen(BadInput):
    code = "campaigns.nothing-chosen"
    sentence = N_("Choose at least one line.")


class NobodyToTell(RuleBroken):
    code = "campaigns.nobody-to-tell"
    sentence = N_("Everybody who waits for this has been told already.")
