"""The count of a motion under the statutes, against the verifier that shares no code with it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.assembly.rules import counting, elections
from essaim.commons.assembly.rules.elections import Election, Method
from essaim.commons.statutes.rules.statutes import Abstention, Majority, MajorityBase
from essaim.commons.statutes.tests.models_of_statutes import statutes_of
from essaim.commons.urn import verifier

STATUTES = statutes_of("territory")
CODES = [college.code for college in STATUTES.colleges]
CHOICES = st.sampled_from(["yes", "no", "abstain", "blank"])
majorities = st.builds(
    Majority,
    needed=st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(3, 4)]),
    is_more_than=st.booleans(),
    base=st.sampled_from(MajorityBase),
    abstentions=st.sampled_from(Abstention),
)
rooms = st.fixed_dictionaries(
    {code: st.tuples(st.lists(CHOICES, max_size=7), st.integers(0, 4)) for code in CODES}
)


def declared(room, majority, statutes=STATUTES):
    ballots = [(code, choice) for code, (cast, _) in room.items() for choice in cast]
    entitled = {code: len(cast) + absent for code, (cast, absent) in room.items()}
    return counting.decided(statutes, majority, counting.gathered(ballots, entitled))


@given(room=rooms, majority=majorities)
def test_the_declared_result_is_what_the_verifier_counts(room, majority):
    found = declared(room, majority)

    votes = {
        code: verifier.Counter("abstain" if one == "blank" else one for one in cast)
        for code, (cast, _) in room.items()
    }
    colleges = [
        {"code": c.code, "weight": str(c.weight),
         "entitled": len(room[c.code][0]) + room[c.code][1]}
        for c in STATUTES.colleges
    ]  # fmt: skip
    rule = counting.as_published(majority)
    yes, whole = verifier.weighted(votes, colleges, rule)
    if whole:
        assert Fraction(found.outcome["weighted"]["yes_share"]) == yes / whole
        assert found.is_adopted is verifier.reaches(yes / whole, rule)
    else:
        assert "weighted" not in found.outcome
        assert not found.is_adopted
    heads = sum(votes.values(), verifier.Counter())
    verifier.compare(
        "heads", heads, sum(c["entitled"] for c in colleges), rule, found.outcome["heads"]
    )


@given(room=rooms, majority=majorities)
def test_the_order_of_the_ballots_changes_nothing(room, majority):
    backwards = {code: (cast[::-1], absent) for code, (cast, absent) in reversed(room.items())}

    assert declared(backwards, majority) == declared(room, majority)


def test_only_abstentions_adopt_nothing_and_break_nothing():
    room = {code: (["abstain"], 2) for code in CODES}

    found = declared(room, Majority(Fraction(1, 2), is_more_than=True))

    assert not found.is_adopted
    assert found.outcome["heads"]["abstain"] == "4"


def test_one_more_yes_never_loses_a_motion_that_was_adopted():
    majority = Majority(Fraction(1, 2), is_more_than=True)
    for absent in range(1, 4):
        room = {code: (["yes", "yes", "no"], absent) for code in CODES}
        assert declared(room, majority).is_adopted
        room["users"] = (["yes", "yes", "yes", "no"], absent - 1)
        assert declared(room, majority).is_adopted


OPTIONS = ("c1", "c2", "c3", "c4")
CHOICES_OF = {
    Method.APPROVAL: st.lists(st.sampled_from(OPTIONS), unique=True, min_size=1),
    Method.MAJORITY_JUDGMENT: st.dictionaries(
        st.sampled_from(OPTIONS), st.integers(0, elections.GRADE_MAX), min_size=1
    ),
}
rankings = st.permutations(OPTIONS).flatmap(
    lambda order: st.integers(1, len(order)).flatmap(
        lambda length: st.lists(st.booleans(), min_size=length, max_size=length).map(
            lambda joins: in_tiers(order[:length], joins)
        )
    )
)


def in_tiers(order, joins):
    tiers = []
    for option, is_equal in zip(order, joins, strict=True):
        if is_equal and tiers:
            tiers[-1].append(option)
        else:
            tiers.append([option])
    return tiers


@pytest.mark.parametrize("method", [one for one in Method if one is not Method.MOTION])
@pytest.mark.parametrize("seats_count", [1, 2])
def test_whoever_is_declared_elected_is_elected_by_the_verifier(method, seats_count):
    if method is Method.INSTANT_RUNOFF and seats_count > 1:
        return
    paper = CHOICES_OF.get(method, rankings)

    @given(
        ballots=st.lists(
            st.tuples(st.sampled_from(CODES), st.one_of(st.just("blank"), paper)), max_size=12
        )
    )
    def check(ballots):
        election = Election(method, OPTIONS, seats_count, "a" * 64)
        weights = {college.code: college.weight for college in STATUTES.colleges}
        _, outcome = elections.decided(election, ballots, weights)
        rows = [
            {"college": college, "choice": verifier.json.dumps(choice)}
            for college, choice in ballots
        ]
        poll = {
            "counting": {"method": method.value, "seats_count": seats_count},
            "options": [{"code": code, "label": code} for code in OPTIONS],
            "colleges": [{"code": c.code, "weight": str(c.weight)} for c in STATUTES.colleges],
            "ballots_sha256": "a" * 64,
        }

        verifier.check_election(rows, poll, outcome)

    check()
