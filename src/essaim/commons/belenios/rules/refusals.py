"""What the bridge to Belenios says no to."""

from essaim.kernel.errors import N_, BadInput


class UnreadableResult(BadInput):
    """`details` has `college` and `why`, a word of ours: json, questions, length or number."""

    code = "belenios.unreadable-result"
    sentence = N_(
        "{college}: this is not the result of this vote as Belenios publishes it (result.json)."
    )


class ResultBeyondRoll(BadInput):
    """`details` has `college`, `ballots_count` and `entitled_count`."""

    code = "belenios.result-beyond-roll"
    sentence = N_(
        "{college}: {ballots_count} ballots for {entitled_count} voters; one of the two is wrong."
    )


class CountsDisagree(BadInput):
    """`details` has `college` and `ballots_count`."""

    code = "belenios.counts-disagree"
    sentence = N_("{college}: these figures cannot come from {ballots_count} ballots.")


class CollegeMissing(BadInput):
    """`details` has `college`."""

    code = "belenios.college-missing"
    sentence = N_("{college}: give the result of this college too, all are counted together.")
