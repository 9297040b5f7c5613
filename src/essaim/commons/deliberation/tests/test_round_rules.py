"""The rules of rounds: when each act is done, what comes out, what consent may change."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.ballots.rules.motions import ReasonMissing
from essaim.commons.deliberation.rules.rounds import (
    ENDS,
    PHASES,
    STANCES,
    Act,
    Effect,
    Kind,
    Phase,
    Said,
    Scope,
    State,
    effect_of,
    is_adopted,
    phase_of,
    stance_counts,
    unanswered,
)
from essaim.commons.deliberation.tests.circle import NOW

CLOSING = NOW + timedelta(days=7)
objection = Said("objection", "Trop cher")


def test_one_speaks_before_the_deadline_and_concludes_after_it():
    before, after = CLOSING - timedelta(seconds=1), CLOSING

    assert phase_of(State.OPEN, CLOSING, before) is Phase.SPEAKING
    assert phase_of(State.OPEN, CLOSING, after) is Phase.EXAMINING
    assert all(phase_of(one, CLOSING, before) is Phase.OVER for one in State if one != State.OPEN)
    assert PHASES[Act.SPEAK] == {Phase.SPEAKING}
    assert PHASES[Act.CONCLUDE] == {Phase.EXAMINING}
    assert not any(Phase.OVER in phases for phases in PHASES.values())
    assert set(PHASES) == set(Act)
    assert set(STANCES) == set(ENDS) == set(Kind)


@pytest.mark.parametrize(
    ("kind", "said", "adopted"),
    [
        (Kind.CONSENT, [Said("consent")], True),
        (Kind.CONSENT, [Said("consent"), Said("reserve", "à revoir dans un an")], True),
        (Kind.CONSENT, [Said("consent"), objection], False),
        (Kind.CONSENT, [Said("objection", "non", is_lifted=True)], True),
        (Kind.CONSENT, [], False),
        (Kind.OBJECTION, [], True),
        (Kind.OBJECTION, [objection], False),
        (Kind.OBJECTION, [Said("objection", "non", is_lifted=True)], True),
    ],
)
def test_one_maintained_objection_stops_whatever_the_number(kind, said, adopted):
    assert is_adopted(kind, said) is adopted
    assert is_adopted(kind, [*said, *[Said("consent")] * 99]) is (objection not in said)


@given(st.lists(st.sampled_from([Said("consent"), Said("reserve"), objection]), max_size=8))
def test_lifting_every_objection_always_lets_a_decision_pass(said):
    lifted = [Said(one.stance, one.reason, is_lifted=one.stance == "objection") for one in said]

    assert is_adopted(Kind.OBJECTION, lifted)
    assert is_adopted(Kind.CONSENT, lifted) is bool(said)


def test_advice_is_decided_by_its_author_and_an_objection_has_its_reason():
    with pytest.raises(ValueError, match="advice"):
        is_adopted(Kind.ADVICE, [])
    with pytest.raises(ReasonMissing):
        is_adopted(Kind.CONSENT, [Said("objection")])


def test_what_wants_an_answer_is_counted_and_what_was_lifted_is_not():
    said = [
        Said("advice", "a"), Said("advice", "b", is_answered=True), objection,
        Said("objection", "c", is_lifted=True), Said("reserve"), Said("consent"),
    ]  # fmt: skip

    assert unanswered(said) == 2
    assert stance_counts(said) == {
        "advice": 2, "objection": 1, "lifted": 1, "reserve": 1, "consent": 1
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "effect"),
    [
        ({}, Effect.SETTLE),
        ({"wants_rules": True}, Effect.AGENDA),
        ({"wants_rules": True, "may_change_rules": True}, Effect.CHANGE_RULES),
        ({"may_change_rules": True}, Effect.SETTLE),
        ({"spoke_count": 2}, Effect.NONE),
        ({"scope": Scope.GROUP, "wants_rules": True, "may_change_rules": True}, Effect.NONE),
        ({"scope": Scope.COLLEGE}, Effect.NONE),
        ({"kind": Kind.OBJECTION, "may_change_rules": True}, Effect.NONE),
        ({"kind": Kind.ADVICE}, Effect.NONE),
    ],
)
def test_only_the_consent_of_enough_of_all_does_anything_to_a_proposal(changed, effect):
    fields = {
        "kind": Kind.CONSENT, "scope": Scope.ALL, "spoke_count": 3, "needed_count": 3,
        "wants_rules": False, "may_change_rules": False,
    }  # fmt: skip

    assert effect_of(**fields | changed) is effect
