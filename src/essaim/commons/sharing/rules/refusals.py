"""What sharing may refuse: facts with their sentence."""

from essaim.kernel.errors import N_, BadInput, NotAllowed, RuleBroken


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


class AlreadyCorrected(RuleBroken):
    code = "sharing.already-corrected"
    sentence = N_("This line was already corrected.")


class YearNotClosed(RuleBroken):
    code = "sharing.year-not-closed"
    sentence = N_("The year {civil_year} is not closed: nothing can be shared yet.")


class NothingToShare(RuleBroken):
    code = "sharing.nothing-to-share"
    sentence = N_("The year {civil_year} has no surplus: there is nothing to decide.")


class VariantUnlawful(RuleBroken):
    code = "sharing.variant-unlawful"
    sentence = N_("This proposal breaks the law or the statutes on {count} points.")


class YearAlreadyShared(RuleBroken):
    code = "sharing.year-already-shared"
    sentence = N_("The surplus of {civil_year} was already shared: {decision}.")


class EarlierYearNotShared(RuleBroken):
    code = "sharing.earlier-year-not-shared"
    sentence = N_("The surplus of {civil_year} comes first: it is not shared yet.")


class AlreadyPutToTheVote(RuleBroken):
    code = "sharing.already-put-to-the-vote"
    sentence = N_("This proposal is already on the agenda of an assembly: {title}.")


class NotCarried(RuleBroken):
    code = "sharing.not-carried"
    sentence = N_(
        "Nothing is shared without a decision: an assembly must carry this proposal, and its"
        " minutes must be written."
    )


class AnotherOneCarried(RuleBroken):
    code = "sharing.another-one-carried"
    sentence = N_("The assembly carried another proposal first: “{title}”.")


class ComputationChanged(RuleBroken):
    code = "sharing.computation-changed"
    sentence = N_(
        "The law or the statutes of the day of the decision give another result than the one"
        " that was put to the vote."
    )


class NobodyToShareWith(RuleBroken):
    code = "sharing.nobody-to-share-with"
    sentence = N_("{cents} go to people, and nobody was named to receive them.")


class QuarterPaid(RuleBroken):
    code = "sharing.quarter-paid"
    sentence = N_("The commons fund of this quarter was already shared: {decision}.")


class FundTooSmall(RuleBroken):
    code = "sharing.fund-too-small"
    sentence = N_("The commons fund holds {before_cents}: it cannot pay {asked_cents}.")


class GrantAboveWhatWasAsked(RuleBroken):
    code = "sharing.grant-above-what-was-asked"
    sentence = N_("“{title}” asked {asked_cents}: it cannot receive more.")


class FundVoteBegan(RuleBroken):
    code = "sharing.fund-vote-began"
    sentence = N_("The vote of this quarter is open: its projects no longer change.")


class FundVoteNotOpen(RuleBroken):
    code = "sharing.fund-vote-not-open"
    sentence = N_("The vote of this quarter is not open.")


class NoProject(RuleBroken):
    code = "sharing.no-project"
    sentence = N_("There is no project yet: nobody can choose.")


class OnlyAssociatesVote(NotAllowed):
    code = "sharing.only-associates-vote"
    sentence = N_("The fund belongs to the associates: one person, one ballot.")
