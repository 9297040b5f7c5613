"""What a general assembly says no to."""

from essaim.kernel.errors import N_, BadInput, NotAllowed, RuleBroken


class WrongStep(RuleBroken):
    """The assembly is not at the step where this is done. `details` has `state`."""

    code = "assembly.wrong-step"
    sentence = N_("This is not the moment: look at where the assembly stands.")


class AgendaFrozen(WrongStep):
    """The notice was sent. `details` has `state`."""

    code = "assembly.agenda-frozen"
    sentence = N_(
        "The notice is sent: people were convened for this agenda, it no longer changes."
        " A motion changes by amendments."
    )


class EmptyAgenda(BadInput):
    code = "assembly.empty-agenda"
    sentence = N_("Nobody is convened for an empty agenda: add at least one point.")


class PointBound(RuleBroken):
    code = "assembly.point-bound"
    sentence = N_(
        "A proposal of associates, or a variant of sharing, leads to this point: it stays on the"
        " agenda."
    )


class FileNotPdf(BadInput):
    code = "assembly.file-not-pdf"
    sentence = N_("This file is not a PDF: export the document as PDF, then choose it again.")


class FileTooHeavy(BadInput):
    """`details` has `megabytes_max`."""

    code = "assembly.file-too-heavy"
    sentence = N_("This file is too heavy: a document weighs at most {megabytes_max} MB.")


class QuestionTooLate(RuleBroken):
    code = "assembly.question-too-late"
    sentence = N_("Questions in writing are sent before the meeting: ask it there.")


class NoticeTooShort(BadInput):
    """`details` has `days` of notice and `earliest_on`, the first day the meeting may be held."""

    code = "assembly.notice-too-short"
    sentence = N_(
        "There must be {days} days between the notice and the meeting:"
        " hold it on {earliest_on} at the earliest."
    )


class NotEntitled(NotAllowed):
    code = "assembly.not-entitled"
    sentence = N_("Only those who were associates on the record date may do this.")


class AlreadyThere(RuleBroken):
    code = "assembly.already-there"
    sentence = N_("This associate is already counted as present.")


class NotThere(RuleBroken):
    code = "assembly.not-there"
    sentence = N_("To vote, be present: in the room, on line or by your postal form.")


class OwnProxy(BadInput):
    code = "assembly.own-proxy"
    sentence = N_("A proxy is given to somebody else.")


class TooManyProxies(RuleBroken):
    """`details` has `proxies_max`."""

    code = "assembly.too-many-proxies"
    sentence = N_("This person already carries as many votes as the rules allow: {proxies_max}.")


class HolderAbsent(RuleBroken):
    code = "assembly.holder-absent"
    sentence = N_("The person who carries this vote is not present: it cannot be cast.")


class PrincipalPresent(RuleBroken):
    code = "assembly.principal-present"
    sentence = N_("The associate is present and votes in person: the proxy no longer serves.")


class NoProxy(NotAllowed):
    code = "assembly.no-proxy"
    sentence = N_("You do not carry this associate’s vote.")


class BeforeTheHour(RuleBroken):
    """People were convened for later. `details` has `moment`, that of the notice."""

    code = "assembly.before-the-hour"
    sentence = N_(
        "The notice convenes people for {moment}: the meeting does not open before, or"
        " what it decides is void."
    )


class NoVoteToAnnul(RuleBroken):
    code = "assembly.no-vote-to-annul"
    sentence = N_("There is no vote here to annul: none was opened, or its result is declared.")


class NoQuorum(RuleBroken):
    """`details` has `there_percent` and `needed_percent`."""

    code = "assembly.no-quorum"
    sentence = N_(
        "The quorum is not reached: {there_percent} % are there, {needed_percent} % are needed."
    )


class ElectionTooSmall(BadInput):
    """`details` has `options_count` and `seats_count`."""

    code = "assembly.election-too-small"
    sentence = N_(
        "There must be more candidates ({options_count}) than seats ({seats_count}), each with a"
        " name of their own: otherwise put a motion to the vote."
    )


class VoteUnderWay(RuleBroken):
    code = "assembly.vote-under-way"
    sentence = N_("A vote is still open or waits to be counted.")


class MajorityUnsaid(RuleBroken):
    code = "assembly.majority-unsaid"
    sentence = N_("The statutes do not say by which majority this is decided: complete them first.")


class AmendmentTooLate(RuleBroken):
    code = "assembly.amendment-too-late"
    sentence = N_(
        "The time to propose amendments in writing is over: ask the secretary to propose it"
        " in session."
    )


class AmendmentOff(BadInput):
    """It changes no paragraph and no rule of this motion, or says what stands already."""

    code = "assembly.amendment-off"
    sentence = N_(
        "Choose a paragraph or a rule of this motion, and say something else than it says."
    )


class MotionAtVote(RuleBroken):
    code = "assembly.motion-at-vote"
    sentence = N_("The motion is put to the vote or was: it is no longer amended.")


class NotAmendable(BadInput):
    code = "assembly.not-amendable"
    sentence = N_("An election is not amended: its names are those of the notice.")


class AmendmentsPending(RuleBroken):
    """`details` has `count`."""

    code = "assembly.amendments-pending"
    sentence = N_("Amendments wait for their vote ({count}): they come before the motion.")


class AmendmentBefore(RuleBroken):
    """`details` has the `number` of the one that is voted first."""

    code = "assembly.amendment-before"
    sentence = N_("Amendment {number} goes further on the same subject: it is voted first.")


class AmendmentOver(RuleBroken):
    code = "assembly.amendment-over"
    sentence = N_("This amendment was voted, withdrawn, or fell with another one.")
