"""Motions under any majority, and consent."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.ballots.rules.motions import (
    ABSOLUTE,
    SIMPLE,
    THREE_QUARTERS,
    TWO_THIRDS,
    UNANIMITY,
    Base,
    Choice,
    ConsentPaper,
    Decided,
    Majority,
    ReasonMissing,
    Stance,
    Votes,
    consent,
    decide,
)


@pytest.mark.parametrize(
    ("votes", "majority", "is_adopted"),
    [
        (Votes(51, 49), SIMPLE, True),
        (Votes(10, 9, abstain=80), SIMPLE, True),
        (Votes(10, 9, abstain=80), ABSOLUTE, False),
        (Votes(50, 10, abstain=30, spoilt=9), ABSOLUTE, True),
        (Votes(66, 34), TWO_THIRDS, False),
        (Votes(2, 1), TWO_THIRDS, True),
        (Votes(3, 1), THREE_QUARTERS, True),
        (Votes(5, 0, abstain=3), UNANIMITY, True),
        (Votes(5, 1), UNANIMITY, False),
        (Votes(0, 0, abstain=9), SIMPLE, False),
        (Votes(0, 0), TWO_THIRDS, False),
        (Votes(10, 9, abstain=80), Majority(Fraction(1, 2), True, counts_abstentions=True), False),
        (Votes(40, 5, entitled=100), Majority(Fraction(1, 2), True, Base.ENTITLED), False),
        (Votes(60, 5, entitled=100), Majority(Fraction(3, 5), base=Base.ENTITLED), True),
    ],
)
def test_a_majority_is_a_share_of_its_base(votes, majority, is_adopted):
    assert decide(votes, majority).is_adopted is is_adopted


def test_two_thirds_of_three_hundred_millions_is_exact():
    assert decide(Votes(200_000_000, 100_000_000), TWO_THIRDS).is_adopted
    assert not decide(Votes(199_999_999, 100_000_000), TWO_THIRDS).is_adopted


def test_a_tie_is_rejected_unless_there_is_a_casting_vote():
    votes = Votes(7, 7, abstain=2)

    alone = decide(votes, SIMPLE)
    for_it = decide(votes, SIMPLE, Choice.YES)
    against = decide(votes, SIMPLE, Choice.NO)

    assert (alone.is_adopted, alone.is_tie, alone.decided) == (False, True, Decided.BY_TIE)
    assert (for_it.is_adopted, for_it.decided) == (True, Decided.BY_CASTING_VOTE)
    assert not against.is_adopted


def test_a_casting_vote_changes_nothing_without_a_tie():
    result = decide(Votes(6, 7), SIMPLE, Choice.YES)

    assert (result.is_adopted, result.decided) == (False, Decided.BY_VOTES)


def test_nonsense_is_a_bug():
    with pytest.raises(ValueError, match="entitled"):
        decide(Votes(1, 0), Majority(Fraction(1, 2), base=Base.ENTITLED))
    with pytest.raises(ValueError, match="votes"):
        decide(Votes(-1, 0), SIMPLE)
    with pytest.raises(ValueError, match="share"):
        Majority(Fraction(1), is_strict=True)


COUNT = st.integers(0, 50)


@given(COUNT, COUNT, COUNT, st.fractions(Fraction(1, 10), Fraction(9, 10)), st.booleans())
def test_one_more_yes_never_rejects(yes, no, abstain, share, is_strict):
    majority = Majority(share, is_strict)

    before = decide(Votes(yes, no, abstain), majority).is_adopted
    after = decide(Votes(yes + 1, no, abstain), majority).is_adopted

    assert after or not before


def test_consent_needs_that_no_objection_stands():
    papers = [
        ConsentPaper(Stance.CONSENT),
        ConsentPaper(Stance.RESERVE, "Trop cher à mon goût"),
        ConsentPaper(Stance.OBJECTION, "Le local n’est pas accessible"),
    ]
    lifted = [*papers[:2], ConsentPaper(Stance.OBJECTION, "Le local…", is_lifted=True)]

    refused, adopted = consent(papers), consent(lifted)

    assert not refused.is_adopted
    assert [paper.reason for paper in refused.objections] == ["Le local n’est pas accessible"]
    assert [paper.reason for paper in refused.reserves] == ["Trop cher à mon goût"]
    assert adopted.is_adopted
    assert len(adopted.lifted) == 1


def test_an_objection_without_reason_is_refused_and_nobody_is_no_consent():
    with pytest.raises(ReasonMissing):
        consent([ConsentPaper(Stance.OBJECTION, "  ")])

    assert not consent([]).is_adopted
