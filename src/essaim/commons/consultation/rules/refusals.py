"""What consultations and delegations say no to."""

from essaim.kernel.errors import N_, BadInput, NotAllowed, RuleBroken


class NotToOneself(BadInput):
    code = "consultation.not-to-oneself"
    sentence = N_("A voice is given to somebody else.")


class GoesInARound(RuleBroken):
    """`details` has `name`."""

    code = "consultation.goes-in-a-round"
    sentence = N_("{name} already gave their voice towards you: it would go in a round.")


class CarriesEnough(RuleBroken):
    """`details` has `name` and `delegations_max`."""

    code = "consultation.carries-enough"
    sentence = N_("{name} would carry more than {delegations_max} voices on this subject.")


class SubjectClosed(RuleBroken):
    code = "consultation.subject-closed"
    sentence = N_("This subject is closed.")


class SubjectKnown(BadInput):
    code = "consultation.subject-known"
    sentence = N_("There is a subject of this name already.")


class NoVoice(NotAllowed):
    code = "consultation.no-voice"
    sentence = N_("Only today’s associates answer and give their voice.")


class ConsultationOver(RuleBroken):
    code = "consultation.over"
    sentence = N_("This consultation is over: no answer is taken any more.")


class NotOverYet(RuleBroken):
    code = "consultation.not-over-yet"
    sentence = N_("This consultation is not over: nothing is counted before its end.")


class TooFewAnswers(BadInput):
    code = "consultation.too-few-answers"
    sentence = N_("Write at least two answers to choose from, each different.")


class EndsTooSoon(BadInput):
    """`details` has `days`."""

    code = "consultation.ends-too-soon"
    sentence = N_("Leave people {days} days at least to answer.")
