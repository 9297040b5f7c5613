"""What deliberation says no to."""

from essaim.kernel.errors import N_, BadInput, NotAllowed, RuleBroken


class NotAnAssociate(NotAllowed):
    code = "deliberation.not-an-associate"
    sentence = N_("Only today’s associates take part in this.")


class NothingSaid(BadInput):
    code = "deliberation.nothing-said"
    sentence = N_("Write something first.")


class NothingChosen(BadInput):
    code = "deliberation.nothing-chosen"
    sentence = N_("Choose among what the page offers: it may have changed since.")


class RuleTwice(BadInput):
    code = "deliberation.rule-twice"
    sentence = N_("The same rule cannot be given two values.")


class ProposalClosed(RuleBroken):
    """`details` has `state`."""

    code = "deliberation.proposal-closed"
    sentence = N_("This proposal no longer gathers supports: nothing changes about it.")


class NotToSchedule(RuleBroken):
    """`details` has `state`."""

    code = "deliberation.not-to-schedule"
    sentence = N_("This proposal does not wait for an agenda.")


class DebateClosed(RuleBroken):
    code = "deliberation.debate-closed"
    sentence = N_("This proposal is over: its debate stays readable and takes no more messages.")


class NotYours(NotAllowed):
    code = "deliberation.not-yours"
    sentence = N_("Only whoever wrote this message changes it.")


class Masked(RuleBroken):
    code = "deliberation.masked"
    sentence = N_("This message is masked: it is neither changed nor answered.")


class ReasonNeeded(BadInput):
    code = "deliberation.reason-needed"
    sentence = N_("Say why: the reason stays beside your name.")


class NoSuchParagraph(BadInput):
    """`details` has `paragraphs_count`."""

    code = "deliberation.no-such-paragraph"
    sentence = N_("This text has {paragraphs_count} paragraphs.")


class RoundUnderWay(RuleBroken):
    code = "deliberation.round-under-way"
    sentence = N_("A round is open on this proposal: wait until it is concluded.")


class NotTheMoment(RuleBroken):
    """`details` has `phase`."""

    code = "deliberation.not-the-moment"
    sentence = N_("This round is not at the step where this is done.")


class NotAsked(NotAllowed):
    code = "deliberation.not-asked"
    sentence = N_("This round asks other associates.")


class NobodyAsked(BadInput):
    code = "deliberation.nobody-asked"
    sentence = N_("Say who is asked: a college, or the numbers of associates.")


class DeadlineTooSoon(BadInput):
    """`details` has `days`."""

    code = "deliberation.deadline-too-soon"
    sentence = N_("Leave people {days} days at least.")


class NotYourObjection(NotAllowed):
    code = "deliberation.not-your-objection"
    sentence = N_("Only whoever objected lifts the objection.")


class StillUnanswered(RuleBroken):
    """`details` has `unanswered_count`."""

    code = "deliberation.still-unanswered"
    sentence = N_("Answer first what nobody has answered yet: {unanswered_count}.")
